"""The IAM policies that whoever deploys needs: for a person, and for a role of the stack's own."""

from __future__ import annotations

from .documents import caller_policy, characters, document, split, stack_policy
from .place import Place
from .service_role import service_role_template

__all__ = [
    "Place",
    "caller_policy",
    "characters",
    "document",
    "service_role_template",
    "split",
    "stack_policy",
]

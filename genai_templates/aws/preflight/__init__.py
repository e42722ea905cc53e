"""What stands in the way of a deployment, found beforehand: a table of checks, none of which hides the others."""

from __future__ import annotations

from .check import Check, Verdict
from .logging_role import logging_role_value, new_stack_parameters
from .probes import PROBES, PROBES_BEFORE_CHANGE_SET
from .runner import Probe, run
from .surroundings import Surroundings

__all__ = [
    "PROBES",
    "PROBES_BEFORE_CHANGE_SET",
    "Check",
    "Probe",
    "Surroundings",
    "Verdict",
    "logging_role_value",
    "new_stack_parameters",
    "run",
]

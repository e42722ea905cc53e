"""The generated template run on this machine, without an AWS account.

``LocalStack`` is a stack in an emulated AWS, which ``Emulator`` starts and stops in a process of its own; what runs in
that process begins at ``launcher``. The fixtures for pytest are in ``pytest_plugin``.
"""

from .emulator import Emulator, EmulatorFailed
from .http_client import Answer
from .permission_report import Call, PermissionReport
from .stack import LocalStack, LocalStackFailed, StackEvent

__all__ = [
    "Answer",
    "Call",
    "Emulator",
    "EmulatorFailed",
    "LocalStack",
    "LocalStackFailed",
    "PermissionReport",
    "StackEvent",
]

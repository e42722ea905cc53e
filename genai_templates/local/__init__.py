"""The generated template run on this machine, without an AWS account.

``EmulatedStack`` is a stack in an emulated AWS, which ``Emulator`` starts and stops in a process of its own. In the
caller's process run ``stack``, ``template_check``, ``emulator``, ``http_client``, ``notebook``, ``permission_report``
and, of ``inference``, ``connect`` with ``relay`` and ``server``. All of ``ministack_patches``, ``stand_in`` and the
rest of ``inference`` run in the emulator's. Both know ``protocol``. The fixtures for pytest are in ``pytest_plugin``.
"""

from ..errors import EmulatedStackFailed, EmulatorFailed
from .emulator import Emulator
from .http_client import Answer
from .permission_report import Call, PermissionReport
from .stack import EmulatedStack, StackEvent

__all__ = [
    "Answer",
    "Call",
    "EmulatedStack",
    "EmulatedStackFailed",
    "Emulator",
    "EmulatorFailed",
    "PermissionReport",
    "StackEvent",
]

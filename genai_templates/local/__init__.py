"""The generated template run on this machine, without an AWS account.

``EmulatedStack`` is a stack in an emulated AWS, which ``Emulator`` starts and stops in a process of its own;
``chaos.Chaos`` injects faults into it, and ``pytest_plugin`` has fixtures of both. Which module runs in which process:

- the caller's: ``stack``, ``deployed_stack``, ``stack_inputs``, ``template_check``, ``notebook``,
  ``permission_report``, ``chaos``, ``emulator``, ``loopback``, and of ``inference`` ``connect`` with ``relay``;
- the emulator's: ``ministack_patches``, ``stand_in``, and of ``inference`` ``runtime``, ``faults``, ``server_client``;
- both: ``protocol``, ``invoke_endpoint``, and of ``inference`` ``server`` and ``backend_request``.
"""

from ..errors import EmulatedStackFailed, EmulatorFailed
from .deployed_stack import Site, StackEvent
from .emulator import Emulator
from .loopback import Response
from .permission_report import Call, PermissionReport
from .protocol import ModelOptions
from .stack import EmulatedStack

__all__ = [
    "Call",
    "EmulatedStack",
    "EmulatedStackFailed",
    "Emulator",
    "EmulatorFailed",
    "ModelOptions",
    "PermissionReport",
    "Response",
    "Site",
    "StackEvent",
]

"""Hosting of the model: a part of the stack for each way in which a model comes to be there.

A part is loaded when it is chosen: most bring a module of troposphere that the others do without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...options import Hosting
from .part import HostingPart


def _notebook() -> type[HostingPart]:
    from .notebook import NotebookHosting

    return NotebookHosting


def _existing() -> type[HostingPart]:
    from .existing import ExistingHosting

    return ExistingHosting


def _native() -> type[HostingPart]:
    from .native import NativeHosting

    return NativeHosting


HostingParts = Mapping[Hosting, Callable[[], type[HostingPart]]]

HOSTING_PARTS: HostingParts = {
    Hosting.NOTEBOOK: _notebook,
    Hosting.EXISTING: _existing,
    Hosting.NATIVE: _native,
}

__all__ = ["HOSTING_PARTS", "HostingPart", "HostingParts"]

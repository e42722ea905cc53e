"""Hosting of the model: a part of the stack for each way in which an endpoint comes to be."""

from ...options import Hosting
from .existing import ExistingHosting
from .notebook import NotebookHosting
from .part import HostingPart

HOSTING_PARTS: dict[Hosting, type[HostingPart]] = {
    Hosting.NOTEBOOK: NotebookHosting,
    Hosting.EXISTING: ExistingHosting,
}

__all__ = ["HOSTING_PARTS", "ExistingHosting", "HostingPart", "NotebookHosting"]

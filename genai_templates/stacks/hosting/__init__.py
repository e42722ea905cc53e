"""How the model endpoint comes to be: a part for each kind of hosting."""

from ...options import Hosting
from .existing import ExistingHosting
from .notebook import NotebookHosting
from .part import HostingPart

HOSTING_PARTS: dict[Hosting, type[HostingPart]] = {
    Hosting.NOTEBOOK: NotebookHosting,
    Hosting.EXISTING: ExistingHosting,
}

__all__ = ["HOSTING_PARTS", "ExistingHosting", "HostingPart", "NotebookHosting"]

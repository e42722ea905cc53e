"""Text that ends inside a template: scripts and CloudFront functions, kept as the files that they are."""

from __future__ import annotations

from importlib.resources import files


def read(name: str) -> str:
    """Return the text of this file of the package."""
    return files(__name__).joinpath(name).read_text("utf-8")

"""Text that ends inside a template: scripts and CloudFront functions, kept as the files that they are."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def read(name: str) -> str:
    """Return the text of this file of the package."""
    return (_FOLDER / name).read_text("utf-8")

"""Pillow as Lambda needs it: the pinned wheel for its Python and architecture, less what JPEG and PNG do not
use.

``data/pillow.json`` names the wheels, their hashes and the files to keep: the extension ``_imaging``, the
libraries that it is linked to, and all Python modules. Left out are AVIF, WebP, fonts and colour management:
three quarters of the wheel.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..errors import PackagingError
from ..options import Architecture
from ..sources import library_root
from .archive import Member, read_members


class Wheel(NamedTuple):
    """A pinned wheel: its file name, the platform tag to ask pip for, and its SHA-256 in hex."""

    file: str
    platform: str
    sha256: str


class PinnedPillow(NamedTuple):
    """What ``data/pillow.json`` says: the requirement, its Python, its wheels, the files to keep."""

    requirement: str
    python_version: str
    abi: str
    wheels: dict[Architecture, Wheel]
    keep: tuple[str, ...]


@cache
def pinned_pillow() -> PinnedPillow:
    """Return the Pillow that the image handlers run with."""
    facts = json.loads((library_root() / "data" / "pillow.json").read_text("utf-8"))
    return PinnedPillow(
        requirement=facts["requirement"],
        python_version=facts["python_version"],
        abi=facts["abi"],
        wheels={Architecture(name): Wheel(**wheel) for name, wheel in facts["wheels"].items()},
        keep=tuple(facts["keep"]),
    )


def pillow_members(architecture: Architecture) -> dict[str, Member]:
    """Return the files of Pillow that a function needs, by their path in its zip.

    The wheel is downloaded once, with pip, into the user's cache folder. Raises PackagingError when it cannot
    be had or is not the pinned one.
    """
    members = read_members(io.BytesIO(wheel_bytes(pinned_pillow().wheels[architecture])))
    return {
        path: member
        for path, member in members.items()
        if any(fnmatchcase(path, pattern) for pattern in pinned_pillow().keep)
    }


def wheel_bytes(wheel: Wheel) -> bytes:
    """Return a wheel's content, from the cache if it is there, or else from the package index."""
    cached = cache_folder() / wheel.file
    if cached.is_file():
        content = cached.read_bytes()
        if _is_pinned(content, wheel):
            return content
    content = _download(wheel)
    if not _is_pinned(content, wheel):
        raise PackagingError(
            f"{wheel.file} from the package index has another SHA-256 than {wheel.sha256}: "
            "find out why before you use it"
        )
    cached.parent.mkdir(parents=True, exist_ok=True)
    partial = cached.with_name(f"{cached.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(cached)
    return content


def cache_folder() -> Path:
    """Return the folder in which downloaded wheels are kept, under ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "genai-templates" / "wheels"


def _is_pinned(content: bytes, wheel: Wheel) -> bool:
    return hashlib.sha256(content).hexdigest() == wheel.sha256


def _download(wheel: Wheel) -> bytes:
    if importlib.util.find_spec("pip") is None:
        raise PackagingError(
            f"pip, which fetches {wheel.file}, is not installed in {sys.prefix}: run "
            f"'python -m ensurepip', or put the file into {cache_folder()}"
        )
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(_pip_command(wheel, folder), capture_output=True, text=True, check=False)
        path = Path(folder) / wheel.file
        if result.returncode != 0 or not path.is_file():
            reason = (result.stderr.strip().splitlines() or ["pip fetched another file"])[-1]
            raise PackagingError(
                f"cannot download {wheel.file} ({reason}): connect to the network once, or put the file into "
                f"{cache_folder()}"
            )
        return path.read_bytes()


def _pip_command(wheel: Wheel, folder: str) -> list[str]:
    pinned = pinned_pillow()
    target = {"platform": wheel.platform, "python-version": pinned.python_version, "abi": pinned.abi}
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--only-binary=:all:", "--implementation=cp", f"--dest={folder}"),
        *(f"--{name}={value}" for name, value in target.items()),
        pinned.requirement,
    ]

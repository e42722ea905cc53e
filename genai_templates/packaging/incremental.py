"""Up-to-date check of the build folder, made without the libraries that build.

A record in the output folder holds the build's request, every source file that it could have read,
and every file that it wrote. A source file of the same size and time of change is taken for the same; of
another time, its hash decides. Files that were written are hashed each time: they are few, and someone may
have edited them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from ..sources import handlers_root, library_root, source_files, static_root
from .folder import write_atomically
from .lint import today
from .request import BuildRequest

_FORMAT = 1
_PACKAGES = ("troposphere", "awacs", "cfn-lint")


class SourceState(NamedTuple):
    """A source file as it was when it was read."""

    size: int
    mtime_ns: int
    sha256: str


class Record(NamedTuple):
    """What a build was made from (inputs, sources by path) and what it left (hashes by path)."""

    inputs: dict[str, object]
    sources: dict[str, SourceState]
    outputs: dict[str, str]


def snapshot(request: BuildRequest, earlier: Record | None) -> Record:
    """Return the record of a build that starts now and has written nothing yet.

    ``earlier`` spares reading the files that have not been touched since.
    """
    known = earlier.sources if earlier else {}
    inputs = {
        "format": _FORMAT,
        "request": request.identity(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "day": today() if request.regions else "",
    }
    roots = (library_root(), handlers_root(), static_root())
    files = {str(path): path for root in roots for path in source_files(root)}
    return Record(inputs, {name: _state(path, known.get(name)) for name, path in files.items()}, {})


def is_up_to_date(now: Record, earlier: Record | None, output: Path) -> bool:
    """Tell whether the earlier build had the same input and its files are still there as it wrote them."""
    return (
        earlier is not None
        and earlier.inputs == now.inputs
        and _hashes(earlier) == _hashes(now)
        and bool(earlier.outputs)
        and all(_holds(output / path, sha256) for path, sha256 in earlier.outputs.items())
    )


def read_record(output: Path) -> Record | None:
    """Return the record of the last build in this folder, or ``None`` when there is none that can be read."""
    try:
        raw = json.loads(_record_path(output).read_text("utf-8"))
        sources = {path: SourceState(*state) for path, state in raw["sources"].items()}
        return Record(raw["inputs"], sources, raw["outputs"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_record(output: Path, record: Record, files: Mapping[str, bytes]) -> None:
    """Keep the record of a build that wrote these files: path in the output folder to content."""
    outputs = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    write_atomically(_record_path(output), json.dumps(record._replace(outputs=outputs)._asdict()).encode())


def stale_outputs(output: Path, earlier: Record | None, written: Iterable[str]) -> list[Path]:
    """Return the files in the output folder that earlier builds wrote and this one did not.

    They are those of the last record, and artifacts with a hash in their name: a folder that is not ours is
    never searched.
    """
    artifacts = (output / "artifacts" / "genai-templates").glob("*/*-" + "[0-9a-f]" * 12 + ".zip")
    recorded = (output / path for path in (earlier.outputs if earlier else ()))
    return sorted({*artifacts, *recorded} - {output / path for path in written})


def _record_path(output: Path) -> Path:
    return output / ".cache" / "build.json"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _state(path: Path, known: SourceState | None) -> SourceState:
    status = path.stat()
    if known and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns):
        return known
    return SourceState(status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())


def _hashes(record: Record) -> dict[str, str]:
    return {path: state.sha256 for path, state in record.sources.items()}


def _holds(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False

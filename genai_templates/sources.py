"""Source files of the artifacts: the handlers and the pages.

In a repository they lie beside the library; an installed wheel carries copies in ``genai_templates/bundled``.
"""

from __future__ import annotations

from pathlib import Path

from .errors import PackagingError

_LIBRARY = Path(__file__).resolve().parent
_EDITOR_SUFFIXES = ("~", ".swp")


def library_root() -> Path:
    """Return the folder of the library itself."""
    return _LIBRARY


def handlers_root() -> Path:
    """Return the folder of the Lambda handlers."""
    return _root_of("handlers")


def static_root() -> Path:
    """Return the folder of the pages, with one folder an application and ``shared``."""
    return _root_of("static")


def source_files(folder: Path) -> list[Path]:
    """Return the files under a folder, sorted, without bytecode, editors' leftovers and hidden files."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not _is_leftover(path.relative_to(folder)) and not path.is_symlink()
    )


def read_files(folder: Path, prefix: str = "") -> dict[str, bytes]:
    """Return the source files under a folder: ``prefix`` and the path in the folder, with ``/``, to content.

    Raises PackagingError when the folder is missing or has no file.
    """
    files = {prefix + path.relative_to(folder).as_posix(): path.read_bytes() for path in source_files(folder)}
    if not files:
        raise PackagingError(f"{folder} has no files: check that the checkout or the installation is whole")
    return files


def _root_of(name: str) -> Path:
    for parent in (_LIBRARY / "bundled", _LIBRARY.parent):
        if (parent / name).is_dir():
            return parent / name
    raise PackagingError(f"the folder {name!r} is neither in {_LIBRARY / 'bundled'} nor in {_LIBRARY.parent}")


def _is_leftover(path: Path) -> bool:
    return (
        any(part == "__pycache__" or part.startswith(".") for part in path.parts)
        or path.name.endswith(_EDITOR_SUFFIXES)
        or path.name.startswith("#")
    )

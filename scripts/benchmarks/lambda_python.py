"""The Python of the functions, where this machine has it, with boto3 beside it as Lambda's runtime has."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .measuring import output_of

_VERSION = "3.13"
_RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3")
_RUNTIME_MODULES = ("six",)
# The descriptions of all services are compressed data: nothing to compile, and many files to copy.
_DATA = "data"


@cache
def lambda_python() -> Path:
    """Return Python 3.13 if there is one on the path or among pyenv's, else the Python that runs."""
    return next((python for python in _candidates() if version_of(python) == _VERSION), Path(sys.executable))


@cache
def version_of(python: Path) -> str:
    """Return the version, such as ``3.13``, or nothing for a Python that does not start."""
    command = [str(python), "-c", "import sys; print('{}.{}'.format(*sys.version_info[:2]))"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()


def make_runtime(python: Path, folder: Path) -> Path:
    """Fill a folder with boto3 of this environment and what it needs, compiled for that Python; return the folder."""
    for name in _RUNTIME_PACKAGES:
        package = _package_folder(name)
        shutil.copytree(package, folder / name, ignore=shutil.ignore_patterns("__pycache__", _DATA))
        if (package / _DATA).is_dir():
            (folder / name / _DATA).symlink_to(package / _DATA)
    for name in _RUNTIME_MODULES:
        shutil.copy2(_origin(name), folder)
    output_of([python, "-m", "compileall", "-q", folder])
    return folder


def replace_pillow(task: Path) -> None:
    """Put this environment's Pillow in the place of an artifact's, which another Python than 3.13 cannot load."""
    ours = _package_folder("PIL")
    shutil.rmtree(task / "PIL")
    shutil.copytree(ours, task / "PIL", ignore=shutil.ignore_patterns("__pycache__"))
    libraries = ours.with_name("pillow.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, task / "pillow.libs", dirs_exist_ok=True)


def _candidates() -> Iterator[Path]:
    on_path = shutil.which(f"python{_VERSION}")
    if on_path:
        yield Path(on_path)
    yield from sorted((Path.home() / ".pyenv" / "versions").glob(f"{_VERSION}.*/bin/python{_VERSION}"))


def _package_folder(name: str) -> Path:
    return Path(_origin(name)).parent


def _origin(name: str) -> str:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise SystemExit(f"{name} is not installed in {sys.prefix}: run this with 'make bench'")
    return found.origin

"""The trimmed Pillow, as it is in the zip: whole enough for JPEG and PNG, and free of what those do not use."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from genai_templates.options import Architecture
from genai_templates.packaging.archive import read_members, zip_bytes
from genai_templates.packaging.pillow import pillow_members, pinned_pillow, wheel_bytes

_ENCODE = """
import io
from PIL import Image
image = Image.new("RGB", (64, 32), (200, 30, 90))
image.thumbnail((32, 32))
for kind in ("JPEG", "PNG"):
    stream = io.BytesIO()
    image.save(stream, kind)
    stream.seek(0)
    again = Image.open(stream)
    again.load()
    assert (again.format, again.size) == (kind, (32, 16))
print(Image.__file__)
"""


@pytest.mark.parametrize("architecture", Architecture)
def test_no_library_that_is_linked_to_is_left_out(architecture: Architecture) -> None:
    whole = read_members(io.BytesIO(wheel_bytes(pinned_pillow().wheels[architecture])))
    left_out = {Path(path).name.encode() for path in whole if ".libs/" in path} - {
        Path(path).name.encode() for path in pillow_members(architecture)
    }
    assert left_out
    with zipfile.ZipFile(io.BytesIO(zip_bytes(pillow_members(architecture)))) as archive:
        binaries = {name: archive.read(name) for name in archive.namelist() if ".so" in name}
    # A library is linked to by its file name, which has a hash in it, so that the name is in no binary by chance.
    assert {name for name, content in binaries.items() for library in left_out if library in content} == set()


@pytest.mark.parametrize("architecture", Architecture)
def test_what_jpeg_and_png_do_not_use_is_left_out(architecture: Architecture) -> None:
    members = pillow_members(architecture)
    assert not [path for path in members if any(word in path for word in ("avif-", "webp-", "freetype", "harfbuzz"))]
    assert [path for path in members if path.endswith("LICENSE")], "the licence has to go with the copy"
    assert sum(len(member.raw) for member in members.values()) < 3_000_000


def test_it_encodes_jpeg_and_png_on_the_python_of_lambda(tmp_path: Path) -> None:
    python = _python_of_lambda()
    if os.uname().machine != "x86_64" or python is None:
        pytest.skip("there is no Python 3.13 for x86_64 on this machine")
    with zipfile.ZipFile(io.BytesIO(zip_bytes(pillow_members(Architecture.X86_64)))) as archive:
        archive.extractall(tmp_path)
    command = [python, "-S", "-c", _ENCODE]
    result = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert result.stderr == ""
    assert result.stdout.startswith(str(tmp_path))


def _python_of_lambda() -> str | None:
    version = pinned_pillow().python_version
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python{version}"))
    candidates = [shutil.which(f"python{version}"), *map(str, installed)]
    return next((path for path in candidates if path and _runs(path)), None)


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", "pass"], capture_output=True, check=False).returncode == 0

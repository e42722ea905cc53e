"""Image files of functions without Pillow: what Pillow would read in them, and nothing that it would not."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from handlers.common.errors import MalformedResponse
from handlers.image.files import JPEG, PNG, ImageFile
from handlers.image.pixels import Pixels
from handlers.image.png import png_of_pixels, size_of_png
from handlers.image.without_pillow import image_of_file, image_of_pixels

ROOT = Path(__file__).resolve().parents[4]
_LOADED = """
import sys
{hide}
from handlers.image.encoder import load_encoder
encoder = load_encoder()
assert load_encoder() is encoder
print(encoder.__name__, "PIL.Image" in sys.modules)
"""


def file_of(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((300, 200)).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


@st.composite
def pixels(draw: st.DrawFn) -> Pixels:
    width, height = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    size = 3 * width * height
    start = draw(st.binary(min_size=1, max_size=size))
    return Pixels(width, height, (start * (size // len(start) + 1))[:size])


@given(pixels())
def test_a_png_has_every_pixel(image: Pixels) -> None:
    made = png_of_pixels(image)
    decoded = Image.open(io.BytesIO(made), formats=["PNG"])
    decoded.verify()
    decoded = Image.open(io.BytesIO(made))
    assert (decoded.mode, decoded.size, decoded.tobytes()) == ("RGB", (image.width, image.height), image.data)
    assert size_of_png(made) == (image.width, image.height)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": b"Exif\0\0" + b"x" * 500, "optimize": True}])
def test_a_jpeg_stays_as_it_is(mode: str, options: dict[str, object]) -> None:
    data = file_of("JPEG", mode, **options)
    assert image_of_file(data) == ImageFile(300, 200, data, None, JPEG)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P"])
def test_a_png_stays_as_it_is(mode: str) -> None:
    data = file_of("PNG", mode)
    assert image_of_file(data) == ImageFile(300, 200, data, None, PNG)


def test_pixels_become_a_png() -> None:
    made = image_of_pixels(Pixels(8, 16, bytes(8 * 16 * 3)))
    assert (made.width, made.height, made.thumbnail, made.format) == (8, 16, None, PNG)
    assert made.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(MalformedResponse):
        image_of_file(file_of(kind))


@pytest.mark.parametrize("data", [file_of("JPEG"), file_of("PNG")], ids=["jpeg", "png"])
def test_a_file_that_was_cut_short_is_refused(data: bytes) -> None:
    for end in range(0, len(data) - 1, 7):
        with pytest.raises(MalformedResponse):
            image_of_file(data[:end])


_STARTS = (b"", b"\xff\xd8", file_of("JPEG")[:20], file_of("JPEG")[:700], file_of("PNG")[:8], file_of("PNG")[:40])


@given(st.sampled_from(_STARTS), st.binary(max_size=200))
def test_any_bytes_are_an_image_or_malformed(start: bytes, data: bytes) -> None:
    with contextlib.suppress(MalformedResponse):
        assert image_of_file(start + data).data == start + data


@pytest.mark.parametrize(
    ("hide", "loaded"),
    [("", "handlers.image.jpeg True"), ('sys.modules["PIL"] = None', "handlers.image.without_pillow False")],
)
def test_pillow_is_used_where_it_is_bundled_and_nowhere_else(hide: str, loaded: str) -> None:
    program = _LOADED.format(hide=hide)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded


def test_a_pillow_that_does_not_load_is_an_error_and_no_reason_to_do_without(tmp_path: Path) -> None:
    (tmp_path / "PIL").mkdir()
    (tmp_path / "PIL" / "__init__.py").write_text("raise ImportError('for another processor')")
    program = _LOADED.format(hide=f"sys.path.insert(0, {str(tmp_path)!r})")
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "for another processor" in done.stderr
    assert done.stdout == ""

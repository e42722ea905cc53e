"""Image files: whatever a model sends is an image or a clear error, and costs no more than it must."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from handlers.common.errors import MalformedResponse
from handlers.image import jpeg
from handlers.image.files import ImageFile
from handlers.image.jpeg import image_of_file, image_of_pixels
from handlers.image.pixels import Pixels

ROOT = Path(__file__).resolve().parents[4]
_USED = """
import sys
from handlers.image.jpeg import image_of_file, image_of_pixels
from handlers.image.pixels import Pixels
image_of_file(image_of_pixels(Pixels(64, 64, bytes(64 * 64 * 3))).data)
print(*sorted(name for name in sys.modules if name.endswith("ImagePlugin")))
"""


def _file(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(buffer, kind)
    return buffer.getvalue()


JPEG = _file("JPEG")
_FIRST_JOB = """
import sys, time
from types import SimpleNamespace
from handlers.image import endpoint_call_function as function

print("at start:", "PIL" in sys.modules)

def is_loaded():
    return hasattr(sys.modules.get("handlers.image.jpeg"), "image_of_file")

def invoke(body, accept, inference_id):
    deadline = time.monotonic() + 60
    while not is_loaded() and time.monotonic() < deadline:
        time.sleep(0.01)
    print("while waiting:", is_loaded())

function.host.invoke = invoke
function.maker._codec = SimpleNamespace(ACCEPT="", request=dict, images=lambda body, settings: [])
function._make_images(SimpleNamespace(settings={}, job_id="", hand_overs=0))
"""


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA")])
def test_a_file_becomes_a_jpeg_and_a_thumbnail(kind: str, mode: str) -> None:
    data = _file(kind, mode)
    made = image_of_file(data)
    assert made.thumbnail
    thumbnail = Image.open(io.BytesIO(made.thumbnail))
    assert (made.width, made.height) == (300, 200)
    assert (thumbnail.format, thumbnail.mode, thumbnail.size) == ("JPEG", "RGB", (256, 171))
    assert (made.data == data) == (kind == "JPEG")
    assert Image.open(io.BytesIO(made.data)).format == "JPEG"


def test_pixels_become_a_image_of_their_size() -> None:
    made = image_of_pixels(Pixels(8, 16, bytes(8 * 16 * 3)))
    assert Image.open(io.BytesIO(made.data)).size == (made.width, made.height) == (8, 16)


@given(st.binary(max_size=200) | st.integers(0, len(JPEG)).map(lambda end: JPEG[:end]))
def test_any_bytes_are_an_image_or_malformed(data: bytes) -> None:
    for start in (b"", JPEG[:3], JPEG[:20]):
        with contextlib.suppress(MalformedResponse):
            assert isinstance(image_of_file(start + data), ImageFile)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(MalformedResponse):
        image_of_file(_file(kind))


def test_a_jpeg_that_would_fill_the_memory_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "_LARGEST_PIXELS", 300 * 200 - 1)
    with pytest.raises(MalformedResponse):
        image_of_file(JPEG)


def test_no_plugin_but_that_of_jpeg_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", _USED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["PIL.JpegImagePlugin"]


def test_pillow_is_loaded_while_the_model_works_and_not_before() -> None:
    environment = dict.fromkeys(("STACK_NAME", "JOBS_TABLE", "IMAGE_BUCKET", "ENDPOINT_NAME", "ABSENT_STATE"), "name")
    environment |= {
        "MODEL_HOST": "endpoint",
        "PAYLOAD_CODEC": "stable-diffusion",
        "FUNCTION_TIMEOUT_SECONDS": "90",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_JOB], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.split() == ["at", "start:", "False", "while", "waiting:", "True"]

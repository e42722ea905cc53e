"""A model's answer to the bytes that are stored, against the plain loop over nested lists that comes to mind first.

The plain loop makes the image alone; ours makes its thumbnail too.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .figures import Figure, Pair
from .measuring import alternate, in_fresh_process

_SIDES = (512, 1024)
_FORMS = {"JPEG": 0.02, "pixel array": 0.5}
_MEMORY_GOAL = 1 / 3
_MEGABYTE = 1_000_000
# ru_maxrss is in bytes on macOS, and in kilobytes elsewhere.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure both forms of an answer at both sizes, in time, and the arrays in memory."""
    for side in _SIDES:
        timed = in_fresh_process(_timed, side, 3 if quick else 9)
        for form, goal in _FORMS.items():
            yield Figure(name=f"{side} px {form} to files", against="plain loop", pairs=timed[form], goal=goal)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "answer.json"
            in_fresh_process(_write_response, side, path)
            peaks = alternate(
                {"ours": partial(in_fresh_process, _peak_of_ours, side, path)},
                partial(in_fresh_process, _peak_of_plain_loop, path),
                1 if quick else 2,
            )
        name = f"{side} px pixel array, peak memory"
        yield Figure(name=name, against="plain loop", pairs=peaks["ours"], goal=_MEMORY_GOAL, unit="MB")


def plain_loop(response: bytes) -> bytes:
    """Return the JPEG of an answer of pixel arrays, pixel by pixel."""
    from PIL import Image

    rows = json.loads(response)["generated_images"][0]
    image = Image.new("RGB", (len(rows[0]), len(rows)))
    pixels: Any = image.load()
    for y, row in enumerate(rows):
        for x, (red, green, blue) in enumerate(row):
            pixels[x, y] = (red, green, blue)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def _ours(response: bytes, side: int) -> None:
    from handlers.image.codecs import load_codec

    load_codec("stable-diffusion").images(response, {"num_images": 1, "width": side, "height": side})


def _image(side: int) -> Any:
    """Return something with the gradients and the grain of a photograph."""
    from PIL import Image

    gradient = Image.linear_gradient("L").resize((side, side))
    channels = (
        gradient,
        gradient.transpose(Image.Transpose.ROTATE_90),
        Image.radial_gradient("L").resize((side, side)),
    )
    grain = Image.effect_noise((side, side), 40)
    return Image.merge("RGB", [Image.blend(channel, grain, 0.2) for channel in channels])


def _responses(side: int) -> dict[str, bytes]:
    """Return the answers of JumpStart's container, which writes JSON with Python's own separators."""
    image = _image(side)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    raw = image.tobytes()
    colours = [list(raw[start : start + 3]) for start in range(0, len(raw), 3)]
    rows = [colours[start : start + side] for start in range(0, len(colours), side)]
    contents = {"JPEG": base64.b64encode(buffer.getvalue()).decode(), "pixel array": rows}
    return {
        form: json.dumps({"generated_images": [content], "prompt": "a lighthouse"}).encode()
        for form, content in contents.items()
    }


def _timed(side: int, rounds: int) -> dict[str, list[Pair]]:
    responses = _responses(side)
    ours = {form: partial(_seconds, partial(_ours, response, side)) for form, response in responses.items()}
    return alternate(ours, partial(_seconds, partial(plain_loop, responses["pixel array"])), rounds)


def _seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def _write_response(side: int, path: Path) -> None:
    path.write_bytes(_responses(side)["pixel array"])


def _peak_of_ours(side: int, path: Path) -> float:
    import handlers.image.codecs.stable_diffusion  # noqa: F401 (so that its memory does not count)

    response = path.read_bytes()
    return _megabytes_above(lambda: _ours(response, side))


def _peak_of_plain_loop(path: Path) -> float:
    import PIL.JpegImagePlugin  # noqa: F401 (so that its memory does not count)

    response = path.read_bytes()
    return _megabytes_above(lambda: plain_loop(response))


def _megabytes_above(action: Callable[[], object]) -> float:
    """Return how far the process grows beyond what it holds already, the answer included."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    action()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * _MAXRSS_UNIT / _MEGABYTE

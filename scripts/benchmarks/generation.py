"""Generation: the whole process that makes a stack's JSON, against one that only imports troposphere and awacs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

from genai_templates.options import Hosting

from .figures import Figure
from .measuring import alternate, output_of, processor_seconds

_TEXT = "from genai_templates import TextStack; TextStack().to_json()"
_IMAGE = "from genai_templates import ImageStack; ImageStack().to_json()"
_BOTH = (
    "from genai_templates import ImageStack, TextStack; stacks = TextStack(), ImageStack(); "
    "[stack.to_json() for stack in stacks]"
)
_HOSTED = """
from genai_templates import Hosting, {stack}
{stack}(hosting=Hosting.{hosting}).to_json()
"""


def _stacks() -> Iterator[tuple[str, str, float | None]]:
    """Yield the name, the code and the goal of each measurement."""
    yield "text stack", _TEXT, 1.15
    yield "image stack", _IMAGE, 1.15
    yield "both stacks", _BOTH, 1.25
    for hosting in Hosting:
        for app, stack in (("text", "TextStack"), ("image", "ImageStack")):
            yield f"{app} stack, {hosting.value}", _HOSTED.format(stack=stack, hosting=hosting.name), None


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure a stack alone, both together, and each with each hosting."""
    for name, code, goal in _stacks():
        imports = f"import {', '.join(_modules_of(code))}"
        pairs = alternate({name: partial(_seconds, code)}, partial(_seconds, imports), 5 if quick else 15)
        yield Figure(name=f"generate {name}", against="importing the same modules", pairs=pairs[name], goal=goal)


def _seconds(code: str) -> float:
    return processor_seconds([sys.executable, "-c", code])


def _modules_of(code: str) -> list[str]:
    """Return the modules of troposphere and awacs that are there when the code has run."""
    show = "import sys; print(*(name for name in sys.modules if name.split('.')[0] in ('troposphere', 'awacs')))"
    return output_of([sys.executable, "-c", f"{code}\n{show}"]).split()

"""Generation: the whole process that makes a stack's JSON, against one that only imports troposphere and awacs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

from .figures import Figure
from .measuring import alternate, output_of, processor_seconds

_TEXT = "from genai_templates import TextStack; TextStack().to_json()"
_IMAGE = "from genai_templates import ImageStack; ImageStack().to_json()"
_BOTH = (
    "from genai_templates import ImageStack, TextStack; stacks = TextStack(), ImageStack(); "
    "[stack.to_json() for stack in stacks]"
)
_STACKS = (("text stack", _TEXT, 1.15), ("image stack", _IMAGE, 1.15), ("both stacks", _BOTH, 1.25))


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure a stack alone and both together."""
    for name, code, goal in _STACKS:
        imports = f"import {', '.join(_modules_of(code))}"
        pairs = alternate({name: partial(_seconds, code)}, partial(_seconds, imports), 5 if quick else 15)
        yield Figure(name=f"generate {name}", against="importing the same modules", pairs=pairs[name], goal=goal)


def _seconds(code: str) -> float:
    return processor_seconds([sys.executable, "-c", code])


def _modules_of(code: str) -> list[str]:
    """Return the modules of troposphere and awacs that are there when the code has run."""
    show = "import sys; print(*(name for name in sys.modules if name.split('.')[0] in ('troposphere', 'awacs')))"
    return output_of([sys.executable, "-c", f"{code}\n{show}"]).split()

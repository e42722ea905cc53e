"""Progress of long work: one changing line on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_CLEAR_LINE = "\r\x1b[K"


@contextmanager
def shown_progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows a step on standard error; on a terminal the last step disappears at the end."""
    stream = sys.stderr
    if not stream.isatty():
        yield lambda step: print(step, file=stream, flush=True)
        return
    try:
        yield lambda step: print(_CLEAR_LINE + step, end="", file=stream, flush=True)
    finally:
        print(_CLEAR_LINE, end="", file=stream, flush=True)

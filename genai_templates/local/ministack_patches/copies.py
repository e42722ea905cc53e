"""Copies of this process do its work, one after the other: a new one knows nothing of what the former ones did.

Memory is that of the process when the first copy was made, the folder that it works in is emptied, and the processes
that a copy started end with it.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn


@contextlib.contextmanager
def postponed_threads() -> Iterator[list[threading.Thread]]:
    """Start no thread inside: a copy has the thread alone that makes it. Gives those that a copy then has to start."""
    postponed: list[threading.Thread] = []
    start = threading.Thread.start
    threading.Thread.start = lambda thread: postponed.append(thread)  # type: ignore[method-assign, assignment]
    try:
        yield postponed
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]


def work_in_copies(work: Callable[[], None], folder: Path, log: str) -> NoReturn:
    """Do the work in a copy of this process, and in a new copy for each byte on standard input; end when that ends.

    Each begins with the folder empty but for the log, which is empty too. A copy that ends by itself ends this process.
    """
    copy = _Copy(work)
    while request := copy.wait_for_request():
        copy.end()
        _empty(folder, log)
        copy = _Copy(work)
    code = copy.end()
    if request is not None:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(abs(code))  # to take the modules down one by one would need longer than all this


class _Copy:
    """A copy at work, in a process group of its own."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._line, line_of_copy = socket.socketpair()
        self._process = os.fork()
        if self._process == 0:
            self._line.close()
            _do(work, line_of_copy)
        line_of_copy.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(self._process, 0)  # it does so too: whoever comes first

    def wait_for_request(self) -> bytes | None:
        """Return the next byte of standard input, nothing when that has ended, None when the copy has."""
        ready, _, _ = select.select([sys.stdin.buffer, self._line], [], [])
        return None if self._line in ready else os.read(sys.stdin.fileno(), 1)

    def end(self) -> int:
        """End it with all that it started; return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        self._line.close()
        return os.waitstatus_to_exitcode(status)


def _do(work: Callable[[], None], line: socket.socket) -> NoReturn:
    """Do the work of a copy, and end with whoever made it."""
    try:
        os.setpgid(0, 0)
        threading.Thread(target=_end_with, args=[line], daemon=True).start()
        work()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _end_with(line: socket.socket) -> None:
    line.recv(1)
    os.killpg(0, signal.SIGKILL)


def _empty(folder: Path, log: str) -> None:
    for path in folder.iterdir():
        if path.name == log:
            os.truncate(path, 0)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()

"""The command as its user runs it: in this process, or in one of its own with a terminal or with pipes."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.aws.screen import Screen, plain

_ROOT = Path(__file__).resolve().parents[2]
_ROWS = 50
_SECONDS = 120
# A shell gives a command in the foreground the default action for an interrupt; pytest may run without it.
_START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.path.insert(0, sys.argv[1]); "
    "from genai_templates.cli import main; sys.exit(main(sys.argv[2:]))"
)


@dataclass(frozen=True)
class Finished:
    """How a command ended: exit code, and what it wrote. On a terminal, standard error is in ``stdout``."""

    code: int
    stdout: str
    stderr: str = ""

    @property
    def lines(self) -> list[str]:
        """The lines of standard output, without control sequences."""
        return plain(self.stdout).splitlines()

    @property
    def screen(self) -> Screen:
        """What a terminal shows at the end."""
        return Screen(self.stdout)


class Running:
    """A context manager: a command in a process of its own; it is killed at the end if it still runs."""

    def __init__(self, arguments: tuple[str, ...], *, columns: int = 60, terminal: bool = True) -> None:
        self._keyboard: int | None
        self._changed = threading.Condition()
        self._reading = 0
        self._written: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        environment = {**os.environ, "TERM": "xterm-256color"}
        for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI"):
            environment.pop(name, None)
        command = [sys.executable, "-P", "-c", _START, str(_ROOT), *arguments]
        if terminal:
            self._start_on_terminal(command, environment, columns)
        else:
            self._start_on_pipes(command, environment)

    def _start_on_terminal(self, command: list[str], environment: dict[str, str], columns: int) -> None:
        self._keyboard, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, columns, 0, 0))
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self._readers = [self._read(os.dup(self._keyboard), "stdout")]

    def _start_on_pipes(self, command: list[str], environment: dict[str, str]) -> None:
        self._keyboard = None
        stdout, stderr = os.pipe(), os.pipe()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout[1],
            stderr=stderr[1],
            env=environment,
            start_new_session=True,
        )
        os.close(stdout[1])
        os.close(stderr[1])
        self._readers = [self._read(stdout[0], "stdout"), self._read(stderr[0], "stderr")]

    def _read(self, descriptor: int, name: str) -> threading.Thread:
        self._reading += 1

        def read() -> None:
            while data := _read_some(descriptor):
                with self._changed:
                    self._written[name] += data
                    self._changed.notify_all()
            os.close(descriptor)
            with self._changed:
                self._reading -= 1
                self._changed.notify_all()

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    @property
    def output(self) -> str:
        """What was written to standard output so far, without control sequences."""
        with self._changed:
            return plain(self._written["stdout"].decode("utf-8", "replace"))

    def read_until(self, text: str) -> None:
        """Wait until standard output holds this text; raises AssertionError when the command ends without it."""
        with self._changed:
            self._changed.wait_for(lambda: text in self.output or not self._reading, timeout=_SECONDS)
        assert text in self.output, f"{text!r} was not printed:\n{self.output}\n{self._text('stderr')}"

    def enter(self, text: str) -> None:
        """Type this on the terminal."""
        assert self._keyboard is not None, "there is no terminal"
        os.write(self._keyboard, text.encode())

    def interrupt(self) -> None:
        """Send what Ctrl-C sends."""
        self.process.send_signal(signal.SIGINT)

    def wait(self) -> Finished:
        """Wait for the end."""
        code = self.process.wait(_SECONDS)
        for reader in self._readers:
            reader.join(_SECONDS)
        return Finished(code, self._text("stdout"), self._text("stderr"))

    def _text(self, name: str) -> str:
        with self._changed:
            return self._written[name].decode("utf-8", "replace")

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(_SECONDS)
        if self._keyboard is not None:
            os.close(self._keyboard)


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # so a terminal ends
        return b""

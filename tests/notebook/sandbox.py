"""A notebook instance made of Linux namespaces: its own /home, users, processes, and Python in the conda place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MACHINE = Path(__file__).with_name("machine")
UID = 1000

# How the interpreter describes where it lives.
_DESCRIBE = """\
import json, os, sys, sysconfig
executable = os.path.realpath(sys.executable)
paths = [sys.base_prefix, executable, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")]
print(json.dumps(paths))
"""


@dataclass(frozen=True)
class Returned:
    """How the lifecycle script ended: exit code, milliseconds, the session that ran it, and what it printed."""

    status: int
    milliseconds: int
    session: int
    output: str


class Sandbox:
    """The machine's files as the host sees them (``home`` is /home/ec2-user), and a way to run a lifecycle script."""

    def __init__(self, folder: Path, notebook_python: Path) -> None:
        described = subprocess.run([notebook_python, "-c", _DESCRIBE], check=True, capture_output=True, text=True)
        prefix, executable, library, self._packages = json.loads(described.stdout)
        self._prefix = Path(prefix)
        self._library = os.path.relpath(library, prefix)
        self._machine = folder / "machine"
        self.home = self._machine / "home" / "ec2-user"
        self._lay_out(os.path.relpath(executable, prefix))

    def _lay_out(self, executable: str) -> None:
        shutil.copytree(_MACHINE, self._machine)
        (self._machine / "shims" / "sudo").chmod(0o755)
        (self._machine / "etc").mkdir()
        (self._machine / "etc" / "passwd").write_text(
            f"root:x:0:0:root:/root:/bin/bash\nec2-user:x:{UID}:{UID}::/home/ec2-user:/bin/bash\n"
        )
        (self._machine / "etc" / "group").write_text(f"root:x:0:\nec2-user:x:{UID}:\n")
        for name in ("python", "site-packages", "shims", "ec2-user/SageMaker"):
            (self._machine / "home" / name).mkdir(parents=True)
        for path in (self.home, self.home / "SageMaker"):
            os.chown(path, UID, UID)
        python = self.home / "anaconda3" / "envs" / "python3" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH=/home/python/lib exec /home/python/{executable} "$@"\n')
        python.chmod(0o755)

    @contextmanager
    def run(self, script: str, environment: Mapping[str, str]) -> Iterator[Returned]:
        """Run the lifecycle script; when the block ends, so do the machine and everything that runs on it."""
        (self._machine / "home" / "on_create.sh").write_text(script)
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash"]
        arguments = [self._machine / "boot.sh", self._machine, self._prefix, self._library, self._packages]
        with subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], **environment},
        ) as machine:
            try:
                assert machine.stdout is not None
                status, milliseconds, session, output = machine.stdout.readline().split(" ", 3)
                yield Returned(int(status), int(milliseconds), int(session), output.strip())
            finally:
                assert machine.stdin is not None
                machine.stdin.close()

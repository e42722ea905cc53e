"""checkov, with its rules for CloudFormation."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .results import HERE, Result, ScannerFailed, output_of, resources, template_name

_CHECKOV = HERE.parents[1] / ".venv-scan" / "bin" / "checkov"
_FOUND = 1
"""The exit code that says that a rule failed."""
_BARE = ".bare.json"
"""How the name of a template without suppressions ends."""


def run(paths: Sequence[Path]) -> list[Result]:
    """Return checkov's results for these templates, none of which is sent anywhere.

    checkov skips a check without trying it, so it sees each template a second time without the suppressions.
    """
    options = ["--framework", "cloudformation", "--output", "json", "--compact", "--skip-download"]
    with tempfile.TemporaryDirectory() as folder:
        bare = [_without_suppressions(path, Path(folder)) for path in paths]
        files = [argument for path in (*paths, *bare) for argument in ("--file", path)]
        return list(parse(json.loads(output_of([_CHECKOV, *options, *files], accepted=(0, _FOUND)))))


def _without_suppressions(path: Path, folder: Path) -> Path:
    template = json.loads(path.read_text())
    for resource in template["Resources"].values():
        resource.get("Metadata", {}).pop("checkov", None)
    bare = folder / f"{template_name(path)}{_BARE}"
    bare.write_text(json.dumps(template))
    return bare


def parse(report: dict[str, Any]) -> Iterator[Result]:
    """Give what checkov's report holds: what fails, and what is skipped and would fail."""
    if report["summary"]["parsing_errors"]:
        raise ScannerFailed(f"checkov cannot read a template: {report['results'].get('parsing_errors')}")
    bare = set()
    for check in report["results"]["failed_checks"]:
        result = _result(check, False, check["check_name"])
        if check["file_path"].endswith(_BARE):
            bare.add(result.key)
        else:
            yield result
    for check in report["results"]["skipped_checks"]:
        result = _result(check, True, check["check_result"]["suppress_comment"])
        if result.key in bare:
            yield result


def _result(check: dict[str, Any], suppressed: bool, text: str) -> Result:
    resource = check["resource"].rpartition(".")[2]
    return Result("checkov", check["check_id"], template_name(check["file_path"]), resource, "", suppressed, text)


def declared(paths: Sequence[Path]) -> Iterator[Result]:
    """Give every suppression of checkov's that the templates hold."""
    for template, name, resource in resources(paths):
        for each in resource.get("Metadata", {}).get("checkov", {}).get("skip", ()):
            yield Result("checkov", each["id"], template, name, "", True, each["comment"])

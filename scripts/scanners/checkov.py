"""checkov, with its rules for CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .results import HERE, Result, ScannerFailed, output_of, resources, template_name

_CHECKOV = HERE.parents[1] / ".venv-scan" / "bin" / "checkov"
_FOUND = 1
"""The exit code that says that a rule failed."""


def run(paths: Sequence[Path]) -> list[Result]:
    """Return checkov's results for these templates, none of which is sent anywhere."""
    options = ["--framework", "cloudformation", "--output", "json", "--compact", "--skip-download"]
    files = [argument for path in paths for argument in ("--file", path)]
    return list(parse(json.loads(output_of([_CHECKOV, *options, *files], accepted=(0, _FOUND)))))


def parse(report: dict[str, Any]) -> Iterator[Result]:
    """Give what checkov's report holds."""
    if report["summary"]["parsing_errors"]:
        raise ScannerFailed(f"checkov cannot read a template: {report['results'].get('parsing_errors')}")
    for check in report["results"]["failed_checks"]:
        yield _result(check, False, check["check_name"])
    for check in report["results"]["skipped_checks"]:
        yield _result(check, True, check["check_result"]["suppress_comment"])


def _result(check: dict[str, Any], suppressed: bool, text: str) -> Result:
    resource = check["resource"].rpartition(".")[2]
    return Result("checkov", check["check_id"], template_name(check["file_path"]), resource, "", suppressed, text)


def declared(paths: Sequence[Path]) -> Iterator[Result]:
    """Give every suppression of checkov's that the templates hold."""
    for template, name, resource in resources(paths):
        for each in resource.get("Metadata", {}).get("checkov", {}).get("skip", ()):
            yield Result("checkov", each["id"], template, name, "", True, each["comment"])

"""cdk-nag, with its AwsSolutions pack."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from .results import Result, resources, rows_of, template_name

_LOGICAL_ID = re.compile(r"template\.(\w+)\.LogicalID")


def run(paths: Sequence[Path]) -> list[Result]:
    """Return what the AwsSolutions pack says of these templates."""
    with tempfile.TemporaryDirectory() as folder:
        return [parse(row) for row in rows_of("nag.js", Path(folder), paths)]


def parse(row: dict[str, str]) -> Result:
    """Return what one line of nag.js says."""
    named = _LOGICAL_ID.search(row["resource"])
    resource = named[1] if named else row["resource"]
    suppressed = row["state"] == "suppressed"
    template = template_name(row["template"])
    return Result("cdk-nag", row["rule"], template, resource, row["finding"], suppressed, row["text"].strip())


def declared(paths: Sequence[Path]) -> Iterator[Result]:
    """Give every suppression of cdk-nag's that the templates hold."""
    for template, name, resource in resources(paths):
        for each in resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", ()):
            for detail in each.get("applies_to", [""]):
                yield Result("cdk-nag", each["id"], template, name, detail, True, each["reason"])

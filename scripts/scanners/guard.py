"""AWS CloudFormation Guard, with the proactive controls of AWS Control Tower."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from genai_templates.suppressions import guard_reasons

from .results import NODE_MODULES, Result, ScannerFailed, output_of, resources, template_name

_PACKAGE = NODE_MODULES / "@cdklabs" / "cdk-validator-cfnguard"
_RULES = _PACKAGE / "rules" / "control-tower" / "cfn-guard"
_SYSTEMS = {"Linux": "ubuntu", "Darwin": "macos"}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}
_FOUND = 19
"""The exit code that says that a rule failed."""
_RESOURCE = re.compile(r"/Resources/(\w+)")


def run(paths: Sequence[Path]) -> list[Result]:
    """Return the rules that fail, those of them as suppressed that the resource's metadata names.

    Control Tower's rules do not read the metadata themselves.
    """
    files = [argument for path in paths for argument in ("--data", path)]
    options = ["--output-format", "json", "--structured", "--show-summary", "none"]
    output = output_of([_program(), "validate", "--rules", _RULES, *files, *options], accepted=(0, _FOUND))
    argued = {each.key: each for each in declared(paths)}
    return [argued.get(each.key, each) for each in parse(json.loads(output))]


def _program() -> Path:
    system, machine = _SYSTEMS.get(platform.system()), _MACHINES.get(platform.machine().lower())
    if not system or not machine:
        raise ScannerFailed(f"the package of Guard has no program for {platform.system()} {platform.machine()}")
    return _PACKAGE / "bin" / system / machine / "cfn-guard"


def parse(reports: Sequence[dict[str, Any]]) -> Iterator[Result]:
    """Give every rule that Guard's reports say failed, for each resource that it failed on."""
    for report in reports:
        for each in report["not_compliant"]:
            rule = each["Rule"]
            text = " ".join(next(_values(rule, "custom_message"), "").split())
            named = {match[1] for path in _values(rule, "path") if (match := _RESOURCE.match(path))}
            for resource in sorted(named) or [""]:
                yield Result("guard", rule["name"], template_name(report["name"]), resource, "", False, text)


def _values(value: object, key: str) -> Iterator[str]:
    """Give every text that stands under this key."""
    if isinstance(value, dict) and isinstance(text := value.get(key), str):
        yield text
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from _values(child, key)


def declared(paths: Sequence[Path]) -> Iterator[Result]:
    """Give every suppression of a rule of Control Tower's that the templates hold.

    A name in capitals is for the rules of AWS's registry, which no package carries.
    """
    reasons = guard_reasons()
    for template, name, resource in resources(paths):
        for rule in resource.get("Metadata", {}).get("guard", {}).get("SuppressedRules", ()):
            if not rule.isupper():
                yield Result("guard", rule, template, name, "", True, reasons[resource["Type"], rule])

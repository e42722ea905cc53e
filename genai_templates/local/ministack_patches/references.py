"""References of a template that lead nowhere: CloudFormation refuses these, ministack makes them their own names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ministack.services.cloudformation import changesets, handlers

_PSEUDO_PREFIX = "AWS::"
_PLACEHOLDER = re.compile(r"\$\{([^!}]+)\}")
_SECTIONS = ("Resources", "Outputs", "Conditions")


def apply() -> None:
    """Have ministack refuse a template with a reference to what it does not hold."""
    for module in (changesets, handlers):
        check = module.validate_template_support
        module.validate_template_support = _checking(check)


def _checking(check: Any) -> Any:
    def check_references(template: dict[str, Any], *more: Any, **named: Any) -> Any:
        known = {*template.get("Resources", {}), *template.get("Parameters", {})}
        for section in _SECTIONS:
            unknown = sorted(set(_references(template.get(section, {}))) - known)
            if unknown:
                raise ValueError(
                    f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] in the {section} "
                    "block of the template"
                )
        return check(template, *more, **named)

    return check_references


def _references(node: Any) -> Iterator[str]:
    """Give the logical ids that ``Ref``, ``Fn::GetAtt`` and ``Fn::Sub`` name below a node."""
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "Ref" and not str(value).startswith(_PSEUDO_PREFIX):
                yield str(value)
            elif name == "Fn::GetAtt":
                yield str(value[0] if isinstance(value, list) else value.split(".")[0])
            elif name == "Fn::Sub":
                yield from _substituted(value)
            else:
                yield from _references(value)


def _substituted(value: Any) -> Iterator[str]:
    text, given = (value, {}) if isinstance(value, str) else value
    for placeholder in _PLACEHOLDER.findall(text):
        name = placeholder.strip().split(".")[0]
        if name not in given and not name.startswith(_PSEUDO_PREFIX):
            yield name
    yield from _references(given)

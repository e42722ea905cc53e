"""The values that a template has with given parameters: of properties, and of conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Template = Mapping[str, Any]
"""A template as ``json.loads`` gives it."""


class TemplateValues(NamedTuple):
    """A template, and the values of its parameters; those that are not given have their defaults."""

    template: Template
    parameters: Mapping[str, str]

    def resources(self, kind: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield logical id and resource of each that is made, of one type if that is given."""
        for name, each in self.template.get("Resources", {}).items():
            if kind in ("", each["Type"]) and ("Condition" not in each or self.holds(each["Condition"])):
                yield name, each

    def value(self, node: object) -> object:
        """Return what a property has: a literal, a parameter's value, or that of a choice among these.

        What is known only when the stack is there comes back as it stands in the template.
        """
        match node:
            case {"Ref": str(name)}:
                declared = self.template.get("Parameters", {}).get(name, {})
                return self.parameters.get(name, declared.get("Default"))
            case {"Fn::If": [str(condition), positive, negative]}:
                return self.value(positive if self.holds(condition) else negative)
        return node

    def number(self, node: object) -> int:
        """Return a property that is a whole number."""
        return int(str(self.value(node)))

    def holds(self, condition: object) -> bool:
        """Whether a condition holds, given by its name or by what it tests. Raises ValueError for another function."""
        match condition:
            case str(name) | {"Condition": str(name)}:
                return self.holds(self.template["Conditions"][name])
            case {"Fn::Equals": [left, right]}:
                return str(self.value(left)) == str(self.value(right))
            case {"Fn::Not": [test]}:
                return not self.holds(test)
            case {"Fn::And": list(tests)}:
                return all(map(self.holds, tests))
            case {"Fn::Or": list(tests)}:
                return any(map(self.holds, tests))
        raise ValueError(f"{condition!r} is not a condition")

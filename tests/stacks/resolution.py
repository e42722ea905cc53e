"""Values of a template as CloudFormation would resolve them in a region, for the functions that grants are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

ACCOUNT = "123456789012"
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


class Resolver:
    """A template in a region, with values of its parameters."""

    def __init__(self, template: Mapping[str, Any], region: str, **parameters: str) -> None:
        defaults = {name: each.get("Default", "") for name, each in template["Parameters"].items()}
        places = {"AWS::Partition": "aws", "AWS::Region": region, "AWS::AccountId": ACCOUNT}
        self._template = template
        self._values = {**defaults, **parameters, **places}

    def resolve(self, value: Any) -> Any:
        """Return the value without functions."""
        if isinstance(value, list):
            return [self.resolve(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if function := self._functions.get(name):
                return function(self, argument)
        return {name: self.resolve(each) for name, each in value.items()}

    def _ref(self, name: str) -> str:
        return str(self._values[name])

    def _if(self, argument: list[Any]) -> Any:
        condition, yes, no = argument
        return self.resolve(yes if self.resolve(self._template["Conditions"][condition]) else no)

    def _equals(self, argument: list[Any]) -> bool:
        left, right = self.resolve(argument)
        return bool(left == right)

    def _contains(self, argument: list[Any]) -> bool:
        values, value = self.resolve(argument)
        return value in values

    def _find_in_map(self, argument: list[Any]) -> Any:
        mapping, first, second = self.resolve(argument)
        return self._template["Mappings"][mapping][first][second]

    def _join(self, argument: list[Any]) -> str:
        return str(argument[0]).join(self.resolve(argument[1]))

    def _sub(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        values = {**self._values, **self.resolve(own)}
        return _VARIABLE.sub(lambda found: str(values[found[1]]), text)

    _functions: ClassVar[dict[str, Callable[[Resolver, Any], Any]]] = {
        "Ref": _ref,
        "Fn::If": _if,
        "Fn::Equals": _equals,
        "Fn::Contains": _contains,
        "Fn::FindInMap": _find_in_map,
        "Fn::Join": _join,
        "Fn::Sub": _sub,
    }

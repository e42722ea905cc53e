"""A template and the prefix under which an application's part of it is named."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any, NamedTuple, TypeVar

from troposphere import AWSObject, Join, Output, Parameter, Ref, Select, Split, Template

from .errors import InvalidOption

_PREFIX = re.compile(r"([A-Z][A-Za-z0-9]{0,17})?")
_NAME_BYTES = 63

STACK_GUID = Select(2, Split("/", Ref("AWS::StackId")))
"""The 36 characters of the stack id that no other stack has; a stack's name may be too long for other names."""

DELETE_WITH_STACK = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
"""The policies of a resource that holds data and does not outlive the stack."""

Resource = TypeVar("Resource", bound=AWSObject)


class _Scope(NamedTuple):
    template: Template
    prefix: str


class Scope(_Scope):
    """A template, and the prefix of all that is added to it through this scope.

    Two scopes with different prefixes can hold the same components on one template. The prefix is empty or up to 18
    letters and digits that begin with a capital letter; anything else raises InvalidOption.
    """

    __slots__ = ()

    def __new__(cls, template: Template, prefix: str = "") -> Scope:
        """Check template and prefix, and make the scope."""
        if not isinstance(template, Template):
            raise InvalidOption(f"a scope's template is {template!r}; it must be a troposphere Template")
        if not isinstance(prefix, str):
            raise InvalidOption(f"prefix is {prefix!r}; it must be a str")
        if not _PREFIX.fullmatch(prefix):
            raise InvalidOption(
                f"prefix {prefix!r} must be up to 18 letters and digits that begin with a capital letter"
            )
        return super().__new__(cls, template, prefix)

    def id(self, name: str) -> str:
        """Return the logical id of this name, for a resource, parameter, condition or output."""
        return f"{self.prefix}{name}"

    def add(self, kind: type[Resource], name: str, **properties: Any) -> Resource:
        """Add a resource of this troposphere class, and return it."""
        logical_id = self._free_id(name, self.template.resources, self.template.parameters)
        return self.template.add_resource(kind(logical_id, **properties))  # type: ignore[no-any-return]

    def add_parameter(self, name: str, **properties: Any) -> Parameter:
        """Add a parameter, and return it."""
        logical_id = self._free_id(name, self.template.parameters, self.template.resources)
        return self.template.add_parameter(Parameter(logical_id, **properties))

    def add_condition(self, name: str, test: object) -> str:
        """Add a condition, and return its name. It may be added again with the same test."""
        logical_id = self.id(name)
        if logical_id not in self.template.conditions or self.template.conditions[logical_id] != test:
            self.template.add_condition(self._free_id(name, self.template.conditions), test)
        return logical_id

    def add_mapping(self, name: str, mapping: Mapping[str, Mapping[str, object]]) -> str:
        """Add a mapping, and return its name."""
        logical_id = self._free_id(name, self.template.mappings)
        self.template.add_mapping(logical_id, mapping)
        return logical_id

    def add_rule(self, name: str, test: object, description: str, *, condition: object | None = None) -> None:
        """Add a rule: CloudFormation refuses parameters and regions that fail the test, and says this description.

        With a condition the rule holds where that is true. Both are made of the functions that rules have.
        """
        assertion = {"Assert": test, "AssertDescription": description}
        when = {} if condition is None else {"RuleCondition": condition}
        self.template.add_rule(self._free_id(name, self.template.rules), {**when, "Assertions": [assertion]})

    def add_output(self, name: str, **properties: Any) -> None:
        """Add an output."""
        self.template.add_output(Output(self._free_id(name, self.template.outputs), **properties))

    def _free_id(self, name: str, *taken: Container[str]) -> str:
        # Resources and parameters share their ids, as Ref takes both; conditions and outputs have their own.
        logical_id = self.id(name)
        if any(logical_id in each for each in taken):
            raise InvalidOption(f"the template has {logical_id} already: give this scope another prefix")
        return logical_id

    def physical_name(self, name: str, suffix: str = "") -> Join:
        """Return a physical name that is unique in account and region: this name before the stack's GUID.

        With a prefix of 18 characters name and suffix may have 7, and 6 when both are there, for the 63 characters that
        the strictest service takes. Raises InvalidOption for more.
        """
        before = [part for part in (self.prefix.lower(), name) if part]
        after = [suffix] if suffix else []
        if len("-".join([*before, *after])) + 37 > _NAME_BYTES:
            raise InvalidOption(
                f"{'-'.join([*before, *after])!r} with a stack's GUID would be more than {_NAME_BYTES} characters"
            )
        return Join("-", [*before, STACK_GUID, *after])

"""The parameters of a template, grouped and labelled for the console in the order in which they are added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from troposphere import Equals, If, Not, Ref

from .scope import Scope


class ParameterGroup(NamedTuple):
    """A group of parameters in the console's form.

    Each method adds one parameter: ``name`` is its logical id, ``label`` what the console shows beside the field, and
    ``description`` what it says below it.
    """

    scope: Scope
    title: str

    def text(
        self, name: str, label: str, *, pattern: str, constraint: str, description: str, default: str | None = None
    ) -> Ref:
        """Add a parameter whose value must match this regular expression; ``constraint`` says so in words."""
        return self._add(
            name,
            label,
            Type="String",
            AllowedPattern=pattern,
            ConstraintDescription=constraint,
            Description=description,
            **({} if default is None else {"Default": default}),
        )

    def resource(self, name: str, label: str, *, kind: str, description: str) -> Ref:
        """Add a resource of the account, or a list, of this parameter type: the console offers what is there."""
        return self._add(name, label, Type=kind, Description=description)

    def number(
        self, name: str, label: str, *, default: int | None, minimum: int, maximum: int, unit: str, description: str
    ) -> Ref:
        """Add a whole number from ``minimum`` to ``maximum``; ``unit`` is said where another value is refused.

        Without a default, whoever deploys the template must give one.
        """
        return self._add(
            name,
            label,
            Type="Number",
            **({} if default is None else {"Default": default}),
            MinValue=minimum,
            MaxValue=maximum,
            ConstraintDescription=f"Give {minimum} to {maximum} {unit}.",
            Description=description,
        )

    def choice(
        self, name: str, label: str, *, values: Sequence[str | int], default: str | int, description: str
    ) -> Ref:
        """Add a choice among these values, which are all text or all numbers."""
        return self._add(
            name,
            label,
            Type="Number" if isinstance(default, int) else "String",
            Default=default,
            AllowedValues=list(values),
            ConstraintDescription="Choose one of the listed values.",
            Description=description,
        )

    def flag(self, name: str, label: str, *, default: bool, description: str) -> Ref:
        """Add a choice between true and false."""
        return self.choice(name, label, values=["true", "false"], default=str(default).lower(), description=description)

    def is_true(self, flag: Ref) -> str:
        """Add the condition that this flag is true, and return its name."""
        return self._add_condition(flag, "IsTrue", Equals(flag, "true"))

    def is_given(self, parameter: Ref) -> str:
        """Add the condition that this parameter is not empty, and return its name."""
        return self._add_condition(parameter, "IsGiven", Not(Equals(parameter, "")))

    def is_empty(self, parameter: Ref) -> str:
        """Add the condition that this parameter is empty, and return its name."""
        return self._add_condition(parameter, "IsEmpty", Equals(parameter, ""))

    def given_or(self, parameter: Ref, default: object) -> If:
        """Return the parameter's value where it is given, and the default where it is empty."""
        return If(self.is_given(parameter), parameter, default)

    def unless_equal(self, parameter: Ref, value: int, default: object) -> If:
        """Return ``default`` while the parameter has this value, and the parameter's value otherwise."""
        return If(self._add_condition(parameter, "IsDefault", Equals(parameter, str(value))), default, parameter)

    def _add(self, name: str, label: str, **properties: object) -> Ref:
        parameter = self.scope.add_parameter(name, **properties)
        template = self.scope.template
        template.add_parameter_to_group(parameter, " ".join(filter(None, (self.scope.prefix, self.title))))
        template.set_parameter_label(parameter, label)
        return Ref(parameter)

    def _add_condition(self, parameter: Ref, suffix: str, test: object) -> str:
        name = f"{parameter.data['Ref']}{suffix}"
        return self.scope.add_condition(name.removeprefix(self.scope.prefix), test)

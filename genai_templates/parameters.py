"""The parameters of a template, grouped and labelled for the console in the order in which they are declared."""

from __future__ import annotations

from troposphere import Equals, Parameter, Ref, Template

_TRUE_OR_FALSE = ["true", "false"]


class ParameterForm:
    """The form that the console shows for a template: declares parameters group by group."""

    def __init__(self, template: Template) -> None:
        """Declare the parameters on this template."""
        self._template = template

    def ask(self, group: str, name: str, label: str, *, kind: str = "String", **constraints: object) -> Ref:
        """Declare a parameter and return a reference to it.

        ``constraints`` are properties of a CloudFormation parameter (Default, Description, AllowedPattern ...).
        """
        parameter = self._template.add_parameter(Parameter(name, Type=kind, **constraints))
        self._template.add_parameter_to_group(parameter, group)
        self._template.set_parameter_label(parameter, label)
        return Ref(name)

    def ask_whether(self, group: str, name: str, label: str, *, default: bool, description: str) -> str:
        """Declare a yes-or-no parameter and return the name of the condition that it is true."""
        self.ask(
            group,
            name,
            label,
            Default=str(default).lower(),
            AllowedValues=_TRUE_OR_FALSE,
            Description=description,
            ConstraintDescription="Choose true or false.",
        )
        return self.when(f"{name}IsTrue", Equals(Ref(name), "true"))

    def when(self, condition: str, test: object) -> str:
        """Add a condition and return its name."""
        self._template.add_condition(condition, test)
        return condition

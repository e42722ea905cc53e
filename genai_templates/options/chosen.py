"""The options of a stack, checked when they are chosen.

A bad value raises InvalidOption here, with what was given and what is allowed, and never reaches a template.
"""

from collections.abc import Callable
from typing import Unpack, cast

from ..bedrock_catalog import find_bedrock_model
from ..catalog import Model, check_hosting, check_instance_type, find_model
from ..errors import InvalidOption
from .artifacts import ArtifactKeys, InlineArtifacts
from .conflicts import check_conflicts
from .enumerations import Hosting
from .fields import OPTIONS, StackOptionFields
from .terms import check_terms


class StackOptions:
    """All that is chosen about a stack when its template is built.

    ``app`` is the application's name, ``model`` a model id of the hosting's catalogue or a model that is described, and
    ``values`` holds every option, chosen or default. Raises InvalidOption for an unknown option, one of the wrong kind
    or of another application, one that does not go with another, and one that the model does not support.
    """

    __slots__ = ("app", "model", "values")

    def __init__(self, *, app: str, model: str | Model, **chosen: Unpack[StackOptionFields]) -> None:
        """Check what is chosen, and complete it."""
        if not isinstance(model, str | Model):
            raise InvalidOption(f"model is {model!r}; it must be a str or a Model")
        self.app, self.model = app, model
        if unknown := sorted(chosen.keys() - OPTIONS.keys()):
            raise InvalidOption(f"there is no option {', '.join(unknown)}; choose from model, {', '.join(OPTIONS)}")
        for name, value in chosen.items():
            OPTIONS[name].check(value, app=app)
        self.values = cast(StackOptionFields, {name: each.option.default for name, each in OPTIONS.items()} | chosen)
        check_conflicts(self.values)
        check_terms(self.values["blocked_terms"])
        _CHECKS.get(self.values["hosting"], _check_sagemaker_model)(self)

    @property
    def jumpstart_model(self) -> Model:
        """The catalogue's entry of the model, for a hosting on SageMaker."""
        return find_model(self.model, app=self.app, accept_license=self.values["accept_license"])

    @property
    def instance_types(self) -> tuple[str, ...]:
        """The endpoint's instance types in the order in which they are tried."""
        first = self.values["instance_type"] or self.jumpstart_model.default_instance_type
        return (first, *self.values["fallback_instance_types"])

    @property
    def artifacts(self) -> ArtifactKeys | InlineArtifacts:
        """The artifacts or their keys, or the keys of a template without artifacts."""
        return self.values["artifacts"] or ArtifactKeys.unhashed(self.app)


def _check_sagemaker_model(options: StackOptions) -> None:
    check_hosting(options.jumpstart_model, options.values["hosting"].value)
    types = options.instance_types
    for instance_type in types:
        check_instance_type(options.jumpstart_model, instance_type)
    if len(set(types)) < len(types):
        raise InvalidOption(
            f"the endpoint's instance type is {types[0]} and its fallback_instance_types are {', '.join(types[1:])}; "
            "give each once"
        )


def _check_bedrock_model(options: StackOptions) -> None:
    if isinstance(options.model, Model):
        raise InvalidOption(
            "a model that is described is one on SageMaker; give the id of one of Amazon Bedrock's models"
        )
    find_bedrock_model(options.model, app=options.app)
    if options.values["instance_type"] or options.values["fallback_instance_types"]:
        raise InvalidOption(
            f"model {options.model!r} is Amazon Bedrock's and has no instances of ours: "
            "leave instance_type and fallback_instance_types out"
        )


_CHECKS: dict[Hosting, Callable[[StackOptions], None]] = {Hosting.BEDROCK: _check_bedrock_model}
"""How the model is checked, where it is not one on SageMaker."""

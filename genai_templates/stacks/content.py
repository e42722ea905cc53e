"""Filters of what goes into a model and of what comes out of it: those that are chosen, and no module of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from troposphere import If

from ..iam import ANY_RESOURCE, Role
from ..options import ContentFilter, StackOptions
from ..regions import GUARDRAIL, IMAGE_MODERATION
from ..scope import Scope
from .region_rule import add_region_rule

Grant = Callable[[Role], None]


class ContentFilters(NamedTuple):
    """The filters of an application.

    ``prompt_environment`` is for the function that takes prompts, and sees texts of the model if any does;
    ``image_environment`` for the one that stores images. ``private_services`` are what they call, and ``reasons`` for
    what they refuse.
    """

    prompt_environment: Mapping[str, object] = {}
    image_environment: Mapping[str, object] = {}
    private_services: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    prompt_grants: tuple[Grant, ...] = ()
    image_grants: tuple[Grant, ...] = ()

    def grant_prompts(self, role: Role) -> None:
        """Let the role look at prompts and texts."""
        for grant in self.prompt_grants:
            grant(role)

    def grant_images(self, role: Role) -> None:
        """Let the role look at images."""
        for grant in self.image_grants:
            grant(role)


def add_content_filters(scope: Scope, options: StackOptions) -> ContentFilters:
    """Add the filters that are chosen, with their parameters."""
    values, filters, names = options.values, ContentFilters(), []
    if values["blocked_terms"]:
        names.append("blocked_terms")
        filters = _with_blocked_terms(filters, scope, values["blocked_terms"])
    if values["content_filter"] is ContentFilter.GUARDRAIL:
        names.append("guardrail")
        filters = _with_guardrail(filters, scope)
    if values["image_moderation"]:
        filters = _with_moderation(filters, scope)
    if names:
        # The first that refuses decides: the quickest one comes first.
        chosen = {"CONTENT_FILTERS": ",".join(names)}
        filters = filters._replace(prompt_environment={**chosen, **filters.prompt_environment})
    return filters._replace(reasons=tuple(dict.fromkeys(filters.reasons)))


def _with_blocked_terms(filters: ContentFilters, scope: Scope, terms: tuple[str, ...]) -> ContentFilters:
    from .parameters.content import add_blocked_terms

    return filters._replace(
        prompt_environment={"BLOCKED_TERMS": add_blocked_terms(scope, terms)}, reasons=("blocked_term",)
    )


def _with_guardrail(filters: ContentFilters, scope: Scope) -> ContentFilters:
    # Most stacks have no guardrail, and troposphere's module of Bedrock takes its time to load.
    from ..components.guardrail import Guardrail, add_guardrail
    from .parameters.content import add_guardrail_parameters

    add_region_rule(scope, "RegionHasGuardrails", GUARDRAIL, "Amazon Bedrock has guardrails")
    parameters = add_guardrail_parameters(scope)
    own = add_guardrail(
        scope,
        condition=parameters.own_condition,
        strength=parameters.strength,
        personal_data=parameters.personal_data,
        refuses=parameters.personal_data_condition,
    )
    guardrail = Guardrail(
        If(parameters.own_condition, own.guardrail_id, parameters.existing_id),
        If(parameters.own_condition, own.version, parameters.existing_version),
    )
    return filters._replace(
        prompt_environment={**filters.prompt_environment, **guardrail.environment},
        private_services=(*filters.private_services, "BedrockRuntime"),
        prompt_grants=(guardrail.grant_apply,),
        reasons=("prompt_attack", "toxicity", "personal_data", *filters.reasons, "blocked_term", "denied_topic"),
    )


def _with_moderation(filters: ContentFilters, scope: Scope) -> ContentFilters:
    from .parameters.content import add_moderation_confidence

    add_region_rule(scope, "RegionHasModeration", IMAGE_MODERATION, "Amazon Rekognition moderates images")
    return filters._replace(
        image_environment={"MODERATION_CONFIDENCE": add_moderation_confidence(scope)},
        private_services=(*filters.private_services, "Rekognition"),
        image_grants=(_grant_moderation,),
        reasons=(*filters.reasons, "moderation"),
    )


def _grant_moderation(role: Role) -> None:
    import awacs.rekognition

    # Images that come as bytes are no resource. (Service authorization reference, Amazon Rekognition.)
    role.allow("ModerateImages", [awacs.rekognition.DetectModerationLabels], [ANY_RESOURCE])

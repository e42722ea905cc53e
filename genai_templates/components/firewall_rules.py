"""The rules of a web ACL: a rate for each address, AWS's managed groups, and bodies where no text is expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, wafv2

from .managed_rules import MANAGED_GROUPS, ManagedGroup
from .origin_proof import OriginProof

VIEWER_HEADER = "true-client-ip"
"""Where the distribution's function writes the viewer's address, over whatever a caller sent there."""

BLOCKED_BODY = "blocked"
"""The key of the body of a web ACL's own responses."""

_RATE_WINDOW_SECONDS = 300


class Refusal(NamedTuple):
    """Whether what matches is refused, or counted alone; and whether the web ACL itself responds to what is refused.

    Where it does not, the service does that it protects: API Gateway by its gateway response.
    """

    blocks: bool
    responds: bool

    @property
    def action(self) -> wafv2.RuleAction:
        """The action of a rule."""
        if not self.blocks:
            return wafv2.RuleAction(Count=wafv2.CountAction())
        response = wafv2.CustomResponse(CustomResponseBodyKey=BLOCKED_BODY, ResponseCode=403)
        return wafv2.RuleAction(Block=wafv2.BlockAction(**({"CustomResponse": response} if self.responds else {})))

    @property
    def of_group(self) -> wafv2.OverrideAction:
        """What becomes of the actions of a managed group."""
        return wafv2.OverrideAction(**{"None" if self.blocks else "Count": {}})


def viewer_rate(refusal: Refusal, *, limit: AWSHelperFn, proof: OriginProof) -> Iterator[wafv2.WebACLRule]:
    """Yield the rates for an API behind a distribution: for each viewer, and for each address that calls directly.

    What comes through the distribution has the distribution's address; the viewer's is in a header, which only the
    proof makes worth believing. ``X-Forwarded-For`` would not do: WAF reads its first address, which a viewer chooses.
    """
    forwarded = wafv2.ForwardedIPConfiguration(FallbackBehavior="NO_MATCH", HeaderName=VIEWER_HEADER)
    through = _matches(wafv2.FieldToMatch(SingleHeader=wafv2.SingleHeader(Name=proof.header)), "EXACTLY", proof.value)
    yield _rate(
        "RateOfViewers",
        refusal,
        limit,
        AggregateKeyType="FORWARDED_IP",
        ForwardedIPConfig=forwarded,
        ScopeDownStatement=through,
    )
    yield from address_rate(refusal, limit=limit, ScopeDownStatement=_not(through))


def address_rate(refusal: Refusal, *, limit: AWSHelperFn, **more: wafv2.Statement) -> Iterator[wafv2.WebACLRule]:
    """Yield the rate for each address that requests come from."""
    yield _rate("RateOfAddresses", refusal, limit, AggregateKeyType="IP", **more)


def managed_rules(refusal: Refusal, *, text_paths: Sequence[str]) -> Iterator[wafv2.WebACLRule]:
    """Yield AWS's groups, and a rule for bodies that they do not like elsewhere than at the paths that take texts.

    The groups' own rules on bodies only count and label: a text for a model may be long, and may hold HTML, URLs and
    commands, and nothing here runs it.
    """
    for name, group in zip(("CommonRules", "KnownBadInputs"), MANAGED_GROUPS, strict=True):
        statement = wafv2.ManagedRuleGroupStatement(
            VendorName="AWS", Name=group.name, RuleActionOverrides=_overrides(group, refusal)
        )
        yield _rule(name, wafv2.Statement(ManagedRuleGroupStatement=statement), OverrideAction=refusal.of_group)
    labels = [label for group in MANAGED_GROUPS for label in group.body_labels]
    is_labelled = _any([_has_label(label) for label in labels])
    is_text = _any([_matches(wafv2.FieldToMatch(UriPath={}), "ENDS_WITH", path) for path in text_paths])
    elsewhere = wafv2.Statement(AndStatement=wafv2.AndStatement(Statements=[is_labelled, _not(is_text)]))
    yield _rule("BodiesOfOtherPaths", elsewhere, Action=refusal.action)


def _overrides(group: ManagedGroup, refusal: Refusal) -> list[wafv2.RuleActionOverride]:
    count = Refusal(blocks=False, responds=False)
    overridden = dict.fromkeys(group.body_rules, count)
    if refusal.blocks and refusal.responds:
        overridden |= dict.fromkeys(group.other_rules, refusal)
    return [wafv2.RuleActionOverride(Name=name, ActionToUse=each.action) for name, each in overridden.items()]


def _rate(name: str, refusal: Refusal, limit: AWSHelperFn, **key: Any) -> wafv2.WebACLRule:
    statement = wafv2.RateBasedStatement(EvaluationWindowSec=_RATE_WINDOW_SECONDS, Limit=limit, **key)
    return _rule(name, wafv2.Statement(RateBasedStatement=statement), Action=refusal.action)


def _rule(name: str, statement: wafv2.Statement, **action: Any) -> wafv2.WebACLRule:
    return wafv2.WebACLRule(Name=name, Statement=statement, VisibilityConfig=visible_as(name), **action)


def visible_as(name: str | AWSHelperFn) -> wafv2.VisibilityConfig:
    """Return what lets the metrics be seen under this name, and no requests: samples would show their headers."""
    return wafv2.VisibilityConfig(CloudWatchMetricsEnabled=True, MetricName=name, SampledRequestsEnabled=False)


def _matches(field: wafv2.FieldToMatch, where: str, text: str | AWSHelperFn) -> wafv2.Statement:
    unchanged = [wafv2.TextTransformation(Priority=0, Type="NONE")]
    return wafv2.Statement(
        ByteMatchStatement=wafv2.ByteMatchStatement(
            FieldToMatch=field, PositionalConstraint=where, SearchString=text, TextTransformations=unchanged
        )
    )


def _has_label(label: str) -> wafv2.Statement:
    return wafv2.Statement(LabelMatchStatement=wafv2.LabelMatchStatement(Key=label, Scope="LABEL"))


def _any(statements: list[wafv2.Statement]) -> wafv2.Statement:
    if len(statements) == 1:
        return statements[0]
    return wafv2.Statement(OrStatement=wafv2.OrStatement(Statements=statements))


def _not(statement: wafv2.Statement) -> wafv2.Statement:
    return wafv2.Statement(NotStatement=wafv2.NotStatement(Statement=statement))

"""Web ACLs in front of the API's stage and of the distribution."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref, Sub, wafv2

from ..scope import Scope
from .api import Api
from .firewall_log import FirewallLog
from .firewall_rules import BLOCKED_BODY, Refusal, address_rate, managed_rules, viewer_rate, visible_as
from .origin_proof import OriginProof

_BLOCKED = {"error": {"code": "request_blocked", "message": "The firewall refused this request.", "request_id": ""}}


class WebAcl(NamedTuple):
    """A web ACL, the name that its metrics have, and the condition under which it is there, if there is one."""

    resource: wafv2.WebACL
    metric_name: Sub
    condition: str = ""

    @property
    def arn(self) -> GetAtt:
        """The web ACL's ARN."""
        return GetAtt(self.resource, "Arn")


def add_api_firewall(
    scope: Scope,
    *,
    api: Api,
    proof: OriginProof,
    limit: AWSHelperFn,
    blocks: bool,
    text_paths: Sequence[str],
    log: FirewallLog,
) -> WebAcl:
    """Add the web ACL of the API's stage; API Gateway responds to what it refuses, as WAF_FILTERED.

    ``limit`` is for each address, in requests within five minutes; ``text_paths`` are the paths of the API that take
    texts for a model. No more of a body is inspected than 16 kB, which costs nothing: what is found in texts is counted
    alone, and nothing else of the API takes a body.
    """
    refusal = Refusal(blocks, responds=False)
    rules = [*viewer_rate(refusal, limit=limit, proof=proof), *managed_rules(refusal, text_paths=text_paths)]
    acl = _add_acl(scope, "ApiFirewall", "api", Scope="REGIONAL", Rules=_in_order(rules))
    log.record(scope, acl.resource)
    stage = Sub(
        "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}",
        Api=Ref(api.rest_api),
        Stage=Ref(api.stage),
    )
    scope.add(wafv2.WebACLAssociation, "ApiFirewallAssociation", ResourceArn=stage, WebACLArn=acl.arn)
    return acl


def add_distribution_firewall(
    scope: Scope, *, condition: str, limit: AWSHelperFn, blocks: bool, text_paths: Sequence[str], log: FirewallLog
) -> WebAcl:
    """Add the web ACL of a distribution while the condition holds, which it can in us-east-1 alone.

    It responds itself to what it refuses, as the API does; what a rule refuses that AWS adds to a group later gets
    CloudFront's own page.
    """
    refusal = Refusal(blocks, responds=True)
    rules = [*address_rate(refusal, limit=limit), *managed_rules(refusal, text_paths=text_paths)]
    bodies = {BLOCKED_BODY: wafv2.CustomResponseBody(Content=json.dumps(_BLOCKED), ContentType="APPLICATION_JSON")}
    acl = _add_acl(
        scope,
        "DistributionFirewall",
        "distribution",
        Scope="CLOUDFRONT",
        Rules=_in_order(rules),
        Condition=condition,
        **({"CustomResponseBodies": bodies} if blocks else {}),
    )
    log.record(scope, acl.resource, condition=condition)
    return acl._replace(condition=condition)


def _add_acl(scope: Scope, logical_id: str, metric: str, **properties: object) -> WebAcl:
    metric_name = Sub(f"${{AWS::StackName}}-{'-'.join(filter(None, (scope.prefix, metric)))}")
    acl = scope.add(
        wafv2.WebACL,
        logical_id,
        DefaultAction=wafv2.DefaultAction(Allow=wafv2.AllowAction()),
        VisibilityConfig=visible_as(metric_name),
        **properties,
    )
    return WebAcl(acl, metric_name)


def _in_order(rules: Sequence[wafv2.WebACLRule]) -> list[wafv2.WebACLRule]:
    for priority, rule in enumerate(rules):
        rule.Priority = priority
    return list(rules)

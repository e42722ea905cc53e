"""Firewall of a stack: web ACLs at the API and at the distribution, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from troposphere import And, AWSHelperFn, Condition, Equals, If, Not, NoValue, Ref

from ..components.api import Api
from ..components.monitoring import BlockedRequests
from ..contract.routes import Contract
from ..contract.security import FIREWALL_ERRORS, GatewayError
from ..options import Firewall, StackOptions
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.encryption_key import EncryptionKey
    from ..components.firewall import WebAcl
    from ..components.origin_proof import OriginProof


class StackFirewall(NamedTuple):
    """The web ACL of the distribution, where it has one, and the metrics of the stack's own."""

    distribution_acl: AWSHelperFn = NoValue
    blocked: Sequence[BlockedRequests] = ()


def firewall_errors(options: StackOptions) -> Mapping[str, GatewayError]:
    """Return how the API refuses what its web ACL does."""
    return {} if options.values["firewall"] is Firewall.NONE else FIREWALL_ERRORS


def add_firewall(
    scope: Scope,
    options: StackOptions,
    *,
    api: Api,
    proof: OriginProof | None,
    contract: Contract,
    log_retention: AWSHelperFn | int,
    key: EncryptionKey | None,
) -> StackFirewall:
    """Add the web ACLs if there are to be any."""
    chosen = options.values["firewall"]
    if chosen is Firewall.NONE or proof is None:
        return StackFirewall()
    from ..components.firewall import add_api_firewall, add_distribution_firewall
    from ..components.firewall_log import add_firewall_log
    from .parameters.firewall import add_firewall_parameters

    parameters = add_firewall_parameters(scope)
    log = add_firewall_log(scope, retention=log_retention, key=key)
    paths = [route.path for route in contract.routes if route.request]
    blocks = chosen is Firewall.BLOCK
    at_api = add_api_firewall(
        scope, api=api, proof=proof, limit=parameters.rate, blocks=blocks, text_paths=paths, log=log
    )
    # A web ACL of CloudFront's can be made in this region alone.
    own = And(Equals(Ref("AWS::Region"), "us-east-1"), Not(Condition(parameters.has_distribution_acl)))
    condition = scope.add_condition("HasDistributionFirewall", own)
    at_distribution = add_distribution_firewall(
        scope, condition=condition, limit=parameters.rate, blocks=blocks, text_paths=paths, log=log
    )
    given = If(parameters.has_distribution_acl, parameters.distribution_acl, NoValue)
    return StackFirewall(
        distribution_acl=If(condition, at_distribution.arn, given),
        blocked=[_blocked(each) for each in (at_api, at_distribution)] if blocks else [],
    )


def _blocked(acl: WebAcl) -> BlockedRequests:
    region = () if acl.condition else (("Region", Ref("AWS::Region")),)
    return BlockedRequests(
        f"{acl.resource.title}Blocks", (("WebACL", acl.metric_name), ("Rule", "ALL"), *region), acl.condition
    )

"""Domain of the page: CloudFront's, or one of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..options import StackOptions
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.domain import OwnDomain


def add_own_domain(scope: Scope, options: StackOptions) -> OwnDomain | None:
    """Add the parameters of the page's own domain, if it is to have one."""
    if not options.values["own_domain"]:
        return None
    from ..components.domain import HostedZone, OwnDomain
    from .parameters.domain import add_domain_parameters

    parameters = add_domain_parameters(scope)
    hosted_zone = HostedZone(parameters.hosted_zone_id, parameters.zone_condition)
    return OwnDomain(parameters.name, parameters.certificate_arn, hosted_zone)

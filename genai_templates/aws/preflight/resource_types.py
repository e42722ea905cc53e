"""Whether the region has every resource type of the template."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import AwsError
from ..account import Account
from ..failures import translated
from ..parallel import in_parallel
from .check import Check, Verdict, from_error, missing_permission
from .surroundings import Surroundings

_NAME = "resource types"
_ADVICE = "choose another --region; docs/regions.md says where the templates work"


def check_resource_types(surroundings: Surroundings) -> list[Check]:
    """Return the types that the region lacks: by CloudFormation's word, or by cfn-lint's where it gives none."""
    account = surroundings.account
    kinds = {resource["Type"] for resource in surroundings.template["Resources"].values()}
    kinds -= {kind for kind in kinds if kind.startswith("Custom::")}
    try:
        listed = _listed(account, kinds)
    except AwsError as error:
        return [_by_cfn_lint(account.region, kinds, error)]
    missing = sorted(kinds - listed)
    if not missing:
        return [Check(_NAME, Verdict.OK, f"{account.region} has all {len(kinds)}")]
    finding = f"{account.region} lacks {', '.join(missing)}"
    if _known_by_cfn_lint(account.region).issuperset(missing):
        return [Check(_NAME, Verdict.WARNING, f"{finding}, says CloudFormation; cfn-lint knows them there", _ADVICE)]
    return [Check(_NAME, Verdict.FAILS, finding, _ADVICE)]


def _listed(account: Account, kinds: Iterable[str]) -> set[str]:
    """Return the public types of those services that the region has."""
    client = account.client("cloudformation")

    def of_service(service: str) -> set[str]:
        pages = client.get_paginator("list_types").paginate(
            Visibility="PUBLIC", Type="RESOURCE", Filters={"Category": "AWS_TYPES", "TypeNamePrefix": service}
        )
        with translated():
            return {each["TypeName"] for page in pages for each in page["TypeSummaries"]}

    services = sorted({kind.rpartition("::")[0] + "::" for kind in kinds})
    return set().union(*(each.result() for each in in_parallel(of_service, services)))


def _known_by_cfn_lint(region: str) -> set[str]:
    """Return the region's types in the version of cfn-lint that is installed; none for a region it does not know."""
    from cfnlint.helpers import REGIONS
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    return set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region)) if region in REGIONS else set()


def _by_cfn_lint(region: str, kinds: set[str], error: AwsError) -> Check:
    known = _known_by_cfn_lint(region)
    if not known:
        return from_error(_NAME, error)
    denied = error.failure == "access denied"
    reason = f"the permission {missing_permission(error)} is missing" if denied else "CloudFormation did not say"
    source = f"by cfn-lint's list, because {reason}"
    if missing := sorted(kinds - known):
        return Check(_NAME, Verdict.FAILS, f"{region} lacks {', '.join(missing)}, {source}", _ADVICE)
    return Check(_NAME, Verdict.OK, f"{region} has all {len(kinds)}, {source}")

"""The network of a template: subnets that are there already, or zones that have what the stack's own needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..failures import translated
from .check import Check, Verdict
from .surroundings import Surroundings

_NAME = "network"
_ZONES = ("PrivateSubnetZone", "PrivateSubnetTwoZone")
_FEWEST_ZONES = 2


def check_network(surroundings: Surroundings) -> list[Check]:
    """Return a line about the network of the functions; none where it is Lambda's own."""
    if "SubnetIds" in surroundings.template.get("Parameters", {}):
        return [_check_subnets(surroundings)]
    services = {
        f"com.amazonaws.{surroundings.account.region}.{_last(each['ServiceName'])}"
        for each in surroundings.resources("AWS::EC2::VPCEndpoint")
        if each["VpcEndpointType"] == "Interface"
    }
    return [_check_zones(surroundings, services)] if services else []


def _last(service_name: Any) -> str:
    return str(service_name["Fn::Sub"]).split("${AWS::Region}.")[-1]


def _check_subnets(surroundings: Surroundings) -> Check:
    vpc, given = surroundings.parameter("VpcId"), surroundings.parameter("SubnetIds")
    wanted = [each.strip() for each in given.split(",") if each.strip()]
    if not vpc or not wanted:
        return Check(_NAME, Verdict.FAILS, "VpcId and SubnetIds are not given", "give both with --parameter")
    with translated():
        client = surroundings.account.client("ec2")
        found = client.describe_subnets(Filters=[{"Name": "subnet-id", "Values": wanted}])["Subnets"]
    if missing := sorted(set(wanted) - {each["SubnetId"] for each in found}):
        return Check(_NAME, Verdict.FAILS, f"there is no {', '.join(missing)} here", "correct SubnetIds, or --region")
    if others := sorted({each["VpcId"] for each in found} - {vpc}):
        return Check(_NAME, Verdict.FAILS, f"the subnets are of {', '.join(others)}", f"give subnets of {vpc}")
    zones = sorted({each["AvailabilityZone"] for each in found})
    if len(zones) >= _FEWEST_ZONES:
        return Check(_NAME, Verdict.OK, f"{len(wanted)} subnets of {vpc}, in {', '.join(zones)}")
    verdict = Verdict.FAILS if _has_model_inside(surroundings) else Verdict.WARNING
    return Check(_NAME, verdict, f"all subnets are in {zones[0]}", "give subnets in two zones")


def _has_model_inside(surroundings: Surroundings) -> bool:
    kinds = ("AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig", "Custom::ModelJanitor")
    return any("VpcConfig" in each for kind in kinds for each in surroundings.resources(kind))


def _check_zones(surroundings: Surroundings, services: Collection[str]) -> Check:
    with translated():
        client = surroundings.account.client("ec2")
        described = client.describe_availability_zones()["AvailabilityZones"]
        filters = [{"Name": "service-name", "Values": sorted(services)}]
        offered = client.describe_vpc_endpoint_services(Filters=filters)["ServiceDetails"]
    zones_of = {each["ServiceName"]: set(each["AvailabilityZones"]) for each in offered}
    every = sorted(each["ZoneName"] for each in described)
    lacking = {zone: sorted(each for each in services if zone not in zones_of.get(each, ())) for zone in every}
    chosen = [surroundings.parameter(name) or every[place] for place, name in enumerate(_ZONES)]
    if not any(lacking.get(zone, services) for zone in chosen):
        return Check(_NAME, Verdict.OK, f"{' and '.join(chosen)} have every endpoint")
    finding = "; ".join(_lack(zone, lacking) for zone in chosen if lacking.get(zone, services))
    complete = [zone for zone in every if not lacking[zone]]
    advice = f"choose {' and '.join(_ZONES)} among {', '.join(complete)}" if complete[1:] else "choose another region"
    return Check(_NAME, Verdict.FAILS, finding, advice)


def _lack(zone: str, lacking: Mapping[str, Sequence[str]]) -> str:
    if zone not in lacking:
        return f"there is no zone {zone} here"
    return f"{zone} lacks the endpoint of {', '.join(lacking[zone])}"

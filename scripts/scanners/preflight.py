"""cdk-preflight: mistakes that only a deployment would show, as rules for the validation engine of the AWS CDK."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from .results import Result, resources, rows_of, template_name

ARGUED = {
    ("pf-sns-subscription-endpoint", "AlarmTopic"): (
        "The rule takes the parameter AlarmEmail's default, nothing, with which the topic's condition does not hold."
    ),
}
"""Why a rule is not followed by a resource: the rules read no metadata."""
KEY_RULE, KEY_PARAMETER = "pf-iam-policy-resource-format", '{"Ref": "KmsKeyArn"}'
KEY_REASON = (
    "The rule takes the parameter KmsKeyArn's default, nothing, with which the statement is for the stack's key."
)
"""The same of every role that may use the key."""
ZONE_RULE = "pf-ec2-vpce-subnet-az-unique"
ZONE_REASON = "The rule takes the defaults of both zones, nothing, with which they are the region's first and second."
"""The same of every endpoint in both subnets."""


def run(paths: Sequence[Path]) -> list[Result]:
    """Return what the rules find, as suppressed what is argued."""
    argued = {each.key: each for each in declared(paths)}
    with tempfile.TemporaryDirectory() as folder:
        found = [parse(row) for row in rows_of("preflight.js", Path(folder), paths)]
    return [argued.get(each.key, each) for each in found]


def parse(row: dict[str, str]) -> Result:
    """Return what one line of preflight.js says."""
    return Result("cdk-preflight", row["rule"], template_name(row["template"]), row["resource"], "", False, row["text"])


def declared(paths: Sequence[Path]) -> Iterator[Result]:
    """Give every argument that is about a resource of the templates."""
    for template, name, body in resources(paths):
        if body["Type"] == "AWS::IAM::Role" and KEY_PARAMETER in json.dumps(body):
            yield Result("cdk-preflight", KEY_RULE, template, name, "", True, KEY_REASON)
        if body["Type"] == "AWS::EC2::VPCEndpoint" and "SubnetIds" in body["Properties"]:
            yield Result("cdk-preflight", ZONE_RULE, template, name, "", True, ZONE_REASON)
        for (rule, resource), reason in ARGUED.items():
            if name == resource:
                yield Result("cdk-preflight", rule, template, name, "", True, reason)

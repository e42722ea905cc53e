"""The log of what web ACLs matched: without bodies, which WAF never logs, and without what lets anybody in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref, Sub, logs, wafv2

from ..scope import Scope
from .log_groups import add_log_group
from .origin_proof import PROOF_HEADER

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

_REDACTED_HEADERS = ("authorization", "cookie", "x-api-key", PROOF_HEADER)
_PREFIX = "aws-waf-logs-"
_MATCHED = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")


class ResourcePolicy(logs.ResourcePolicy):
    """The resource policy of log groups; troposphere's takes no document with a reference in it."""

    props: ClassVar[dict[str, tuple[type, bool]]] = {"PolicyDocument": (str, True), "PolicyName": (str, True)}


class FirewallLog(NamedTuple):
    """The log group of the web ACLs, and the policy that lets WAF write to it."""

    group: logs.LogGroup
    policy: ResourcePolicy

    def record(self, scope: Scope, acl: wafv2.WebACL, *, condition: str = "") -> None:
        """Log the requests that a web ACL refuses or counts; the page's query holds the codes of sign-ins."""
        headers = [
            wafv2.LoggingConfigurationFieldToMatch(SingleHeader=wafv2.SingleHeader(Name=name))
            for name in _REDACTED_HEADERS
        ]
        matched = [wafv2.Condition(ActionCondition=wafv2.ActionCondition(Action=action)) for action in _MATCHED]
        kept = wafv2.Filter(Behavior="KEEP", Conditions=matched, Requirement="MEETS_ANY")
        scope.add(
            wafv2.LoggingConfiguration,
            f"{acl.title.removeprefix(scope.prefix)}Logging",
            **({"Condition": condition} if condition else {}),
            DependsOn=self.policy.title,
            LogDestinationConfigs=[self._arn],
            LoggingFilter=wafv2.LoggingFilter(DefaultBehavior="DROP", Filters=[kept]),
            RedactedFields=[*headers, wafv2.LoggingConfigurationFieldToMatch(QueryString={})],
            ResourceArn=GetAtt(acl, "Arn"),
        )

    @property
    def _arn(self) -> Sub:
        """The group's ARN as WAF takes it; the attribute of the group ends with an asterisk, which it refuses."""
        return Sub(
            "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}", Group=Ref(self.group)
        )


def add_firewall_log(scope: Scope, *, retention: AWSHelperFn | int, key: EncryptionKey | None = None) -> FirewallLog:
    """Add the log group. WAF takes those alone whose names begin with ``aws-waf-logs-``.

    Without a policy of the stack's own WAF would add one to the account, which nothing takes away again.
    """
    name = Sub(f"{_PREFIX}{'-'.join(filter(None, ('${AWS::StackName}', scope.prefix)))}")
    group = add_log_group(scope, "FirewallLogs", retention=retention, key=key)
    group.LogGroupName = name
    if key is not None:
        key.allow_log_groups(f"{_PREFIX}${{AWS::StackName}}*")
    policy = scope.add(
        ResourcePolicy,
        "FirewallLogPolicy",
        PolicyDocument=Sub(json.dumps(_POLICY), Group=GetAtt(group, "Arn")),
        PolicyName=name,
    )
    return FirewallLog(group, policy)


# What log delivery needs of a group. (CloudWatch Logs user guide, AWS-logs-infrastructure-CWL.)
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "FirewallWrites",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "${Group}",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
                "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"},
            },
        }
    ],
}

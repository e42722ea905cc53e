"""A key of AWS KMS that belongs to the deployer: what is encrypted with it, and who may use it by which service.

Its policy opens it to the account, whose IAM policies then say who may do what with it, and to the services that use it
for themselves. It names no other resource: whatever is encrypted with the key refers to it, so that would be a circle.
"""

from __future__ import annotations

from collections.abc import Sequence

import awacs.kms
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    ForAnyValueStringEquals,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import AWSHelperFn, GetAtt, If, Not, Ref, Sub, kms
from troposphere import Condition as ConditionRef

from ..iam import Role, arn
from ..scope import Scope
from ..statements import statements

WAITING_DAYS = 30
"""For how long a key that is to be deleted can be taken back; KMS takes 7 to 30. It is not charged for meanwhile."""

KEY = "EncryptionKey"
"""The key's logical id."""

_KEY_ITSELF = "*"  # in the policy of a key
_GENERATE_DATA_KEY = Action("kms", "GenerateDataKey*")


class EncryptionKey:
    """A key, and grants on it: to roles by their own policies, to services by the key's.

    ``resource`` is the stack's own key; ``arn`` is that of the key that is used, which may be another one. The policy
    of another one is not the stack's: it must allow the services the same.
    """

    def __init__(self, resource: kms.Key, arn: AWSHelperFn) -> None:
        """Keep the resource and the ARN."""
        self.resource = resource
        self.arn = arn
        self._log_groups: list[Sub] = []

    def grant_read(self, role: Role, *, service: str) -> None:
        """Let the role read, through this service (``s3``, ``sqs`` ...), what is encrypted with the key."""
        self._grant(role, f"Decrypt{service.capitalize()}", [awacs.kms.Decrypt], condition=_via(service))

    def grant_write(self, role: Role, *, service: str) -> None:
        """Let the role store through this service."""
        sid = f"Encrypt{service.capitalize()}"
        self._grant(role, sid, [awacs.kms.GenerateDataKey], condition=_via(service))

    def grant_send(self, role: Role, *, service: str) -> None:
        """Let the role send messages through this service, which looks at the data key that it gets."""
        sid = f"Encrypt{service.capitalize()}"
        self._grant(role, sid, [awacs.kms.GenerateDataKey, awacs.kms.Decrypt], condition=_via(service))

    def grant_environment(self, role: Role) -> None:
        """Let a function have its environment, which Lambda decrypts under the function's role.

        A function's name may be cut and its role is made first, so the context says that it is a function's.
        """
        context = {"kms:EncryptionContext:aws:lambda:FunctionArn": arn("lambda", "function:*")}
        self._grant(role, "DecryptEnvironment", [awacs.kms.Decrypt], condition=Condition(ArnLike(context)))

    def grant_schedule(self, role: Role) -> None:
        """Let a schedule of EventBridge Scheduler have its target's input, under the schedule's role."""
        context = {"kms:EncryptionContext:aws:scheduler:schedule:arn": arn("scheduler", "schedule/default/*")}
        self._grant(role, "DecryptSchedule", [awacs.kms.Decrypt], condition=Condition(ArnLike(context)))

    def grant_volume(self, role: Role) -> None:
        """Let SageMaker encrypt the volumes of a model's instances, by a grant that the model's role gives it."""
        condition = Condition(Bool({"kms:GrantIsForAWSResource": True}))
        self._grant(role, "EncryptVolume", [awacs.kms.CreateGrant], condition=condition)

    def grant_endpoint(self, role: Role) -> None:
        """Let the role make, by way of CloudFormation, an endpoint whose volumes are encrypted.

        CreateEndpoint asks its caller for the grant. (SageMaker developer guide, "SageMaker API Permissions".)
        """
        via = ForAnyValueStringEquals({"aws:CalledVia": ["cloudformation.amazonaws.com"]})
        condition = Condition([Bool({"kms:GrantIsForAWSResource": True}), via])
        self._grant(role, "EncryptEndpoint", [awacs.kms.CreateGrant], condition=condition)

    def allow_log_groups(self, names: str = "${AWS::StackName}-*") -> None:
        """Let CloudWatch Logs encrypt log groups whose names are like this: by default those that CloudFormation names.

        The group itself, which refers to the key, cannot be named.
        """
        group = arn("logs", f"log-group:{names}")
        if group.data not in [each.data for each in self._log_groups]:
            self._log_groups.append(group)
        self._allow(
            "LogsEncrypt",
            Sub("logs.${AWS::Region}.amazonaws.com"),
            [
                awacs.kms.Decrypt,
                awacs.kms.DescribeKey,
                awacs.kms.Encrypt,
                _GENERATE_DATA_KEY,
                Action("kms", "ReEncrypt*"),
            ],
            Condition(ArnLike({"kms:EncryptionContext:aws:logs:arn": self._log_groups})),
        )

    def allow_distributions(self) -> None:
        """Let CloudFront read what is encrypted with the key, for the account's distributions.

        The stack's own cannot be named: it refers to its bucket, and that to the key. Which distribution may read which
        bucket is for the policy of that. The ARN holds the account, which CloudFront is not documented to send besides.
        """
        distributions = Sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*")
        self._allow(
            "DistributionsRead",
            "cloudfront.amazonaws.com",
            [awacs.kms.Decrypt],
            Condition(ArnLike({"AWS:SourceArn": distributions})),
        )

    def allow_publisher(self, service: str) -> None:
        """Let this service (``cloudwatch``, ``budgets`` ...) publish to topics that are encrypted with the key."""
        self._allow(
            f"{service.capitalize()}Publishes",
            f"{service}.amazonaws.com",
            [awacs.kms.Decrypt, _GENERATE_DATA_KEY],
            Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})),
        )

    def _grant(self, role: Role, sid: str, actions: Sequence[object], *, condition: Condition) -> None:
        if not any(each.Sid == sid for each in statements(role.resource)):
            role.allow(sid, actions, [self.arn], condition=condition)

    def _allow(self, sid: str, service: str | AWSHelperFn, actions: Sequence[object], condition: Condition) -> None:
        present = self.resource.KeyPolicy.Statement
        if any(each.Sid == sid for each in present):
            return
        present.append(
            Statement(
                Sid=sid,
                Effect=Allow,
                Principal=Principal("Service", service),
                Action=list(actions),
                Resource=[_KEY_ITSELF],
                Condition=condition,
            )
        )


def _host(service: str) -> Sub:
    return Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")


def _via(service: str) -> Condition:
    return Condition(StringEquals({"kms:ViaService": _host(service)}))


def add_encryption_key(scope: Scope, *, given: AWSHelperFn, given_condition: str, keep: bool) -> EncryptionKey:
    """Add a symmetric key that KMS renews every year, or while this condition holds use the one of this ARN.

    ``keep``: whether data that is encrypted with the key outlives the stack, and so the key has to, other than where
    the stack's creation fails. A key that goes with the stack can be taken back for ``WAITING_DAYS``.
    """
    account = Statement(
        Sid="AccountDecides",
        Effect=Allow,
        Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
        Action=[Action("kms", "*")],
        Resource=[_KEY_ITSELF],
    )
    resource = scope.add(
        kms.Key,
        KEY,
        Condition=scope.add_condition("EncryptionKeyIsOwn", Not(ConditionRef(given_condition))),
        Description=Sub("Encrypts what the stack ${AWS::StackName} stores"),
        EnableKeyRotation=True,
        KeyPolicy=PolicyDocument(Version="2012-10-17", Statement=[account]),
        PendingWindowInDays=WAITING_DAYS,
        DeletionPolicy="RetainExceptOnCreate" if keep else "Delete",
        UpdateReplacePolicy="Retain" if keep else "Delete",
    )
    return EncryptionKey(resource, If(given_condition, given, GetAtt(resource, "Arn")))

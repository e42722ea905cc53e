"""Private buckets: for the page, for generated images, for access logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import awacs.s3
from awacs.aws import Action, Allow, Bool, Condition, Deny, PolicyDocument, Principal, Statement, StringEquals
from troposphere import AWSHelperFn, GetAtt, If, NoValue, Ref, Select, Sub, s3

from ..iam import Role
from ..scope import DELETE_WITH_STACK, Scope

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey


class Bucket(NamedTuple):
    """A private bucket, and who may do what in it."""

    resource: s3.Bucket
    policy: s3.BucketPolicy
    key: EncryptionKey | None = None

    @property
    def name(self) -> Ref:
        """The bucket's name."""
        return Ref(self.resource)

    @property
    def arn(self) -> GetAtt:
        """The bucket's ARN."""
        return GetAtt(self.resource, "Arn")

    @property
    def domain_name(self) -> GetAtt:
        """The regional domain name; CloudFront would be redirected from the global one."""
        return GetAtt(self.resource, "RegionalDomainName")

    @property
    def url(self) -> Sub:
        """The URL of the bucket itself, without a slash at its end; those of its objects are below it."""
        return Sub(f"https://${{{self.resource.title}.RegionalDomainName}}")

    def objects(self, prefix: str = "") -> Sub:
        """Return the ARN of every object below this prefix."""
        return _objects(self.resource, prefix)

    def grant_put(self, role: Role, *, prefix: str = "") -> None:
        """Let the role store objects below this prefix."""
        role.allow("StoreObjects", [awacs.s3.PutObject], [self.objects(prefix)])
        if self.key is not None:
            self.key.grant_write(role, service="s3")

    def grant_get(self, role: Role, *, prefix: str = "") -> None:
        """Let the role read objects below this prefix."""
        role.allow("ReadObjects", [awacs.s3.GetObject], [self.objects(prefix)])
        if self.key is not None:
            self.key.grant_read(role, service="s3")

    def grant_list(self, role: Role) -> None:
        """Let the role list the bucket's objects."""
        role.allow("ListObjects", [awacs.s3.ListBucket], [self.arn])

    def grant_empty(self, role: Role) -> None:
        """Let the role delete every version of every object."""
        role.allow("ListVersions", [awacs.s3.ListBucketVersions], [self.arn])
        role.allow("DeleteVersions", [awacs.s3.DeleteObject, awacs.s3.DeleteObjectVersion], [self.objects()])

    def grant_delete(self, role: Role) -> None:
        """Let the role delete the bucket itself."""
        role.allow("DeleteBucket", [awacs.s3.DeleteBucket], [self.arn])

    def allow_distribution(self, distribution_arn: AWSHelperFn, *, prefix: str = "") -> None:
        """Let this CloudFront distribution, and no other, read the objects below this prefix."""
        if self.key is not None:
            self.key.allow_distributions()
        self.policy.PolicyDocument.Statement.append(
            Statement(
                Sid="DistributionReads",
                Effect=Allow,
                Principal=Principal("Service", "cloudfront.amazonaws.com"),
                Action=[awacs.s3.GetObject],
                Resource=[self.objects(prefix)],
                Condition=Condition(StringEquals({"AWS:SourceArn": distribution_arn})),
            )
        )


class AccessLogs(NamedTuple):
    """Where access logs go while the condition holds: those of CloudFront, and those of other buckets."""

    bucket: Bucket
    condition: str

    def record(self, bucket: Bucket) -> None:
        """Log the requests of this bucket, below its logical id."""
        # Named together with its policy, so that S3 may write there before it is told to: DependsOn cannot name a
        # resource that may not be there.
        destination = Select(0, [self.bucket.name, Ref(self.bucket.policy)])
        logging = s3.LoggingConfiguration(
            DestinationBucketName=destination, LogFilePrefix=f"s3/{bucket.resource.title}/"
        )
        bucket.resource.LoggingConfiguration = If(self.condition, logging, NoValue)


def _objects(bucket: s3.Bucket, prefix: str = "") -> Sub:
    return Sub(f"${{{bucket.title}.Arn}}/{prefix}*")


def add_bucket(scope: Scope, logical_id: str, *, key: EncryptionKey | None = None, **properties: object) -> Bucket:
    """Add a bucket without public access that refuses requests without TLS, encrypted with the key or with S3's own."""
    attributes = {name: properties.pop(name) for name in DELETE_WITH_STACK if name in properties}
    properties.setdefault("OwnershipControls", _ownership("BucketOwnerEnforced"))
    bucket = scope.add(
        s3.Bucket,
        logical_id,
        BucketEncryption=s3.BucketEncryption(ServerSideEncryptionConfiguration=[_encryption(key)]),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        **properties,
        **attributes,
    )
    policy = _add_policy(scope, logical_id, bucket)
    for name, choice in attributes.items():
        setattr(policy, name, choice)  # a bucket that is kept goes on refusing plain HTTP
    return Bucket(bucket, policy, key)


def _encryption(key: EncryptionKey | None) -> s3.ServerSideEncryptionRule:
    if key is None:
        by_default = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        return s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=by_default)
    by_default = s3.ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key.arn)
    # A key of the bucket for a while, in the place of a call of KMS for each object.
    return s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=by_default, BucketKeyEnabled=True)


def _add_policy(scope: Scope, logical_id: str, bucket: s3.Bucket) -> s3.BucketPolicy:
    tls_only = Statement(
        Sid="TlsOnly",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[Action("s3", "*")],  # a refusal must cover everything
        Resource=[GetAtt(bucket, "Arn"), _objects(bucket)],
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )
    return scope.add(
        s3.BucketPolicy,
        f"{logical_id}Policy",
        Bucket=Ref(bucket),
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[tls_only]),
    )


def _ownership(rule: str) -> s3.OwnershipControls:
    return s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership=rule)])


def _expire(days: int | AWSHelperFn, **more: object) -> s3.LifecycleRule:
    return s3.LifecycleRule(Id="Expire", Status="Enabled", ExpirationInDays=days, **more)


def add_site_bucket(scope: Scope, *, key: EncryptionKey | None = None) -> Bucket:
    """Add the bucket of the page; versions let a bad publication be undone for 30 days."""
    return add_bucket(
        scope,
        "SiteBucket",
        key=key,
        **DELETE_WITH_STACK,
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="ForgetOldVersions",
                    Status="Enabled",
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=30),
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
                )
            ]
        ),
    )


def add_artifact_bucket(scope: Scope, *, key: EncryptionKey | None = None) -> Bucket:
    """Add the bucket of the artifacts that a template brings along."""
    return add_bucket(
        scope,
        "ArtifactBucket",
        key=key,
        **DELETE_WITH_STACK,
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="ForgetParts",
                    Status="Enabled",
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
                )
            ]
        ),
    )


def add_log_bucket(scope: Scope, *, condition: str) -> Bucket:
    """Add the bucket of the access logs of CloudFront and S3, kept for 90 days, if the condition holds.

    CloudFront writes through ACLs, so the bucket must allow them, and it goes on writing for hours after the
    distribution is gone: the bucket outlives the stack, even one whose creation failed, or its deletion would fail now
    and then. It never has a key of KMS: S3 delivers access logs to no bucket that is encrypted with one by default.
    (Amazon S3 user guide, "Enabling Amazon S3 server access logging".)
    """
    bucket = add_bucket(
        scope,
        "LogBucket",
        OwnershipControls=_ownership("BucketOwnerPreferred"),
        LifecycleConfiguration=s3.LifecycleConfiguration(Rules=[_expire(90)]),
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )
    bucket.resource.Condition = bucket.policy.Condition = condition
    bucket.policy.PolicyDocument.Statement.append(
        Statement(
            Sid="S3WritesAccessLogs",
            Effect=Allow,
            Principal=Principal("Service", "logging.s3.amazonaws.com"),
            Action=[awacs.s3.PutObject],
            Resource=[bucket.objects("s3/")],
            Condition=Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})),
        )
    )
    return bucket


def add_image_bucket(
    scope: Scope,
    *,
    days_until_archive: AWSHelperFn | int,
    days_until_expiry: AWSHelperFn | int,
    key: EncryptionKey | None = None,
) -> Bucket:
    """Add the bucket of generated images, which move to infrequent access and expire after these days.

    The bucket is retained, but for a creation that failed: whether its images go with the stack is decided by a custom
    resource, since a deletion policy takes no parameter.
    """
    return add_bucket(
        scope,
        "ImageBucket",
        key=key,
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                _expire(
                    days_until_expiry,
                    Transitions=[
                        s3.LifecycleRuleTransition(StorageClass="STANDARD_IA", TransitionInDays=days_until_archive)
                    ],
                )
            ]
        ),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )


def add_inference_bucket(scope: Scope, *, key: EncryptionKey | None = None) -> Bucket:
    """Add the bucket that requests and responses of an asynchronous endpoint pass through; each is kept for two days.

    A request is over after seven hours at most. The bucket is retained, but for a creation that failed: a custom
    resource empties and deletes it with the stack.
    """
    return add_bucket(
        scope,
        "InferenceBucket",
        key=key,
        LifecycleConfiguration=s3.LifecycleConfiguration(Rules=[_expire(2)]),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )

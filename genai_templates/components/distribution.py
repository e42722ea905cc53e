"""The CloudFront distribution: the page, the API below ``/api/`` and the images, on one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from troposphere import AWSHelperFn, GetAtt, If, NoValue, Ref, Sub, cloudfront

from ..embedded import read
from ..scope import Scope
from .buckets import AccessLogs, Bucket

if TYPE_CHECKING:
    from .domain import OwnDomain

# Policies that AWS manages, the same in every account. (CloudFront developer guide, "Use managed policies".)
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

IMAGES_PREFIX = "generated_images/"
_READ = ["GET", "HEAD"]
_EVERYTHING = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


class ApiOrigin(NamedTuple):
    """Where CloudFront finds the API, and how long (seconds, 1 to 120) it waits for a response.

    With a ``proof``, the name and value of a header that CloudFront sends in the place of a caller's, it also sends the
    viewer's address in ``True-Client-IP``.
    """

    domain_name: AWSHelperFn
    path: str | AWSHelperFn
    read_timeout: int
    proof: tuple[str, AWSHelperFn] | None = None

    @property
    def viewer_function(self) -> str:
        """The source of the function that requests to the API go through."""
        return "strip_api_prefix.js" if self.proof is None else "strip_api_prefix_name_viewer.js"


class SiteDistribution(NamedTuple):
    """The distribution in front of the page, the API and the images, and its own domain name, if it has one."""

    resource: cloudfront.Distribution
    own_domain: AWSHelperFn | None = None

    @property
    def distribution_id(self) -> Ref:
        """The distribution's id, for invalidations."""
        return Ref(self.resource)

    @property
    def domain_name(self) -> GetAtt:
        """The domain name that CloudFront gives it."""
        return GetAtt(self.resource, "DomainName")

    @property
    def url(self) -> Sub:
        """The URL of the page without the slash at its end."""
        return Sub("https://${Domain}", Domain=self.own_domain or self.domain_name)

    @property
    def page_url(self) -> Sub:
        """The URL of the page."""
        return Sub("https://${Domain}/", Domain=self.own_domain or self.domain_name)

    @property
    def arn(self) -> Sub:
        """The distribution's ARN."""
        return Sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Id}", Id=Ref(self.resource))


def add_distribution(
    scope: Scope,
    *,
    site: Bucket,
    api: ApiOrigin,
    headers: cloudfront.ResponseHeadersPolicy,
    logs: AccessLogs | None = None,
    images: Bucket | None = None,
    web_acl: AWSHelperFn = NoValue,
    domain: OwnDomain | None = None,
) -> SiteDistribution:
    """Add the distribution, under ``domain`` if given, and let it, and nothing else, read the buckets behind it.

    ``web_acl`` is an ARN.
    """
    access_control = _add_access_control(scope)
    origins = [_bucket_origin("site", site, access_control), _api_origin(api)]
    behaviors = [_api_behavior(scope, headers, api.viewer_function)]
    if images is not None:
        origins.append(_bucket_origin("images", images, access_control))
        behaviors.append(_image_behavior(headers))
    distribution = scope.add(
        cloudfront.Distribution,
        "CloudFrontDistribution",
        DistributionConfig=cloudfront.DistributionConfig(
            CacheBehaviors=behaviors,
            Comment=Sub("${AWS::StackName}"),
            DefaultCacheBehavior=_page_behavior(scope, headers),
            DefaultRootObject="index.html",
            Enabled=True,
            HttpVersion="http2and3",
            IPV6Enabled=True,
            Logging=NoValue if logs is None else _logging(logs),
            Origins=origins,
            **({} if web_acl is NoValue else {"WebACLId": web_acl}),
        ),
    )
    handle = SiteDistribution(distribution, domain and domain.name)
    if domain is not None:
        domain.put_before(distribution.DistributionConfig)
        domain.add_records(scope, target=handle.domain_name)
    site.allow_distribution(handle.arn)
    if images is not None:
        images.allow_distribution(handle.arn, prefix=IMAGES_PREFIX)
    return handle


def _logging(logs: AccessLogs) -> If:
    return If(logs.condition, cloudfront.Logging(Bucket=logs.bucket.domain_name, Prefix="cloudfront/"), NoValue)


def _add_access_control(scope: Scope) -> cloudfront.OriginAccessControl:
    return scope.add(
        cloudfront.OriginAccessControl,
        "OriginAccessControl",
        OriginAccessControlConfig=cloudfront.OriginAccessControlConfig(
            Name=scope.physical_name("s3"),
            OriginAccessControlOriginType="s3",
            SigningBehavior="always",
            SigningProtocol="sigv4",
        ),
    )


def _bucket_origin(origin_id: str, bucket: Bucket, access_control: cloudfront.OriginAccessControl) -> cloudfront.Origin:
    return cloudfront.Origin(
        Id=origin_id,
        DomainName=bucket.domain_name,
        OriginAccessControlId=GetAtt(access_control, "Id"),
        S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
    )


def _api_origin(api: ApiOrigin) -> cloudfront.Origin:
    return cloudfront.Origin(
        Id="api",
        DomainName=api.domain_name,
        OriginPath=api.path,
        CustomOriginConfig=cloudfront.CustomOriginConfig(
            HTTPSPort=443,
            OriginProtocolPolicy="https-only",
            OriginReadTimeout=api.read_timeout,
            OriginSSLProtocols=["TLSv1.2"],
        ),
        **_added_headers(api),
    )


def _added_headers(api: ApiOrigin) -> dict[str, list[cloudfront.OriginCustomHeader]]:
    if api.proof is None:
        return {}
    name, value = api.proof
    return {"OriginCustomHeaders": [cloudfront.OriginCustomHeader(HeaderName=name, HeaderValue=value)]}


def _add_viewer_function(
    scope: Scope, logical_id: str, *, name: str, source: str
) -> list[cloudfront.FunctionAssociation]:
    function = scope.add(
        cloudfront.Function,
        logical_id,
        AutoPublish=True,
        FunctionCode=read(source),
        FunctionConfig=cloudfront.FunctionConfig(Comment=logical_id, Runtime="cloudfront-js-2.0"),
        Name=scope.physical_name(name),
    )
    return [
        cloudfront.FunctionAssociation(
            EventType="viewer-request", FunctionARN=GetAtt(function, "FunctionMetadata.FunctionARN")
        )
    ]


def _page_behavior(scope: Scope, headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.DefaultCacheBehavior:
    return cloudfront.DefaultCacheBehavior(
        AllowedMethods=_READ,
        CachePolicyId=CACHING_OPTIMIZED,
        Compress=True,
        FunctionAssociations=_add_viewer_function(scope, "IndexRewrite", name="index", source="index_rewrite.js"),
        ResponseHeadersPolicyId=Ref(headers),
        TargetOriginId="site",
        ViewerProtocolPolicy="redirect-to-https",
    )


def _api_behavior(scope: Scope, headers: cloudfront.ResponseHeadersPolicy, source: str) -> cloudfront.CacheBehavior:
    return cloudfront.CacheBehavior(
        AllowedMethods=_EVERYTHING,
        CachePolicyId=CACHING_DISABLED,
        Compress=True,
        FunctionAssociations=_add_viewer_function(scope, "ApiPrefix", name="api", source=source),
        OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST_HEADER,
        PathPattern="/api/*",
        ResponseHeadersPolicyId=Ref(headers),
        TargetOriginId="api",
        ViewerProtocolPolicy="https-only",
    )


def _image_behavior(headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.CacheBehavior:
    return cloudfront.CacheBehavior(
        AllowedMethods=_READ,
        CachePolicyId=CACHING_OPTIMIZED,
        Compress=False,  # a JPEG is compressed already
        PathPattern=f"/{IMAGES_PREFIX}*",
        ResponseHeadersPolicyId=Ref(headers),
        TargetOriginId="images",
        ViewerProtocolPolicy="redirect-to-https",
    )

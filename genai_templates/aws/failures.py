"""The classes of failure: what a call's error or a resource's reason means, and what to do about it.

Only the wording of AWS tells many of them apart, so each class has a pattern for error codes and messages; the first
that matches counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ..errors import AwsError


class Failure(NamedTuple):
    """A class of failure: its name, the pattern of the codes and reasons that belong to it, and what to do."""

    name: str
    pattern: str
    advice: str


FAILURES = (
    Failure(
        "no credentials",
        r"NoCredentials|Unable to locate credentials|PartialCredentials|ProfileNotFound|CredentialRetrieval|"
        r"ConfigParse|ConfigNotFound",
        "sign in first, for example with 'aws configure' or 'aws sso login', or choose another --profile",
    ),
    Failure(
        "expired credentials",
        r"ExpiredToken|RequestExpired|TokenRefreshRequired|[Tt]oken (has|is) expired|UnauthorizedSSOToken|SSOTokenLoad|"
        r"TokenRetrieval|LoginRefreshRequired|LoginTokenLoad|"
        r"Head(Bucket|Object): 400:",  # a response to HEAD has no words
        "sign in again and repeat the command: what was begun goes on by itself",
    ),
    Failure(
        "invalid credentials",
        r"InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure",
        "check the access key and the clock of this machine, and whether the account has the region enabled",
    ),
    Failure("no region", r"NoRegion|You must specify a region", "give --region, or set AWS_REGION"),
    Failure(
        "region not enabled",
        r"OptInRequired|SubscriptionRequired|is not supported in this region|region .*is not enabled",
        "enable the region in the account's settings, or choose another one",
    ),
    Failure(
        "quota too low",
        r"ResourceLimitExceeded|service limit|the quota '|quota of SageMaker for|"
        r"(?<!Rate)(?<!Request)LimitExceeded|QuotaExceeded|TooMany(?!Requests)\w*|"
        r"maximum number of|ServiceQuotaExceeded|decreases account's UnreservedConcurrent",
        "ask for more in Service Quotas, or with 'genai-templates preflight --request-quota', and deploy again",
    ),
    Failure(
        "no capacity",
        r"InsufficientInstanceCapacity|InsufficientCapacity|CapacityError|Unable to provision requested ML compute"
        r"|to spare here now",
        "try again later, or deploy with another instance type or region",
    ),
    Failure(
        "model too large",
        r"not enough hardware resources",
        "the inference component needs more memory or accelerators than an instance has left beside SageMaker's own: "
        "choose a larger InstanceType",
    ),
    Failure(
        "component at work",
        r"(?i:inference ?component).*(?:CREATE_IN_PROGRESS|UPDATE_RC_IN_PROGRESS|UPDATE_IN_PROGRESS|"
        r"in (?:the )?'?(?:Creating|Updating)'?)",
        "SageMaker changes or deletes a component only when it is not being made, which can take an hour: "
        "'genai-templates status' shows how far it is; then repeat the command",
    ),
    Failure(
        "update taken back",
        r"[Aa]larms? .*(?:gone into|went into|is in|in the) ALARM|AutoRollbackConfiguration.*ALARM|"
        r"rolled back .*(?:due to|because of) .*[Aa]larm",
        "the new instances raised an alarm and the old ones serve on: 'genai-templates logs' shows what the model said",
    ),
    Failure(
        "artifact missing",
        r"NoSuchKey|NoSuchBucket|error occurred while GetObject|(S3 )?[Kk]ey does not exist|bucket does not exist",
        "run the command again: it uploads what is missing",
    ),
    Failure(
        "role cannot be used",
        r"cannot be assumed|could not be assumed|ould not assume role|Role .* is invalid|"
        r"is not authorized to perform: iam:PassRole|CloudWatch Logs role ARN must be set|"
        r"does not have (required )?permissions (configured|to call)",
        "deploy again, as a new role is not known everywhere at once; if that fails too, check the role's trust policy "
        "and your permission to pass it ('genai-templates policy')",
    ),
    Failure(
        "account not verified",
        r"account must be verified|not been verified|PendingVerification|account is blocked|AccountProblem",
        "AWS has to verify the account first: open a case with AWS Support",
    ),
    Failure(
        "access denied",
        r"Access ?[Dd]enied|UnauthorizedOperation|not authorized|Unauthorized|Forbidden|explicit deny|"
        r"AuthorizationError",
        "compare your permissions with 'genai-templates policy'",
    ),
    Failure(
        "name taken",
        r"already exists|AlreadyExists|BucketAlreadyOwnedByYou|BucketAlreadyExists|EntityAlreadyExists|"
        r"NAME_CONFLICT|ResourceConflict|Cannot create already existing",
        "remove or rename what has the name ('genai-templates doctor' finds what earlier stacks left), or choose "
        "another --stack-name",
    ),
    Failure(
        "throttled",
        r"Throttling|ThrottledException|TooManyRequests|RequestLimitExceeded|Rate exceeded|SlowDown|RequestThrottled|"
        r"OperationAborted",
        "wait a minute and repeat the command",
    ),
    Failure(
        "network lost",
        r"EndpointConnection|ConnectTimeout|ReadTimeout|ConnectionClosed|ConnectionError|HTTPClientError|ProxyConnection|"
        r"SSLError|IncompleteRead|ResponseStreaming|Connection was closed",
        "check the network and the region's name, and repeat the command: what was begun goes on by itself",
    ),
    Failure(
        "stack at work",
        r"current status of \[|ChangeSetNotFound|"
        r"_IN_PROGRESS state|is in \w+_IN_PROGRESS|OperationInProgress|OperationStatusCheckFailed|"
        r"being (updated|created|deleted)|[Cc]annot update in-progress",
        "wait until it is done: 'genai-templates status' shows how far it is",
    ),
    Failure(
        "stack gone",
        r"Stack .*does not exist|does not exist.*[Ss]tack",
        "somebody has deleted it meanwhile: 'genai-templates status' lists those that exist",
    ),
    Failure(
        "roll-back failed",
        r"UPDATE_ROLLBACK_FAILED",
        "'genai-templates deploy' offers to continue the roll-back, without the resources that stand in its way",
    ),
    Failure(
        "creation rolled back",
        r"(?<!UPDATE_)ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED( state|$)",
        "the stack can only be deleted: 'genai-templates deploy' offers that and creates it anew",
    ),
    Failure(
        "deletion failed",
        r"DELETE_FAILED",
        "remove what stands in its way, and repeat 'genai-templates destroy'",
    ),
    Failure(
        "deletion protected",
        r"TerminationProtection|termination protection|deletion protection|DELETION_PROTECTION",
        "switch the protection off, in CloudFormation under 'Edit termination protection', if you mean it",
    ),
    Failure(
        "still in use",
        r"BucketNotEmpty|bucket you tried to delete is not empty|in use by|is in use|has dependencies|"
        r"DependencyViolation|DeleteConflict|ResourceInUse|being used",
        "see what uses it, remove that first, and repeat the command",
    ),
    Failure(
        "model failed",
        r"did not pass the ping health check|primary container|model (data|artifact)|CannotStartContainer|"
        r"ModelError|algorithm container|Image .* failed|health check",
        "read the endpoint's log: 'genai-templates logs' shows it",
    ),
    Failure(
        "cannot be changed",
        r"existing stack cannot change|NotUpdatable|custom-named resource requires replacing",
        "leave the value as it was, or deploy a second stack with --stack-name and destroy this one",
    ),
    Failure(
        "time-out",
        r"WaitCondition timed out|timed out|[Tt]ime-?out|exceeded attempts|did not stabilize|NotStabilized|"
        r"Max attempts exceeded|time was up|failed to stabilize",
        "'genai-templates logs' shows what took so long; the parameter ModelTimeout gives the model more time",
    ),
    Failure(
        "custom resource failed",
        r"Received response status \[FAILED\]|from custom resource|CustomResource",
        "the function's log has the details: 'genai-templates logs'",
    ),
    Failure(
        "invalid template",
        r"Template (error|format error)|TemplateConstraint|PROPERTY_VALIDATION|Properties validation failed|"
        r"Unresolved resource|Unrecognized resource types|extraneous key|Encountered unsupported property|"
        r"Template may not exceed|InvalidTemplate",
        "build the template again with this version of genai-templates ('genai-templates build'), and lint it",
    ),
    Failure(
        "invalid parameter",
        r"Parameter|ValidationError|ValidationException|ParamValidation|InvalidParameter|InvalidRequest|BadRequest|"
        r"InvalidInput|Rule .* assertion|Member must satisfy",
        "correct the value and repeat the command; docs/parameters.md has what each parameter allows",
    ),
    Failure(
        "service failed",
        r"InternalError|InternalFailure|ServiceUnavailable|InternalServer|ServiceException|GeneralServiceException|"
        r"Internal Failure|HandlerInternalFailure",
        "AWS had a fault of its own: repeat the command in some minutes",
    ),
)
"""The classes, the more specific first."""

PASSING = frozenset({"network lost", "throttled", "service failed", "time-out"})
"""The names of the classes that waiting mends."""

OTHER = Failure("failed", "", "the message of AWS above is all that is known")
"""What belongs to none of the classes."""


def classify(text: str) -> Failure:
    """Return the class of an error code with its message, or of a resource's reason."""
    return next((failure for failure in FAILURES if re.search(failure.pattern, text)), OTHER)


def describe(error: Exception) -> str:
    """Return an error of the SDK as a line: of a refused call the operation, the code and what AWS says."""
    response = getattr(error, "response", None)
    if response is None:
        return str(error)
    details, operation = response.get("Error", {}), getattr(error, "operation_name", "")
    return f"{operation}: {details.get('Code', '')}: {details.get('Message', '')}".replace("\n", " ").strip()


def as_aws_error(error: Exception) -> AwsError:
    """Return an error of the SDK as an error of the library: the class first, what AWS says, and what to do."""
    description = describe(error)
    # The SDK's own errors are told apart by their types; those of AWS by their codes.
    failure = classify(f"{type(error).__name__.removesuffix('Error')}: {description}")
    return AwsError(f"{failure.name}: {description}\n  {failure.advice}", failure.name)


@contextmanager
def translated() -> Iterator[None]:
    """Raise AwsError for whatever error the SDK raises inside."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error, HTTPClientError, ResponseParserError) as error:
        raise as_aws_error(error) from None

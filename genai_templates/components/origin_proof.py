"""What proves to the API that a request came through the distribution: a secret in a header."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from troposphere import AWSHelperFn, Join, Ref, Sub, apigateway, secretsmanager

from ..scope import DELETE_WITH_STACK, Scope
from .api import Api

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

API_KEY_HEADER = "x-api-key"
PROOF_HEADER = "x-distribution-proof"
# API Gateway takes keys of 20 to 128 characters. (API Gateway developer guide, api-gateway-setup-api-key-with-console.)
_CHARACTERS = 40


class OriginProof(NamedTuple):
    """A header that the distribution adds to what it sends to the API, whatever a caller sent under that name."""

    header: str
    secret: secretsmanager.Secret

    @property
    def value(self) -> Sub:
        """A dynamic reference to the secret, which is read when a resource that has it is made or changed."""
        return Sub("{{resolve:secretsmanager:${Secret}:SecretString}}", Secret=Ref(self.secret))


def add_origin_proof(
    scope: Scope, *, header: str, number: AWSHelperFn, key: EncryptionKey | None = None
) -> OriginProof:
    """Add the secret; another ``number`` makes another one, under another name.

    Then everything that refers to it changes with it, which a new value under the old name would not bring about.
    """
    secret = scope.add(
        secretsmanager.Secret,
        "DistributionSecret",
        Description="The header by which the distribution proves itself to the API",
        GenerateSecretString=secretsmanager.GenerateSecretString(
            ExcludePunctuation=True, IncludeSpace=False, PasswordLength=_CHARACTERS
        ),
        Name=Join("-", [scope.physical_name("proof"), number]),
        **({} if key is None else {"KmsKeyId": key.arn}),
        **DELETE_WITH_STACK,
    )
    return OriginProof(header, secret)


def add_distribution_key(scope: Scope, *, api: Api, proof: OriginProof) -> None:
    """Add the API key that the proof is, for an API whose methods require one.

    A rotation makes the new key before it takes the old one away, which is when the distribution is updated already.
    """
    key = scope.add(
        apigateway.ApiKey,
        "DistributionKey",
        Description="The distribution's alone",
        Enabled=True,
        Value=proof.value,
    )
    plan = scope.add(
        apigateway.UsagePlan,
        "DistributionUsagePlan",
        ApiStages=[apigateway.ApiStage(ApiId=Ref(api.rest_api), Stage=Ref(api.stage))],
        Description="Requests that come through the distribution",
    )
    scope.add(
        apigateway.UsagePlanKey,
        "DistributionUsagePlanKey",
        KeyId=Ref(key),
        KeyType="API_KEY",
        UsagePlanId=Ref(plan),
    )

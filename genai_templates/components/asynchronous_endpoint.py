"""An asynchronous endpoint: a queue in front of the model, which has no instance while the queue is empty.

Requests, responses and failures pass through a bucket, and topics say which of them has come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import awacs.s3
import awacs.sagemaker
import awacs.sns
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, sagemaker, sns

from ..iam import Role
from ..scope import Scope
from .buckets import Bucket, add_inference_bucket
from .endpoint import ModelEndpoint
from .functions import Function
from .hosted_model import ModelFacts, ModelMetrics
from .topics import add_topic_policy, subscribe_function

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

REQUESTS, RESULTS, FAILURES = "requests/", "results/", "failures/"
"""The prefixes of the bucket."""

# A diffusion model makes one image after the other: what waits for it had better wait in the queue, where it counts.
_AT_ONCE = 1


class Exchange(NamedTuple):
    """What passes between the functions and the model: the bucket, and the topics of responses and of failures."""

    bucket: Bucket
    succeeded: sns.Topic
    failed: sns.Topic

    def grant_model(self, role: Role) -> None:
        """Let the model's role read requests, write responses, and say so: SageMaker does all three under this role."""
        self.bucket.grant_list(role)
        self.bucket.grant_get(role, prefix=REQUESTS)
        role.allow(
            "StoreObjects",
            [awacs.s3.PutObject, awacs.s3.AbortMultipartUpload],
            [self.bucket.objects(RESULTS), self.bucket.objects(FAILURES)],
        )
        role.allow("AnnounceResults", [awacs.sns.Publish], [Ref(self.succeeded), Ref(self.failed)])
        if (key := self.bucket.key) is not None:
            # SageMaker stores large responses in parts, and to put them together is to read them.
            key.grant_write(role, service="s3")
            key.grant_send(role, service="sns")


class RequestLimits(NamedTuple):
    """For how many seconds a request may wait in the queue, and how long the model may then take for it."""

    time_to_live: AWSHelperFn | int
    invocation_timeout: AWSHelperFn | int


class AsynchronousModel(ModelEndpoint):
    """The asynchronous endpoint of the model."""

    host = "asynchronous"
    status = "asynchronous_status"
    private_services = (*ModelEndpoint.private_services, "Lambda")  # what shows a job may have it completed

    def __init__(
        self, scope: Scope, name: AWSHelperFn, facts: ModelFacts, *, exchange: Exchange, limits: RequestLimits
    ) -> None:
        """Keep the endpoint's name, what passes between it and its callers, and its limits."""
        super().__init__(name, facts)
        self.exchange = exchange
        self._scope = scope
        self._limits = limits
        self._completion: Function | None = None

    @property
    def metrics(self) -> ModelMetrics:
        """What CloudWatch knows of the endpoint: an asynchronous one does not publish ``Invocations``.

        https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
        """
        return super().metrics._replace(invocations="InvocationsProcessed")

    @property
    def invoker_environment(self) -> Mapping[str, str | AWSHelperFn]:
        """The environment of a function that hands requests over."""
        return {
            **super().invoker_environment,
            "INFERENCE_BUCKET": self.exchange.bucket.name,
            "REQUEST_TTL_SECONDS": self._limits.time_to_live,
            "INVOCATION_TIMEOUT_SECONDS": self._limits.invocation_timeout,
        }

    @property
    def status_environment(self) -> Mapping[str, str | AWSHelperFn]:
        """The environment of a function that shows the endpoint's state, and looks for responses nobody was told of."""
        look = {} if self._completion is None else {"COMPLETE_FUNCTION": self._completion.name}
        return {**super().status_environment, "INFERENCE_BUCKET": self.exchange.bucket.name, **look}

    @property
    def _own_environment(self) -> Mapping[str, str | AWSHelperFn]:
        return {"ENDPOINT_NAME": self.name}  # it is never paused: without requests it has no instance

    def grant_invoke(self, role: Role) -> None:
        """Let the role put requests into the bucket and the queue."""
        self.exchange.bucket.grant_put(role, prefix=REQUESTS)
        role.allow("QueueRequests", [awacs.sagemaker.InvokeEndpointAsync], [self.arn])

    def grant_status(self, role: Role) -> None:
        """Let the role see the endpoint's state and look for responses, and have jobs completed by those."""
        super().grant_status(role)
        self.exchange.bucket.grant_list(role)
        if self._completion is not None:
            self._completion.grant_invoke(role)

    def complete_jobs(self, add_function: Callable[[], Function]) -> Sequence[Function]:
        """Have the function that this adds complete jobs: it is told of every response, and may read it."""
        self._completion = function = add_function()
        self.exchange.bucket.grant_get(function.role, prefix=RESULTS)
        for topic in (self.exchange.succeeded, self.exchange.failed):
            name = topic.title.removeprefix(self._scope.prefix)
            subscribe_function(self._scope, topic, function, permission=f"{name}Permission")
        return [function]


def add_exchange(scope: Scope, *, key: EncryptionKey | None = None) -> Exchange:
    """Add the bucket and the topics of an asynchronous endpoint."""
    return Exchange(
        add_inference_bucket(scope, key=key),
        _add_topic(scope, "InferenceSucceeded", key),
        _add_topic(scope, "InferenceFailed", key),
    )


def _add_topic(scope: Scope, logical_id: str, key: EncryptionKey | None) -> sns.Topic:
    # SageMaker publishes under the model's role: to a principal of the account SNS's own key is open, other than to
    # a service such as CloudWatch. (SNS developer guide, "Encryption at rest"; SageMaker developer guide, "Complete
    # the prerequisites" of asynchronous inference.)
    topic = scope.add(sns.Topic, logical_id, KmsMasterKeyId="alias/aws/sns" if key is None else key.arn)
    add_topic_policy(scope, topic)
    return topic


def add_asynchronous_endpoint(
    scope: Scope,
    *,
    model: AsynchronousModel,
    variant: sagemaker.ProductionVariant,
    after: Sequence[str],
    volume_key: EncryptionKey | None = None,
) -> sagemaker.Endpoint:
    """Add endpoint and configuration; ``after`` are logical ids that the endpoint is made after, and goes before.

    ``volume_key`` is for the volumes of its instances.

    The configuration has no name: a change makes a new one, and the endpoint, whose name is fixed, moves to it.
    """
    exchange = model.exchange
    key = exchange.bucket.key
    config = scope.add(
        sagemaker.EndpointConfig,
        "EndpointConfig",
        ProductionVariants=[variant],
        **({} if volume_key is None else {"KmsKeyId": volume_key.arn}),
        AsyncInferenceConfig=sagemaker.AsyncInferenceConfig(
            ClientConfig=sagemaker.AsyncInferenceClientConfig(MaxConcurrentInvocationsPerInstance=_AT_ONCE),
            OutputConfig=sagemaker.AsyncInferenceOutputConfig(
                S3OutputPath=Sub(f"s3://${{{exchange.bucket.resource.title}}}/{RESULTS}"),
                S3FailurePath=Sub(f"s3://${{{exchange.bucket.resource.title}}}/{FAILURES}"),
                NotificationConfig=sagemaker.AsyncInferenceNotificationConfig(
                    SuccessTopic=Ref(exchange.succeeded), ErrorTopic=Ref(exchange.failed)
                ),
                **({} if key is None else {"KmsKeyId": key.arn}),
            ),
        ),
    )
    return scope.add(
        sagemaker.Endpoint,
        "Endpoint",
        EndpointName=model.name,
        EndpointConfigName=GetAtt(config, "EndpointConfigName"),
        DependsOn=list(after),
    )

"""The queue through which jobs come to the function that processes them, and the one behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import awacs.sqs
from troposphere import AWSHelperFn, GetAtt, Ref, Select, awslambda, sqs
from troposphere.validators import integer

from ..iam import Role
from ..scope import Scope
from .functions import Function
from .queues import add_queue

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

# Lambda's advice for a queue that a function reads: six times the function's own time, in which Lambda goes on to look
# for room where it is throttled. (Lambda developer guide, "Configuring a queue to use with Lambda".)
_TIMES_FUNCTION_TIMEOUT = 6
# A message that Lambda found no room for has been received all the same, and one whose job was given up is received
# until it has been often enough. Five times altogether is the least that Lambda's documentation advises.
_SPARE_RECEIVES = 4
_MOST_RETRIES = 2


class _Scaling(awslambda.ScalingConfig):
    """``ScalingConfig`` of an event source mapping with the property that troposphere 4.11 leaves out."""

    props: ClassVar[dict[str, object]] = {"MaximumConcurrency": (integer, True)}


class JobQueue(NamedTuple):
    """The queue of jobs, and the one for those that were given up."""

    queue: sqs.Queue
    dead: sqs.Queue
    key: EncryptionKey | None = None

    @property
    def environment(self) -> Mapping[str, AWSHelperFn]:
        """What a function needs to know of the queue."""
        return {"JOB_QUEUE_URL": Ref(self.queue)}

    @property
    def name(self) -> GetAtt:
        """The queue's name."""
        return GetAtt(self.queue, "QueueName")

    @property
    def dead_name(self) -> GetAtt:
        """The name of the queue behind it."""
        return GetAtt(self.dead, "QueueName")

    def grant_send(self, role: Role) -> None:
        """Let the role send jobs."""
        role.allow("SendJobs", [awacs.sqs.SendMessage], [GetAtt(self.queue, "Arn")])
        if self.key is not None:
            self.key.grant_send(role, service="sqs")

    def add_consumer(self, scope: Scope, function: Function, *, concurrency: int | AWSHelperFn) -> None:
        """Have Lambda call the function with one job at a time, and so many times at once (2 to 1,000)."""
        arn = GetAtt(self.queue, "Arn")
        function.role.allow(
            "ConsumeJobs",
            [
                awacs.sqs.ReceiveMessage,
                awacs.sqs.DeleteMessage,
                awacs.sqs.GetQueueAttributes,
                awacs.sqs.ChangeMessageVisibility,
            ],
            [arn],
        )
        if self.key is not None:
            self.key.grant_read(function.role, service="sqs")
        scope.add(
            awslambda.EventSourceMapping,
            "JobMapping",
            EventSourceArn=arn,
            FunctionName=function.name,
            # A job may take all of the function's time, and what is killed with it has to be tried again.
            BatchSize=1,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig=_Scaling(MaximumConcurrency=concurrency),
        )


def add_job_queue(
    scope: Scope, *, function_timeout: int, retries: AWSHelperFn, key: EncryptionKey | None = None
) -> JobQueue:
    """Add the queue of jobs for a function that has ``function_timeout`` seconds, and the queue behind it.

    A job is tried ``retries`` times again (0 to 2): the function counts that itself, and leaves a job in the queue that
    it has given up, so that SQS moves it behind. Both queues keep messages as long as SQS can, 14 days from when they
    were sent: how long a job may wait, the function says.
    """
    dead = add_queue(scope, "DeadJobsQueue", key=key)
    queue = add_queue(
        scope,
        "JobQueue",
        key=key,
        VisibilityTimeout=_TIMES_FUNCTION_TIMEOUT * function_timeout,
        RedrivePolicy=sqs.RedrivePolicy(deadLetterTargetArn=GetAtt(dead, "Arn"), maxReceiveCount=_receives(retries)),
    )
    return JobQueue(queue, dead, key)


def _receives(retries: AWSHelperFn) -> Select:
    return Select(retries, [str(1 + each + _SPARE_RECEIVES) for each in range(_MOST_RETRIES + 1)])

"""The job table, and what happens to a job that its function could not finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import awacs.dynamodb
import awacs.sqs
from troposphere import AWSHelperFn, GetAtt, Ref, awslambda, dynamodb, sqs

from ..iam import Role
from ..scope import DELETE_WITH_STACK, Scope
from .functions import Function
from .queues import add_queue
from .table_encryption import table_encryption

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey


class JobTable(NamedTuple):
    """The table of image requests, one item a job."""

    resource: dynamodb.Table
    key: EncryptionKey | None = None

    @property
    def name(self) -> Ref:
        """The table's name."""
        return Ref(self.resource)

    def grant_read(self, role: Role) -> None:
        """Let the role read one item by its key."""
        self._allow(role, "ReadJobs", awacs.dynamodb.GetItem)

    def grant_create(self, role: Role) -> None:
        """Let the role write new items."""
        self._allow(role, "CreateJobs", awacs.dynamodb.PutItem)

    def grant_update(self, role: Role) -> None:
        """Let the role change items."""
        self._allow(role, "UpdateJobs", awacs.dynamodb.UpdateItem)

    def _allow(self, role: Role, sid: str, action: object) -> None:
        role.allow(sid, [action], [GetAtt(self.resource, "Arn")])
        if self.key is not None:
            # DynamoDB decrypts the table's own key for its caller, whatever the caller does. (DynamoDB developer
            # guide, "DynamoDB encryption at rest usage notes".)
            self.key.grant_read(role, service="dynamodb")


def add_job_table(scope: Scope, *, key: EncryptionKey | None = None) -> JobTable:
    """Add the job table: on demand, encrypted, with point-in-time recovery; items expire by ``expires_at``."""
    return JobTable(
        scope.add(
            dynamodb.Table,
            "JobTable",
            **DELETE_WITH_STACK,
            AttributeDefinitions=[dynamodb.AttributeDefinition(AttributeName="job_id", AttributeType="S")],
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[dynamodb.KeySchema(AttributeName="job_id", KeyType="HASH")],
            PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=True),
            SSESpecification=table_encryption(key),
            TimeToLiveSpecification=dynamodb.TimeToLiveSpecification(AttributeName="expires_at", Enabled=True),
        ),
        key,
    )


class FailedJobs(NamedTuple):
    """The queue of jobs that no retry could finish."""

    queue: sqs.Queue
    key: EncryptionKey | None = None

    def add_source(
        self,
        scope: Scope,
        logical_id: str,
        *,
        function: Function,
        retries: int | AWSHelperFn,
        maximum_age: int | AWSHelperFn,
    ) -> None:
        """Have Lambda send events here that the function could not finish.

        Lambda retries an asynchronous event ``retries`` times (0 to 2) and keeps it ``maximum_age`` seconds (60 to
        21,600).
        """
        arn = GetAtt(self.queue, "Arn")
        function.role.allow("ReportFailedJobs", [awacs.sqs.SendMessage], [arn])
        if self.key is not None:
            self.key.grant_send(function.role, service="sqs")
        scope.add(
            awslambda.EventInvokeConfig,
            logical_id,
            FunctionName=function.name,
            Qualifier="$LATEST",
            MaximumRetryAttempts=retries,
            MaximumEventAgeInSeconds=maximum_age,
            DestinationConfig=awslambda.DestinationConfig(OnFailure=awslambda.OnFailure(Destination=arn)),
        )

    @property
    def queue_name(self) -> GetAtt:
        """The queue's name."""
        return GetAtt(self.queue, "QueueName")


def add_failed_jobs(
    scope: Scope, *, mark: Function, visibility_timeout: int, key: EncryptionKey | None = None
) -> FailedJobs:
    """Add a queue of reports on events that Lambda gave up, from which ``mark`` marks their jobs as failed.

    ``add_source`` sends them there. A message that ``mark`` refuses comes back after ``visibility_timeout`` seconds,
    for as long as the queue keeps it (14 days): the queue is the last place, so it has no other behind it.
    """
    queue = add_queue(scope, "FailedJobsQueue", key=key, VisibilityTimeout=visibility_timeout)
    arn = GetAtt(queue, "Arn")
    mark.role.allow(
        "ConsumeFailedJobs",
        [awacs.sqs.ReceiveMessage, awacs.sqs.DeleteMessage, awacs.sqs.GetQueueAttributes],
        [arn],
    )
    if key is not None:
        key.grant_read(mark.role, service="sqs")
    scope.add(
        awslambda.EventSourceMapping,
        "FailedJobsMapping",
        EventSourceArn=arn,
        FunctionName=mark.name,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    return FailedJobs(queue, key)

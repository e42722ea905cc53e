"""Both applications in an emulated AWS of their own, and what a fault's scenario does with them."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from genai_templates.local import EmulatedStack, Emulator, Response
from genai_templates.local.chaos import UNTIL_ENDED, Chaos, FaultEffect, InjectedFault, ModelFault
from genai_templates.local.protocol import ENVIRONMENTS
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT as ENDPOINT
from genai_templates.options import Dispatch, Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest

PROMPT = {"prompt": "a fox that jumps over a lazy dog", "width": 256, "height": 256}
ENDED = ("SUCCEEDED", "FAILED")
PROCESS, START = "EndpointCallFunction", "StartProcessFunction"
SHOW, MARK, COMPLETE = "DisplayImageFunction", "MarkJobFailedFunction", "CompleteJobFunction"
_AT_ONCE = 8
_QUIET_SECONDS = 1.5
_LONGEST_SECONDS = 180
_TRY_AGAIN_SECONDS = 0.3
UNTHROTTLED = {"ThrottleRate": "10000", "ThrottleBurst": "5000"}
_TRIES_OF_CLIENT = 10
_SEEDS = itertools.count(1)
T = TypeVar("T")


def at_once(work: Callable[[int], T], count: int, *, threads: int = _AT_ONCE) -> list[T]:
    """Do the work so many times, several at once."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


class World:
    """The two stacks, driven from outside by HTTP, and by the account's administrator.

    ``endpoint`` and ``text_endpoint`` are what the applications' models are called by; ``service`` and ``invocation``
    how that of images is called, ``permission`` what that takes, and ``storing`` the function that stores images and
    ends jobs.
    """

    hosting, dispatch = Hosting.EXISTING, Dispatch.EVENT
    endpoint = text_endpoint = ENDPOINT
    service, invocation, permission = "sagemaker", "InvokeEndpoint", "sagemaker:InvokeEndpoint"
    storing = PROCESS
    parameters: ClassVar[Mapping[str, str]] = {}

    def __init__(self, emulator: Emulator, image: EmulatedStack, text: EmulatedStack) -> None:
        self.emulator, self.image, self.text = emulator, image, text
        self.chaos = Chaos(emulator)
        self.reported: list[str] = []
        self.functions = image.resources
        self.table = self.functions["JobTable"]
        self._urls = {stack.name: stack.outputs["ApiGatewayUrl"] for stack in (image, text)}

    def call(
        self,
        stack: EmulatedStack,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call a stack's API, whose URL is looked up once."""
        return stack.call(method, path, body, headers, api=self._urls[stack.name])

    def send(self, key: str, seed: int) -> Response:
        """Ask for an image."""
        return self.call(self.image, "POST", "/generate", {**PROMPT, "seed": seed}, headers={"Idempotency-Key": key})

    def submit(self, count: int) -> list[str]:
        """Ask for so many images, several at once, as the page does; return the ids of the jobs."""
        return at_once(lambda _: self.submit_one(), count)

    def submit_one(self) -> str:
        """Ask for an image under a key of its own, again and again while the answer says to do so."""
        seed = next(_SEEDS)
        key = uuid.uuid4().hex
        for _ in range(_TRIES_OF_CLIENT):
            response = self.send(key, seed)
            if response.status not in (429, 503):
                return accepted(response)
            assert int(response.headers["retry-after"]) > 0
            self.reported.append(response.body.decode())
        raise AssertionError(response.body)

    def show(self, job_id: str) -> Response:
        """Ask for a job, as the page does."""
        return self.call(self.image, "GET", f"/generate/{job_id}")

    def deliver(self, job_id: str) -> None:
        """Send the event of a job once more, as Lambda may do by itself."""
        self.image.client("lambda").invoke(
            FunctionName=self.functions[PROCESS], InvocationType="Event", Payload=json.dumps(self.event_of(job_id))
        )

    def event_of(self, job_id: str) -> object:
        """Return what the function that processes jobs is called with for this one."""
        return {"job_id": job_id}

    def play(self, fault: ModelFault, times: int = UNTIL_ENDED) -> None:
        """Have the model's next calls meet the fault."""
        self.chaos.model_fault(self.endpoint, fault, times)

    @contextmanager
    def held(
        self,
        service: str,
        action: str,
        *then: InjectedFault,
        function: str = PROCESS,
        calls: int = ENVIRONMENTS,
        dropped: bool = False,
    ) -> Iterator[Callable[[], None]]:
        """Hold calls of the function up until the block ends, and inject other faults from then on.

        Gives what waits until so many calls are held. What is dropped is not done in the end.
        """
        effect = FaultEffect.DROPPED if dropped else FaultEffect.BLOCKED
        self.chaos.function_faults(InjectedFault(service, action, effect, function=self.functions[function]))
        enough = partial(self.chaos.wait_for_calls, calls)
        try:
            yield enough
            enough()
        finally:
            self.chaos.function_faults(*then)

    def model_held(self, *then: InjectedFault, calls: int = ENVIRONMENTS) -> AbstractContextManager[Callable[[], None]]:
        """Hold calls of the model up until the block ends, and inject other faults from then on: see ``held``."""
        return self.held(self.service, self.invocation, *then, calls=calls)

    def refusal(
        self, service: str, action: str, code: str, *, times: int, function: str, status: int = 400
    ) -> InjectedFault:
        """Return that the service refuses the function's next calls of this action."""
        return InjectedFault(service, action, FaultEffect.REFUSED, times, code, status, self.functions[function])

    def lost_response(self, service: str, action: str, *, times: int, function: str) -> InjectedFault:
        """Return that the function's next calls of this action are done, but answered with an internal error."""
        return InjectedFault(service, action, FaultEffect.RESPONSE_LOST, times, function=self.functions[function])

    def kill(self, function: str) -> int:
        """Kill the function's processes that are at work; return how many these were."""
        return self.chaos.kill_function(self.functions[function])

    def items(self, job_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return what the table holds of these jobs, by their ids, as the administrator sees it."""
        keys: Any = [{"job_id": {"S": job_id}} for job_id in job_ids]
        request: Any = {self.table: {"Keys": keys, "ConsistentRead": True}}
        found: Any = self.image.client("dynamodb").batch_get_item(RequestItems=request)["Responses"][self.table]
        items = ({name: str(*value.values()) for name, value in each.items()} for each in found)
        return {item["job_id"]: item for item in items}

    def queued(self) -> list[str]:
        """Return the ids of all jobs that are QUEUED."""
        pages: Any = (
            self.image.client("dynamodb").get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        )
        items = (item for page in pages for item in page["Items"])
        return [item["job_id"]["S"] for item in items if item.get("status") == {"S": "QUEUED"}]

    def set_all(self, job_ids: Sequence[str], **moments: float) -> None:
        """Write moments of jobs, in seconds, as the administrator: so the clock is turned for them."""
        for job_id in job_ids:
            self.image.client("dynamodb").update_item(
                TableName=self.table,
                Key={"job_id": {"S": job_id}},
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in moments),
                ExpressionAttributeValues={f":{name}": {"N": str(int(value))} for name, value in moments.items()},
            )

    def wait_until_ended(self, job_ids: Sequence[str]) -> None:
        """Wait until every job has ended.

        Where nothing is going to happen any more, the administrator turns the clock: first past the leases, then past
        the last moment that a job has; these are minutes, and long for a test.
        """
        turns = iter(({"lease_expires_at": 0.0}, {"lease_expires_at": 0.0, "finish_by": 0.0}))
        before: dict[str, str] = {}
        since = time.monotonic()
        deadline = since + _LONGEST_SECONDS
        while True:
            assert time.monotonic() < deadline, f"jobs do not end: {before}"
            self.hurry()
            items = self.items(job_ids)
            now = {job_id: _status(items[job_id]) for job_id in job_ids if job_id in items}
            open_jobs = [job_id for job_id, status in now.items() if status not in ENDED]
            if not open_jobs:
                return
            if now != before or self.chaos.pending_events() or self.waiting_failures():
                before, since = now, time.monotonic()
            elif time.monotonic() - since > _QUIET_SECONDS:
                turn = next(turns)
                self.set_all(open_jobs, **turn)
                since = time.monotonic() + _QUIET_SECONDS
            time.sleep(0.1)

    def model_calls(self) -> int:
        """Return how often the image application has asked the model so far."""
        callers = tuple(f"/{self.functions[name]}" for name in (PROCESS, self.storing))
        calls = [each for each in self.emulator.decisions() if each.action == self.permission]
        return sum(each.principal.endswith(callers) for each in calls)

    def stored(self, job_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return what is stored of these jobs: the hash of every object by its key, by job."""
        bucket = self.image.outputs["ImageBucketName"]
        pages = (
            self.image.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="generated_images/")
        )
        found: dict[str, dict[str, str]] = {job_id: {} for job_id in job_ids}
        for each in (each for page in pages for each in page.get("Contents", [])):
            job_id = each["Key"].split("/")[1]
            if job_id in found:
                found[job_id][each["Key"]] = f"{each['ETag']} of {each['LastModified']}"
        return found

    def waiting_failures(self) -> int:
        """Return how many messages about failed jobs are waiting to be dealt with, now or later."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        queue = self.functions["FailedJobsQueue"]
        counts = self.image.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(map(int, counts.values()))

    def prepare(self) -> None:
        """Let a message that comes back do so at once, and not after three minutes: a wait that is long for a test."""
        queue = self.functions["FailedJobsQueue"]
        self.emulator.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})

    def hurry(self) -> None:
        """Let what waits for its time wait no longer; here nothing does."""

    def calm(self) -> None:
        """End every fault."""
        self.chaos.end()


def _status(item: dict[str, str]) -> str:
    is_over = item["status"] not in ENDED and int(item["finish_by"]) < time.time()
    return "FAILED" if is_over else item["status"]


def accepted(response: Response) -> str:
    """Return the id of the job that was accepted."""
    body: dict[str, Any] = response.json()
    assert response.status == 202, body
    return str(body["job_id"])


@contextmanager
def opened(folder: Path, *, kind: type[World] = World, apps: tuple[str, ...] = ("image", "text")) -> Iterator[World]:
    """Build stacks of this kind's hosting into the folder, the image application's first, and create them."""
    request = BuildRequest(apps=apps, hosting=kind.hosting, dispatch=kind.dispatch, regions=())
    build(folder, request, lambda line: None)
    with ExitStack() as exits:
        emulator = exits.enter_context(Emulator(retry_delay=_TRY_AGAIN_SECONDS))
        stacks = []
        for app in apps:
            template = folder / "templates" / f"{app}.template.json"
            stacks.append(EmulatedStack(template, app, {**UNTHROTTLED, **kind.parameters}, emulator=emulator))
            stacks[-1].create()
        world = kind(emulator, stacks[0], stacks[-1])
        world.prepare()
        yield world

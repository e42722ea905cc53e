"""Both applications in an emulated AWS of their own, and what a fault's scenario does with them."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from genai_templates.local.emulator import Emulator
from genai_templates.local.http_client import Answer
from genai_templates.local.protocol import ENVIRONMENTS, Disruption, Effect, ModelFault
from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.lifecycle.deployment import ARTIFACTS, ENDPOINT, Aws, Deployment, until

PROMPT = {"prompt": "a fox that jumps over a lazy dog", "width": 256, "height": 256}
ENDED = ("SUCCEEDED", "FAILED")
PROCESS, START = "EndpointCallFunction", "StartProcessFunction"
SHOW, MARK = "DisplayImageFunction", "MarkJobFailedFunction"
_AT_ONCE = 8
_QUIET_SECONDS = 1.5
_LONGEST_SECONDS = 180
_TRY_AGAIN_SECONDS = 0.3
_UNTHROTTLED = {"ThrottleRate": "10000", "ThrottleBurst": "5000"}
_TRIES_OF_CLIENT = 10
_SEEDS = itertools.count(1)
T = TypeVar("T")


def at_once(work: Callable[[int], T], count: int, *, threads: int = _AT_ONCE) -> list[T]:
    """Do the work so many times, several at once."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


class World:
    """The two stacks, driven from outside by HTTP, and by the account's administrator."""

    def __init__(self, aws: Aws, image: Deployment, text: Deployment) -> None:
        self.aws, self.image, self.text = aws, image, text
        self.emulator = aws.emulator
        self.told: list[str] = []
        self.functions = image.resources
        self.table = self.functions["JobTable"]
        self._urls = {stack.name: stack.outputs["ApiGatewayUrl"] for stack in (image, text)}

    def call(self, stack: Deployment, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call a stack's API, whose URL is looked up once."""
        url = self._urls[stack.name]
        api_id, stage = url.removeprefix("https://").split(".", 1)[0], url.rsplit("/", 1)[-1]
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.emulator.api_request(api_id, method, f"/{stage}{path}", body, sent)

    def ask(self, key: str, seed: int) -> Answer:
        """Ask for an image."""
        return self.call(self.image, "POST", "/generate", {**PROMPT, "seed": seed}, Idempotency_Key=key)

    def submit(self, count: int) -> list[str]:
        """Ask for so many images, several at once, as the page does; return the ids of the jobs."""
        return at_once(lambda _: self.submit_one(), count)

    def submit_one(self) -> str:
        """Ask for an image under a key of its own, again and again while the answer says to do so."""
        seed = next(_SEEDS)
        key = uuid.uuid4().hex
        for _ in range(_TRIES_OF_CLIENT):
            answer = self.ask(key, seed)
            if answer.status not in (429, 503):
                return accepted(answer)
            assert int(answer.headers["retry-after"]) > 0
            self.told.append(answer.body.decode())
        raise AssertionError(answer.body)

    def show(self, job_id: str) -> Answer:
        """Ask for a job, as the page does."""
        return self.call(self.image, "GET", f"/generate/{job_id}")

    def deliver(self, job_id: str) -> None:
        """Send the event of a job once more, as Lambda may do by itself."""
        payload = json.dumps({"job_id": job_id})
        self.aws.lambda_.invoke(FunctionName=self.functions[PROCESS], InvocationType="Event", Payload=payload)

    def play(self, fault: ModelFault, times: int = 1_000_000) -> None:
        """Have the model's next calls meet the fault."""
        self.emulator.play_fault(ENDPOINT, fault, times)

    @contextmanager
    def held(
        self,
        service: str,
        action: str,
        *then: Disruption,
        function: str = PROCESS,
        calls: int = ENVIRONMENTS,
        dropped: bool = False,
    ) -> Iterator[Callable[[], bool]]:
        """Hold calls of the function up until the block ends, and play other disruptions from then on.

        Gives what waits until so many calls are held. What is dropped is not done in the end.
        """
        effect = Effect.DROPPED if dropped else Effect.HELD
        self.emulator.disrupt(Disruption(service, action, effect, function=self.functions[function]))
        enough = partial(until, lambda: True if self.emulator.disrupted()[0] >= calls else None)
        try:
            yield enough
            enough()
        finally:
            self.emulator.disrupt(*then)

    def refusal(
        self, service: str, action: str, code: str, *, times: int, function: str, status: int = 400
    ) -> Disruption:
        """Return that the service refuses the function's next calls of this action."""
        return Disruption(service, action, Effect.REFUSED, times, code, status, self.functions[function])

    def lost_answer(self, service: str, action: str, *, times: int, function: str) -> Disruption:
        """Return that the function's next calls of this action are done, but answered with an internal error."""
        return Disruption(service, action, Effect.ANSWER_LOST, times, function=self.functions[function])

    def kill(self, function: str) -> int:
        """Kill the function's processes that are at work; return how many these were."""
        return self.emulator.kill_function(self.functions[function])

    def items(self, job_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return what the table holds of these jobs, by their ids, as the administrator sees it."""
        keys: Any = [{"job_id": {"S": job_id}} for job_id in job_ids]
        request: Any = {self.table: {"Keys": keys, "ConsistentRead": True}}
        found: Any = self.aws.dynamodb.batch_get_item(RequestItems=request)["Responses"][self.table]
        items = ({name: str(*value.values()) for name, value in each.items()} for each in found)
        return {item["job_id"]: item for item in items}

    def queued(self) -> list[str]:
        """Return the ids of all jobs that are QUEUED."""
        pages: Any = self.aws.dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        items = (item for page in pages for item in page["Items"])
        return [item["job_id"]["S"] for item in items if item.get("status") == {"S": "QUEUED"}]

    def set_all(self, job_ids: Sequence[str], **moments: float) -> None:
        """Write moments of jobs, in seconds, as the administrator: so the clock is turned for them."""
        for job_id in job_ids:
            self.aws.dynamodb.update_item(
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
        last_moment = since + _LONGEST_SECONDS
        while True:
            assert time.monotonic() < last_moment, f"jobs do not end: {before}"
            items = self.items(job_ids)
            now = {job_id: _status(items[job_id]) for job_id in job_ids if job_id in items}
            open_jobs = [job_id for job_id, status in now.items() if status not in ENDED]
            if not open_jobs:
                return
            if now != before or self.emulator.open_events() or self.waiting_failures():
                before, since = now, time.monotonic()
            elif time.monotonic() - since > _QUIET_SECONDS:
                turn = next(turns)
                self.set_all(open_jobs, **turn)
                since = time.monotonic() + _QUIET_SECONDS
            time.sleep(0.1)

    def model_calls(self) -> int:
        """Return how often the image application has asked the model so far."""
        asked = [each for each in self.emulator.decisions() if each.action == "sagemaker:InvokeEndpoint"]
        return sum(each.principal.endswith(f"/{self.functions[PROCESS]}") for each in asked)

    def stored(self, job_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return what is stored of these jobs: the hash of every object by its key, by job."""
        bucket = self.image.outputs["ImageBucketName"]
        pages = self.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="generated_images/")
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
        counts = self.aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(map(int, counts.values()))

    def calm(self) -> None:
        """End every fault."""
        self.emulator.disrupt()
        self.play(ModelFault.SERVER_ERROR, 0)
        self.emulator.allow_jpeg(ENDPOINT, True)


def _status(item: dict[str, str]) -> str:
    is_over = item["status"] not in ENDED and int(item["finish_by"]) < time.time()
    return "FAILED" if is_over else item["status"]


def accepted(answer: Answer) -> str:
    """Return the id of the job that was accepted."""
    body: dict[str, Any] = answer.json()
    assert answer.status == 202, body
    return str(body["job_id"])


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    """Build both stacks into the folder, and create them in an emulator."""
    build(folder, BuildRequest(hosting=Hosting.EXISTING, regions=()), lambda line: None)
    with ExitStack() as exits:
        aws = Aws(exits.enter_context(Emulator(retry_delay=_TRY_AGAIN_SECONDS)))
        aws.s3.create_bucket(Bucket=ARTIFACTS)
        aws.upload_build(folder)
        aws.deploy_endpoint(ENDPOINT)
        stacks = []
        for app in ("image", "text"):
            template = (folder / "templates" / f"{app}.template.json").read_text()
            stack = Deployment(aws, app, template, {"ExistingEndpointName": ENDPOINT, **_UNTHROTTLED})
            assert stack.create() == "CREATE_COMPLETE", stack.events
            stacks.append(stack)
        world = World(aws, *stacks)
        # A message that comes back does so after three minutes: another wait that is long for a test.
        queue = world.functions["FailedJobsQueue"]
        aws.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
        yield world

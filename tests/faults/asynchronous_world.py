"""The image application on an asynchronous endpoint, in an emulated AWS of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genai_templates.local import EmulatedStack, Emulator, ModelOptions
from genai_templates.options import Hosting
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.faults.world import COMPLETE, UNTHROTTLED, World
from tests.waiting import until


class AsynchronousWorld(World):
    """The stack, and how many jobs each scenario has."""

    hosting = Hosting.SCALE_TO_ZERO
    invocation, storing = "InvokeEndpointAsync", COMPLETE
    permission = "sagemaker:InvokeEndpointAsync"

    def __init__(self, emulator: Emulator, image: EmulatedStack, *, jobs: int) -> None:
        super().__init__(emulator, image, image)
        self.endpoint = image.outputs["EndpointName"]
        self.jobs = jobs

    def handed_over(self, job_ids: Sequence[str], *, times: int = 1) -> None:
        """Wait until the endpoint has been given all of these jobs, so often."""

        def are_handed_over() -> bool | None:
            items = self.items(job_ids).values()
            return True if all(int(item.get("hand_overs", 0)) >= times for item in items) else None

        until(are_handed_over)

    def results(self) -> int:
        """Return how many responses of the model are in the bucket."""
        listed: Any = self.image.client("s3").list_objects_v2(
            Bucket=self.functions["InferenceBucket"], Prefix="results/"
        )
        return int(listed["KeyCount"])

    def calm(self) -> None:
        """End every fault, and wait until nothing goes on that one has begun."""
        super().calm()
        self.emulator.use_model(ModelOptions())
        deadline = time.monotonic() + 30
        while (self.chaos.pending_events() or self.waiting_failures()) and time.monotonic() < deadline:
            time.sleep(0.05)


@contextmanager
def opened(folder: Path, *, jobs: int) -> Iterator[AsynchronousWorld]:
    """Build the stack into the folder, and create it in an emulator."""
    request = BuildRequest(apps=("image",), hosting=AsynchronousWorld.hosting, regions=())
    build(folder, request, lambda line: None)
    with Emulator(retry_delay=0.3) as emulator:
        image = EmulatedStack(folder / "templates/image.template.json", "image", UNTHROTTLED, emulator=emulator)
        image.create()
        world = AsynchronousWorld(emulator, image, jobs=jobs)
        queue = world.functions["FailedJobsQueue"]
        emulator.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
        yield world

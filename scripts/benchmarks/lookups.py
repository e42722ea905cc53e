"""``GET /generate`` and ``GET /generate/{job_id}`` in a table of 100,000 images, against one of 100.

moto's DynamoDB stands in, in this process. It finds an item by its key in a dictionary, and walks through all items
for a scan or for a query on anything else. So this shows that the number and the kind of the handler's calls do not
grow with the images: a single scan in their place makes the ratio about 25. It does not show what DynamoDB itself
takes, nor how its time varies; AWS says of look-ups by key that they do not depend on the table's size.
"""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Iterator
from typing import Any

from .figures import Figure, Pair
from .measuring import HANDLER_ENVIRONMENT, alternate, in_fresh_process

_SMALL, _LARGE = 100, 100_000
_REQUESTS = 20
_STARTED = "2026-01-01T00:00:00.000+00:00"


class _Context:
    """What the handler needs of Lambda's context."""

    aws_request_id = "bench"
    function_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        return 28_000


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure both requests."""
    for name, pairs in in_fresh_process(_timed, 9 if quick else 31).items():
        yield Figure(name=f"{name}, {_LARGE:,} images", against=f"{_SMALL} images", pairs=pairs, goal=1.1)


def _timed(rounds: int) -> dict[str, list[Pair]]:
    os.environ.update(HANDLER_ENVIRONMENT)
    from moto import mock_aws

    with mock_aws():
        for images in (_SMALL, _LARGE):
            _make_table(_table_name(images), images)
        gc.freeze()  # what fills the tables is there for good: no collection need go through it
        return {name: _compared(resource, rounds) for name, resource in _RESOURCES.items()}


_RESOURCES = {"GET /generate": "/generate", "GET /generate/{job_id}": "/generate/{job_id}"}


def _compared(resource: str, rounds: int) -> list[Pair]:
    return alternate({"large": lambda: _seconds(resource, _LARGE)}, lambda: _seconds(resource, _SMALL), rounds)["large"]


def _seconds(resource: str, images: int) -> float:
    """Return the processor time of some requests, spread over the table's jobs."""
    from handlers.image import display_image
    from handlers.jobs.store import JobStore
    from handlers.jobs.table import JobTable

    display_image.jobs = JobStore(JobTable(_table_name(images)))
    events = [_event(resource, _job_id(number * images // _REQUESTS)) for number in range(_REQUESTS)]
    gc.collect()
    gc.disable()  # or it goes through everything in the middle of one batch and not of another
    started = time.process_time()
    responses = [display_image.handler(event, _Context()) for event in events]
    taken = time.process_time() - started
    gc.enable()
    wrong = [response for response in responses if response["statusCode"] != 200]
    if wrong:
        raise SystemExit(f"{resource} was served with {wrong[0]}")
    return taken


def _event(resource: str, job_id: str) -> dict[str, Any]:
    parameters = {"job_id": job_id} if "{" in resource else None
    return {"httpMethod": "GET", "resource": resource, "pathParameters": parameters, "headers": {}, "body": None}


def _make_table(name: str, images: int) -> None:
    """Make a job table and fill it behind the API's back, which would take minutes."""
    import boto3
    from moto.dynamodb.models import dynamodb_backends

    boto3.client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    ((_, regions),) = dynamodb_backends.items()
    table = regions[HANDLER_ENVIRONMENT["AWS_DEFAULT_REGION"]].tables[name]
    for number in range(images):
        table.put_item(_job(_job_id(number)), overwrite=True)
    latest = {"job_id": {"S": "latest"}, "target_job_id": {"S": _job_id(images // 2)}, "finished_at": {"S": _STARTED}}
    table.put_item(latest | _EXPIRY, overwrite=True)


_EXPIRY = {"expires_at": {"N": str(int(time.time()) + 86_400)}}


def _job(job_id: str) -> dict[str, Any]:
    key = f"generated_images/{job_id}/0"
    images = [{"key": f"{key}.jpg", "thumbnail_key": f"{key}_thumbnail.jpg", "width": 512, "height": 512}]
    return _EXPIRY | {
        "job_id": {"S": job_id},
        "status": {"S": "SUCCEEDED"},
        "request": {"S": json.dumps({"prompt": "a lighthouse at dusk", "seed": 1})},
        "created_at": {"S": _STARTED},
        "started_at": {"S": _STARTED},
        "finished_at": {"S": _STARTED},
        "images": {"S": json.dumps(images)},
    }


def _job_id(number: int) -> str:
    return f"{number:032x}"


def _table_name(images: int) -> str:
    return f"jobs-{images}"

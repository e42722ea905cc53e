"""Measurement: in alternation, each in a process of its own where it would leave traces."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from .figures import Pair

ROOT = Path(__file__).resolve().parents[2]

# No handler needs an account; botocore wants a region and something to sign with.
AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# All that the templates set for any function.
HANDLER_ENVIRONMENT = AWS_ENVIRONMENT | {
    "STACK_NAME": "stack",
    "MODEL_HOST": "endpoint",
    "MODEL_STATUS": "endpoint_status",
    "ENDPOINT_NAME": "endpoint",
    "ABSENT_STATE": "missing",
    "COMPONENT_NAME": "component",
    "INFERENCE_BUCKET": "inference",
    "REQUEST_TTL_SECONDS": "3600",
    "INVOCATION_TIMEOUT_SECONDS": "300",
    "COMPLETE_FUNCTION": "complete",
    "BEDROCK_MODEL_ID": "model",
    "BEDROCK_REGION": "us-east-1",
    "MODEL_ID": "model",
    "MAX_INPUT_TOKENS": "1024",
    "MAX_TOTAL_TOKENS": "2048",
    "ALLOWED_ORIGIN": "*",
    "FUNCTION_TIMEOUT_SECONDS": "28",
    "JOBS_TABLE": "jobs",
    "PROCESS_FUNCTION": "process",
    "IMAGE_BUCKET": "images",
    "JOB_RETENTION_DAYS": "30",
    "JOB_MAXIMUM_AGE": "3600",
    "JOB_RETRIES": "2",
    "JOB_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
}

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def alternate(
    candidates: Mapping[str, Callable[[], float]], reference: Callable[[], float], rounds: int
) -> dict[str, list[Pair]]:
    """Measure the reference and every candidate once a round, after a round that does not count.

    Every other round runs backwards, so that nothing profits from its place. Returns the rounds by candidate.
    """
    runs = [("", reference), *candidates.items()]
    pairs: dict[str, list[Pair]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        amounts = {name: measure() for name, measure in (reversed(runs) if number % 2 else runs)}
        for name in candidates if number else ():
            pairs[name].append(Pair(amounts[name], amounts[""]))
    return pairs


def output_of(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, folder: Path = ROOT
) -> str:
    """Run a command and return what it prints; one that fails ends the benchmark with what it said."""
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nfailed with exit code {done.returncode}:\n{done.stderr}")
    return done.stdout


def processor_seconds(command: Sequence[str | Path]) -> float:
    """Run a command and return the processor time of the whole process.

    It is what the command would take on an idle machine; what else goes on there matters little to it.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output_of(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_fresh_process(
    function: Callable[Parameters, Result], *arguments: Parameters.args, **named: Parameters.kwargs
) -> Result:
    """Call a function of a module in a process that has done nothing else, and return its result."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments, **named).result()

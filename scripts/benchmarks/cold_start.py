"""Cold starts: importing a handler from its real artifact, against ``import boto3``, in fresh processes.

Time starts when the interpreter is up and ends when the handler could be called. As in Lambda, boto3 has bytecode
and what is unpacked from the artifact has none, and none is written.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from .figures import Figure
from .lambda_python import lambda_python, make_runtime, replace_pillow, version_of
from .measuring import HANDLER_ENVIRONMENT, alternate, output_of

_CODE, _RESOURCES = "LambdaS3Key", "CustomResourcesS3Key"
_CODECS = {"text": "tgi", "image": "stable-diffusion"}


class Handler(NamedTuple):
    """A handler: its stack, its artifact's parameter, its module, and what the ratio may be.

    Where the way to the model makes a difference, ``host`` says which it is, and ``environment`` what that adds.
    """

    stack: str
    parameter: str
    module: str
    goal: float | None = None
    host: str = ""
    environment: Mapping[str, str] = {}

    @property
    def variables(self) -> dict[str, str]:
        """All of the function's environment."""
        return {**HANDLER_ENVIRONMENT, "PAYLOAD_CODEC": _CODECS[self.stack], **self.environment}

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"{self.module.removeprefix('handlers.')}{self.host and f' ({self.host})'}"


_SUMMARIZE = ("text", _CODE, "handlers.text.summarize", 1.3)
_MAKE_IMAGES = ("image", _CODE, "handlers.image.endpoint_call_function", 1.8)
_COMPONENT = {"MODEL_HOST": "component", "MODEL_STATUS": "component_status"}
_ASYNCHRONOUS = {"MODEL_HOST": "asynchronous", "MODEL_STATUS": "asynchronous_status"}
_CONVERSE = {"MODEL_HOST": "converse", "MODEL_STATUS": "bedrock_status", "PAYLOAD_CODEC": "converse"}
_BEDROCK_IMAGE = {"MODEL_HOST": "bedrock_image", "MODEL_STATUS": "bedrock_status", "PAYLOAD_CODEC": "stability"}

# An endpoint that the notebook deploys, that is the template's own or there already is called in the same way.
HANDLERS = (
    Handler(*_SUMMARIZE, "endpoint"),
    Handler(*_SUMMARIZE, "component", _COMPONENT),
    Handler(*_SUMMARIZE, "Bedrock", _CONVERSE),
    Handler(*_MAKE_IMAGES, "endpoint"),
    Handler(*_MAKE_IMAGES, "asynchronous", _ASYNCHRONOUS),
    Handler(*_MAKE_IMAGES, "Bedrock", _BEDROCK_IMAGE),
    Handler("image", _CODE, "handlers.image.complete_job", 1.8, "asynchronous", _ASYNCHRONOUS),
    Handler("image", _CODE, "handlers.image.queued_jobs", 1.8),
    Handler("image", _CODE, "handlers.image.start_process_function"),
    Handler("image", _CODE, "handlers.image.start_process_function", None, "queue", {"DISPATCH": "queue"}),
    Handler("image", _CODE, "handlers.image.display_image", None, "endpoint"),
    Handler("image", _CODE, "handlers.image.display_image", None, "asynchronous", _ASYNCHRONOUS),
    Handler("image", _CODE, "handlers.image.display_image", None, "Bedrock", _BEDROCK_IMAGE),
    Handler("image", _CODE, "handlers.jobs.mark_job_failed"),
    Handler("text", _RESOURCES, "handlers.custom_resources.site_publisher"),
    Handler("text", _RESOURCES, "handlers.custom_resources.model_janitor"),
    Handler("text", _RESOURCES, "handlers.custom_resources.bucket_cleaner"),
)
_MEASURE = """
import sys, time
sys.path[:0] = sys.argv[2:]
started = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - started)
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure every handler of both stacks, with each way to the model."""
    python = lambda_python()
    with TemporaryDirectory() as name:
        folder = Path(name)
        runtime = make_runtime(python, folder / "runtime")
        tasks = _unpack(folder)
        if version_of(python) != "3.13":
            replace_pillow(tasks["image", "LambdaS3Key"])
        reference = partial(_seconds, python, "boto3", [runtime], HANDLER_ENVIRONMENT)
        for handler in HANDLERS:
            search_path = [tasks[handler.stack, handler.parameter], runtime]
            ours = {handler.name: partial(_seconds, python, handler.module, search_path, handler.variables)}
            yield Figure(
                name=f"cold start {handler.name}",
                against=f"import boto3 (Python {version_of(python)})",
                pairs=alternate(ours, reference, 3 if quick else 9)[handler.name],
                goal=handler.goal,
            )


def _seconds(python: Path, module: str, search_path: list[Path], environment: Mapping[str, str]) -> float:
    command = [str(python), "-I", "-B", "-c", _MEASURE, module, *map(str, search_path)]
    return float(output_of(command, environment=environment))


def _unpack(folder: Path) -> dict[tuple[str, str], Path]:
    """Build the artifacts from the tree as it is now, and return where each one is unpacked."""
    built = folder / "build"
    output_of([sys.executable, "-m", "genai_templates", "build", "--no-lint", "--output", built])
    tasks = {}
    for stack, entry in json.loads((built / "manifest.json").read_text("utf-8"))["stacks"].items():
        for artifact in entry["artifacts"]:
            task = folder / stack / artifact["parameter"]
            with zipfile.ZipFile(built / artifact["path"]) as archive:
                archive.extractall(task)
            tasks[stack, artifact["parameter"]] = task
    shutil.rmtree(built)
    return tasks

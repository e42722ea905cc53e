"""Cold starts: importing a handler from its real artifact, against ``import boto3``, in fresh processes.

Time starts when the interpreter is up and ends when the handler could be called. As in Lambda, boto3 has bytecode
and what is unpacked from the artifact has none, and none is written.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from .figures import Figure
from .lambda_python import lambda_python, make_runtime, replace_pillow, version_of
from .measuring import HANDLER_ENVIRONMENT, alternate, output_of

# Stack, the artifact's parameter, module, goal.
_HANDLERS: tuple[tuple[str, str, str, float | None], ...] = (
    ("text", "LambdaS3Key", "handlers.text.summarize", 1.3),
    ("image", "LambdaS3Key", "handlers.image.endpoint_call_function", 1.8),
    ("image", "LambdaS3Key", "handlers.image.start_process_function", None),
    ("image", "LambdaS3Key", "handlers.image.display_image", None),
    ("image", "LambdaS3Key", "handlers.jobs.mark_job_failed", None),
    ("text", "CustomResourcesS3Key", "handlers.custom_resources.site_publisher", None),
    ("text", "CustomResourcesS3Key", "handlers.custom_resources.model_janitor", None),
    ("text", "CustomResourcesS3Key", "handlers.custom_resources.bucket_cleaner", None),
)
_CODECS = {"text": "tgi", "image": "stable-diffusion"}
_MEASURE = """
import sys, time
sys.path[:0] = sys.argv[2:]
started = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - started)
"""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure every handler of both stacks."""
    python = lambda_python()
    with TemporaryDirectory() as name:
        folder = Path(name)
        runtime = make_runtime(python, folder / "runtime")
        tasks = _unpack(folder)
        if version_of(python) != "3.13":
            replace_pillow(tasks["image", "LambdaS3Key"])
        reference = partial(_seconds, python, "boto3", [runtime], "")
        for stack, parameter, module, goal in _HANDLERS:
            search_path = [tasks[stack, parameter], runtime]
            ours = {module: partial(_seconds, python, module, search_path, _CODECS[stack])}
            yield Figure(
                name=f"cold start {module.removeprefix('handlers.')}",
                against=f"import boto3 (Python {version_of(python)})",
                pairs=alternate(ours, reference, 3 if quick else 9)[module],
                goal=goal,
            )


def _seconds(python: Path, module: str, search_path: list[Path], codec: str) -> float:
    command = [str(python), "-I", "-B", "-c", _MEASURE, module, *map(str, search_path)]
    environment = HANDLER_ENVIRONMENT | {"PAYLOAD_CODEC": codec}
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

"""The notebook that a person opens in JupyterLab to see how the deployment goes, and to try the model."""

from __future__ import annotations

import json

_INTRODUCTION = """\
# Deployment of the model
Run the cells again to see the latest state: PREPARING, DEPLOYING, IN_SERVICE or FAILED."""

_STATUS = """\
import json, pathlib
folder = pathlib.Path.home() / "SageMaker" / "deployment"
status = json.loads((folder / "deployment_status.json").read_text())
status"""

_LOG = """\
print("\\n".join((folder / "deployment.log").read_text().splitlines()[-40:]))"""

_TEST_CALL = """\
import base64, boto3
body = @body@
response = boto3.client("sagemaker-runtime", region_name=status["region"]).invoke_endpoint(
    EndpointName=status["endpoint_name"],
    ContentType="application/json",
    Accept="@accept@",
    Body=json.dumps(body),
)
response = json.load(response["Body"])
@show@"""

_SHOW_IMAGE = """\
from IPython.display import Image, display
display(Image(base64.b64decode(response["generated_images"][0])))"""

# The body of the call, by the wire format.
_TEXT_BODIES = {
    "tgi": '{"inputs": "Tell a joke.", "parameters": {"max_new_tokens": 64}}',
    "lmi": '{"inputs": "Tell a joke.", "parameters": {"max_new_tokens": 64}}',
    "mistral": '{"inputs": "[INST] Tell a joke. [/INST]", "parameters": {"max_new_tokens": 64}}',
    "llama-3": '{"inputs": "Tell a joke.", "parameters": {"max_new_tokens": 64}}',
    "chat-completions": '{"messages": [{"role": "user", "content": "Tell a joke."}], "max_tokens": 64}',
    "qwen-3": '{"messages": [{"role": "user", "content": "Tell a joke. /no_think"}], "max_tokens": 64}',
}
_IMAGE_BODIES = {
    "stable-diffusion": '{"prompt": "a lighthouse at dawn"}',
    "flux-schnell": '{"prompt": "a lighthouse at dawn", "num_inference_steps": 4, "guidance_scale": 0.0}',
}

_AGAIN = """\
After a failure, deploy again from a terminal: `cd ~/SageMaker && python3 -m deployment.supervise`"""


def status_notebook(codec: str) -> str:
    """Return the notebook as JSON (nbformat 4.4, without outputs), for an endpoint of this wire format."""
    cells = [_text(_INTRODUCTION), _code(_STATUS), _code(_LOG), _code(_test_call(codec)), _text(_AGAIN)]
    kernel = {"display_name": "conda_python3", "language": "python", "name": "conda_python3"}
    document = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document, indent=1) + "\n"


def _test_call(codec: str) -> str:
    if codec in _TEXT_BODIES:
        filled = {"@body@": _TEXT_BODIES[codec], "@accept@": "application/json", "@show@": "response"}
    else:
        filled = {"@body@": _IMAGE_BODIES[codec], "@accept@": "application/json;jpeg", "@show@": _SHOW_IMAGE}
    call = _TEST_CALL
    for mark, code in filled.items():
        call = call.replace(mark, code)
    return call


def _text(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }

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
image = "txt2img" in status["model_id"]
body = {"prompt": "a lighthouse at dawn"} if image else {"inputs": "Tell a joke.", "parameters": {"max_new_tokens": 64}}
answer = boto3.client("sagemaker-runtime", region_name=status["region"]).invoke_endpoint(
    EndpointName=status["endpoint_name"],
    ContentType="application/json",
    Accept="application/json;jpeg" if image else "application/json",
    Body=json.dumps(body),
)
answer = json.load(answer["Body"])
if image:
    from IPython.display import Image, display
    display(Image(base64.b64decode(answer["generated_images"][0])))
else:
    print(answer)"""

_AGAIN = """\
After a failure, deploy again from a terminal: `cd ~/SageMaker && python3 -m deployment.supervise`"""


def status_notebook() -> str:
    """Return the notebook as JSON (nbformat 4.4, without outputs)."""
    cells = [_text(_INTRODUCTION), _code(_STATUS), _code(_LOG), _code(_TEST_CALL), _text(_AGAIN)]
    kernel = {"display_name": "conda_python3", "language": "python", "name": "conda_python3"}
    document = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document, indent=1) + "\n"


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

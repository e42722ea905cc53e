"""A stack moves from one kind of hosting to another by an update: page, API and jobs stay, and no model is left over.

The tests follow one stack of each application: each begins with what the one before it left.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genai_templates import Hosting
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.stacks import artifact_keys

WAY = (Hosting.NATIVE, Hosting.SCALE_TO_ZERO, Hosting.BEDROCK, Hosting.NOTEBOOK)


def endpoints(stack: EmulatedStack) -> set[str]:
    """Return the endpoints of the account that are the stack's, by the part of its id that no other has."""
    guid = stack.stack_id.rpartition("/")[2]
    listed = stack.client("sagemaker").list_endpoints()["Endpoints"]
    return {each["EndpointName"] for each in listed if guid in each["EndpointName"]}


def use(app: str, stack: EmulatedStack) -> None:
    """Use the application as a person would."""
    if app == "text":
        assert stack.call("POST", "/generate", {"prompt": "Hello"}).json()["generated_text"]
    else:
        assert made(stack, PROMPT)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("app", APPS)
def test_a_stack_moves_from_one_kind_of_hosting_to_another(app: str, make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack(app, Hosting.NOTEBOOK)
    stack.parameters |= artifact_keys(stack)
    stack.create()
    kept = {name: stack.outputs[name] for name in ("ApplicationUrl", "ApiGatewayUrl", "SiteBucketName")}
    for hosting in WAY:
        stack.update(APPS[app].load_stack()(hosting=hosting).to_json())
        use(app, stack)
        assert {name: stack.outputs[name] for name in kept} == kept
        assert endpoints(stack) == {stack.outputs[name] for name in ("EndpointName",) if name in stack.outputs}
    stack.delete()
    assert endpoints(stack) == set()

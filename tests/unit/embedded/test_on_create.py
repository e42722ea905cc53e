from __future__ import annotations

import ast
import base64
import bz2
import json
import re
import subprocess

import hypothesis.strategies as st
import pytest
from hypothesis import given

from genai_templates.catalog import models
from genai_templates.embedded import read
from genai_templates.embedded.deployment_record import Settings
from genai_templates.embedded.on_create import escape_sub, on_create_script, render_sub, rendered_size
from genai_templates.errors import InvalidOption
from genai_templates.limits import ENDPOINT_NAME, LIFECYCLE_SCRIPT

_LONGEST_MODEL_ID = max(models(), key=len)
SETTINGS: dict[str, object] = {
    "model_id": _LONGEST_MODEL_ID,
    "model_version": "10.10.10",
    "endpoint_name": "${EndpointName}",
    "instance_types": ["${InstanceType0}", "${InstanceType1}", "${InstanceType2}"],
    "role_arn": "${RoleArn}",
    "environment": {"MMS_MAX_RESPONSE_SIZE": "20000000", "TS_DEFAULT_RESPONSE_TIMEOUT": "3600"},
    "wait_url": "${WaitUrl}",
    "region": "${AWS::Region}",
    "stop_notebook": "${StopNotebook}",
    "tags": [{"Key": "genai-templates:stack", "Value": "${AWS::StackName}"}],
    "timeout": "${ModelTimeout}",
    "accept_eula": "false",
}
LONGEST_VALUES = {
    "EndpointName": "e" * ENDPOINT_NAME.value,
    "InstanceType0": "ml.p4de.24xlarge",
    "InstanceType1": "ml.g4dn.16xlarge",
    "InstanceType2": "ml.g4dn.12xlarge",
    "RoleArn": "arn:aws-us-gov:iam::123456789012:role/" + "r" * 64,
    "WaitUrl": "https://cloudformation-waitcondition-ap-southeast-1.s3.amazonaws.com/" + "u" * 931,
    "AWS::Region": "ap-southeast-1",
    "AWS::StackName": "s" * 128,
    "StopNotebook": "false",
    "ModelTimeout": "43200",
}


def _between(text: str, word: str) -> str:
    found = re.search(rf"<<'{word}'\n(.*?)\n{word}\n", text, re.S)
    assert found
    return found[1]


def _files(script: str) -> dict[str, str]:
    return dict(json.loads(bz2.decompress(base64.b85decode(_between(script, "FILES").replace(",", "$")))))


def test_the_script_with_the_longest_values_is_allowed_as_a_lifecycle_script() -> None:
    assert rendered_size(on_create_script(SETTINGS, codec="tgi"), LONGEST_VALUES) <= LIFECYCLE_SCRIPT.value


def test_there_is_room_for_as_many_subnets_and_groups_as_sagemaker_takes() -> None:
    settings = {**SETTINGS, "subnets": "${Subnets}", "security_groups": "${SecurityGroups}"}
    places = {"Subnets": ",".join(["subnet-" + "f" * 17] * 16), "SecurityGroups": ",".join(["sg-" + "f" * 17] * 5)}
    script = on_create_script(settings, codec="stable-diffusion")
    assert rendered_size(script, LONGEST_VALUES | places) <= LIFECYCLE_SCRIPT.value
    for name, text in _files(script).items():
        if name.endswith(".py"):
            assert ast.dump(_bare(text)) == ast.dump(_bare(read(name)))


def _bare(source: str) -> ast.Module:
    """Return a module without its docstrings."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    return module


def test_settings_too_long_for_a_lifecycle_script_are_refused_when_the_stack_is_made() -> None:
    with pytest.raises(InvalidOption, match=r"16384 are allowed.*environment"):
        on_create_script({**SETTINGS, "environment": {"LONG": "x" * 2_000}}, codec="tgi")


def test_the_script_is_ascii_with_line_feeds_alone() -> None:
    script = on_create_script({**SETTINGS, "tags": [{"Key": "Größe", "Value": "日本"}]}, codec="tgi")
    assert script.isascii()
    assert "\r" not in script
    assert script.startswith("#!/bin/bash\n")


def test_the_script_is_the_same_every_time() -> None:
    assert on_create_script(SETTINGS, codec="tgi") == on_create_script(dict(reversed(SETTINGS.items())), codec="tgi")


def test_only_the_settings_have_placeholders_for_the_template() -> None:
    script = on_create_script(SETTINGS, codec="tgi")
    assert set(re.findall(r"\$\{([^!}][^}]*)\}", script)) == set(LONGEST_VALUES)


def test_the_settings_arrive_render_sub() -> None:
    rendered = render_sub(on_create_script(SETTINGS, codec="tgi"), LONGEST_VALUES)
    settings = Settings(**json.loads(_between(rendered, "SETTINGS")))
    assert settings.endpoint_name == LONGEST_VALUES["EndpointName"]
    assert settings.instance_types == ["ml.p4de.24xlarge", "ml.g4dn.16xlarge", "ml.g4dn.12xlarge"]
    assert settings.wait_url == LONGEST_VALUES["WaitUrl"]
    assert settings.model_id == _LONGEST_MODEL_ID


def test_the_shell_script_comes_through_the_substitution_as_it_is() -> None:
    rendered = render_sub(on_create_script(SETTINGS, codec="tgi"), LONGEST_VALUES)
    for word, marker in (("SETTINGS", "@settings@"), ("FILES", "@files@")):
        rendered = rendered.replace(_between(rendered, word), marker)
    assert rendered == read("on_create.sh")


@given(st.text(alphabet="${}!a:", max_size=30))
def test_escape_sub_text_comes_through_the_substitution_as_it_is(text: str) -> None:
    assert render_sub(escape_sub(text), {"a": "replaced", "!a": "replaced"}) == text


def test_the_script_carries_the_files_as_they_are() -> None:
    files = _files(on_create_script(SETTINGS, codec="tgi"))
    assert set(files) == {
        "deployment_record.py",
        "deployment_log.py",
        "supervise.py",
        "deploy_model.py",
        "requirements.txt",
        "deployment_status.ipynb",
    }
    assert files["supervise.py"] == read("supervise.py")


@pytest.mark.parametrize("name", ["deployment_record.py", "deployment_log.py", "supervise.py", "deploy_model.py"])
def test_what_the_notebook_runs_is_python_that_it_understands(name: str) -> None:
    ast.parse(read(name), name, feature_version=(3, 9))


def test_the_shell_script_is_correct_for_bash() -> None:
    rendered = render_sub(on_create_script(SETTINGS, codec="tgi"), LONGEST_VALUES)
    subprocess.run(["bash", "-n"], input=rendered, text=True, check=True)

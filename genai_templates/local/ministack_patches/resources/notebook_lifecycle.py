"""AWS::SageMaker::NotebookInstanceLifecycleConfig, which ministack lacks.

docs/upstream/ministack/sagemaker-notebook.md
"""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Any

from ..sagemaker import call

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
_MAX_CONTENT = 16_384  # characters, base64 included (SageMaker API reference, NotebookInstanceLifecycleHook)
_NAME = "NotebookInstanceLifecycleConfigName"


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props.get(_NAME) or f"{logical_id}-{uuid.uuid4().hex[:12]}"
    call("CreateNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName=name, **_scripts(props))
    return name, {_NAME: name}


def _scripts(props: Properties) -> Properties:
    scripts: Properties = {kind: props[kind] for kind in ("OnCreate", "OnStart") if kind in props}
    for kind, hooks in scripts.items():
        for hook in hooks:
            _check_script(kind, hook["Content"])
    return scripts


def _check_script(kind: str, content: str) -> None:
    if len(content) > _MAX_CONTENT:
        raise ValueError(f"{kind} script has {len(content)} characters of base64; SageMaker takes {_MAX_CONTENT}")
    try:
        script = base64.b64decode(content, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{kind} script is not text in base64: {error}") from None
    if not script.startswith("#!") or "\r" in script:
        raise ValueError(f"{kind} script must begin with #! and have Unix line ends")


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    scripts = _scripts(new)
    call("DeleteNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName=physical_id)
    call("CreateNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName=physical_id, **scripts)
    return physical_id, {_NAME: physical_id}


def _delete(physical_id: str, props: Properties) -> None:
    call("DeleteNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName=physical_id)


HANDLERS = {"create": _create, "update": _update, "delete": _delete}

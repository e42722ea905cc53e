"""AWS::Bedrock::Guardrail and AWS::Bedrock::GuardrailVersion, which ministack lacks.

docs/upstream/ministack/bedrock-guardrails.md
"""

from __future__ import annotations

from typing import Any

from .. import guardrails
from ..api_parameters import api_parameters

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE, VERSION_TYPE = "AWS::Bedrock::Guardrail", "AWS::Bedrock::GuardrailVersion"


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    return _attributes(guardrails.create(_parameters("CreateGuardrail", props)))


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    tagless = {name: value for name, value in new.items() if name != "Tags"}
    parameters = _parameters("UpdateGuardrail", {**tagless, "GuardrailIdentifier": physical_id})
    return _attributes(guardrails.update(parameters.pop("guardrailIdentifier"), parameters))


def _delete(physical_id: str, props: Properties) -> None:
    guardrails.delete(physical_id)


def _attributes(made: guardrails.Guardrail) -> Created:
    found = {"GuardrailArn": made.arn, "GuardrailId": made.guardrail_id, "Version": "DRAFT", "Status": "READY"}
    return made.arn, found


def _parameters(operation: str, props: Properties) -> Properties:
    named = {("KmsKeyId" if name == "KmsKeyArn" else name): value for name, value in props.items()}
    return api_parameters("bedrock", operation, _in_camel_case(named))


def _in_camel_case(value: Any) -> Any:
    """Return properties by the names that the API has for them."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _in_camel_case(each) for name, each in value.items()}
    return [_in_camel_case(each) for each in value] if isinstance(value, list) else value


def _create_version(logical_id: str, props: Properties, stack_name: str) -> Created:
    known = guardrails.find(props["GuardrailIdentifier"])
    version = guardrails.create_version(known.guardrail_id)
    return f"{known.guardrail_id}|{version}", {
        "Version": version,
        "GuardrailId": known.guardrail_id,
        "GuardrailArn": known.arn,
    }


def _update_version(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    """Make another version: whatever is changed of one replaces it."""
    return _create_version("", new, stack_name)


def _delete_version(physical_id: str, props: Properties) -> None:
    guardrails.delete(*physical_id.split("|"))


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
VERSION_HANDLERS = {"create": _create_version, "update": _update_version, "delete": _delete_version}

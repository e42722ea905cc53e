"""Guardrails of Amazon Bedrock: made, versioned and deleted as the service does it, and applied to texts.

docs/upstream/ministack/bedrock-guardrails.md
Requests are checked by botocore's model, and for what the documentation says besides: a policy at least, no strength of
PROMPT_ATTACK for outputs, names that no other guardrail has, a version that stays as it was made. Texts are judged by
``guardrail_verdicts``; more than 25 text units in one request are throttled, as people report it of the service.
"""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region

from ..inference.request_model import problems_of_request
from ..invoke_bedrock import bedrock_error, bedrock_response
from ..invoke_endpoint import HttpResponse
from .guardrail_verdicts import judge, text_units

Document = dict[str, Any]
_RUNTIME = "bedrock-runtime"
_GUARDRAIL = re.compile(r"/guardrails(?:/([^/]+))?")
_APPLY = re.compile(r"/guardrail/([^/]+)/version/([^/]+)/apply")
_NAME = re.compile(r"[0-9a-zA-Z_-]{1,50}")
_MOST_UNITS = 25
_MOST_VERSIONS = 20
_POLICIES = ("contentPolicy", "topicPolicy", "wordPolicy", "sensitiveInformationPolicy", "contextualGroundingPolicy")
_MESSAGES = {"INPUT": "blockedInputMessaging", "OUTPUT": "blockedOutputsMessaging"}


class GuardrailRefused(ValueError):
    """The service did not accept a request: the code of its error, and the message."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code."""
        super().__init__(message)
        self.code = code


@dataclass
class Guardrail:
    """A guardrail: its draft, which is what it was last updated to, and the versions that were made of it."""

    guardrail_id: str
    arn: str
    draft: Document
    versions: dict[str, Document] = field(default_factory=dict)
    last_version: int = 0


_known: dict[tuple[str, str], dict[str, Guardrail]] = {}


def apply() -> None:
    """Stand before ministack's own guardrails."""
    app.SERVICE_HANDLERS["bedrock"] = _before(app.SERVICE_HANDLERS["bedrock"], _GUARDRAIL, _serve)
    app.SERVICE_HANDLERS[_RUNTIME] = _before(app.SERVICE_HANDLERS[_RUNTIME], _APPLY, _serve_runtime)
    iam_actions.extract_resource_arn = _with_guardrails(iam_actions.extract_resource_arn)


def create(request: Document) -> Guardrail:
    """Make a guardrail of a request's parameters; raises GuardrailRefused."""
    _check(request, "CreateGuardrail")
    guardrail_id = uuid.uuid4().hex[:12]
    arn = f"arn:aws:bedrock:{get_region()}:{get_account_id()}:guardrail/{guardrail_id}"
    made = _here()[guardrail_id] = Guardrail(guardrail_id, arn, copy.deepcopy(request))
    return made


def update(identifier: str, request: Document) -> Guardrail:
    """Change the draft of a guardrail; its versions stay. Raises GuardrailRefused."""
    known = find(identifier)
    _check(request, "UpdateGuardrail", own=known, guardrailIdentifier=identifier)
    known.draft = copy.deepcopy(request)
    return known


def create_version(identifier: str) -> str:
    """Make a version of what the guardrail is now, and return its number; raises GuardrailRefused."""
    known = find(identifier)
    if len(known.versions) >= _MOST_VERSIONS:
        raise GuardrailRefused("ServiceQuotaExceededException", f"A guardrail has {_MOST_VERSIONS} versions at most")
    known.last_version += 1
    known.versions[str(known.last_version)] = copy.deepcopy(known.draft)
    return str(known.last_version)


def delete(identifier: str, version: str = "") -> None:
    """Delete a version, or the guardrail with all of them; raises GuardrailRefused."""
    known = find(identifier)
    if version:
        _version(known, version)
        del known.versions[version]
    else:
        del _here()[known.guardrail_id]


def find(identifier: str) -> Guardrail:
    """Return the guardrail with this id or ARN; raises GuardrailRefused."""
    known = _here().get(identifier.rpartition("/")[2])
    if known is None or identifier not in (known.guardrail_id, known.arn):
        raise GuardrailRefused("ResourceNotFoundException", f"The guardrail {identifier} does not exist.")
    return known


def _here() -> dict[str, Guardrail]:
    return _known.setdefault((get_account_id(), get_region()), {})


def _version(known: Guardrail, version: str) -> Document:
    found = known.draft if version == "DRAFT" else known.versions.get(version)
    if found is None:
        raise GuardrailRefused("ResourceNotFoundException", f"The guardrail has no version {version}.")
    return found


def _check(request: Document, operation: str, *, own: Guardrail | None = None, **named: str) -> None:
    problem = problems_of_request("bedrock", operation, {**named, **request})
    filters = request.get("contentPolicyConfig", {}).get("filtersConfig", [])
    if not problem and not _NAME.fullmatch(request["name"]):
        problem = f"Value '{request['name']}' at 'name' failed to satisfy constraint"
    if not problem and not any(f"{policy}Config" in request for policy in _POLICIES):
        problem = "At least one policy must be configured for a guardrail"
    if any(each.get("type") == "PROMPT_ATTACK" and each.get("outputStrength") != "NONE" for each in filters):
        problem = problem or "The output strength of the filter PROMPT_ATTACK must be NONE"
    if problem:
        raise GuardrailRefused("ValidationException", problem)
    if any(each.draft["name"] == request["name"] for each in _here().values() if each is not own):
        raise GuardrailRefused("ConflictException", f"A guardrail with the name {request['name']} exists already")


def _before(original: Callable[..., Any], path_of_ours: re.Pattern[str], serve: Callable[..., Document]) -> Any:
    async def handle(method: str, path: str, headers: Any, body: bytes, query: Document) -> HttpResponse:
        if (found := path_of_ours.fullmatch(path)) is None:
            other: HttpResponse = await original(method, path, headers, body, query)
            return other
        try:
            response = serve(method, [unquote(each or "") for each in found.groups()], body, query)
        except GuardrailRefused as refusal:
            return bedrock_error(refusal.code, str(refusal))
        return bedrock_response(response)

    return handle


def _serve(method: str, names: list[str], body: bytes, query: Document) -> Document:
    """Serve the control plane: what makes guardrails, and shows one."""
    (identifier,) = names
    if method == "DELETE":
        (version,) = query.get("guardrailVersion", [""])
        delete(identifier, version)
        return {}
    if method == "POST" and identifier:
        return {"guardrailId": find(identifier).guardrail_id, "version": create_version(identifier)}
    if method == "GET" and not identifier:
        return {"guardrails": [_described(each) for each in _here().values()]}
    if method == "GET":
        return _described(find(identifier))
    made = update(identifier, json.loads(body)) if identifier else create(json.loads(body))
    return {name: value for name, value in _described(made).items() if name in _NAMING}


_NAMING = ("guardrailId", "guardrailArn", "version", "createdAt", "updatedAt")
_LONG_AGO = "2026-01-01T00:00:00Z"


def _described(known: Guardrail) -> Document:
    policies = {policy: known.draft.get(f"{policy}Config") for policy in _POLICIES}
    return {
        "guardrailId": known.guardrail_id,
        "guardrailArn": known.arn,
        "id": known.guardrail_id,
        "arn": known.arn,
        "version": "DRAFT",
        "status": "READY",
        "createdAt": _LONG_AGO,
        "updatedAt": _LONG_AGO,
        **{name: known.draft.get(name) for name in ("name", "description", *_MESSAGES.values())},
        **{name: _shown(policy) for name, policy in policies.items() if policy},
    }


def _shown(policy: Document) -> Document:
    """Return a policy as it is shown: what is configured, by other names."""
    return {name.removesuffix("Config"): value for name, value in policy.items()}


def _serve_runtime(method: str, names: list[str], body: bytes, query: Document) -> Document:
    identifier, version = names
    request = json.loads(body)
    given = {"guardrailIdentifier": identifier, "guardrailVersion": version, **request}
    if problem := problems_of_request(_RUNTIME, "ApplyGuardrail", given):
        raise GuardrailRefused("ValidationException", problem)
    rules = _version(find(identifier), version)
    source = request["source"]
    if source not in _MESSAGES:
        raise GuardrailRefused("ValidationException", f"Value '{source}' at 'source' failed to satisfy constraint")
    texts = [each["text"]["text"] for each in request["content"]]
    if not all(texts):
        raise GuardrailRefused("ValidationException", "The text to guard must not be empty")
    if sum(map(text_units, texts)) > _MOST_UNITS:
        raise GuardrailRefused("ThrottlingException", f"A request may have {_MOST_UNITS} text units")
    return judge(rules, source, texts, message=rules[_MESSAGES[source]])


def _with_guardrails(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str
    ) -> str:
        if service == _RUNTIME and (found := _APPLY.fullmatch(path)):
            return f"arn:aws:bedrock:{region}:{account}:guardrail/{unquote(found[1]).rpartition('/')[2]}"
        return extract(service, method, path, headers, body, query, region, account)

    return extract_resource_arn

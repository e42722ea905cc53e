"""A deployment is a snapshot of the API: it is replaced when the API changes, and only then."""

from __future__ import annotations

from troposphere import Template

from genai_templates.components.api import Throttle, add_api
from genai_templates.components.functions import Code, FunctionDefaults, add_function
from genai_templates.components.openapi import Document, text_document
from genai_templates.scope import Scope


def deployment_of(document: Document, *, timeout: int = 29_000, origin: str = "*", rate: int = 1) -> str:
    template = Template()
    scope = Scope(template)
    function = add_function(
        scope,
        "Answer",
        handler="a.b",
        shared=FunctionDefaults(Code("bucket", "key", "x86_64"), log_retention=1),
        description="Answers",
        memory=128,
        timeout=3,
        environment={},
    )
    add_api(
        scope,
        document=document,
        routes={(path, method): function for path, methods in document["paths"].items() for method in methods},
        allowed_origin=origin,
        timeout=timeout,
        throttle=Throttle(rate=rate, burst=1),
        log_retention=1,
        account_condition="Never",
    )
    return next(str(name) for name in template.resources if name.startswith("ApiDeployment"))


def test_an_unchanged_api_keeps_its_deployment() -> None:
    assert deployment_of(text_document()) == deployment_of(text_document())
    assert deployment_of(text_document()) == deployment_of(text_document(), rate=5)


def test_a_changed_route_timeout_or_origin_gives_another_deployment() -> None:
    changed = text_document()
    changed["paths"]["/more"] = changed["paths"]["/status"]
    ids = {
        deployment_of(text_document()),
        deployment_of(changed),
        deployment_of(text_document(), timeout=20_000),
        deployment_of(text_document(), origin="https://example.com"),
    }
    assert len(ids) == 4

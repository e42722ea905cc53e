"""Web ACLs in front of stages of REST APIs and of distributions: ministack stores them and lets everything pass.

docs/upstream/ministack/wafv2-web-acls.md
Each request is evaluated (``web_acl_rules``) before anything else looks at it, measured, and logged (``web_acl_logs``).
A web ACL is checked when it is made or changed (``web_acl_checks``), and cannot be deleted while something has it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from ministack.core.responses import get_region, get_request_client_ip
from ministack.services import apigateway_v1 as gateway
from ministack.services import cloudfront, cloudwatch, waf

from . import web_acl_logs, web_acl_rates
from .web_acl_checks import checked_web_acl
from .web_acl_rules import Verdict, evaluate
from .web_requests import Source, WebRequest, inspected_body

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
_MORE_MEMBERS = ("AssociationConfig", "Capacity", "CustomResponseBodies")
_STAGE = re.compile(r"arn:aws:apigateway:[a-z0-9-]+::/restapis/(?P<api>\w+)/stages/(?P<stage>\w+)")
_CONTENT_TYPES = {
    "APPLICATION_JSON": "application/json",
    "TEXT_HTML": "text/html",
    "TEXT_PLAIN": "text/plain",
}


def apply() -> None:
    """Have ministack evaluate web ACLs, and check them."""
    web_acl_rates.apply()
    gateway._execute_in_scope = _behind_stage_acl(gateway._execute_in_scope)
    cloudfront.handle_viewer_request = _behind_distribution_acl(cloudfront.handle_viewer_request)
    waf.create_web_acl_record = _with_more_members(waf.create_web_acl_record)
    waf._create_web_acl = _checked(waf._create_web_acl)
    waf._delete_web_acl = _refusing_used(waf._delete_web_acl)
    waf._associate_web_acl = _associate_web_acl


def _with_more_members(create: Callable[..., Any]) -> Callable[..., Any]:
    def create_record(name: str, scope: str, properties: Document) -> Any:
        uid, arn, record = create(name, scope, properties)
        keep_members(record, properties)
        return uid, arn, record

    return create_record


def keep_members(record: Document, properties: Mapping[str, Any]) -> None:
    """Store what ministack's records of web ACLs leave out."""
    for name in _MORE_MEMBERS:
        record.pop(name, None)
        if name in properties:
            record[name] = properties[name]


def _checked(create: Callable[[Document], Any]) -> Callable[[Document], Any]:
    def create_checked(data: Document) -> Any:
        try:
            return create({**checked_web_acl(_decoded(data), operation="CreateWebACL"), "Tags": data.get("Tags", [])})
        except ValueError as error:
            return waf._waf_err("WAFInvalidParameterException", str(error))

    return create_checked


def _decoded(node: Any) -> Any:
    """Return the document with its search strings, which the wire's are base64 of."""
    if isinstance(node, Mapping):
        return {
            key: base64.b64decode(value).decode() if key == "SearchString" else _decoded(value)
            for key, value in node.items()
        }
    return [_decoded(each) for each in node] if isinstance(node, list) else node


def _refusing_used(delete: Callable[[Document], Any]) -> Callable[[Document], Any]:
    def delete_unused(data: Document) -> Any:
        acl = waf.web_acl_record(data.get("Id", ""), data.get("Scope", "REGIONAL"))
        if acl and (user := user_of(acl["ARN"])):
            return waf._waf_err("WAFAssociatedItemException", f"The web ACL is used by {user}.")
        return delete(data)

    return delete_unused


def user_of(arn: str) -> str:
    """Return what has this web ACL, or nothing."""
    stages = (resource for resource, acl in waf._associations.items() if acl == arn)
    distributions = (each["ARN"] for each in cloudfront._distributions.values() if acl_of_distribution(each) == arn)
    return next(stages, "") or next(distributions, "")


def acl_of_distribution(distribution: Document) -> str:
    """Return the ARN of a distribution's web ACL, or nothing."""
    return str(cloudfront._text(cloudfront._dist_config_el(distribution), "WebACLId") or "")


def find_acl(arn: str, scope: str) -> Document | None:
    """Return a web ACL of this scope."""
    found = (each for _, each in waf._web_acls.all_items() if each["ARN"] == arn and each["Scope"] == scope)
    return next(found, None)


def associate(resource: str, acl: str) -> None:
    """Put a web ACL before a stage, in the place of another one; raises ValueError unless both are there."""
    stage = _STAGE.fullmatch(resource)
    if stage is None or stage["stage"] not in gateway._stages_v1.get(stage["api"], {}):
        raise ValueError(
            "WAFNonexistentItemException: AWS WAF couldn't perform the operation because your resource doesn't exist."
        )
    if find_acl(acl, "REGIONAL") is None:
        raise ValueError(f"WAFNonexistentItemException: there is no regional web ACL {acl}")
    waf._associations[resource] = acl


def _associate_web_acl(data: Document) -> Any:
    try:
        associate(data.get("ResourceArn", ""), data.get("WebACLArn", ""))
    except ValueError as error:
        code, _, message = str(error).partition(": ")
        return waf._waf_err(code, message)
    return waf.json_response({})


def _behind_stage_acl(execute: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def execute_behind_acl(
        request: Document,
        api: str,
        stage: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query: Any,
        *more: Any,
    ) -> Any:
        arn = waf._associations.get(f"arn:aws:apigateway:{get_region()}::/restapis/{api}/stages/{stage}")
        acl = find_acl(arn, "REGIONAL") if arn else None
        if acl is not None:
            source = Source("APIGW", "API_GATEWAY", f"{api}:{stage}")
            own = {**headers, "host": _own_host(headers, api)}
            verdict = _inspect(acl, source, method, f"/{stage}{path}", urlencode(query, doseq=True), own, body)
            if verdict.is_blocked:
                request["stage"] = gateway._stages_v1[api][stage]
                return _custom_response(acl, verdict) or gateway._gw_error("WAF_FILTERED", "Forbidden")
        return await execute(request, api, stage, method, path, headers, body, query, *more)

    return execute_behind_acl


def _own_host(headers: Mapping[str, str], api: str) -> str:
    """Return the host that a request names, where it is not this machine, which stands for every host of AWS."""
    host = headers.get("host", "")
    return f"{api}.execute-api.{get_region()}.amazonaws.com" if host.split(":")[0] in ("", "127.0.0.1") else host


def _behind_distribution_acl(handle: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    async def handle_behind_acl(
        distribution: Document, method: str, path: str, uri: str, query: str, headers: Any, body: bytes, *more: Any
    ) -> Response:
        arn = acl_of_distribution(distribution)
        acl = find_acl(arn, "CLOUDFRONT") if arn else None
        if acl is not None:
            source = Source("CF", "CLOUDFRONT", distribution["Id"])
            verdict = _inspect(acl, source, method, uri, query, headers, body)
            if verdict.is_blocked:
                page = cloudfront._cf_error_response(403, "Request blocked.", "Error from cloudfront")
                return _custom_response(acl, verdict) or page
        return await handle(distribution, method, path, uri, query, headers, body, *more)

    return handle_behind_acl


def _inspect(
    acl: Document, source: Source, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> Verdict:
    request = WebRequest(
        source=source,
        client_ip=get_request_client_ip(),
        method=method,
        path=path,
        query=query,
        headers={name.lower(): value for name, value in headers.items()},
        body=inspected_body(acl, source, body or b""),
        body_size=len(body or b""),
    )
    verdict = evaluate(acl, request)
    _measure(acl, verdict)
    web_acl_logs.write(acl, request, verdict)
    return verdict


def _measure(acl: Document, verdict: Verdict) -> None:
    """Count the request for the web ACL and for the rules; CloudFront's metrics have no region."""
    region = {} if acl["Scope"] == "CLOUDFRONT" else {"Region": get_region()}
    names = {rule["Name"]: rule["VisibilityConfig"]["MetricName"] for rule in acl["Rules"]}
    metric = "BlockedRequests" if verdict.is_blocked else "AllowedRequests"
    found = [(metric, "ALL"), (metric, names.get(verdict.rule, "Default_Action"))]
    found += [("CountedRequests", names[rule]) for rule, _ in verdict.counted]
    for name, rule in found:
        dimensions = {"WebACL": acl["VisibilityConfig"]["MetricName"], "Rule": rule, **region}
        cloudwatch.record_metric("AWS/WAFV2", name, 1, dimensions=dimensions)


def _custom_response(acl: Document, verdict: Verdict) -> Response | None:
    if not verdict.response:
        return None
    headers = {each["Name"]: each["Value"] for each in verdict.response.get("ResponseHeaders", ())}
    key = verdict.response.get("CustomResponseBodyKey")
    content = acl["CustomResponseBodies"][key] if key else {"Content": "", "ContentType": "TEXT_PLAIN"}
    kind = {"Content-Type": _CONTENT_TYPES[content["ContentType"]]}
    return int(verdict.response["ResponseCode"]), {**headers, **kind}, content["Content"].encode()

"""AWS's managed rule groups of WAF as far as they are documented: sizes exactly, patterns by the published examples.

AWS keeps its patterns to itself; where the guide gives an example, requests like it match here, and others do not.
(WAF developer guide, aws-managed-rule-groups-baseline.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .web_requests import WebRequest

Predicate = Callable[[WebRequest], bool]
_CORE, _INPUTS = "awswaf:managed:aws:core-rule-set:", "awswaf:managed:aws:known-bad-inputs:"


class ManagedRule(NamedTuple):
    """A rule of a group; each blocks by default."""

    name: str
    label: str
    matches: Predicate


class RuleGroup(NamedTuple):
    """A group and what it takes of a web ACL's capacity."""

    capacity: int
    rules: tuple[ManagedRule, ...]


_PARTS: dict[str, Callable[[WebRequest], str]] = {
    "Body": lambda request: request.body.decode("utf-8", "replace"),
    "Cookie": lambda request: request.headers.get("cookie", ""),
    "Header": lambda request: "\n".join(f"{name}: {value}" for name, value in request.headers.items()),
    "QueryArguments": lambda request: request.arguments,
    "QueryString": lambda request: request.arguments,
    "URIPath": lambda request: request.path,
}
# How the same parts are written at the end of a rule's name.
_ENDINGS = {name: name.upper() for name in _PARTS}

_METADATA = r"169\.254\.169\.254"
_LOCAL_FILE = r"\.\./\.\./"
_REMOTE_FILE = r"\b(?:https?|ftps?|file)://\d{1,3}(?:\.\d{1,3}){3}"
_SCRIPT = r"<script\b|<iframe\b|javascript:|<[^>]*\son\w+\s*="
_EXTENSIONS = r"\.(?:log|ini)$"
_DESERIALIZATION = r"java\.lang\.Runtime|getRuntime\(\)\.exec"
_LOG4J = r"\$\{jndi:(?:ldaps?|rmi|dns)://"
_REACT = r"\$\d+:(?:__proto__|constructor):"
_BAD_BOTS = r"nessus|nmap"


def _contains(part: str, pattern: str) -> Predicate:
    expression, read = re.compile(pattern, re.IGNORECASE), _PARTS[part]
    return lambda request: expression.search(read(request)) is not None


def _pattern_rules(namespace: str, name: str, pattern: str, *parts: str) -> Iterator[ManagedRule]:
    for part in parts:
        yield ManagedRule(f"{name}_{_ENDINGS[part]}", f"{namespace}{name}_{part}", _contains(part, pattern))


def _core_rules() -> Iterator[ManagedRule]:
    yield ManagedRule("NoUserAgent_HEADER", f"{_CORE}NoUserAgent_Header", lambda request: not _agent(request))
    yield ManagedRule(
        "UserAgent_BadBots_HEADER",
        f"{_CORE}BadBots_Header",
        lambda request: re.search(_BAD_BOTS, _agent(request), re.IGNORECASE) is not None,
    )
    yield from _size_rules()
    yield from _pattern_rules(_CORE, "EC2MetaDataSSRF", _METADATA, "Body", "Cookie", "URIPath", "QueryArguments")
    yield from _pattern_rules(_CORE, "GenericLFI", _LOCAL_FILE, "QueryArguments", "URIPath", "Body")
    yield from _pattern_rules(_CORE, "RestrictedExtensions", _EXTENSIONS, "URIPath", "QueryArguments")
    yield from _pattern_rules(_CORE, "GenericRFI", _REMOTE_FILE, "QueryArguments", "Body", "URIPath")
    yield from _pattern_rules(_CORE, "CrossSiteScripting", _SCRIPT, "Cookie", "QueryArguments", "Body", "URIPath")


def _size_rules() -> Iterator[ManagedRule]:
    """Yield the rules on sizes, in bytes."""
    sizes: tuple[tuple[str, str, Callable[[WebRequest], int], int], ...] = (
        ("QUERYSTRING", "QueryString", lambda request: len(request.query.encode()), 2048),
        ("Cookie_HEADER", "Cookie_Header", lambda request: len(request.headers.get("cookie", "").encode()), 10_240),
        ("BODY", "Body", lambda request: request.body_size, 8192),
        ("URIPATH", "URIPath", lambda request: len(request.path.encode()), 1024),
    )
    for ending, part, size, most in sizes:
        yield ManagedRule(
            f"SizeRestrictions_{ending}",
            f"{_CORE}SizeRestrictions_{part}",
            lambda request, size=size, most=most: size(request) > most,  # type: ignore[misc]
        )


def _input_rules() -> Iterator[ManagedRule]:
    yield from _pattern_rules(
        _INPUTS, "JavaDeserializationRCE", _DESERIALIZATION, "Header", "Body", "URIPath", "QueryString"
    )
    yield ManagedRule(
        "Host_localhost_HEADER",
        f"{_INPUTS}Host_Localhost_Header",
        lambda request: "localhost" in request.headers.get("host", ""),
    )
    yield ManagedRule("PROPFIND_METHOD", f"{_INPUTS}Propfind_Method", lambda request: request.method == "PROPFIND")
    yield from _pattern_rules(_INPUTS, "ExploitablePaths", "web-inf", "URIPath")
    yield from _pattern_rules(_INPUTS, "Log4JRCE", _LOG4J, "Header", "QueryString", "Body", "URIPath")
    yield from _pattern_rules(_INPUTS, "ReactJSRCE", _REACT, "Body")


def _agent(request: WebRequest) -> str:
    return request.headers.get("user-agent", "")


RULE_GROUPS = {
    "AWSManagedRulesCommonRuleSet": RuleGroup(700, tuple(_core_rules())),
    "AWSManagedRulesKnownBadInputsRuleSet": RuleGroup(200, tuple(_input_rules())),
}
"""The groups that the emulator plays, by their names."""

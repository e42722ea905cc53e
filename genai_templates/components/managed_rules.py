"""AWS's managed rule groups of WAF: the rules that look at bodies, the others, and the labels that they add.

The names are those of the current static versions (WAF developer guide, aws-managed-rule-groups-baseline). A rule that
AWS adds to a group works as AWS made it.
"""

from __future__ import annotations

from typing import NamedTuple


class ManagedGroup(NamedTuple):
    """A group with its capacity, its labels' namespace and its rules: those on bodies, and the others."""

    name: str
    capacity: int
    namespace: str
    body_rules: tuple[str, ...]
    other_rules: tuple[str, ...]

    @property
    def body_labels(self) -> tuple[str, ...]:
        """The labels of the rules that look at bodies."""
        return tuple(f"{self.namespace}{rule.removesuffix('_BODY')}_Body" for rule in self.body_rules)


COMMON_RULES = ManagedGroup(
    "AWSManagedRulesCommonRuleSet",
    700,
    "awswaf:managed:aws:core-rule-set:",
    (
        "SizeRestrictions_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "CrossSiteScripting_BODY",
    ),
    (
        "NoUserAgent_HEADER",
        "UserAgent_BadBots_HEADER",
        "SizeRestrictions_QUERYSTRING",
        "SizeRestrictions_Cookie_HEADER",
        "SizeRestrictions_URIPATH",
        "EC2MetaDataSSRF_COOKIE",
        "EC2MetaDataSSRF_URIPATH",
        "EC2MetaDataSSRF_QUERYARGUMENTS",
        "GenericLFI_QUERYARGUMENTS",
        "GenericLFI_URIPATH",
        "RestrictedExtensions_URIPATH",
        "RestrictedExtensions_QUERYARGUMENTS",
        "GenericRFI_QUERYARGUMENTS",
        "GenericRFI_URIPATH",
        "CrossSiteScripting_COOKIE",
        "CrossSiteScripting_QUERYARGUMENTS",
        "CrossSiteScripting_URIPATH",
    ),
)
KNOWN_BAD_INPUTS = ManagedGroup(
    "AWSManagedRulesKnownBadInputsRuleSet",
    200,
    "awswaf:managed:aws:known-bad-inputs:",
    ("JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"),
    (
        "JavaDeserializationRCE_HEADER",
        "JavaDeserializationRCE_URIPATH",
        "JavaDeserializationRCE_QUERYSTRING",
        "Host_localhost_HEADER",
        "PROPFIND_METHOD",
        "ExploitablePaths_URIPATH",
        "Log4JRCE_HEADER",
        "Log4JRCE_QUERYSTRING",
        "Log4JRCE_URIPATH",
    ),
)
MANAGED_GROUPS = (COMMON_RULES, KNOWN_BAD_INPUTS)

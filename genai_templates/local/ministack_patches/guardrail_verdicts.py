"""What a guardrail finds in a text: words that stand for content, since there is no model here that understands it.

``emulated hate``, or any other category of content filters in lower case, is such content of medium confidence;
``faintly`` before it makes that low, and ``plainly`` high. After it, ``once written`` makes it count in outputs alone,
so that a prompt can have a model write it. ``ignore all previous instructions`` is an attack of high confidence. The
strength of a filter decides from which confidence on it blocks, as documented: LOW from high, MEDIUM from medium, HIGH
from low. A topic is found by its examples, a word by itself; personal data by their form, where that is plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]
_LEVELS = ("NONE", "LOW", "MEDIUM", "HIGH")
_BLOCKS_FROM = {"LOW": "HIGH", "MEDIUM": "MEDIUM", "HIGH": "LOW"}
_CONFIDENCES = {"faintly": "LOW", "": "MEDIUM", "plainly": "HIGH"}
_CONTENT = re.compile(
    r"(?:(faintly|plainly) )?emulated (hate|insults|sexual|violence|misconduct|prompt attack)( once written)?", re.I
)
_ATTACK = re.compile("ignore all previous instructions", re.I)
_PERSONAL_DATA = {
    "AWS_ACCESS_KEY": r"\bA(?:KI|SI)A[0-9A-Z]{16}\b",
    "CREDIT_DEBIT_CARD_NUMBER": r"\b(?:\d{4}[ -]?){3}\d{4}\b",
    "EMAIL": r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b",
    "US_SOCIAL_SECURITY_NUMBER": r"\b\d{3}-\d{2}-\d{4}\b",
}
_DONE = {"BLOCK": "BLOCKED", "ANONYMIZE": "ANONYMIZED", "NONE": "NONE"}


def text_units(text: str) -> int:
    """Return the units of a text: of up to 1,000 characters each."""
    return -(-len(text) // 1000)


def judge(rules: Mapping[str, Any], source: str, texts: list[str], *, message: str) -> Document:
    """Return the response of ApplyGuardrail to texts of this source, by what the guardrail is configured for."""
    text, units = "\n".join(texts), sum(map(text_units, texts))
    assessment = {
        "contentPolicy": {"filters": list(_content(rules.get("contentPolicyConfig", {}), source, text))},
        "topicPolicy": {"topics": list(_topics(rules.get("topicPolicyConfig", {}), text))},
        "wordPolicy": {"customWords": list(_words(rules.get("wordPolicyConfig", {}), text)), "managedWordLists": []},
        "sensitiveInformationPolicy": {
            "piiEntities": list(_personal_data(rules.get("sensitiveInformationPolicyConfig", {}), text)),
            "regexes": [],
        },
    }
    found = {name: policy for name, policy in assessment.items() if any(policy.values())}
    actions = {each["action"] for policy in found.values() for findings in policy.values() for each in findings}
    intervened = actions - {"NONE"}
    return {
        "usage": _usage(rules, units),
        "action": "GUARDRAIL_INTERVENED" if intervened else "NONE",
        "outputs": [{"text": message}] if intervened else [],
        "assessments": [found],
        "guardrailCoverage": {"textCharacters": {"guarded": len(text), "total": len(text)}},
    }


def _usage(rules: Mapping[str, Any], units: int) -> Document:
    charged = {
        "topicPolicyUnits": "topicPolicyConfig",
        "contentPolicyUnits": "contentPolicyConfig",
        "wordPolicyUnits": "wordPolicyConfig",
        "sensitiveInformationPolicyUnits": "sensitiveInformationPolicyConfig",
        "sensitiveInformationPolicyFreeUnits": "",
        "contextualGroundingPolicyUnits": "contextualGroundingPolicyConfig",
    }
    return {name: units if policy in rules else 0 for name, policy in charged.items()}


def _content(policy: Mapping[str, Any], source: str, text: str) -> Iterator[Document]:
    strength_of = {
        each["type"]: each["inputStrength" if source == "INPUT" else "outputStrength"]
        for each in policy.get("filtersConfig", ())
    }
    for kind, confidence in _content_of(source, text):
        strength = strength_of.get(kind, "NONE")
        if strength != "NONE":
            blocks = _LEVELS.index(confidence) >= _LEVELS.index(_BLOCKS_FROM[strength])
            action = "BLOCKED" if blocks else "NONE"
            yield {
                "type": kind,
                "confidence": confidence,
                "filterStrength": strength,
                "action": action,
                "detected": blocks,
            }


def _content_of(source: str, text: str) -> Iterator[tuple[str, str]]:
    for found in _CONTENT.finditer(text):
        if source == "OUTPUT" or not found[3]:
            yield found[2].upper().replace(" ", "_"), _CONFIDENCES[(found[1] or "").lower()]
    if _ATTACK.search(text):
        yield "PROMPT_ATTACK", "HIGH"


def _topics(policy: Mapping[str, Any], text: str) -> Iterator[Document]:
    for topic in policy.get("topicsConfig", ()):
        if any(example.lower() in text.lower() for example in topic.get("examples", ())):
            yield {"name": topic["name"], "type": "DENY", "action": "BLOCKED", "detected": True}


def _words(policy: Mapping[str, Any], text: str) -> Iterator[Document]:
    for word in policy.get("wordsConfig", ()):
        if re.search(rf"(?<!\w){re.escape(word['text'])}(?!\w)", text, re.I):
            yield {"match": word["text"], "action": "BLOCKED", "detected": True}


def _personal_data(policy: Mapping[str, Any], text: str) -> Iterator[Document]:
    for entity in policy.get("piiEntitiesConfig", ()):
        if found := re.search(_PERSONAL_DATA.get(entity["type"], r"(?!)"), text):
            yield {"type": entity["type"], "match": found[0], "action": _DONE[entity["action"]], "detected": True}

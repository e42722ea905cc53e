"""A guardrail of Amazon Bedrock, applied to texts of whichever model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.aws import make_client
from handlers.common.errors import FilterUnavailable
from handlers.common.logs import logger
from handlers.common.settings import read_settings

from .refusals import BLOCKED_TERM, DENIED_TOPIC, PERSONAL_DATA, PROMPT_ATTACK, TOXICITY

_CONNECT_SECONDS, _READ_SECONDS = 1, 4
_RETRY_SECONDS = 5
# What passes by itself. The rest is for whoever runs the application: no such guardrail or version, no permission.
_MAY_PASS = ("ThrottlingException", "InternalServerException", "ServiceUnavailableException")


class Settings(NamedTuple):
    """What the function's environment says of the guardrail."""

    guardrail_id: str
    guardrail_version: str


def connect() -> Guardrail:
    """Return the guardrail of the function's environment."""
    settings = read_settings(Settings)
    # No retries: the model needs the time, and the client knows when to send its request again.
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 1})
    return Guardrail(make_client("bedrock-runtime", config=config), settings)


class Guardrail:
    """One version of a guardrail. A request to it may have 25 text units of 1,000 characters, and no text is as long.

    https://aws.amazon.com/blogs/machine-learning/use-the-applyguardrail-api-with-long-context-inputs-and-streaming-outputs-in-amazon-bedrock/
    """

    seconds = float(_CONNECT_SECONDS + _READ_SECONDS)

    def __init__(self, client: Any, settings: Settings) -> None:
        """Keep the client, and which guardrail it is."""
        self.client = client
        self._named = {
            "guardrailIdentifier": settings.guardrail_id,
            "guardrailVersion": settings.guardrail_version,
        }

    def find_reason(self, text: str, *, is_prompt: bool) -> str:
        """Return the class of what the guardrail blocks or masks, or nothing; raises FilterUnavailable."""
        source = "INPUT" if is_prompt else "OUTPUT"
        try:
            response = self.client.apply_guardrail(**self._named, source=source, content=[{"text": {"text": text}}])
        except (ClientError, BotoCoreError) as error:
            raise _unavailable(error) from error
        if response["action"] == "NONE":
            return ""
        found = {reason for assessment in response["assessments"] for reason in _reasons(assessment)}
        # A guardrail may know policies that came after this was written; what it refuses stays refused.
        return next((reason for reason in _MOST_TELLING_FIRST if reason in found), DENIED_TOPIC)


_MOST_TELLING_FIRST = (PROMPT_ATTACK, TOXICITY, PERSONAL_DATA, BLOCKED_TERM, DENIED_TOPIC)
_POLICIES = (
    ("topicPolicy", "topics", DENIED_TOPIC),
    ("contentPolicy", "filters", TOXICITY),
    ("wordPolicy", "customWords", BLOCKED_TERM),
    ("wordPolicy", "managedWordLists", TOXICITY),
    ("sensitiveInformationPolicy", "piiEntities", PERSONAL_DATA),
    ("sensitiveInformationPolicy", "regexes", PERSONAL_DATA),
)


def _reasons(assessment: Mapping[str, Any]) -> Iterator[str]:
    for policy, findings, reason in _POLICIES:
        for each in assessment.get(policy, {}).get(findings, ()):
            if each["action"] != "NONE":
                yield PROMPT_ATTACK if each.get("type") == "PROMPT_ATTACK" else reason


def _unavailable(error: Exception) -> FilterUnavailable:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    if isinstance(error, ClientError) and code not in _MAY_PASS:
        logger.error("the guardrail cannot be applied", extra={"code": code, "reason": str(error)})
        return FilterUnavailable("the content filter cannot be used; whoever runs this application has to mend it")
    logger.warning("the guardrail was not applied", extra={"code": code})
    return FilterUnavailable("the content filter has no time at the moment; try again", retry_after=_RETRY_SECONDS)

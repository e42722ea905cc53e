"""The filters of a function: they see each prompt before the model does, and each text of the model before anybody."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from handlers.common.metrics import emit

from .refusals import refused_prompt, refused_text

_PROMPT, _TEXT = "prompt", "text"


class ContentFilter(Protocol):
    """What looks at texts: the modules here have a function ``connect`` that returns one.

    ``seconds`` is how long a look may take.
    """

    seconds: float

    def find_reason(self, text: str, *, is_prompt: bool) -> str:
        """Return the class of what the text is refused for, or nothing.

        Raises FilterUnavailable where the filter cannot look at it: a filter that could be got rid of by keeping it
        busy would be none.
        """


class Screen:
    """The filters of these names, separated by commas, of which the first that finds something decides."""

    def __init__(self, names: str, *, stack_name: str) -> None:
        """Load the filters, which read their own settings; without a name everything passes."""
        self._stack_name = stack_name
        modules = [import_module(f"{__package__}.{name}") for name in names.split(",") if name]
        self._filters = [cast(ContentFilter, module.connect()) for module in modules]

    @property
    def seconds(self) -> float:
        """How long a look at a text may take."""
        return sum(each.seconds for each in self._filters)

    def check_prompt(self, text: str, *, field: str, request_id: str) -> None:
        """Raise ContentFiltered for a prompt that is refused, in this field of the request; or FilterUnavailable."""
        if reason := self._find_reason(text, _PROMPT, request_id):
            raise refused_prompt(reason, field)

    def check_text(self, text: str, *, request_id: str) -> None:
        """Raise ContentFiltered for a text that the model made and nobody is to see; or FilterUnavailable."""
        if reason := self._find_reason(text, _TEXT, request_id):
            raise refused_text(reason)

    def _find_reason(self, text: str, source: str, request_id: str) -> str:
        for each in self._filters if text.strip() else ():
            if reason := each.find_reason(text, is_prompt=source == _PROMPT):
                count_refusal(reason, self._stack_name, source=source, characters=len(text), request_id=request_id)
                return reason
        return ""


def count_refusal(reason: str, stack_name: str, **properties: object) -> None:
    """Count what was refused by its reason, with properties that find it again; the text itself is not among them."""
    emit({"Refused": (1, "Count")}, stack_name=stack_name, operation="FilterContent", reason=reason, **properties)

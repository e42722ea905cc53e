"""Summarises a text of any length: its parts at the same time, then the summaries of the parts."""

from __future__ import annotations

from typing import NamedTuple

from handlers.common.errors import ModelFailed, ModelInputTooLong
from handlers.common.hosting import ModelHost
from handlers.common.limits import CHARACTERS_PER_TOKEN

from .codecs import Codec, GenerationParameters
from .deadline import check_time, map_before
from .split import split

_INSTRUCTION = "Summarize the following text in a few sentences.\n\nText: {text}\n\nSummary:"
_MOST_ROUNDS = 4


class Model(NamedTuple):
    """A language model: its host, its wire format and its window in tokens."""

    host: ModelHost
    codec: Codec
    max_input_tokens: int
    max_total_tokens: int

    @property
    def part_characters(self) -> int:
        """The number of characters of a text that fit the window beside the instruction."""
        return max(1, self.max_input_tokens * CHARACTERS_PER_TOKEN - len(_INSTRUCTION))

    def generate(self, prompt: str, parameters: GenerationParameters) -> str:
        """Return the text that the model generates; never more tokens than its window leaves."""
        available = self.max_total_tokens - len(prompt) // CHARACTERS_PER_TOKEN
        fitting = parameters._replace(max_new_tokens=max(1, min(parameters.max_new_tokens, available)))
        return self.codec.text(self.host.invoke(self.codec.request(prompt, fitting)), prompt)


class Summary(NamedTuple):
    """A summary, and the number of parts in which the text was read."""

    text: str
    parts: int


def summarize_text(model: Model, text: str, parameters: GenerationParameters, *, deadline: float) -> Summary:
    """Return the summary of a text whose white space is collapsed, by the deadline (monotonic seconds).

    Raises ModelTimeout when the time is over, ModelFailed when all that the model generates is empty, and what the
    endpoint raises.
    """
    parts = split(text, model.part_characters)
    count = len(parts)
    for _ in range(_MOST_ROUNDS):
        summaries = map_before(deadline, lambda part: _summarize_part(model, part, parameters, deadline), parts)
        joined = " ".join(summary for summary in summaries if summary)
        if not joined:
            raise ModelFailed("the model's summary is empty; try again")
        if len(parts) == 1:
            break
        parts = split(joined, model.part_characters)
    return Summary(joined, count)


def _summarize_part(model: Model, part: str, parameters: GenerationParameters, deadline: float) -> str:
    try:
        return _generate_in_time(model, part, parameters, deadline)
    except ModelInputTooLong:
        # The estimate of characters a token was too high for this text; it may still fit in halves.
        halves = split(part, max(1, len(part) // 2))
        if len(halves) == 1:
            raise
    return " ".join(_generate_in_time(model, half, parameters, deadline) for half in halves)


def _generate_in_time(model: Model, part: str, parameters: GenerationParameters, deadline: float) -> str:
    check_time(deadline)
    return model.generate(_INSTRUCTION.format(text=part), parameters)

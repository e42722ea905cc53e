"""Summarises a text of any length: in parts at once, and the parts' summaries again."""

from __future__ import annotations

from typing import NamedTuple

from handlers.common import endpoint
from handlers.common.errors import ModelFailed, ModelInputTooLong
from handlers.common.limits import CHARACTERS_PER_TOKEN
from handlers.text.codecs import Codec, GenerationParameters
from handlers.text.deadline import check_time, map_before
from handlers.text.split import split

_INSTRUCTION = "Summarize the following text in a few sentences.\n\nText: {text}\n\nSummary:"
_MOST_ROUNDS = 4


class Model(NamedTuple):
    """The model endpoint: its wire format, its name and its window in tokens."""

    codec: Codec
    endpoint_name: str
    max_input_tokens: int
    max_total_tokens: int

    @property
    def part_characters(self) -> int:
        """How many characters of a text fit the window beside the instruction."""
        return max(1, self.max_input_tokens * CHARACTERS_PER_TOKEN - len(_INSTRUCTION))

    def ask(self, prompt: str, parameters: GenerationParameters) -> str:
        """Return what the model generates; never more tokens than its window leaves."""
        room = self.max_total_tokens - len(prompt) // CHARACTERS_PER_TOKEN
        fitting = parameters._replace(max_new_tokens=max(1, min(parameters.max_new_tokens, room)))
        reply = endpoint.invoke(self.codec.request(prompt, fitting), endpoint_name=self.endpoint_name)
        return self.codec.text(reply.body, prompt)


class Summary(NamedTuple):
    """A summary, and in how many parts the text was read."""

    text: str
    parts: int


def summarize_text(model: Model, text: str, parameters: GenerationParameters, *, deadline: float) -> Summary:
    """Return the summary of a text whose white space is folded, by the deadline (monotonic seconds).

    Raises ModelTimeout when the time is over, ModelFailed when the model says nothing, and what the endpoint raises.
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
        return _ask_in_time(model, part, parameters, deadline)
    except ModelInputTooLong:
        # The estimate of characters a token was too high for this text; it may still fit in halves.
        halves = split(part, max(1, len(part) // 2))
        if len(halves) == 1:
            raise
    return " ".join(_ask_in_time(model, half, parameters, deadline) for half in halves)


def _ask_in_time(model: Model, part: str, parameters: GenerationParameters, deadline: float) -> str:
    check_time(deadline)
    return model.ask(_INSTRUCTION.format(text=part), parameters)

"""The stand-in for a language model: the first sentences of a text, or a few about what a prompt names."""

from __future__ import annotations

import re

CHARACTERS_PER_TOKEN = 4
NOTES = (
    "(A stand-in wrote this, not a language model.)",
    "(by a stand-in)",
)
"""Last line of a text: the first of these that leaves most of the room to the text itself."""

_NOTE = re.compile("|".join(re.escape(note) for note in NOTES))
_SUMMARY = re.compile(r"\s*(please )?(summari[sz]e|tl;?dr)\b", re.IGNORECASE)
_BODY = re.compile(r"\bText:\s*(?P<body>.*?)(?:\n\s*Summary:\s*)?\Z", re.DOTALL)
_SENTENCE = re.compile(r"\S.*?(?:[.!?…](?=\s|\Z)|[\u3002\uff01\uff1f]|\n|\Z)", re.DOTALL)
_SHARE = 3
"""One sentence of so many goes into a summary."""
_PROMPT_CHARACTERS = 80


def write(inputs: str, max_new_tokens: int) -> str:
    """Return the text generated for a prompt: no more characters than so many tokens usually have."""
    budget = max_new_tokens * CHARACTERS_PER_TOKEN
    note = next((note for note in NOTES if 3 * len(note) <= budget), "")
    plain = _NOTE.sub(" ", inputs)  # the parts of a long text come back as summaries of ours, to be merged
    left = budget - len(note) - 1 if note else budget
    text = summary(_body(plain), left) if _SUMMARY.match(plain) else continuation(plain, left)
    return f"{text}\n{note}".strip()


def _body(prompt: str) -> str:
    """Return the text that an instruction is about: after "Text:", or else after the first paragraph."""
    if marked := _BODY.search(prompt):
        return marked["body"]
    instruction, _, rest = prompt.strip().partition("\n\n")
    return rest or instruction


def summary(text: str, budget: int) -> str:
    """Return the first third of the text's sentences, as many as fit into so many characters, each once."""
    found = list(dict.fromkeys(each.strip() for each in _SENTENCE.findall(text)))
    chosen = ""
    for sentence in found[: max(1, round(len(found) / _SHARE))]:
        if len(chosen) + 1 + len(sentence) > budget:
            break
        chosen = f"{chosen} {sentence}".strip()
    return chosen or _cut(" ".join(found[:1]), budget)


def continuation(prompt: str, budget: int) -> str:
    """Return a few sentences that name the prompt; the same prompt gives the same ones."""
    topic = _cut(" ".join(prompt.split()), _PROMPT_CHARACTERS)
    text = f"You wrote: “{topic}” A language model would go on from here. It would say more about it, and better."
    return summary(text * _SHARE, budget) if len(text) > budget else text


def _cut(sentence: str, budget: int) -> str:
    """Cut where a word ends, and show it."""
    if len(sentence) <= budget:
        return sentence
    words = sentence[: max(0, budget - 1)].rsplit(" ", 1)[0].rstrip(" ,;:-")
    return f"{words}…" if words and budget > 1 else sentence[:budget]

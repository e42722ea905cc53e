"""What a person reads of a prompt, or of what a model made of it, that a filter refused."""

from __future__ import annotations

from handlers.common.errors import ContentFiltered, FieldProblem

BLOCKED_TERM = "blocked_term"
PROMPT_ATTACK = "prompt_attack"
TOXICITY = "toxicity"
PERSONAL_DATA = "personal_data"
DENIED_TOPIC = "denied_topic"
MODERATION = "moderation"

_FOUND = {
    BLOCKED_TERM: "has a term that is blocked here",
    PROMPT_ATTACK: "reads like an attempt to change what the model was told to do",
    TOXICITY: "reads as hateful, insulting, sexual, violent or criminal",
    PERSONAL_DATA: "has personal data in it",
    DENIED_TOPIC: "is about a topic that is denied here",
}


def refused_prompt(reason: str, field: str) -> ContentFiltered:
    """Return the error of a prompt in this field of the request."""
    found = _FOUND[reason]
    return ContentFiltered(
        f"{field} {found}; word it in another way", reason=reason, details=(FieldProblem(field, found),)
    )


def refused_text(reason: str) -> ContentFiltered:
    """Return the error of a text that the model made."""
    return ContentFiltered(f"what the model wrote {_FOUND[reason]}; word the prompt in another way", reason=reason)


def refused_images(refused: int, number: int) -> ContentFiltered:
    """Return the error of so many images of a number that were made together: none of them is shown."""
    which = "the image" if number == 1 else f"{refused} of the {number} images"
    return ContentFiltered(f"moderation refused {which}; word the prompt in another way", reason=MODERATION)

"""The stand-in for a language model: it takes sentences out of a text, or says what a model would have been asked."""

from __future__ import annotations

import hashlib
import re

from .sentences import content_words, frequencies, sentences

CHARACTERS_PER_TOKEN = 4
NOTES = (
    "(A stand-in wrote this, not a language model.)",
    "(by a stand-in)",
)
"""What a text ends with: the first of these that leaves most of the room to the text itself."""

_NOTE = re.compile("|".join(re.escape(note) for note in NOTES))
_SUMMARY = re.compile(r"\s*(please |briefly |shortly )*(summari[sz]e|give (me )?a summary|tl;?dr)\b", re.IGNORECASE)
_BODY = re.compile(r"\bText:\s*(?P<body>.*?)(?:\n\s*Summary:\s*)?\Z", re.DOTALL)
_MOST_SENTENCES = 4
_SHARE = 3
"""One sentence of so many is taken."""
_WORTHY = 0.4
"""What a sentence has to weigh, as a share of the weightiest: a cut one is better than one that says nothing."""


def write(inputs: str, max_new_tokens: int) -> str:
    """Return what is generated for a prompt: no more characters than so many tokens usually have."""
    room = max_new_tokens * CHARACTERS_PER_TOKEN
    note = next((note for note in NOTES if 3 * len(note) <= room), "")
    plain = _NOTE.sub(" ", inputs)  # the parts of a long text come back as summaries of ours, to be merged
    left = room - len(note) - 1 if note else room
    text = summary(_body(plain), left) if _SUMMARY.match(plain) else continuation(plain, left)
    return f"{text}\n{note}".strip()


def _body(prompt: str) -> str:
    """Return the text that an instruction is about: after "Text:", or else after the first paragraph."""
    if marked := _BODY.search(prompt):
        return marked["body"]
    instruction, _, rest = prompt.strip().partition("\n\n")
    return rest or instruction


def summary(text: str, room: int) -> str:
    """Return the sentences that say most of what the text says, in its order, in at most so many characters."""
    found = list(dict.fromkeys(sentences(text)))
    weights = _weights(found)
    worthy = [number for number, weight in enumerate(weights) if weight >= _WORTHY * max(weights)]
    most = min(_MOST_SENTENCES, max(1, round(len(found) / _SHARE)))
    chosen: list[int] = []
    while len(chosen) < most:
        used = sum(len(found[number]) + 1 for number in chosen)
        fitting = [number for number in worthy if number not in chosen and used + len(found[number]) <= room]
        if not fitting:
            break
        said = {word for number in chosen for word in content_words(found[number])}
        chosen.append(max(fitting, key=lambda number: weights[number] * _novelty(found[number], said)))
    if not chosen and found:
        return _cut(found[weights.index(max(weights))], room)
    return " ".join(found[number] for number in sorted(chosen))


def _weights(found: list[str]) -> list[float]:
    """Weigh sentences: by how often the text has their words, and by their place; fragments weigh little."""
    frequency = frequencies(" ".join(found))
    weights = []
    for number, sentence in enumerate(found):
        words = content_words(sentence)
        common = sum(frequency[word] for word in words) / (len(words) + 2)
        place = 1.4 if number == 0 else 1.15 if number == len(found) - 1 else 1.0
        form = 0.5 if sentence.endswith("?") or len(words) < 3 else 1.0
        weights.append(common * place * form + 1e-6)
    return weights


def _novelty(sentence: str, said: set[str]) -> float:
    words = set(content_words(sentence))
    return 1.0 - 0.8 * len(words & said) / max(1, len(words))


def _cut(sentence: str, room: int) -> str:
    """Cut where a word ends, and show it."""
    if len(sentence) <= room:
        return sentence
    words = sentence[: max(0, room - 1)].rsplit(" ", 1)[0].rstrip(" ,;:-")
    return f"{words}…" if words and room > 1 else sentence[:room]


# What a prompt asks for, by its words, and what is said then. The first that matches is taken.
_FORMS = (
    (
        r"\b(poem|haiku|verse|rhyme|song|lyrics)\b",
        "{Topic}, at first a word on a page,\nthen a light in the room of another age.\nWhat a model would sing "
        "in a line or two\nis left here in outline, for {topic} and you.",
    ),
    (
        r"\b(list|ideas|tips|ways|reasons|steps|names|examples)\b",
        "1. Begin with what {topic} needs most.\n2. Look at how others have gone about it.\n3. Try the smallest thing "
        "that could work.\n4. Keep what helps, and drop the rest.",
    ),
    (
        r"\b(story|tale|once upon|novel|scene)\b",
        "It began with {topic}. Nobody had expected it that morning, and by noon everybody spoke of nothing else. "
        "Someone had to find out what it meant. So the door was opened, and the story went outside.",
    ),
    (
        r"\b(e-?mail|letter|message|invitation)\b",
        "Dear reader,\nI am writing to you about {topic}. It has been on my mind, and I would like to hear what you "
        "think. Let us talk about it this week.\nWith kind regards",
    ),
    (
        r"\?|^\s*(what|why|how|who|when|where|which|explain|describe|tell|define|compare)\b",
        "The question is about {topic}. A good answer says first what {topic} is, then why it matters, and gives one "
        "example that a reader knows. What speaks against it belongs there too.",
    ),
)
_ONWARDS = (
    "And that is only where it begins. {Topic} can be looked at from more than one side, and each of them says "
    "something about the whole. What comes next depends on who is asked.",
    "From there it goes on. Whoever looks closely at {topic} finds a second question behind the first. The answer to "
    "both is shorter than one would think.",
    "There is more to say. {Topic} changes as soon as somebody takes it seriously, and that is the interesting part. "
    "The rest follows from it.",
)
_ABOUT = re.compile(r"\babout\s+(.+)", re.IGNORECASE)
_TASK = re.compile(
    r"\b(poem|haiku|verse|rhyme|song|lyrics|list|ideas?|tips|ways|reasons|steps|names|examples?|story|tale|novel|scene|"
    r"e-?mail|letter|message|invitation|explain|describe|tell|define|compare|simple|terms|words|sentences?|short|long|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|please)\b",
    re.IGNORECASE,
)
_ARTICLES = ("a", "an", "the", "my", "our", "your")


def continuation(prompt: str, room: int) -> str:
    """Return a few sentences in the form that the prompt asks for, about what it is about."""
    topic = _topic(prompt)
    form = next((text for pattern, text in _FORMS if re.search(pattern, prompt, re.IGNORECASE)), None)
    if form is None:
        form = _ONWARDS[hashlib.sha256(prompt.encode()).digest()[0] % len(_ONWARDS)]
    text = form.format(topic=topic, Topic=topic[:1].upper() + topic[1:])
    pieces = re.findall(r"\S.*?(?:[.!?:](?=\s)|\n|\Z)\s*", text, re.DOTALL)
    kept = ""
    for piece in pieces:
        if len((kept + piece).rstrip()) > room:
            break
        kept += piece
    return kept.rstrip() or _cut(text, room)


def _topic(prompt: str) -> str:
    """Return what the prompt is about: its first words in a row that are not there for grammar or the task alone."""
    about = _ABOUT.search(prompt)
    row: list[str] = []
    before = article = ""
    for word in re.findall(r"[\w'-]+|[^\w\s]", _TASK.sub(",", about[1] if about else prompt)):
        says_something = bool(content_words(word))
        if row and not says_something:
            break
        if says_something:
            article = article if row else before
            row.append(word)
        before = f"{word} " if word.lower() in _ARTICLES else ""
    verbless = row[:1] if re.match(r"\s*(how|why|explain)\b", prompt, re.IGNORECASE) else row[:2]
    return (article.lower() + " ".join(verbless)) or "this"

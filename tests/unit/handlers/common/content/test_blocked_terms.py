"""A blocked term is found however it is typed, and in no word that merely holds it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.content.blocked_terms import BlockedTerms, fold

_WORDS = st.text(string.ascii_letters + string.digits + "äößéñçжшλ", min_size=1, max_size=8)
_TERMS = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_INVISIBLE = st.sampled_from(["\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u0336", "\ufe0f"])
_GAPS = st.text(" \t\n.,;:!?-_/'\"()*", min_size=1, max_size=4)
_ANYTHING = st.text(max_size=60)


def refuses(term: str, text: str) -> bool:
    return bool(BlockedTerms([term]).find_reason(text, is_prompt=True))


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@given(_TERMS, _ANYTHING, _ANYTHING, _GAPS)
def test_a_term_is_found_between_whatever_is_around_it(term: str, before: str, after: str, gap: str) -> None:
    assert refuses(term, f"{before} {gap}{term}{gap} {after}")


@given(st.data(), _TERMS)
def test_a_term_is_found_in_whatever_disguise(data: st.DataObject, term: str) -> None:
    disguise = data.draw(st.sampled_from([str.upper, str.lower, str.title, full_width]))
    typed = "".join(each + data.draw(st.just("") | _INVISIBLE) for each in disguise(term))
    gap = data.draw(_GAPS)
    assert refuses(term, typed.replace(" ", gap))


@given(_WORDS, _WORDS, _WORDS)
def test_a_term_is_not_found_in_a_longer_word(before: str, term: str, after: str) -> None:
    assert not refuses(term, before + term + after)


@given(_ANYTHING, _ANYTHING)
def test_every_text_can_be_looked_at(term: str, text: str) -> None:
    assert isinstance(refuses(term, text), bool)


@given(_ANYTHING)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("term", "text", "is_refused"),
    [
        ("ass", "a glass of water, as such", False),
        ("ass", "You ASS!", True),
        ("project blue", "project-blue", True),
        ("project blue", "projectblue", False),
        ("straße", "STRASSE", True),
        ("café", "cafe\u0301", True),
        ("ﬁre", "Fire", True),
        ("赌博", "我喜欢赌博吗", True),
        ("赌博", "赌一博", False),
        ("การพนัน", "ชอบการพนันไหม", True),
        ("c++", "c sharp", True),  # what is neither letter nor digit does not count
        ("", "anything", False),
        ("!?", "what!?", False),
    ],
)
def test_terms_of_all_kinds(term: str, text: str, is_refused: bool) -> None:
    assert refuses(term, text) is is_refused


def test_the_longest_text_is_looked_at_in_no_time_against_the_most_terms() -> None:
    terms = [f"{number:07}" for number in range(300)]
    assert not BlockedTerms(terms).find_reason("9 " * 10_000, is_prompt=True)


def test_terms_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.common.content import blocked_terms

    settings = blocked_terms.Settings(blocked_terms="one, two words,,")
    monkeypatch.setattr(blocked_terms, "read_settings", lambda kind: settings)
    terms = blocked_terms.connect()
    assert [terms.find_reason(text, is_prompt=False) for text in ("One", "TWO  words", "three", "")] == [
        "blocked_term",
        "blocked_term",
        "",
        "",
    ]

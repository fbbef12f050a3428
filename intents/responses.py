"""What somebody says to the step or the answer in front of them: that it helped, or not, or that they are lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

from intents.cues import compiled, listed, read_data
from intents.normalise import HAN, normalise, tokens

LONGEST = 80  # characters of a response; whoever writes more has something to say


class Response(StrEnum):
    """A short answer to what the bot showed. Of several in one message the first of these counts."""

    WHO = "who"  # "are you a bot?"
    TICKET = "ticket"  # "then file it"
    FAILED = "failed"  # tried, and no better
    HELPED = "helped"
    NONE = "none"  # none of what was offered
    SKIPPED = "skipped"  # cannot tell, cannot do it
    LOST = "lost"  # "what do you mean?"
    DONE = "done"  # did it, and has not said whether it helped
    NO = "no"
    YES = "yes"
    TRYING = "trying"  # "ok, one moment", "thanks": nothing is known yet
    BEGUN = "begun"  # "I have a question": what it is comes next


_SIGNS = {
    "👍": Response.TRYING, "👌": Response.TRYING, "🙏": Response.TRYING, "🆗": Response.TRYING, "✅": Response.DONE,
    "🎉": Response.HELPED, "👎": Response.FAILED, "❌": Response.FAILED, "🤷": Response.SKIPPED, "❓": Response.LOST,
    "❔": Response.LOST, "🤔": Response.LOST, "?": Response.LOST, "？": Response.LOST,
}  # fmt: skip
_BETWEEN = re.compile(r"[\s,.!?;:~…，。！？；：、～\-—()（）\"'“”]+")
_NOT_A_WORD = re.compile(r"[^\w\s,.!?;:~…，。！？；：、～\-—()（）\"'“”]+")
_FILLERS = "fillers"
_NEGATIONS = frozenset({"no", "not", "none", "never", "dont", "doesnt", "isnt", "cant", "不", "没", "无", "别"})
_ORDINAL = re.compile(
    r"(?:the |number |option |answer |no |#)*"
    r"(?:(?P<digit>[1-9])(?:st|nd|rd|th)?|(?P<english>first|second|third|fourth|last))(?: (?:one|option|answer))?|"
    r"(?:选|是)?第?(?:(?P<chinese>[一二三四])|(?P<arabic>[1-9]))(?:个|项|条|种)?(?:吧|是)?"
)
_NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}


def response(text: str) -> Response | None:
    """What this text says to what was shown, or None where it says anything besides."""
    return _heard(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=512)  # asked several times of one message
def _heard(text: str) -> Response | None:
    if not any(character.isalnum() for character in text):
        return next((_SIGNS[sign] for sign in text if sign in _SIGNS), None)
    said = set(_said(_NOT_A_WORD.sub(" ", normalise(text)).strip()))
    if None in said or {Response.FAILED, Response.HELPED} <= said:
        return None
    return next((kind for kind in Response if kind in said), None)


def _said(words: str) -> Iterator[Response | None]:
    """What one phrase after the other says, the longest at each place; None where something is no phrase of ours."""
    at = 0
    while at < len(words):
        if between := _BETWEEN.match(words, at):
            at = between.end()
            continue
        found = [(match.end(), kind) for kind, phrase in _phrases() if (match := phrase.match(words, at))]
        whole = [(end, kind) for end, kind in found if _ends(words, end)]
        if not whole:
            yield None
            return
        at, kind = max(whole, key=lambda each: each[0])  # of phrases alike in length the kind that is listed first
        if kind != _FILLERS:
            yield Response(kind)


def _ends(words: str, at: int) -> bool:
    """Whether a phrase may end here: at a break, or beside a Chinese character."""
    return at == len(words) or not words[at].isalnum() or bool(HAN.match(words[at]) or HAN.match(words[at - 1]))


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every phrase with its kind."""
    kinds = read_data("responses.yaml").items()
    return tuple((kind, compiled(phrase)) for kind, block in kinds for phrase in listed(str(block)))


def nth(text: str, count: int) -> int | None:
    """Which of so many this text picks by its place, from 0: "2", "the first one", 第二个; None of none."""
    found = _ORDINAL.fullmatch(normalise(text).strip(" .!。！"))
    if found is None or not count:
        return None
    if found["english"] == "last":
        return count - 1
    said = found["digit"] or found["arabic"] or found["english"] or found["chinese"]
    number = int(said) if said.isdecimal() else _NUMBERS[said]
    return number - 1 if number <= count else None


def named(text: str, labels: Sequence[str]) -> int | None:
    """Which of these labels a short text names by part of its words, if only one: "only mine" of *Only mine is broken*.

    A text that denies it ("no paper jam") names nothing.
    """
    said = _words(text)
    if not said or len(text) > LONGEST:
        return None
    found = [number for number, label in enumerate(labels) if _part_of(said, _words(label))]
    return found[0] if len(found) == 1 else None


def hinted(text: str, labels: Sequence[str]) -> int | None:
    """Which of these labels shares a telling word with a text, and is the only one that does."""
    said = _words(text)
    if len(text) > LONGEST or _NEGATIONS & {*said}:
        return None
    telling = [{*_telling(label)} for label in labels]
    found = [number for number, words in enumerate(telling) if words & {*_telling(text)}]
    return found[0] if len(found) == 1 else None


def _telling(text: str) -> Iterator[str]:
    """Words that say something by themselves: of some length, and pairs of Chinese characters."""
    words = _words(text)
    yield from (word for word in words if word.isascii() and len(word) >= _TELLING)
    yield from (one + other for one, other in pairwise(words) if HAN.match(one) and HAN.match(other))


_TELLING = 5  # letters


def _part_of(said: Sequence[str], label: Sequence[str]) -> bool:
    if _NEGATIONS & {*said} - {*label}:
        return False
    short, long = sorted((said, label), key=len)
    telling = sum(len(word) for word in short) >= (2 if HAN.match(short[0]) else 4) if short else False
    return telling and any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def _words(text: str) -> list[str]:
    return [word for word, _, _ in tokens(normalise(text))]

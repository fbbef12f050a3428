"""Chinese that was typed in Latin letters, read as Chinese: "diannao hen ka" is 电脑很卡.

Only a stretch of words that is Chinese nearly throughout is read so: "women" and "he" are words of English, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from intents.cues import listed, read_data

MOSTLY = 0.75  # share of the letters that must be words we know, before any is read as Chinese
_TELLING = 5  # letters of a word that nobody takes for English
_STRETCH = re.compile(r"[a-z]+(?: [a-z]+)*")
_SYLLABLES = re.compile(
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|er|[aoeiuv]))+"
)
_UNKNOWN = 3  # what a word left as it is costs beside words that are known, in choosing how to part them


@dataclass(frozen=True, slots=True)
class _Reading:
    """How to read the letters so far: the words, what they cost, and how many letters are known."""

    words: tuple[str, ...] = ()
    cost: int = 0
    known: int = 0
    telling: bool = False


def read_aloud(words: str) -> str:
    """Normalised words with what is spelled Chinese in them as Chinese characters."""
    return _STRETCH.sub(lambda found: _read(found.group()), words)


def in_chinese(text: str) -> str:
    """A text with what is spelled Chinese in it as Chinese characters; one without any is left exactly as it is."""
    words = " ".join(text.casefold().split())
    read = read_aloud(words)
    return read.strip() if read != words else text


def _read(stretch: str) -> str:
    tokens = stretch.split()
    if sum(len(token) for token in tokens if _sounds(token)) < MOSTLY * sum(map(len, tokens)):
        return stretch
    best = _parted("".join(tokens), dict(_ends(tokens)))
    if not best.telling or best.known < MOSTLY * sum(map(len, tokens)):
        return stretch
    return "".join(best.words).strip()


def _sounds(token: str) -> bool:
    return bool(_SYLLABLES.fullmatch(token)) or token in _as_they_are()


def _ends(tokens: list[str]) -> Iterator[tuple[int, str]]:
    end = 0
    for token in tokens:
        end += len(token)
        yield end, token


def _parted(letters: str, tokens: Mapping[int, str]) -> _Reading:
    """The letters parted into as few words as can be; a word as it was typed is one where nothing else fits."""
    best: dict[int, _Reading] = {0: _Reading()}
    for end in range(1, len(letters) + 1):
        found = list(_ending_at(end, letters, tokens, best))
        if found:
            best[end] = min(found, key=lambda each: (each.cost, -each.known))
    return best[len(letters)]


def _ending_at(end: int, letters: str, tokens: Mapping[int, str], best: Mapping[int, _Reading]) -> Iterator[_Reading]:
    for start in range(max(0, end - _longest()), end):
        letters_of_it = letters[start:end]
        word = _spelled().get(letters_of_it)
        if word is not None and start in best:
            known = best[start].known + len(letters_of_it)
            telling = len(letters_of_it) >= _TELLING and letters_of_it not in _as_they_are()
            yield _after(best[start], word, 1, known, telling=telling)
    token = tokens.get(end, "")
    if token and end - len(token) in best:
        before = best[end - len(token)]
        cost, known = (1, len(token)) if token in _as_they_are() else (_UNKNOWN, 0)
        yield _after(before, f" {token} ", cost, before.known + known)


def _after(before: _Reading, word: str, cost: int, known: int, *, telling: bool = False) -> _Reading:
    return _Reading((*before.words, word), before.cost + cost, known, before.telling or telling)


@cache
def _spelled() -> Mapping[str, str]:
    """Chinese words by their sound."""
    blocks = (block for name, block in read_data("pinyin.yaml").items() if name != "as_they_are")
    entries = (entry.partition(" ") for block in blocks for entry in listed(str(block)))
    return {sound: word for sound, _, word in entries}


@cache
def _as_they_are() -> frozenset[str]:
    """Words that are no Chinese, or are English as well, and stand within it: "wifi", "women"."""
    return frozenset(listed(str(read_data("pinyin.yaml")["as_they_are"])))


@cache
def _longest() -> int:
    return max(map(len, _spelled()))

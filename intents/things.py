"""Whether somebody has only named a thing, and not yet said what is wrong with it or wanted of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from intents.cues import listed, read_data
from intents.lexicon import Named, lexicon
from intents.manner import asks_after_somebody_elses
from intents.normalise import normalise, tokens

_LONGEST = 60  # characters; whoever writes more has said something
_BETWEEN = re.compile(r"[\W_]+")


def somebody_elses(text: str) -> bool:
    """Whether a text asks after a ticket of somebody else: "my colleague's ticket", 小王的工单."""
    return asks_after_somebody_elses(normalise(text))


def only_named(text: str, names: Iterable[str] = ()) -> bool:
    """Whether the text is a thing's name and nothing but politeness around it; `names` are this organisation's own."""
    if len(text) > _LONGEST:
        return False
    words = _bare(text)
    return bool(words) and (words in _listed()[1] or words in map(_bare, names))


def can_be_wanted(text: str) -> str:
    """Whether somebody can be given the thing a text names: "one" of it, or "it"; nothing where they cannot."""
    words = _bare(text)
    return next((kind for kind in ("one", "it") if words in _given(kind)), "")


def only_where(text: str, places: Sequence[Named]) -> bool:
    """Whether the text tells where somebody is, by one of these places, and nothing else: "I am at home", 我在家."""
    words = normalise(text)
    if len(text) > _LONGEST or not (hits := lexicon(tuple(places)).find(words)):
        return False
    rest = "".join(
        " " if any(hit.start <= at < hit.end for hit in hits) else character for at, character in enumerate(words)
    )
    names_a_thing = any(token in _listed()[1] for token, _, _ in tokens(words))  # "hotel wifi"
    return not names_a_thing and {token for token, _, _ in tokens(rest)} <= _whereabouts()


def _bare(text: str) -> str:
    """The words without what may stand around a name, be it a part of one: "The Portal" is the portal."""
    words, before = _BETWEEN.sub(" ", normalise(text)).strip(), ""
    while words != before:
        before = words
        for phrase in _listed()[0]:
            words = words.removeprefix(f"{phrase} " if phrase.isascii() else phrase)
            words = words.removesuffix(f" {phrase}" if phrase.isascii() else phrase)
        words = words.strip()
    return words


@cache
def _listed() -> tuple[tuple[str, ...], frozenset[str]]:
    """What may stand around a name, the longest first, and the names everybody knows."""
    data = read_data("things.yaml")
    around = sorted(listed(str(data["around"])), key=len, reverse=True)
    return tuple(around), frozenset(listed(str(data["things"])))


@cache
def _given(kind: str) -> frozenset[str]:
    return frozenset(listed(str(read_data("things.yaml")["given"][kind])))


@cache
def _whereabouts() -> frozenset[str]:
    return frozenset(listed(str(read_data("things.yaml")["whereabouts"])))

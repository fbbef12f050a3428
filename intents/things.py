"""Whether somebody has only named a thing, and not yet said what is wrong with it or wanted of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from intents.cues import listed, read_data
from intents.normalise import normalise

_LONGEST = 60  # characters; whoever writes more has said something
_BETWEEN = re.compile(r"[^\w]+")


def only_named(text: str, names: Iterable[str] = ()) -> bool:
    """Whether the text is a thing's name and nothing but politeness around it; `names` are this organisation's own."""
    if len(text) > _LONGEST:
        return False
    words, before = _plain(text), ""
    _, things = _listed()
    while words != before:
        before, words = words, _peeled(words)
    return words in things or words in {_plain(name) for name in names}


def _peeled(words: str) -> str:
    """The words without what may stand around a name."""
    for phrase in _listed()[0]:
        words = words.removeprefix(f"{phrase} " if phrase.isascii() else phrase)
        words = words.removesuffix(f" {phrase}" if phrase.isascii() else phrase)
    return words.strip()


@cache
def _listed() -> tuple[tuple[str, ...], frozenset[str]]:
    """What may stand around a name, the longest first, and the names everybody knows."""
    data = read_data("things.yaml")
    around = sorted(listed(str(data["around"])), key=len, reverse=True)
    return tuple(around), frozenset(listed(str(data["things"])))


def _plain(text: str) -> str:
    return _BETWEEN.sub(" ", normalise(text)).strip()

"""Whether somebody has only named a thing, and not yet said what is wrong with it or wanted of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from intents.cues import listed, read_data
from intents.normalise import normalise

_LONGEST = 60  # characters; whoever writes more has said something
_BETWEEN = re.compile(r"[\W_]+")


_SOMEBODY_ELSES = re.compile(
    r"\b(?:colleague|coworker|co-worker|boss|manager|friend|team ?mate|intern|neighbou?r|wife|husband|someone else|"
    r"somebody else)s? (?:ticket|case|request)|\b(?:his|her|their) (?:ticket|case|request)|"
    r"(?:同事|老板|经理|领导|主管|他|她|他们|别人|人家|[小老][\u4e00-\u9fff]|[\u4e00-\u9fff]{1,2}[总工])的?(?:那[个张])?"
    r"(?:工单|单子|报修单?|申请)"
)


def somebody_elses(text: str) -> bool:
    """Whether a text asks after a ticket of somebody else: "my colleague's ticket", 小王的工单."""
    return bool(_SOMEBODY_ELSES.search(normalise(text)))


def only_named(text: str, names: Iterable[str] = ()) -> bool:
    """Whether the text is a thing's name and nothing but politeness around it; `names` are this organisation's own."""
    if len(text) > _LONGEST:
        return False
    words = _bare(text)
    return bool(words) and (words in _listed()[1] or words in map(_bare, names))


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

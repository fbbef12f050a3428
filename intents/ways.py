"""What somebody asks about tickets themselves: how one is filed or taken back, for all of theirs, or how far one is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from intents.cues import compiled, read_data
from intents.normalise import normalise

LONGEST = 120  # characters; whoever writes more tells of something


def way_asked(text: str) -> str | None:
    """What a text asks how to do with tickets here, a key of ``ways`` in the data file; None if it asks nothing such.

    "How do I take my ticket back?" does; "take my ticket back" and "why did you close my ticket?" do not.
    """
    words = normalise(text)
    if len(words) > LONGEST or not _pattern("asking").search(words):
        return None
    return next((way for way, pattern in _ways().items() if pattern.search(words)), None)


def wants_all(text: str) -> bool:
    """Whether a text asks for all of somebody's tickets, and not how far one of them is: "my tickets", 有哪些工单."""
    return bool(_pattern("all").search(normalise(text)))


def calls_out(text: str) -> bool:
    """Whether a text only asks if anybody is there: "is anybody there?", 在吗."""
    return bool(_pattern("calls").search(normalise(text)))


def asks_whether_it_works(text: str) -> bool:
    """Whether a text asks if something works for anybody just now: "is the VPN down?"."""
    return bool(_pattern("works").search(normalise(text)))


def names_ticket(text: str) -> bool:
    """Whether a text speaks of a ticket, by whatever name."""
    return bool(_pattern("tickets").search(normalise(text)))


def asks_what_now(text: str) -> bool:
    """Whether a text, said just after a ticket was opened, can only ask how far it is: "what is going on?"."""
    return bool(_pattern("now").search(normalise(text)))


@cache
def _ways() -> Mapping[str, re.Pattern[str]]:
    return {way: compiled(str(phrases)) for way, phrases in read_data("ways.yaml")["ways"].items()}


@cache
def _pattern(block: str) -> re.Pattern[str]:
    return compiled(str(read_data("ways.yaml")[block]))

"""What somebody asks about tickets themselves: for all of theirs, or how far the one just opened is."""

from __future__ import annotations

import re
from functools import cache

from intents.cues import compiled, read_data
from intents.normalise import normalise


def wants_all(text: str) -> bool:
    """Whether a text asks for all of somebody's tickets, and not how far one of them is: "my tickets", 有哪些工单."""
    return bool(_pattern("all").search(normalise(text)))


def names_ticket(text: str) -> bool:
    """Whether a text speaks of a ticket, by whatever name."""
    return bool(_pattern("tickets").search(normalise(text)))


def asks_what_now(text: str) -> bool:
    """Whether a text, said just after a ticket was opened, can only ask how far it is: "what is going on?"."""
    return bool(_pattern("now").search(normalise(text)))


@cache
def _pattern(block: str) -> re.Pattern[str]:
    return compiled(str(read_data("ways.yaml")[block]))

"""The facts of a message under the names the intake form has for them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from intents.entities import Entities
from intents.moments import since_named
from intents.normalise import HAN, normalise

_HAS_ITS_DATE = re.compile(r"20\d\d-\d")
_TO_THE_HOUR = re.compile(r"\b(?:min|minutes?|hrs?|hours?|h|just now|moment)\b|分钟|小时|钟头|刚才|刚刚|方才")


def of_words(found: Entities, zone: str) -> dict[str, str]:
    """What was said, by field; a field of which nothing was said is left out. ``zone`` is the person's."""
    facts = {
        "place": found.place,
        "device": ", ".join(filter(None, (found.asset_tag, found.device))),
        "ip": found.ip,
        "since": dated(found.since, found.since_at, zone),
        "affected": found.affected,
        "severity": found.severity,
        "callback": found.phone,
        "errors": ", ".join(found.error_codes),
    }
    return {name: value for name, value in facts.items() if value}


def dated(words: str, at: datetime | None, zone: str) -> str:
    """Since when, with the day these words meant when they were said: "since Monday" is another day next week.

    The words alone where no day can be told, or where they hold it already.
    """
    if at is None or _HAS_ITS_DATE.search(words):
        return words
    local = at.astimezone(ZoneInfo(zone))
    day = f"{local:%Y-%m-%d %H:%M}" if _TO_THE_HOUR.search(words) else f"{local:%Y-%m-%d}"
    return f"{words}（{day}）" if HAN.search(words) else f"{words} ({day})"


def dated_as_typed(words: str, now: datetime, zone: str) -> str:
    """What was typed where it is asked since when: a time and nothing else ("yesterday", 昨天) gets its day."""
    said, at = since_named(normalise(words), now, zone)
    return dated(words.strip(), at, zone) if said else words

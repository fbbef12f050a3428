"""Readers of single values: text, names, numbers, e-mail addresses, dates, durations, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.organisation import Names
from bot.organisation_file.mistakes import meant
from bot.organisation_file.nodes import Value, Wrong, each
from escalation.policy import DAY, HOUR, MINUTE

E = TypeVar("E", bound=StrEnum)

LANGUAGES = ("en", "zh")
TEXT_LENGTH = 200
MOST_DAYS = 366
EMAIL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+-])?@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
PHONE = re.compile(r"\+?[0-9][0-9 ()/x-]{1,30}")
DATE = r"20\d\d-\d\d-\d\d"
DURATION = re.compile(r"(?:(\d{1,4})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*m)?")
WORKING_DAYS = re.compile(r"(\d{1,3}) working days?")


def text(value: Value) -> str:
    """Words on one line, at most 200 characters."""
    words = value.scalar("text")
    if not words:
        raise Wrong(value, "expected text, found nothing between the quotes")
    if len(words) > TEXT_LENGTH:
        raise Wrong(value, f"this text has {len(words)} characters: keep it under {TEXT_LENGTH + 1}")
    if not words.isprintable():
        raise Wrong(value, "this text has a line break or another invisible character: write it on one line")
    return words


def texts(value: Value) -> tuple[str, ...]:
    """A list of texts, each once."""
    return tuple(dict.fromkeys(each(value, text, "a list of texts")))


def names(value: Value) -> Names:
    """Words in both languages; a plain text is the same in both."""
    if not value.is_mapping:
        plain = text(value)
        return dict.fromkeys(LANGUAGES, plain)
    given = {str(key.node.value): (key, at) for key, at in value.pairs("a name")}
    for language, (key, _) in given.items():
        if language not in LANGUAGES:
            key.note(f"unknown language {language!r} in a name: Firstline speaks en and zh")
    missing = [language for language in LANGUAGES if language not in given]
    if missing:
        raise Wrong(value, f"the name is missing in {missing[0]}: add it, or write one text for both languages")
    return {language: text(given[language][1]) for language in LANGUAGES}


def whole(least: int, most: int) -> Callable[[Value], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(value: Value) -> int:
        written = value.scalar("a whole number")
        if not re.fullmatch(r"-?[0-9]{1,9}", written) or not least <= int(written) <= most:
            raise Wrong(value, f"expected a whole number from {least} to {most}, found {value.shape}")
        return int(written)

    return read


def share(value: Value) -> float:
    """A probability from 0 to 1."""
    written = value.scalar("a number from 0 to 1")
    if not re.fullmatch(r"[01](\.[0-9]{1,9})?", written) or float(written) > 1:
        raise Wrong(value, f"expected a number from 0 to 1, such as 0.7, found {value.shape}")
    return float(written)


def percent(value: Value) -> int:
    """A share of a target in whole percent, 1 to 100, with or without the sign."""
    written = value.scalar("a percentage").removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]{1,3}", written) or not 1 <= int(written) <= 100:
        raise Wrong(value, f"expected a percentage from 1 to 100, found {value.shape}")
    return int(written)


def yes_or_no(value: Value) -> bool:
    """true or false."""
    written = value.scalar("true or false")
    if written not in ("true", "false"):
        raise Wrong(value, f"expected true or false, found {value.shape}")
    return written == "true"


def one_of(kind: type[E], what: str) -> Callable[[Value], E]:
    """A reader of the words of an enumeration."""

    def read(value: Value) -> E:
        return kind(word(value, [member.value for member in kind], what))

    return read


def word(value: Value, known: Iterable[str], what: str) -> str:
    """One of the known words. Raises Wrong with the nearest one."""
    written = value.scalar(what)
    choices = list(known)
    if written not in choices:
        raise Wrong(value, f"{written[:60]!r} is not {what}{meant(written, choices)}")
    return written


def language(spoken: Iterable[str]) -> Callable[[Value], str]:
    """A reader of the languages that an organisation speaks."""
    known = tuple(spoken) or LANGUAGES
    return lambda value: word(value, known, "a language of this organisation")


def reference(known: Iterable[str], what: str, section: str) -> Callable[[Value], str]:
    """A reader of keys that must be declared in a section of the file."""
    declared = frozenset(known)

    def read(value: Value) -> str:
        written = value.scalar(f"the key of a {what}")
        if written not in declared:
            raise Wrong(value, f"there is no {what} {written[:60]!r} in {section}{meant(written, declared)}")
        return written

    return read


def email(value: Value) -> str:
    """An e-mail address."""
    written = value.scalar("an e-mail address")
    if len(written) > 254 or ".." in written or not EMAIL.fullmatch(written):
        raise Wrong(value, f"{written[:60]!r} is not an e-mail address: write it as name@example.com")
    return written


def domain(value: Value) -> str:
    """What stands behind the @ of the organisation's addresses."""
    written = value.scalar("a domain")
    if len(written) > 180 or not DOMAIN.fullmatch(written):
        raise Wrong(value, f"{written[:60]!r} is not a domain: write it as example.com")
    return written


def phone(value: Value) -> str:
    """A telephone number or extension."""
    written = value.scalar("a telephone number")
    if not PHONE.fullmatch(written):
        raise Wrong(value, f"{written[:60]!r} is not a telephone number: write it as +49 30 1234 or 8021")
    return written


def zone(value: Value) -> str:
    """An IANA time zone."""
    written = value.scalar("a time zone")
    try:
        ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = meant(written, available_timezones()) or ": write one like Asia/Shanghai or Europe/Berlin"
        raise Wrong(value, f"no time zone is called {written[:60]!r}{near}") from None
    return written


def day(value: Value) -> date:
    """A date such as 2026-02-16."""
    written = value.scalar("a date")
    if re.fullmatch(DATE, written, re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(written)
    raise Wrong(value, f"expected a date such as 2026-02-16, found {value.shape}")


def moment(zone_name: str) -> Callable[[Value], datetime]:
    """A reader of moments such as "2026-02-16 09:00" on the wall of this zone."""

    def read(value: Value) -> datetime:
        written = value.scalar("a date and time")
        if re.fullmatch(DATE + r"[ T]\d\d:\d\d", written, re.ASCII):
            with suppress(ValueError):
                return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone_name))
        raise Wrong(value, f"expected a date and time such as 2026-02-16 09:00, found {value.shape}")

    return read


def time_of_day(value: Value) -> time:
    """A time such as 09:00."""
    written = value.scalar("a time of day")
    if re.fullmatch(r"\d\d:\d\d", written, re.ASCII):
        with suppress(ValueError):
            return time.fromisoformat(written)
    raise Wrong(value, f"expected a time of day such as 09:00, found {value.shape}")


def plain_duration(value: Value) -> int:
    """Seconds in "15m", "4h", "1h 30m" or "3d", where a day has 24 hours."""
    written = value.scalar("a duration")
    match = DURATION.fullmatch(written) if written else None
    if match is None:
        raise Wrong(value, f"{written[:60]!r} is not a duration: write it as 15m, 4h, 1h 30m or 3d")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return _bounded(value, days * DAY + hours * HOUR + minutes * MINUTE, DAY)


def duration_in(name: str, working_day: int) -> Callable[[Value], int]:
    """A reader of durations on the clock of a window that is open `working_day` seconds a day.

    A plain day would be ambiguous where the window closes, and is refused there.
    """

    def read(value: Value) -> int:
        written = value.scalar("a duration")
        if working := WORKING_DAYS.fullmatch(written):
            return _bounded(value, int(working[1]) * working_day, working_day)
        seconds = plain_duration(value)
        if "d" in written and working_day != DAY:
            number = written.split("d", maxsplit=1)[0].strip()
            days = f"{number} working day{'' if number == '1' else 's'}"
            raise Wrong(
                value,
                f"{written!r} could mean two things: the window {name!r} is open {_hours(working_day)} "
                f"a day; write {days!r} or a number of hours",
            )
        return _bounded(value, seconds, working_day)

    return read


def _bounded(value: Value, seconds: int, day: int) -> int:
    if seconds > MOST_DAYS * day:
        raise Wrong(value, f"{value.shape} is longer than {MOST_DAYS} days: is the unit right?")
    return seconds


def above_zero(reader: Callable[[Value], int]) -> Callable[[Value], int]:
    """The same reader, refusing zero."""

    def read(value: Value) -> int:
        seconds = reader(value)
        if seconds == 0:
            raise Wrong(value, "this must be more than zero")
        return seconds

    return read


def _hours(seconds: int) -> str:
    hours = round(seconds / HOUR, 1)
    return f"{hours:g} hour{'' if hours == 1 else 's'}"

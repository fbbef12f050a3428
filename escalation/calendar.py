"""Service windows: when a clock runs, and sums of working time.

Spans are times on the wall; sums are taken on instants. So a night shift that crosses the start of summer
time holds an hour less, as it does for the person who works it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escalation.public_holidays import Holidays, UnknownCountry, holidays_of
from escalation.timeline import NOTHING, Timeline, utc

__all__ = [
    "BadSpan",
    "Holidays",
    "NeverOpens",
    "Span",
    "UnknownCountry",
    "UnknownZone",
    "Window",
    "always",
    "five_by_eight",
    "holidays_of",
    "seven_by_twelve",
]

MINUTES_IN_A_DAY = 24 * 60


class NeverOpens(ValueError):
    """The window does not open, or not for that long, in the next hundred years."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the service window {name!r} does not open for that long in the next hundred years: "
            "give it at least one span on a weekday"
        )


class BadSpan(ValueError):
    """A span starts and ends between 00:00 and 24:00, and does not end before it starts."""


class UnknownZone(ValueError):
    """A zone is an IANA name, such as Asia/Shanghai or Europe/Berlin."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from one minute of the day to another, on the wall clock; the end is not part of it.

    Minutes count from midnight, 0 to 1440 (24:00). Equal ends make a span of nothing. Raises BadSpan.
    """

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute <= self.end_minute <= MINUTES_IN_A_DAY:
            raise BadSpan(
                f"a span from minute {self.start_minute} to {self.end_minute} is not inside one day: "
                "split one that passes midnight into two"
            )

    @classmethod
    def parse(cls, text: str) -> Span:
        """The span written as "8:30-12:00". Raises BadSpan."""
        match = re.fullmatch(r"\s*(\d{1,2}):([0-5]\d)\s*[-–]\s*(\d{1,2}):([0-5]\d)\s*", text, re.ASCII)
        if match is None:
            raise BadSpan(f"{text!r} is not a span: write it as 08:30-12:00")
        hour, minute, until_hour, until_minute = (int(part) for part in match.groups())
        return cls(hour * 60 + minute, until_hour * 60 + until_minute)

    def __str__(self) -> str:
        start, end = divmod(self.start_minute, 60), divmod(self.end_minute, 60)
        return f"{start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"


FULL_DAY = (Span(0, MINUTES_IN_A_DAY),)


@dataclass(frozen=True, slots=True)
class Window:
    """When a service is given: spans for each weekday (Monday first) in a zone, and the days that differ.

    A date in `workdays` has those spans whatever else is said of it (make-up days, short days); a date in
    `holidays` is closed. Zones are IANA names. Raises UnknownZone, and ValueError for a week not of 7 days.
    """

    name: str
    zone: str
    weekdays: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()
    workdays: Mapping[date, tuple[Span, ...]] = field(default_factory=dict, hash=False)
    _timeline: Timeline = field(init=False, repr=False, compare=False)
    _never_closes: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekdays) != 7:
            raise ValueError(f"the service window {self.name!r} names {len(self.weekdays)} weekdays, not 7")
        object.__setattr__(self, "workdays", MappingProxyType(dict(sorted(self.workdays.items()))))
        never_closes = not self.holidays and all(
            FULL_DAY[0] in spans for spans in (*self.weekdays, *self.workdays.values())
        )
        object.__setattr__(self, "_never_closes", never_closes)
        object.__setattr__(self, "_timeline", _timeline_of(self))

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The first instant (UTC) at which this much working time has passed since `start`.

        Nothing added is `start` itself, open or not; what ends with the day is due at closing time, not at
        the next opening. Raises NeverOpens, and ValueError for negative time or a `start` without a zone.
        """
        if working < NOTHING:
            raise ValueError(f"cannot add {working} of working time: it must not be negative")
        if self._never_closes:
            return utc(start) + working
        due = self._timeline.add(start, working)
        if due is None:
            raise NeverOpens(self.name)
        return due

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; negative when `b` is the earlier."""
        if self._never_closes:
            return utc(b) - utc(a)
        return self._timeline.between(a, b)

    def is_open(self, at: datetime) -> bool:
        """Whether the clock on the wall shows a time inside a span; a span's end is closed."""
        return self._timeline.is_open(at)

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening, in UTC. Raises NeverOpens."""
        opening = self._timeline.next_open(at)
        if opening is None:
            raise NeverOpens(self.name)
        return opening

    def next_close(self, at: datetime) -> datetime | None:
        """`at` itself when closed, else the moment it closes, in UTC; None if not in a hundred years."""
        return None if self._never_closes else self._timeline.next_close(at)

    @property
    def has_weekly_hours(self) -> bool:
        """Whether at least one weekday has an open minute; without, the window is worth refusing."""
        return any(span.start_minute < span.end_minute for spans in self.weekdays for span in spans)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The spans of one local date, special days considered."""
        special = self.workdays.get(day)
        if special is not None:
            return special
        return () if day in self.holidays else self.weekdays[day.weekday()]

    def observing(self, holidays: Holidays) -> Window:
        """The same window, closed on those holidays and open on those make-up days.

        A make-up day that is otherwise closed gets the hours of the week's first open day. Dates the window
        already names, open or closed, stay as they are.
        """
        usual = next((spans for spans in self.weekdays if spans), ())
        made_up = {day: self.weekdays[day.weekday()] or usual for day in holidays.make_up - self.holidays}
        return replace(
            self,
            holidays=self.holidays | frozenset(holidays.closed),
            workdays={**made_up, **self.workdays},
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types in a stable order; equal windows give equal JSON."""
        return {
            "name": self.name,
            "zone": self.zone,
            "weekdays": [[str(span) for span in spans] for spans in self.weekdays],
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "workdays": {day.isoformat(): [str(span) for span in spans] for day, spans in self.workdays.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Window:
        """The window that `to_json` wrote. Raises as the constructor does, and BadSpan."""
        return cls(
            name=data["name"],
            zone=data["zone"],
            weekdays=tuple(_parsed(spans) for spans in data["weekdays"]),
            holidays=frozenset(date.fromisoformat(day) for day in data["holidays"]),
            workdays={date.fromisoformat(day): _parsed(spans) for day, spans in data["workdays"].items()},
        )


def five_by_eight(zone: str, holidays: Holidays | None = None, name: str = "5x8") -> Window:
    """Monday to Friday, 8:30-12:00 and 13:30-18:00: eight hours a day with a lunch break."""
    day = (Span.parse("8:30-12:00"), Span.parse("13:30-18:00"))
    window = Window(name, zone, (day,) * 5 + ((), ()))
    return window if holidays is None else window.observing(holidays)


def seven_by_twelve(zone: str, holidays: Holidays | None = None, name: str = "7x12") -> Window:
    """Every day, 9:00-21:00; holidays too, unless they are given."""
    window = Window(name, zone, ((Span.parse("9:00-21:00"),),) * 7)
    return window if holidays is None else window.observing(holidays)


def always(name: str = "24x7") -> Window:
    """Every hour of every day."""
    return Window(name, "UTC", (FULL_DAY,) * 7)


def _parsed(spans: Iterable[str]) -> tuple[Span, ...]:
    return tuple(Span.parse(span) for span in spans)


@lru_cache(maxsize=32)
def _timeline_of(window: Window) -> Timeline:
    """Equal windows share one timeline: each ticket carries its own copy of its policy."""
    try:
        zone = ZoneInfo(window.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"no time zone is called {window.zone!r}: try one like Asia/Shanghai") from error

    def open_minutes(day: date) -> list[tuple[int, int]]:
        return [(span.start_minute, span.end_minute) for span in window.spans_on(day)]

    return Timeline(zone, open_minutes)

"""Reads `windows`: when a clock runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from bot.organisation_file.known import Known
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each, entries
from bot.organisation_file.scalars import day, word, zone
from escalation.calendar import (
    BadSpan,
    Span,
    UnknownCountry,
    Window,
    always,
    five_by_eight,
    holidays_of,
    seven_by_twelve,
)
from escalation.policy import DAY, MINUTE

Spans = tuple[Span, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PRESETS: Mapping[str, Callable[[str], Window]] = {
    "5x8": five_by_eight,
    "7x12": seven_by_twelve,
    "24x7": lambda zone: always(),
}


def read_windows(value: Value, known: Known) -> Mapping[str, Window]:
    """Every service window by key; a wrong one is left out."""
    found = {
        key: attempt(at, partial(_window, key=key, known=known), None)
        for key, _, at in entries(value, "a mapping of service windows")
    }
    return {key: window for key, window in found.items() if window is not None}


def working_day(window: Window) -> int:
    """Seconds of an average working day: the hours of a usual week, shared among its open days."""
    open_minutes = [sum(span.end_minute - span.start_minute for span in spans) for spans in window.weekdays]
    working = [minutes for minutes in open_minutes if minutes]
    return round(sum(working) * MINUTE / len(working)) if working else DAY


def _window(value: Value, key: str, known: Known) -> Window:
    fields = Fields(value, "window")
    where = fields.get("zone", zone, known.zone)
    preset, hours = fields.at("preset"), fields.at("hours")
    if (preset is None) == (hours is None):
        raise Wrong(value, "a window needs either 'preset' (5x8, 7x12 or 24x7) or 'hours', and not both")
    weekdays = attempt(hours, _hours, always().weekdays) if hours else _preset(fields, where)
    window = Window(
        name=key,
        zone=where,
        weekdays=weekdays,
        holidays=frozenset(fields.get("closed", lambda at: each(at, day, "a list of dates"), ())),
        workdays=fields.get("open", _special_days, {}),
    )
    return fields.get("holidays", lambda at: _observing(window, at, known), window)


def _preset(fields: Fields, where: str) -> tuple[Spans, ...]:
    name = fields.get("preset", lambda at: word(at, PRESETS, "a preset"), "24x7")
    return PRESETS[name](where).weekdays


def _observing(window: Window, value: Value, known: Known) -> Window:
    country = value.scalar("a country code")
    try:
        holidays = holidays_of(country, known.years)
    except UnknownCountry:
        raise Wrong(value, f"no holidays known for {country[:60]!r}: give a code such as CN or DE") from None
    known.guessed[country] = holidays.guessed_years
    return window.observing(holidays)


def _hours(value: Value) -> tuple[Spans, ...]:
    """Spans for each weekday, from keys such as `mon` or `mon-fri`; a weekday not named is closed."""
    mistakes = len(value.mistakes)
    week: dict[str, Spans] = {}
    for key, at in value.pairs("a mapping of weekdays, such as mon-fri: [08:30-12:00, 13:30-18:00]"):
        spans = attempt(at, _spans, ())
        for weekday in attempt(key, _weekdays, ()):
            if weekday in week:
                key.note(f"{weekday} has hours already: name each weekday once")
            week[weekday] = spans
    if len(value.mistakes) == mistakes and not any(week.values()):
        raise Wrong(value, "this window never opens: give it hours on at least one weekday")
    return tuple(week.get(weekday, ()) for weekday in WEEKDAYS)


def _weekdays(key: Value) -> tuple[str, ...]:
    first, dash, last = key.scalar("a weekday").partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise Wrong(key, f"{key.shape} is no weekday: write mon, tue, wed, thu, fri, sat, sun or mon-fri")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < start:
        raise Wrong(key, f"{key.shape} runs backwards: start with the earlier day of the week")
    return WEEKDAYS[start : end + 1]


def _spans(value: Value) -> Spans:
    """The spans of one day in order, none touching the next; an empty list is a closed day."""
    if not value.is_list:
        return (_span(value),)
    found: list[Span] = []
    for item in value.items("a list of spans"):
        span = attempt(item, _span, None)
        if span is None:
            continue
        if found and span.start_minute < found[-1].end_minute:
            item.note(f"{span} starts before {found[-1]} ends: put spans in order, without overlap")
        found.append(span)
    return tuple(found)


def _span(value: Value) -> Span:
    written = value.scalar("a span such as 08:30-12:00")
    try:
        span = Span.parse(written)
    except BadSpan:
        if re.fullmatch(r"\d\d?:\d\d-\d\d?:\d\d", written, re.ASCII):
            raise Wrong(
                value, f"{written} does not end after it starts on the same day: split a night at 24:00"
            ) from None
        raise Wrong(value, f"{written[:60]!r} is not a span: write it as 08:30-12:00") from None
    if span.start_minute == span.end_minute:
        raise Wrong(value, f"{written} has no length: give it a later end")
    return span


def _special_days(value: Value) -> Mapping[date, Spans]:
    """Hours of single dates, such as make-up working days; they win over holidays."""
    found: dict[date, Spans] = {}
    for key, at in value.pairs("a mapping of dates, such as 2026-02-14: [09:00-12:00]"):
        date_named, spans = attempt(key, day, None), attempt(at, _spans, ())
        if date_named is not None:
            found[date_named] = spans
    return found

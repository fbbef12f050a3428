"""Working time, case by case, to the second.

Each row: a window, when the clock starts (on the wall), how much working time, and when that is over.
Every row is read both ways: `add` gives the end, and `between` gives the working time back.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.calendar import Span, Window, always, five_by_eight, holidays_of, seven_by_twelve


def daily(zone: str, *spans: str) -> Window:
    """The same spans on each day of the week."""
    return Window("daily", zone, (tuple(Span.parse(span) for span in spans),) * 7)


def on(zone: str, weekday: int, *spans: str) -> Window:
    """Spans on one weekday only; Monday is 0."""
    week: list[tuple[Span, ...]] = [()] * 7
    week[weekday] = tuple(Span.parse(span) for span in spans)
    return Window("one day a week", zone, tuple(week))


CHINA = five_by_eight("Asia/Shanghai", holidays_of("CN", [2026, 2027]))
NO_HOLIDAYS = five_by_eight("Asia/Shanghai")
PHONE = seven_by_twelve("Asia/Shanghai")
NEW_YORK = daily("America/New_York", "00:00-24:00")
NEW_YORK_NIGHT = daily("America/New_York", "00:00-06:00", "22:00-24:00")
NEW_YORK_AT_ONE = daily("America/New_York", "01:00-02:00")
NEW_YORK_AT_TWO = daily("America/New_York", "02:00-03:00")
BERLIN = daily("Europe/Berlin", "00:00-24:00")
BERLIN_OFFICE = five_by_eight("Europe/Berlin", holidays_of("DE", [2026]))
BERLIN_EARLY = daily("Europe/Berlin", "01:00-04:00")
LORD_HOWE = daily("Australia/Lord_Howe", "00:00-24:00")
LORD_HOWE_EARLY = daily("Australia/Lord_Howe", "01:00-03:00")
NIGHT = daily("Asia/Shanghai", "00:00-06:00", "22:00-24:00")
SHORT_FRIDAY = Window(
    "short day",
    "Asia/Shanghai",
    NO_HOLIDAYS.weekdays,
    workdays={date(2026, 12, 31): (Span.parse("08:30-12:00"),)},
)
MIDNIGHT_SPAN = on("Asia/Shanghai", 0, "23:00-24:00")
WITH_NOTHING = daily("Asia/Shanghai", "07:00-07:00", "09:00-10:00", "12:00-12:00")
LEAP = on("Asia/Shanghai", 1, "09:00-17:00")
NEPAL = daily("Asia/Kathmandu", "10:00-17:00")
HAVANA = daily("America/Havana", "00:00-24:00")
SAMOA = daily("Pacific/Apia", "09:00-17:00")
OVERLAP = daily("Asia/Shanghai", "09:00-12:00", "11:00-13:00", "13:00-14:00")

CASES = [
    # One ordinary day (2026-03-10 is a Tuesday).
    ("an hour in the morning", CHINA, "2026-03-10 09:00:00", "1:00:00", "2026-03-10 10:00:00"),
    ("to the second", CHINA, "2026-03-10 09:00:01", "0:00:59", "2026-03-10 09:01:00"),
    ("nothing added in the open", CHINA, "2026-03-10 09:00:00", "0:00:00", "2026-03-10 09:00:00"),
    ("nothing added at night", CHINA, "2026-03-10 03:00:00", "0:00:00", "2026-03-10 03:00:00"),
    ("a whole morning ends at noon", CHINA, "2026-03-10 08:30:00", "3:30:00", "2026-03-10 12:00:00"),
    ("a whole day ends at six", CHINA, "2026-03-10 08:30:00", "8:00:00", "2026-03-10 18:00:00"),
    # Lunch.
    ("over lunch", CHINA, "2026-03-10 11:30:00", "1:00:00", "2026-03-10 14:00:00"),
    ("one second past lunch", CHINA, "2026-03-10 11:59:59", "0:00:02", "2026-03-10 13:30:01"),
    ("opened at noon sharp", CHINA, "2026-03-10 12:00:00", "0:15:00", "2026-03-10 13:45:00"),
    ("opened during lunch", CHINA, "2026-03-10 12:45:00", "0:15:00", "2026-03-10 13:45:00"),
    ("opened as lunch ends", CHINA, "2026-03-10 13:30:00", "0:15:00", "2026-03-10 13:45:00"),
    # Night.
    ("before the doors open", CHINA, "2026-03-10 06:00:00", "1:00:00", "2026-03-10 09:30:00"),
    ("just before closing", CHINA, "2026-03-10 17:59:00", "0:15:00", "2026-03-11 08:44:00"),
    ("at closing", CHINA, "2026-03-10 18:00:00", "0:15:00", "2026-03-11 08:45:00"),
    ("after closing", CHINA, "2026-03-10 23:59:59", "4:00:00", "2026-03-11 14:00:00"),
    ("three working days", CHINA, "2026-03-10 10:00:00", "24:00:00", "2026-03-13 10:00:00"),
    ("a page at 02:00 on the phone window", PHONE, "2026-03-10 02:00:00", "0:15:00", "2026-03-10 09:15:00"),
    ("over night on the phone window", PHONE, "2026-03-10 20:30:00", "1:00:00", "2026-03-11 09:30:00"),
    # Weekend.
    ("over a weekend", CHINA, "2026-03-13 17:30:00", "1:00:00", "2026-03-16 09:00:00"),
    ("opened on Saturday", CHINA, "2026-03-14 11:00:00", "1:00:00", "2026-03-16 09:30:00"),
    ("opened on Sunday night", CHINA, "2026-03-15 23:00:00", "8:00:00", "2026-03-16 18:00:00"),
    ("ten working days", CHINA, "2026-03-10 08:30:00", "80:00:00", "2026-03-23 18:00:00"),
    ("the phone answers on Sunday", PHONE, "2026-03-15 10:00:00", "4:00:00", "2026-03-15 14:00:00"),
    # Spring Festival 2026: off from Monday 16 to Monday 23 February, worked on Saturdays 14 and 28.
    ("into the make-up Saturday", CHINA, "2026-02-13 17:00:00", "2:00:00", "2026-02-14 09:30:00"),
    ("on the make-up Saturday", CHINA, "2026-02-14 10:05:00", "1:00:00", "2026-02-14 11:05:00"),
    ("lunch on the make-up Saturday", CHINA, "2026-02-14 11:55:00", "0:10:00", "2026-02-14 13:35:00"),
    ("from it over the festival", CHINA, "2026-02-14 17:30:00", "1:00:00", "2026-02-24 09:00:00"),
    ("on New Year's Eve of the moon", CHINA, "2026-02-16 10:00:00", "0:15:00", "2026-02-24 08:45:00"),
    ("the second make-up Saturday", CHINA, "2026-02-27 17:30:00", "1:00:00", "2026-02-28 09:00:00"),
    ("that Saturday without a list", NO_HOLIDAYS, "2026-02-13 17:00:00", "2:00:00", "2026-02-16 09:30:00"),
    ("the phone has no holidays", PHONE, "2026-02-17 10:00:00", "1:00:00", "2026-02-17 11:00:00"),
    # The other exchanged days of 2026.
    ("Sunday 4 January is worked", CHINA, "2026-01-03 12:00:00", "1:00:00", "2026-01-04 09:30:00"),
    ("Friday 2 January is not", CHINA, "2026-01-02 09:00:00", "1:00:00", "2026-01-04 09:30:00"),
    ("over Tomb-Sweeping Day", CHINA, "2026-04-03 17:30:00", "1:00:00", "2026-04-07 09:00:00"),
    ("over Labour Day", CHINA, "2026-04-30 17:30:00", "1:00:00", "2026-05-06 09:00:00"),
    ("Saturday 9 May is worked", CHINA, "2026-05-08 17:30:00", "1:00:00", "2026-05-09 09:00:00"),
    ("over Dragon Boat", CHINA, "2026-06-18 17:30:00", "1:00:00", "2026-06-22 09:00:00"),
    ("Sunday 20 September is worked", CHINA, "2026-09-19 20:00:00", "8:00:00", "2026-09-20 18:00:00"),
    # National Day 2026: off from 1 to 7 October, worked on Saturday the 10th.
    ("over National Day week", CHINA, "2026-09-30 17:30:00", "1:00:00", "2026-10-08 09:00:00"),
    ("in the middle of it", CHINA, "2026-10-04 02:00:00", "4:00:00", "2026-10-08 14:00:00"),
    ("a working week around it", CHINA, "2026-09-30 08:30:00", "40:00:00", "2026-10-12 18:00:00"),
    ("Saturday 10 October is worked", CHINA, "2026-10-09 17:00:00", "3:00:00", "2026-10-10 10:30:00"),
    # Around the year's end.
    ("into the next year", CHINA, "2026-12-31 17:00:00", "2:00:00", "2027-01-04 09:30:00"),
    ("a short day named by hand", SHORT_FRIDAY, "2026-12-31 11:00:00", "2:00:00", "2027-01-01 09:30:00"),
    ("over New Year without a pause", NIGHT, "2026-12-31 23:30:00", "1:00:00", "2027-01-01 00:30:00"),
    # Night shifts and spans to midnight.
    ("through midnight", NIGHT, "2026-03-10 23:00:00", "2:00:00", "2026-03-11 01:00:00"),
    ("ends at six sharp", NIGHT, "2026-03-10 22:00:00", "8:00:00", "2026-03-11 06:00:00"),
    ("then waits for the evening", NIGHT, "2026-03-10 22:00:00", "8:00:01", "2026-03-11 22:00:01"),
    ("a span ends at midnight", MIDNIGHT_SPAN, "2026-03-09 23:00:00", "1:00:00", "2026-03-10 00:00:00"),
    ("and goes on a week later", MIDNIGHT_SPAN, "2026-03-09 23:00:00", "1:00:01", "2026-03-16 23:00:01"),
    # Odd spans.
    ("spans of nothing add nothing", WITH_NOTHING, "2026-03-10 06:00:00", "0:30:00", "2026-03-10 09:30:00"),
    ("and take nothing", WITH_NOTHING, "2026-03-10 09:30:00", "1:00:00", "2026-03-11 09:30:00"),
    ("overlapping spans count once", OVERLAP, "2026-03-10 09:00:00", "5:00:00", "2026-03-10 14:00:00"),
    # Leap days: 29 February 2028 is a Tuesday.
    ("on 29 February", LEAP, "2028-02-22 17:00:00", "1:00:00", "2028-02-29 10:00:00"),
    ("after 29 February", LEAP, "2028-02-29 16:00:00", "2:00:00", "2028-03-07 10:00:00"),
    ("over 29 February", NO_HOLIDAYS, "2028-02-28 17:30:00", "9:00:00", "2028-03-01 09:00:00"),
    ("no 29 February in 2027", NO_HOLIDAYS, "2027-02-26 17:30:00", "1:00:00", "2027-03-01 09:00:00"),
    # A zone west of Greenwich is still in its old year when UTC is in the new one.
    ("New Year's Eve abroad", NEW_YORK_NIGHT, "2026-12-31 21:00:00", "1:00:00", "2026-12-31 23:00:00"),
    ("New Year's night abroad", NEW_YORK_NIGHT, "2026-12-31 22:00:00", "8:00:00", "2027-01-01 06:00:00"),
    # New York: 8 March 2026 has 23 hours, 1 November has 25.
    ("a spring day has 23 hours", NEW_YORK, "2026-03-08 00:00:00", "23:00:00", "2026-03-09 00:00:00"),
    ("a summer day has 24", NEW_YORK, "2026-07-08 00:00:00", "24:00:00", "2026-07-09 00:00:00"),
    ("an autumn day has 25", NEW_YORK, "2026-11-01 00:00:00", "25:00:00", "2026-11-02 00:00:00"),
    ("over the hour left out", NEW_YORK, "2026-03-08 01:30:00", "1:00:00", "2026-03-08 03:30:00"),
    ("a spring night shift has 7", NEW_YORK_NIGHT, "2026-03-07 22:00:00", "7:00:00", "2026-03-08 06:00:00"),
    ("an autumn night shift has 9", NEW_YORK_NIGHT, "2026-10-31 22:00:00", "9:00:00", "2026-11-01 06:00:00"),
    ("shown twice, counts twice", NEW_YORK_AT_ONE, "2026-11-01 00:00:00", "2:00:00", "2026-11-01 02:00:00"),
    ("left out, not counted", NEW_YORK_AT_TWO, "2026-03-07 02:30:00", "1:00:00", "2026-03-09 02:30:00"),
    # Berlin: 29 March 2026 has 23 hours, 25 October has 25.
    ("Berlin in spring", BERLIN, "2026-03-29 00:00:00", "23:00:00", "2026-03-30 00:00:00"),
    ("Berlin in autumn", BERLIN, "2026-10-25 00:00:00", "25:00:00", "2026-10-26 00:00:00"),
    ("three wall hours are two", BERLIN_EARLY, "2026-03-29 01:00:00", "2:00:00", "2026-03-29 04:00:00"),
    ("three wall hours are four", BERLIN_EARLY, "2026-10-25 01:00:00", "4:00:00", "2026-10-25 04:00:00"),
    ("a weekend with a change in it", BERLIN_OFFICE, "2026-03-27 17:30:00", "1:00:00", "2026-03-30 09:00:00"),
    ("over Easter", BERLIN_OFFICE, "2026-04-02 17:30:00", "1:00:00", "2026-04-07 09:00:00"),
    # Lord Howe turns its clocks by half an hour: 5 April 2026 back, 4 October forward.
    ("Lord Howe in autumn", LORD_HOWE, "2026-04-05 00:00:00", "24:30:00", "2026-04-06 00:00:00"),
    ("Lord Howe in spring", LORD_HOWE, "2026-10-04 00:00:00", "23:30:00", "2026-10-05 00:00:00"),
    ("two wall hours are 1 1/2", LORD_HOWE_EARLY, "2026-10-04 01:00:00", "1:30:00", "2026-10-04 03:00:00"),
    ("two wall hours are 2 1/2", LORD_HOWE_EARLY, "2026-04-05 01:00:00", "2:30:00", "2026-04-05 03:00:00"),
    # Zones with oddities.
    ("a zone at 5:45", NEPAL, "2026-03-10 16:30:00", "1:00:00", "2026-03-11 10:30:00"),
    ("a change at midnight", HAVANA, "2026-11-01 00:00:00 first", "25:00:00", "2026-11-02 00:00:00"),
    ("a date that never was", SAMOA, "2011-12-29 16:00:00", "2:00:00", "2011-12-31 10:00:00"),
    # Round the clock.
    ("always open, always running", always(), "2026-02-17 02:00:00", "0:15:00", "2026-02-17 02:15:00"),
    ("over a year of it", always(), "2027-06-01 00:00:00", "8784:00:00", "2028-06-01 00:00:00"),
]  # fmt: skip


def wall(text: str, zone: str) -> datetime:
    """A wall time of a zone; "second" after it picks the later of a time shown twice."""
    stamp, _, which = text.replace(" ", "T", 1).partition(" ")
    return datetime.fromisoformat(stamp).replace(tzinfo=ZoneInfo(zone), fold=which == "second")


def duration(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(("window", "start", "working", "end"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_working_time_is_over_at_this_second(window: Window, start: str, working: str, end: str) -> None:
    opened, expected = wall(start, window.zone), wall(end, window.zone)
    due = window.add(opened, duration(working))
    assert due.tzinfo is UTC
    assert due == expected.astimezone(UTC)
    assert window.between(opened, due) == duration(working)
    assert window.between(due, opened) == -duration(working)


@pytest.mark.parametrize(
    ("window", "at", "open_now", "opens"),
    [
        (CHINA, "2026-03-10 08:29:59", False, "2026-03-10 08:30:00"),
        (CHINA, "2026-03-10 08:30:00", True, "2026-03-10 08:30:00"),
        (CHINA, "2026-03-10 12:00:00", False, "2026-03-10 13:30:00"),
        (CHINA, "2026-03-10 17:59:59", True, "2026-03-10 17:59:59"),
        (CHINA, "2026-03-10 18:00:00", False, "2026-03-11 08:30:00"),
        (CHINA, "2026-02-14 18:00:00", False, "2026-02-24 08:30:00"),
        (CHINA, "2026-10-01 09:00:00", False, "2026-10-08 08:30:00"),
        (CHINA, "2026-12-31 18:00:00", False, "2027-01-04 08:30:00"),
        (NEW_YORK_AT_TWO, "2026-03-08 01:59:59", False, "2026-03-09 02:00:00"),
        (NEW_YORK_AT_ONE, "2026-11-01 01:30:00 second", True, "2026-11-01 01:30:00 second"),
        (MIDNIGHT_SPAN, "2026-03-10 00:00:00", False, "2026-03-16 23:00:00"),
        (WITH_NOTHING, "2026-03-10 07:00:00", False, "2026-03-10 09:00:00"),
        (always(), "2026-02-17 02:00:00", True, "2026-02-17 02:00:00"),
    ],
)
def test_a_window_says_whether_it_is_open_and_when_it_will_be(
    window: Window, at: str, open_now: bool, opens: str
) -> None:
    moment = wall(at, window.zone)
    assert window.is_open(moment) is open_now
    assert window.next_open(moment) == wall(opens, window.zone).astimezone(UTC)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 60

"""Since which day of the calendar: "since 20 November", "since the 3rd", 从11月20号开始, as a moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

WORKING_DAY_BEGINS = 9
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZH_DIGITS = "〇一二三四五六七八九"
_BEGAN = (
    r"(?<![a-z0-9])(?:since|(?:started|began|happened|stopped|broke|broken|died|crashed|failed)(?: \w+)? on|from)"
    r"(?: about| around)?(?: the)? "
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>20\d\d)"
_ZH_NUMBER = r"\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_ZH_BEGAN = r"(?:左右)?(?:早上|上午|中午|下午|晚上)?(?:开始|起|以来|就)"


def _number(said: str) -> int:
    """A number up to 99 in figures or in Chinese."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (10 * max(1, _ZH_DIGITS.find(tens)) if ten else 0) + (_ZH_DIGITS.index(ones) if ones else 0)


def _on(found: re.Match[str], local: datetime) -> datetime:
    """The day that was named: the latest one there has been, where the year or the month was left out."""
    given = found.groupdict()
    day, month, year = _number(given["day"]), given.get("month"), given.get("year")
    morning = local.replace(hour=WORKING_DAY_BEGINS, minute=0, second=0, microsecond=0)
    if not month:
        this = morning.replace(day=day) if day <= local.day else None
        return this or (morning.replace(day=1) - timedelta(days=1)).replace(day=day)
    number = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else _number(month)
    if year:
        return morning.replace(year=int(year), month=number, day=day)
    over = (number, day) <= (local.month, local.day)
    return morning.replace(year=local.year if over else local.year - 1, month=number, day=day)


def _either_way(found: re.Match[str], local: datetime) -> datetime | None:
    """A day and a month in an order nobody can tell, unless one of them can be no month; then the words alone stand."""
    one, other = int(found["one"]), int(found["month"] or found["other"])
    if found["month"]:  # with dots the day comes first
        one, other = other, one
    elif one <= 12 and other <= 12 and one != other:
        return None
    day, month = (other, one) if other > 12 or found["month"] else (one, other)
    to_come = (month, day) > (local.month, local.day)
    year = int(said) if (said := found["year"] or found["full"]) else local.year - to_come
    return local.replace(year=year, month=month, day=day, hour=WORKING_DAY_BEGINS, minute=0, second=0, microsecond=0)


DATES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], datetime | None]], ...] = (
    (re.compile(rf"{_BEGAN}{_YEAR}-(?P<month>\d{{1,2}})-{_DAY}(?!\d)"), _on),
    (re.compile(
        rf"{_BEGAN}(?P<one>\d{{1,2}})(?:/(?P<other>\d{{1,2}})(?:/{_YEAR})?(?![\d:%/])|"
        rf"\.(?P<month>\d{{1,2}})\.(?:(?P<full>20\d\d))?(?![\d.]))"), _either_way),
    (re.compile(rf"{_BEGAN}{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR})?(?![a-z])"), _on),
    (re.compile(rf"{_BEGAN}{_MONTH} {_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR})?(?![a-z0-9:])"), _on),
    (re.compile(rf"{_BEGAN}{_DAY}(?:st|nd|rd|th)(?![a-z])(?! floor)"), _on),
    (re.compile(
        rf"[从自]?(?:{_YEAR}年)?(?P<month>{_ZH_NUMBER})月(?P<day>{_ZH_NUMBER})[号日]?{_ZH_BEGAN}"), _on),
    (re.compile(
        rf"[从自]?(?:这个月|本月)?(?<![\d月十])(?P<day>{_ZH_NUMBER})[号日]{_ZH_BEGAN}(?![到去要来走得])"), _on),
    (re.compile(  # in Chinese the month comes first
        rf"(?<![\d/.])[从自]?(?P<month>1[0-2]|0?[1-9])[/.](?P<day>\d{{1,2}})(?![\d/.:%])[号日]?{_ZH_BEGAN}"), _on),
    (re.compile(rf"[从自]{_YEAR}[-/.年](?P<month>\d{{1,2}})[-/.月]{_DAY}日?(?:开始|起)?"), _on),
)  # fmt: skip

"""A date and time as people type it: ISO 8601, "14:30", "tomorrow 9:00", "2h", "Friday 14:00", "yesterday", 明天."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from intents.moments import since_when
from intents.normalise import normalise

_CLOCK = r"(?P<hour>\d{1,2})(?:[:：.](?P<minute>\d{2})|点(?P<half>半)?|\s*h)?"
_DAY = re.compile(rf"^(?P<day>today|tomorrow|今天|明天|后天)?\s*(?:at\s*)?{_CLOCK}$", re.IGNORECASE)
_LENGTH = re.compile(
    r"^(?:in\s*)?(?P<count>\d{1,3})\s*(?P<unit>minutes?|mins?|m|hours?|h|days?|d|weeks?|w|分钟?|个?小时|天|周)(?:后|之后)?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"^(?:(?:on|this)\s+)?(?P<next>next\s+|下)?(?:(?P<english>mon|tue|wed|thu|fri|sat|sun)[a-z]*"
    rf"|(?:这|本)?(?:周|星期|礼拜)(?P<chinese>[一二三四五六日天]))(?:[,，]?\s*(?:at\s*)?{_CLOCK})?$",
    re.IGNORECASE,
)
_PART_OF_DAY = re.compile(
    rf"^(?P<day>today|this|tomorrow|tonight|今天?|明天?|后天)\s*"
    rf"(?P<part>morning|noon|afternoon|evening|night|早上|上午|中午|下午|傍晚|晚上?)?(?:[,，]?\s*(?:at\s*)?{_CLOCK})?$",
    re.IGNORECASE,
)
_HOURS = {
    "morning": 9, "noon": 12, "afternoon": 14, "evening": 18, "night": 20,
    "早上": 9, "上午": 9, "中午": 12, "下午": 14, "傍晚": 18, "晚上": 20, "晚": 20,
}  # fmt: skip
_LATE = frozenset({"afternoon", "evening", "night", "下午", "傍晚", "晚上", "晚"})
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"m": 60, "分": 60, "h": 3600, "小": 3600, "d": 86400, "天": 86400, "w": 604800, "周": 604800}
_DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2}
MORNING = 9
FURTHEST = timedelta(days=3660)


class BadMoment(ValueError):
    """These words are not a date and time."""


def parse_moment(text: str, now: datetime, zone: str) -> datetime:
    """The moment meant, in UTC; words without a zone are read in the person's.

    Raises `BadMoment`, also for what lies more than ten years ahead: nobody waits for that.
    """
    try:
        at = _parsed(text.strip(), now, zone)
    except OverflowError as error:  # the year 1 or 9999, seen from another zone
        raise BadMoment(text) from error
    if at - now > FURTHEST:
        raise BadMoment(text)
    return at


_SPOKEN = re.compile(
    r"20\d\d[-/]\d\d?[-/]\d\d?(?:[ T]\d\d?:\d\d)?"
    r"|(?:(?:today|tomorrow|今天|明天|后天)\s*(?:at\s*)?)?\d{1,2}[:：]\d{2}"
    r"|(?:今天|明天|后天)?\d{1,2}点半?"
    r"|in\s+\d{1,3}\s*(?:minutes?|mins?|hours?|days?)\b|\d{1,3}\s*(?:分钟|个?小时|天)(?:之?后|内)?",
    re.IGNORECASE,
)


def moment_within(text: str, now: datetime, zone: str) -> datetime | None:
    """The first moment ahead that a sentence names, such as "call back by 15:30", or None: people promise in words."""
    for found in _SPOKEN.finditer(text):
        try:
            at = parse_moment(found[0].removesuffix("内"), now, zone)
        except BadMoment:
            continue
        if at > now:
            return at
    return None


def _parsed(words: str, now: datetime, zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    if length := _LENGTH.match(words):
        seconds = int(length["count"]) * _UNITS[length["unit"].removeprefix("个")[0].lower()]
        return now.astimezone(UTC) + timedelta(seconds=seconds)
    if words.lower() in _DAYS:
        return _at(local + timedelta(days=_DAYS[words.lower()]), MORNING, 0)
    if weekday := _WEEKDAY.match(words):
        return _on_weekday(weekday, local)
    if day := _DAY.match(words):
        return _on_day(day, local)
    if part := _PART_OF_DAY.match(words):
        return _in_part(part, local)
    said, past = since_when(normalise(words), now, zone)
    if past is not None and said == normalise(words):
        return past  # "yesterday": a time all the same
    return _iso(words, zone)


def _in_part(said: re.Match[str], local: datetime) -> datetime:
    """A part of today or of a day to come: "tomorrow morning", 今天下午3点."""
    day = said["day"].lower()
    part = "night" if day == "tonight" else (said["part"] or "").lower()
    days = _DAYS.get(day, _DAYS.get(f"{day}天", 0))
    hour, minute = int(said["hour"] or _HOURS.get(part, MORNING)), 30 if said["half"] else int(said["minute"] or 0)
    hour += 12 if part in _LATE and hour < 12 else 0
    if hour > 23 or minute > 59 or not part:
        raise BadMoment(said.string)
    return _at(local + timedelta(days=days), hour, minute)


def _on_weekday(said: re.Match[str], local: datetime) -> datetime:
    """The coming one of that name; "next" means the one of next week."""
    chinese = "一二三四五六日天".find(said["chinese"]) if said["chinese"] else 0
    wanted = _WEEK.index(said["english"].lower()) if said["english"] else min(chinese, 6)
    days = wanted - local.weekday() + 7 if said["next"] else (wanted - local.weekday()) % 7
    hour = int(said["hour"] or MORNING)
    minute = 30 if said["half"] else int(said["minute"] or 0)
    if hour > 23 or minute > 59:
        raise BadMoment(said.string)
    at = _at(local + timedelta(days=days), hour, minute)
    return at if at > local else _at(local + timedelta(days=days + 7), hour, minute)


def _on_day(day: re.Match[str], local: datetime) -> datetime:
    hour, minute = int(day["hour"]), 30 if day["half"] else int(day["minute"] or 0)
    if hour > 23 or minute > 59:
        raise BadMoment(day.string)
    word = (day["day"] or "").lower()
    at = _at(local + timedelta(days=_DAYS.get(word, 0)), hour, minute)
    # "9:00" said in the afternoon means tomorrow's.
    return at if word or at > local else _at(local + timedelta(days=1), hour, minute)


def _at(day: datetime, hour: int, minute: int) -> datetime:
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


def _iso(words: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(words.replace("/", "-"))
    except ValueError as error:
        raise BadMoment(words) from error
    if at.hour == at.minute == 0 and len(words) <= 10:
        at = at.replace(hour=MORNING)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)

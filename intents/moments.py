"""Since when: "since this morning", "for two hours", 从昨天下午开始, as the person's words and as a moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "couple": 2, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 3,
    "half": 0.5, "half a": 0.5, "half an": 0.5,
    "半": 0.5, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9, "十": 10, "几": 3, "好几": 4,
}  # fmt: skip
_UNITS = {
    "minute": timedelta(minutes=1), "min": timedelta(minutes=1), "hour": timedelta(hours=1), "hr": timedelta(hours=1),
    "h": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30),
    "分钟": timedelta(minutes=1), "分": timedelta(minutes=1), "小时": timedelta(hours=1), "钟头": timedelta(hours=1),
    "天": timedelta(days=1), "日": timedelta(days=1), "周": timedelta(weeks=1), "星期": timedelta(weeks=1),
    "礼拜": timedelta(weeks=1), "月": timedelta(days=30), "年": timedelta(days=365), "year": timedelta(days=365),
}  # fmt: skip
# The hour we write down for a part of the day: where it usually begins to matter in an office.
_HOURS = {
    "morning": 8, "noon": 12, "lunch": 12, "lunchtime": 12, "afternoon": 13, "evening": 18, "night": 20,
    "早上": 8, "早晨": 8, "一早": 8, "上午": 9, "中午": 12, "下午": 13, "傍晚": 18, "晚上": 20, "晚": 20, "夜里": 22,
    "早": 8, "凌晨": 2,
}  # fmt: skip
_WEEKDAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6,
}  # fmt: skip
_WORKING_DAY_BEGINS, _OFFICE_OPENS = 9, 7

_COUNT = (
    r"(?P<count>\d{1,3}(?:\.\d)?|half an|half a|half|a couple of|couple of|a few|few|several|an|a|"
    r"one|two|three|four|five|six|seven|eight|nine|ten)"
)
_UNIT = r"(?P<unit>minute|min|hour|hr|h|day|week|month|year)s?"
_PART = r"(?P<part>morning|noon|lunchtime|lunch|afternoon|evening|night)"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>am|pm|oclock)?"
_PLAINLY_A_CLOCK = r"(?=\d{1,2}(?:[:.]\d{2}| ?[ap]m))"
_ZH_COUNT = r"(?P<count>\d{1,3}(?:\.\d)?|好几|[半一二两俩三四五六七八九十几])"
_ZH_UNIT = r"(?P<unit>分钟|小时|钟头|天|周|星期|礼拜|月|年)"
_ZH_HOUR = r"(?P<hour>\d{1,2}|十[一二]?|[一二两三四五六七八九])"
_ZH_CLOCK = rf"{_ZH_HOUR}(?:点|:)(?P<half_past>半)?(?P<minute>\d{{2}})?分?多?(?:左右)?"
_ZH_PART = r"(?P<part>早上|早晨|一早|上午|中午|下午|傍晚|晚上|凌晨|夜里|早|晚)"


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{expression})(?![a-z0-9])")


_Reading = Callable[[re.Match[str], datetime], datetime | None]


def since_when(words: str, now: datetime, zone: str) -> tuple[str, datetime | None]:
    """The words that say since when, and the moment in UTC, never later than ``now``; ``("", None)`` without any.

    ``words`` are normalised. The moment is None where the words name an event, not a time ("since the update").
    """
    local = now.astimezone(ZoneInfo(zone))
    for pattern, reading in _READINGS:
        for found in pattern.finditer(words):
            if _is_no_beginning(words, found):
                words = words[: found.start()] + " " * len(found.group()) + words[found.end() :]
                continue
            try:
                moment = reading(found, local)
            except (ValueError, OverflowError):
                continue
            said = found.group().strip(" ,，从自")
            return said, min(moment, local).astimezone(UTC) if moment else None
    return "", None


_WELL = r"(?:worked|ran|was (?:still )?(?:fine|ok|okay|good|working))"
_WAS_WELL_THEN = re.compile(
    r"(?:的时候|上班时?)?(?:都|也)?还(?!是|没|不|在|报|说|要|得|打不|连不|用不|上不)"
    rf"|,? (?:it|that|this|they|everything|all) (?:still )?{_WELL}\b"
)
_WELL_UNTIL_THEN = re.compile(rf"\b{_WELL}(?: (?:fine|ok|okay|well|perfectly|all day))?,? $")
_STILL_TO_COME = re.compile(
    r"(?:\b(?:need|needs|want|wants|borrow|loan|rent|extend|prolong|activate|cover\w*|starts|starting|joins|comes|coming|"
    r"due|leaving|ends|book|reserve)\b[^.,!?\n]{0,40}|借|申请|需要|要)$"
)
_GRATEFUL_FOR = re.compile(
    r"(?:\b(?:thanks?|thank you|thx|cheers|grateful|appreciate)\b[^.,!?;\n]{0,40}|[谢感多]谢[^，。！？；,.!?\n]{0,8})$"
)
_GRATITUDE = re.compile(
    r"(?:的(?:事|帮忙|帮助|支持)|真的?|真是|太|非常|特别|很|可|也|麻烦|你们?|您)*(?:[谢感多]谢|谢了|辛苦)"
)


def _is_no_beginning(words: str, found: re.Match[str]) -> bool:
    """Whether a time tells when it still went well, when something will be, or what somebody is grateful for, and not
    since when it is wrong."""
    said, before = found.group(), words[max(0, found.start() - 60) : found.start()]
    if said.startswith("since ") or said.endswith(("开始", "起")):
        return False
    return bool(
        _WAS_WELL_THEN.match(words, found.end())
        or _WELL_UNTIL_THEN.search(before)
        or (said.startswith(("for ", "from ", "on ")) and _STILL_TO_COME.search(before))
        or _GRATEFUL_FOR.search(before)
        or _GRATITUDE.match(words, found.end())
    )


def _group(found: re.Match[str], name: str) -> str:
    return found.groupdict().get(name) or ""


def _ago(found: re.Match[str], local: datetime) -> datetime:
    count = _group(found, "count")
    amount = _NUMBERS[count] if count in _NUMBERS else float(count)
    if _group(found, "and_half"):
        amount += 0.5
    return local.astimezone(UTC) - amount * _UNITS[_group(found, "unit")]


def _at_part(day: datetime, found: re.Match[str]) -> datetime:
    hour = _HOURS.get(_group(found, "part"), _WORKING_DAY_BEGINS)
    if clock := _group(found, "hour"):
        hour = _clock_hour(_hour(clock), _group(found, "half"), _group(found, "part"))
    minute = int(_group(found, "minute") or 0)
    if _group(found, "half_past"):
        minute = 30
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _hour(said: str) -> int:
    return int(said) if said.isdigit() else int(_NUMBERS[said[-1]]) + 10 * (len(said) - 1)


def _clock_hour(hour: int, half: str, part: str) -> int:
    afternoon = half == "pm" or part in {"afternoon", "evening", "night", "下午", "傍晚", "晚上", "晚"}
    return hour + 12 if afternoon and hour < 12 else 0 if half == "am" and hour == 12 else hour


def _today(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local, found)


def _yesterday(found: re.Match[str], local: datetime) -> datetime:
    if "昨晚" in found.group() and not (_group(found, "part") or _group(found, "hour")):
        return (local - timedelta(days=1)).replace(hour=_HOURS["晚"], minute=0, second=0, microsecond=0)
    return _at_part(local - timedelta(days=1), found)


def _before_yesterday(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local - timedelta(days=2), found)


def _weekday(found: re.Match[str], local: datetime) -> datetime:
    back = (local.weekday() - _WEEKDAYS[_group(found, "weekday")]) % 7
    if _group(found, "last") and back == 0:
        back = 7
    return _at_part(local - timedelta(days=back), found)


def _weekday_of_last_week(found: re.Match[str], local: datetime) -> datetime:
    back = local.weekday() + 7 - _WEEKDAYS[_group(found, "weekday")]
    return _at_part(local - timedelta(days=back), found)


def _last_week(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local - timedelta(days=local.weekday() + 7), found)


def _clock(found: re.Match[str], local: datetime) -> datetime:
    moment = _at_part(local, found)
    later = moment + timedelta(hours=12)
    if 0 < moment.hour < _OFFICE_OPENS and later <= local and not (_group(found, "half") or _group(found, "part")):
        return later  # "since 2" said in the afternoon
    return moment - timedelta(days=1) if moment > local else moment


def _just_now(_: re.Match[str], local: datetime) -> datetime:
    return local - timedelta(minutes=5)


def _event(_: re.Match[str], __: datetime) -> None:
    return None


_READINGS: tuple[tuple[re.Pattern[str], _Reading], ...] = (
    (_pattern(rf"(?:since |from )?(?:the )?day before yesterday(?: {_PART})?"), _before_yesterday),
    (_pattern(
        rf"(?:since |from )?yesterday(?: {_PART})?"
        rf"(?: (?:(?:at|around|about) |{_PLAINLY_A_CLOCK}){_CLOCK})?"), _yesterday),
    (_pattern(r"(?:since )?last (?P<part>night|evening)"), _yesterday),
    (_pattern(rf"(?:since |from )?(?:early |late )?(?:this|today) {_PART}"), _today),
    (_pattern(rf"since (?:about |around |roughly )?{_CLOCK}(?: this {_PART})?"), _clock),
    (_pattern(rf"from {_PLAINLY_A_CLOCK}{_CLOCK}(?: on| onwards)?"), _clock),
    (_pattern(
        rf"(?:since|from|(?:started|began|happened|stopped|broke|broken|died|crashed|failed)(?: \w+)? on) "
        rf"(?P<last>last )?{_WEEKDAY}(?: {_PART})?"), _weekday),
    (_pattern(rf"(?P<last>last) {_WEEKDAY}(?: {_PART})?"), _weekday),
    (_pattern(rf"(?:about |around |some |roughly )?{_COUNT} (?P<and_half>and a half )?{_UNIT} ago"), _ago),
    (_pattern(
        rf"(?:for|since|over|already|in(?= the)) (?:the |about |around |over |more than |at least |almost |"
        rf"nearly )*(?:last |past )?{_COUNT} {_UNIT}"), _ago),
    (_pattern(r"since last week"), _last_week),
    (_pattern(rf"(?:since )?(?:this )?{_PART}(?: today)|all (?P<whole>morning|day)(?: long)?"), _today),
    (_pattern(r"(?:since )(?:today|noon|(?P<part>lunch|lunchtime))"), _today),
    (_pattern(r"just now|a moment ago|right now|a minute ago"), _just_now),
    (re.compile(rf"[从自]?(?:大?前天)(?:{_ZH_PART})?(?:开始|起)?"), _before_yesterday),
    (re.compile(
        rf"[从自]?昨[天日晚](?:{_ZH_PART})?(?:{_ZH_HOUR}(?:点|"
        rf":)(?P<half_past>半)?(?P<minute>\d{{2}})?分?)?(?:左右)?(?:开始|起)?"), _yesterday),
    (re.compile(
        rf"[从自]?今[天早日](?:{_ZH_PART})?(?:{_ZH_HOUR}(?:点|"
        rf":)(?P<half_past>半)?(?P<minute>\d{{2}})?分?)?(?:左右)?(?:一?上班)?(?:开始|起)?"), _today),
    (re.compile(
        rf"[从自]?上(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?:{_ZH_PART})?(?:开始|"
        rf"起)?"), _weekday_of_last_week),
    (re.compile(r"[从自]?上(?:周|个?星期|个?礼拜)(?:开始|起)?"), _last_week),
    (re.compile(
        rf"[从自]?(?:这|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?:{_ZH_PART})?(?:开始|起)"), _weekday),
    (re.compile(rf"{_ZH_COUNT}(?:个)?(?P<and_half>半)?(?:多)?{_ZH_UNIT}(?:多)?(?:以)?前"), _ago),
    (re.compile(
        rf"(?:已经|都|快|断了|坏了|持续|连续|等了|有|"
        rf"大概)*(?<![第\d]){_ZH_COUNT}(?:个)?(?P<and_half>半)?(?:多)?{_ZH_UNIT}(?:多)?了"), _ago),
    (re.compile(
        rf"[从自]{_ZH_PART}?{_ZH_CLOCK}(?:开始|起)?"), _clock),
    (re.compile(
        rf"{_ZH_PART}?(?<!\d){_ZH_CLOCK}(?:就?开始|起)"), _clock),
    (re.compile(
        rf"(?:断|坏|挂|停|卡|闪|掉|崩|这样|等|连不上|用不了|打不开)了?(?:已经|都|快|大概|有)*{_ZH_COUNT}(?:个)?"
        rf"(?P<and_half>半)?(?:多)?{_ZH_UNIT}"), _ago),
    (_pattern(
        r"zuotian(?: ?(?:zaoshang|shangwu|zhongwu|xiawu|wanshang))?(?: kaishi)?"), _yesterday),
    (re.compile(r"刚才|刚刚|方才"), _just_now),
    (re.compile(rf"(?:从)?{_ZH_PART}(?:开始|起)"), _today),
    (_pattern(
        r"(?:since|after) (?:the |an? |my |last |todays |yesterdays |our )?(?:latest |last |new |"
        r"recent )?(?:\w+ )?(?:update|upgrade|restart|reboot|move|migration|meeting|weekend|holidays?|"
        r"installation|change|power cut|outage|patch|vacation|reset|office move|"
        r"night shift|shift|thunderstorm|storm)"), _event),
    (_pattern(
        r"since (?:they|you|we|i|he|she|it|somebody|someone) (?:\w+ ){0,3}(?:moved|changed|replaced|updated|upgraded|"
        r"installed|removed|switched|restarted|rebooted|reset|got|took|docked|cleaned|plugged|"
        r"came)(?: \w+){0,3}"), _event),
    (re.compile(
        r"(?:自从|从)?(?:\w{0,6}?)?(?:更新|升级|重启|搬家|搬工位|换密码|改密码|重装|停电|装完|换电脑|"
        r"换办公室|放假|改完密码|夜班|晚班|打雷)(?:完)?(?:之?以?后|回来后|以来|完)"), _event),
    (re.compile(r"这两天|这几天|最近|近期|recently|lately|these days"), _event),
)  # fmt: skip

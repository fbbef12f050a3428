"""Since when: "since this morning", "for two hours", 从昨天下午开始, as the person's words and as a moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from intents.beginnings import is_no_beginning
from intents.dates import DATES

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "couple": 2, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 3,
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
    "midnight": 0, "breakfast": 8, "midday": 12,
    "morning": 8, "noon": 12, "lunch": 12, "lunchtime": 12, "afternoon": 13, "evening": 18, "night": 20,
    "早上": 8, "早晨": 8, "一早": 8, "上午": 9, "中午": 12, "下午": 13, "傍晚": 18, "晚上": 20, "晚": 20, "夜里": 22,
    "早": 8, "晨": 8, "凌晨": 2, "夜": 22,
}  # fmt: skip
_WEEKDAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6,
}  # fmt: skip
_WORKING_DAY_BEGINS, _OFFICE_OPENS = 9, 7
_LONGEST_TIME = 40  # characters; whoever writes more tells something else
_HALF_A_DAY = timedelta(hours=4)  # of work

_COUNT = (
    r"(?P<count>\d{1,3}(?:\.\d)?|half an|half a|half|a couple of|couple of|a few|few|several|an|a|"
    r"one|two|three|four|five|six|seven|eight|nine|ten)"
)
_UNIT = r"(?P<unit>minute|min|hour|hr|h|day|week|month|year)s?"
_PART = r"(?P<part>morning|noon|lunchtime|lunch|afternoon|evening|night)"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>am|pm|oclock)?"
_CLOCK_IN_WORDS = (
    r"(?P<half_past>half past )?(?P<hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: oclock)?"
    r"(?=$|[,.;!?]| (?:this|in the|i|we|it|my|our|the|nothing|nobody|no|everything|and)(?![a-z]))"
)
_PLAINLY_A_CLOCK = r"(?=\d{1,2}(?:[:.]\d{2}| ?[ap]m))"
_ZH_COUNT = (
    r"(?P<count>\d{1,3}(?:\.\d)?|好几|[二三四五六七八九]?十[一二三四五六七八九几]?|"
    r"一两|两三|三四|四五|五六|六七|七八|八九|[半一二两俩三四五六七八九几])"
)
_ZH_UNIT = r"(?P<unit>分钟|小时|钟头|天|周|星期|礼拜|月|年)"
_ZH_HOUR = r"(?P<hour>\d{1,2}|十[一二]?|[一二两三四五六七八九])"
_ZH_CLOCK = rf"{_ZH_HOUR}(?:点|:)(?P<half_past>半)?(?P<minute>\d{{2}})?分?多?(?:左右)?"
_ZH_PART = r"(?P<part>早上|早晨|一早|上午|中午|下午|傍晚|晚上|凌晨|夜里|早|晨|晚|夜)"


_UNIT_AHEAD = r"(?:minute|min|hour|hr|day|week|month|year)s?(?![a-z])"


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
            if is_no_beginning(words, found):
                words = words[: found.start()] + " " * len(found.group()) + words[found.end() :]
                continue
            try:
                moment = reading(found, local)
            except (ValueError, OverflowError):
                continue
            said = found.group().strip(" ,，从自").removesuffix("就")
            return said, min(moment, local).astimezone(UTC) if moment else None
    return "", None


def since_named(words: str, now: datetime, zone: str) -> tuple[str, datetime | None]:
    """`since_when` of words that are a time and nothing else, with no "since" of their own: "Tuesday", 周二.

    ``("", None)`` where they say anything besides. ``words`` are normalised.
    """
    bare = words.strip(" ,.!?，。！？")
    if not bare or len(bare) > _LONGEST_TIME:
        return "", None
    for told in (bare, f"since {bare}") if bare.isascii() else (bare, f"从{bare}", f"从{bare.removesuffix('的')}开始"):
        said, moment = since_when(told, now, zone)
        if said and len(told) - len(said) <= len("从"):
            return said, moment
    return "", None


def _group(found: re.Match[str], name: str) -> str:
    return found.groupdict().get(name) or ""


def _ago(found: re.Match[str], local: datetime) -> datetime:
    count = _group(found, "count")
    if (count, _group(found, "unit")) == ("半", "天"):
        return local - _HALF_A_DAY
    amount = _amount(count) + (0.5 if _group(found, "and_half") or _group(found, "half_more") else 0)
    return local.astimezone(UTC) - amount * _UNITS[_group(found, "unit")]


def _amount(count: str) -> float:
    """What a number counts, of "三四" (three or four) the smaller, of "十几" (ten and some) as if some were three."""
    if count in _NUMBERS:
        return _NUMBERS[count]
    if "十" in count:
        tens, _, ones = count.partition("十")
        return 10 * _NUMBERS.get(tens, 1) + _NUMBERS.get(ones, 0)
    return _NUMBERS[count[0]] if count[0] in _NUMBERS else float(count)


def _at_part(day: datetime, found: re.Match[str]) -> datetime:
    hour = _HOURS.get(_group(found, "part"), _WORKING_DAY_BEGINS)
    if clock := _group(found, "hour"):
        hour = _clock_hour(_hour(clock), _group(found, "half"), _group(found, "part"))
    minute = int(_group(found, "minute") or 0)
    if _group(found, "half_past"):
        minute = 30
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _hour(said: str) -> int:
    if said in _NUMBERS or said.isdigit():
        return int(_NUMBERS.get(said) or said)
    return int(_NUMBERS[said[-1]]) + 10 * (len(said) - 1)


def _clock_hour(hour: int, half: str, part: str) -> int:
    afternoon = half == "pm" or part in {"afternoon", "evening", "night", "下午", "傍晚", "晚上", "晚", "夜里", "夜"}
    afternoon = afternoon or (part == "中午" and hour < 3)
    return hour + 12 if afternoon and hour < 12 else 0 if half == "am" and hour == 12 else hour


def _today(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local, found)


def _yesterday(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local - timedelta(days=1), found)


def _before_yesterday(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local - timedelta(days=2), found)


def _three_days_before(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local - timedelta(days=3), found)


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


def _this_week(found: re.Match[str], local: datetime) -> datetime:
    return _at_part(local - timedelta(days=local.weekday()), found)


def _last_month(found: re.Match[str], local: datetime) -> datetime:
    return _at_part((local.replace(day=1) - timedelta(days=1)).replace(day=1), found)


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
    (_pattern(
        rf"(?:since |from )?(?:early |late |earlier )?(?:this|today) {_PART}"
        rf"(?: (?:(?:at|around|about|from) |{_PLAINLY_A_CLOCK}){_CLOCK})?"), _today),
    (_pattern(r"(?:since )?earlier today"), _today),
    *DATES,
    (_pattern(
        rf"since (?:about |around |roughly |approximately |approx\.? |~ ?)?{_CLOCK}(?! ?{_UNIT_AHEAD}|[.:]\d)"
        rf"(?: (?:this|in the) {_PART})?"), _clock),
    (_pattern(rf"since (?:about |around )?{_CLOCK_IN_WORDS}(?: (?:this|in the) {_PART})?"), _clock),
    (_pattern(rf"from {_PLAINLY_A_CLOCK}{_CLOCK}(?: on| onwards)?"), _clock),
    (_pattern(
        rf"(?:since|from|(?:started|began|happened|stopped|broke|broken|died|crashed|failed)(?: \w+)? on) "
        rf"(?P<last>last )?{_WEEKDAY}(?: {_PART})?"), _weekday),
    (_pattern(rf"(?P<last>last) {_WEEKDAY}(?: {_PART})?"), _weekday),
    (_pattern(rf"(?:about |around |some |roughly )?{_COUNT} (?P<and_half>and a half )?{_UNIT}"
              r"(?P<half_more> and a half)? ago"), _ago),
    (_pattern(
        rf"(?:for|since|over|already|in(?= the)) (?:the |about |around |over |more than |at least |almost |"
        rf"nearly )*(?:last |past )?{_COUNT} {_UNIT}(?P<half_more> and a half)?"), _ago),
    (_pattern(r"since last week"), _last_week),
    (_pattern(r"since last month"), _last_month),
    (_pattern(
        r"all week(?: long)?|(?:for )?the (?:whole|entire) week|"
        r"since (?:the (?:start|beginning) of )?(?:this|the) week"), _this_week),
    (_pattern(rf"(?:since )?(?:this )?{_PART}(?: today)|(?:all|(?:for )?the (?:whole|entire)) "
              r"(?P<whole>morning|day)(?: long)?"), _today),
    (_pattern(r"since (?:today|(?P<part>noon|midday|lunchtime|lunch|breakfast|midnight))"), _today),
    (_pattern(r"just now|a moment ago|right now|a minute ago"), _just_now),
    (re.compile(rf"[从自]?大前天(?:{_ZH_PART})?(?:开始|起)?"), _three_days_before),
    (re.compile(rf"[从自]?前天(?:{_ZH_PART})?(?:开始|起)?"), _before_yesterday),
    (re.compile(
        rf"[从自]?昨(?:天|日|(?=[晚夜]))(?:{_ZH_PART})?(?:{_ZH_HOUR}(?:点|"
        rf":)(?P<half_past>半)?(?P<minute>\d{{2}})?分?)?(?:左右)?(?:开始|起)?"), _yesterday),
    (re.compile(
        rf"[从自]?今(?:天|日|(?=[早晨]))(?:{_ZH_PART})?(?:{_ZH_HOUR}(?:点|"
        rf":)(?P<half_past>半)?(?P<minute>\d{{2}})?分?)?(?:左右)?(?:一?上班)?(?:开始|起)?"), _today),
    (re.compile(
        rf"[从自]?上(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?:{_ZH_PART})?(?:开始|"
        rf"起)?"), _weekday_of_last_week),
    (re.compile(r"[从自]?上(?:周|个?星期|个?礼拜)(?:开始|起)?"), _last_week),
    (re.compile(
        rf"[从自]?(?:这|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?:{_ZH_PART})?"
        r"(?:开始|起|就(?=不|没|坏|断|卡|连|打|登|上|这样|一直|开始|出|有|报|慢|用|收|发))"), _weekday),
    (re.compile(r"(?:这|本)个?(?:周|星期|礼拜)(?:以来|一直|都|开始|起)"), _this_week),
    (re.compile(r"[从自]?上个?月(?:开始|起|就)"), _last_month),
    (re.compile(r"一(?:整个?|大)?(?P<part>上午|下午|早上|晚上)(?:都|了|没)|(?:一|这)?整天(?:都|了|没)?"), _today),
    (re.compile(
        r"(?P<part>早上|上午|中午|下午)(?:吃完?[早午]?饭|午休|休息|开完?会|出去)?(?:回来|之后|以后)"), _today),
    (re.compile(
        rf"(?:大概|大约|差不多)?{_ZH_COUNT}[来多]?(?:个)?(?P<and_half>半)?(?:多)?{_ZH_UNIT}(?:多)?[之以]?前"
        r"(?!处理|完成|解决|搞定|给|交|提交|弄)"), _ago),
    (re.compile(
        rf"(?<![第\d十]){_ZH_COUNT}多?个?(?P<and_half>半)?多?{_ZH_UNIT}多?"
        r"(?:都|一直)?(?=没|(?:打|连|上|收|登|用)不)"), _ago),
    (re.compile(
        rf"{_ZH_PART}(?<!\d){_ZH_CLOCK}(?:的时候|就)?(?=断|坏|挂|报|崩|出现|卡|掉|停|蓝屏|黑屏|死机)"), _clock),
    (re.compile(
        rf"(?:已经|都|快|断了|坏了|持续|连续|等了|有|"
        rf"大概)*(?<![第\d十]){_ZH_COUNT}(?:个)?(?P<and_half>半)?(?:多)?{_ZH_UNIT}(?:多)?了"), _ago),
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
    (re.compile(rf"从?{_ZH_PART}(?:开始|起|(?=到现在))"), _today),
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

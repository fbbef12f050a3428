"""The facts a message already holds, taken into the form so that nobody has to type them twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ipaddress import ip_address

from intents.cues import compiled, listed, read_data
from intents.lexicon import Lexicon, Named, lexicon
from intents.manner import rather_so
from intents.moments import since_named, since_when
from intents.normalise import fold, normalise, simplified, tokens

_START, _END = r"(?<![A-Za-z0-9.])", r"(?![A-Za-z0-9])"
# What may follow a number that counts: "request 3 monitors". Said after "request" it is no ticket's number.
_COUNTED = (
    r"\s+(?:(?!(?:for|of|on|in|about|from|with|and|or|by|to|as|at|my|our|the|still|please)\b)[a-z]+\s+)?"
    r"(?!(?:is|was|has|does|status|news|this|us|thanks|always|needs|says|shows|asks|progress)\b)[a-z]{2,}s\b"
)
_TICKET = re.compile(
    rf"(?:(?:tickets?|cases?|incidents?|(?<!\bi )(?<!\bwe )(?<!like to )(?<!want to )(?<!need to )(?<!please )"
    rf"request(?!\s+\d+{_COUNTED})|"
    r"status(?: of)?|inc|"
    r"fl)(?: (?:number|no\.?|nr\.?|id|"
    r"is))?[ :]*#?|#|(?:工单|单子|单)(?:编号|号码|号|id)?(?:是|为)?[ ::]*#?|单号(?:是|"
    r"为)?[ ::]*#?|(?<![a-z0-9])t(?=-\d))"
    r"(?<![a-z0-9]0)[ -]?(?P<number>\d{1,7})(?![\d.:]|[a-z%])|"
    # Such words may show, view or check anything: the number is a ticket's only if nothing is counted by it.
    r"(?:(?<![a-z0-9])(?:show|view|look up|whats up with|news on)(?: of)?[ :]*#?|"
    r"(?:^|[,，。 ])(?:查看|看一?下|查一?下|状态|进度|催一?下|gongdan|dan)[ ::]*#?)"
    r" ?(?P<alone>\d{1,7})"
    r"(?=号?\s*(?:$|[^\w\s%.:/-]|[吧呢啊吗了和跟与]|(?:please|pls|thanks|thx|now)\b|and \d))|"
    r"(?<![\d.])(?P<before>\d{1,7})(?:号? ?[那这]?张?(?:工单|单子|单)(?!位|价|元)|"
    r"(?=号?(?:到哪(?:里?了|儿了|一?步|$)|怎么样了|处理到)))",
    re.IGNORECASE,
)
_MORE_TICKETS = re.compile(r"\s*(?:,|and|&|和|、|跟|与)\s*#?(\d{1,7})(?![\d.:]|[a-z%])")
_BARE_NUMBER = re.compile(r"#?(\d{1,6})\??")
_TAG = re.compile(
    rf"{_START}(?=[A-Z]{{2}})(?!(?:ERR|HTTP|INC|ORA|KB|CVE|COVID|USB|UTF|SHA|MD|ISO|PPP|TLS|FL|"
    rf"RFC)-?\d)(?:[A-Z]{{2,5}}-){{1,2}}\d{{3,8}}{_END}|{_START}(?:NB|PC|LT|WS|DT|PRN|"
    rf"MON)\d{{3,8}}{_END}"
)
_TAG_APART = re.compile(rf"{_START}(NB|PC|LT|WS|PRN) (0\d{{3,7}}){_END}", re.IGNORECASE)
_SAID_TAG = re.compile(
    r"(?:(?:asset|service) (?:tag|number|no\.?|id)|inventory (?:number|no\.?)|serial(?: number| no\.?)?|"
    r"资产(?:编?号|标签|码)|设备编?号|固资编?号|序列号)(?: is|是|"
    r"为)?[ ::#]*([A-Za-z0-9][A-Za-z0-9-]{2,23})",
    re.IGNORECASE,
)
_IP4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)")
_IP6 = re.compile(r"(?<![A-Za-z0-9_:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![A-Za-z0-9_:])")
_PHONE = re.compile(
    r"(?<![A-Za-z0-9_.])(?:(?:\+|00)\d{1,3}[ -]?(?:\(0\)[ -]?)?(?:\(\d{2,4}\)|\d{1,5})(?:[ /-]?\d{2,5}){1,4}|"
    r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]\d{3,4}[ -]?\d{4}(?:[ -]\d{1,5})?|"
    r"\(\d{3}\) ?\d{3}-\d{4})(?![\d.]*\d)"
)
_EXTENSION = re.compile(
    r"(?:(?<![a-z])(?:extension|ext\.?)|(?:^|(?<=at )|(?<=on )|(?<=me )|(?<=call ))x(?=\d{4}\b)|"
    r"分机号?|内线|短号)(?: ?is|是|为)?[ ::]*(\d{3,6})(?!\d)|"
    r"(?:(?:call|ring|phone)(?: me)?(?: back)? (?:at|on|under)|(?:call|ring)(?: me)?(?= ?\d{3}-\d{4})|"
    r"call[ -]?back(?: (?:number|at|on|to))?(?: is)?:?|"
    r"(?:call|ring)(?: me)? back:?|my (?:phone |telephone |mobile )?number(?: is|'s)?:?|"
    r"phone(?: number)?(?: is)?:?|(?:reach|contact) me (?:at|on|under)|"
    r"电话(?:号码?)?(?:是|为|:)?|手机号(?:码)?(?:是|为|:)?|打(?:我)?电话:?|(?:请)?(?:回拨|回电|致电|拨打|回我)(?:话|电话|给我)?(?:到|至|:)?)"
    r" ?(\d{3}-\d{4}|\d{4,11})(?![\d-])",
    re.IGNORECASE,
)
_ERRORS = re.compile(
    rf"{_START}(?:0[xX][0-9A-Fa-f]{{3,16}}|(?:ERR|DNS|NET|SSL|NS|PR)_[A-Z0-9_]{{4,60}}|"
    rf"err_[a-z_]{{4,60}}|[A-Z]{{3,20}}(?:_[A-Z0-9]{{2,20}}){{1,6}}|ORA-\d{{3,5}}|[Kk][Bb]\d{{6,8}}|"
    rf"E-\d{{1,4}}|[45]\d\d [45]\.\d{{1,3}}\.\d{{1,3}}|[A-Z]{{1,4}}\d{{3,5}}[A-Z]?(?=\s*(?:错误|error))){_END}"
)
_SAID_ERROR = re.compile(
    r"(?:(?:error|fehler|fault|stop|event|code|exception)(?: (?:code|message|number|no\.?|nr\.?|id))?|"
    r"(?:says?|shows?|gives?|displays?|got|gets?|getting|throws?)(?: me)?(?: a| an)?"
    r"(?=:? ?[45]\d\d(?![\d%]| ?[a-z]+s\b))|"
    r"sqlstate|返回码?|状态码|"
    r"(?:显示|提示|报|弹出)(?:了|个|一个)?(?=[ :：]*(?:[A-Za-z]{1,3}-?\d|[45]\d\d(?!\d)))|错误(?:代码|码|编号|"
    r"号)?|报错(?:代码|码)?|故障(?:代码|码)|代码|http(?: status)?|status code)(?: is|是|"
    r"为)?[ ::#]*((?:[A-Z]{1,2}\d{1,2} \d{3}(?!\d))|(?=[A-Za-z0-9._-]*\d)[A-Za-z0-9][A-Za-z0-9._-]{1,19})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<![a-z])(?:(?:meeting |conference |training )?room (?:no\.? )?[a-z]?\d{1,4}(?:[.-]\d{1,3})?[a-z]?|(?:meeting|"
    r"conference) room [a-z](?![a-z])|(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|"
    r"fourth|fifth|sixth|seventh|eighth|ninth|tenth|ground|top) floor|floor \d{1,2}|"
    r"(?:building|bldg\.?|hall|gate|line|lab|block) (?:[a-z]|\d{1,3})(?![a-z])|desk \d{1,4}(?:[.-]\d{1,3})?|"
    r"warehouse(?: \d| gate \d)?|aisle \d{1,3}|(?:dispatch|production|assembly|packing|goods in|goods out) "
    r"(?:hall|area|station)|showroom|photo studio|basement|stairwell|reception|lobby|canteen|server room)(?![a-z])"
    r"|[a-z\d一二三四五六七八九十]{1,3}(?:号楼|座|栋)(?:[\d一二三四五六七八九十]{1,3}[楼层])?|"
    r"(?<!\d)(?:[\d]{1,2}|[一二三四五六七八九十]{1,3})[楼层](?:[\da-z一-龥]{0,6}(?:会议室|办公室|"
    r"机房|工位))?|\d{3,4}(?:会议室|房间|室|房|办公室)|[一二三四五六七八九十\da-z]{1,2}号?(?:会议室|车间|仓库|线|门)|"
    r"[a-z]?\d{1,4}(?:[.-]\d{1,3})?号?工位|工位[a-z]?\d{1,4}(?:[.-]\d{1,3})?|前台|机房|仓库|成品库|原料库|弱电间|"
    r"配电房|地下室|月台|宿舍|展厅|摄影棚|车间|食堂|大堂|门卫室"
)
_NAMED_ROOM = re.compile(
    r"(?:(?<![一-龥])|(?<=[在去到把]))(?![在去到把小大一二三四五六七八九十这那哪个我你们楼层号])"
    r"(?!预[订定约]|取消|借用|使用|进入|请问|帮忙|没有|不是|今天|明天|昨天|现在|刚才|上午|下午|所有|全部|整个|每个|多个|几个|两个|"
    r"其[他它]|别的|另外|某个|任何|什么|因为|如果|但是|而且|还有|或者|以及|关于|附近|旁边|隔壁|公司|部门|线上|视频|你好|您好)"
    r"[一-龥]{2}(?:会议室|厅)|"
    r"\b(?:[Rr]oom|ROOM) [A-Z][a-z]{2,15}\b|\b[A-Z][a-z]{2,15} (?:meeting |conference )?room\b"
)
_NO_DEVICE = re.compile(
    r"(?:share|sharing|shared|present) (?:my |the )?screen|server room|"
    r"(?:proxy|licen[cs]e|mail|file|print|database|sap) server|"
    r"(?:代理|许可证|授权|邮件|文件|数据库|打印)服务器|电脑图标|我的电脑里|共享屏幕|手机号"
)
"""Words of devices where none is meant that one could look at."""
_CLAUSE_ENDS = re.compile(r"[,.;!?，。；！？\n]| (?:and|but) ")
_NO_NAME = frozenset(
    {"Meeting", "Conference", "Training", "The", "This", "Our", "Server", "Board", "Big", "Small", "My"}
)


@dataclass(frozen=True, slots=True)
class Entities:
    """Facts found in a message; empty where nothing was said.

    ``device``, ``place`` and ``since`` are words of the message (``place`` is the key of a known place if it names
    one), ``since_at`` is in UTC, ``affected`` is "me", "team" or "everyone", ``severity`` "blocked", "slowed" or
    "question".
    """

    tickets: tuple[int, ...] = ()
    device: str = ""
    asset_tag: str = ""
    ip: str = ""
    phone: str = ""
    error_codes: tuple[str, ...] = ()
    place: str = ""
    since: str = ""
    since_at: datetime | None = None
    affected: str = ""
    severity: str = ""


def without_contact(text: str) -> str:
    """The text without how to call back: "extension 2214" at its end makes it no matter of telephones."""
    if not any(map(str.isdecimal, text)):
        return text
    return _PHONE.sub(" ", _EXTENSION.sub(" ", simplified(fold(text))))


def extract(text: str, *, now: datetime, zone: str, places: Sequence[Named] = ()) -> Entities:
    """Whatever facts a text holds. ``now`` (aware) and ``zone`` (IANA name) turn "yesterday" into a moment."""
    raw, words = simplified(fold(text)), normalise(text)
    since, since_at = _since(words, now, zone)
    ip, phone = _ip(raw), _phone(raw)
    return Entities(
        tickets=_tickets(raw),
        device=_device_in(raw, words),
        asset_tag=_asset_tag(raw),
        ip=ip,
        phone=phone,
        error_codes=_error_codes(raw),
        place=_place(raw, words, tuple(places)),
        since=since,
        since_at=since_at,
        affected=_first_that_fits("affected", words),
        severity=_first_that_fits("severity", words),
    )


def glimpse(text: str) -> Entities:
    """Only the facts that tell what a text is for: its tickets, device and error codes."""
    raw = simplified(fold(text))
    return Entities(tickets=_tickets(raw), device=_device_in(raw, normalise(text)), error_codes=_error_codes(raw))


def _since(words: str, now: datetime, zone: str) -> tuple[str, datetime | None]:
    """Since when, and where the same message sets that right ("since Monday, no, Tuesday"), as it is then."""
    since, at = since_when(words, now, zone)
    if not since:
        return since, at
    instead, *_ = _CLAUSE_ENDS.split(rather_so(words), maxsplit=1)
    righted, righted_at = since_named(instead, now, zone)
    return (righted, righted_at) if righted else (since, at)


@cache
def _devices() -> Lexicon:
    return lexicon((Named("device", listed(read_data("facts.yaml")["devices"])),))


@cache
def default_places() -> Mapping[str, tuple[str, ...]]:
    """The places that are the same everywhere ("home"), each with the words people use for it."""
    return {key: listed(str(words)) for key, words in read_data("facts.yaml")["places"].items()}


@cache
def device_words() -> frozenset[str]:
    """The single Latin words devices are called by."""
    return frozenset(
        token
        for phrase in _devices().phrases
        for token in phrase
        if token.isascii() and len(token) >= 4 and token.isalpha()
    )


@cache
def _patterns(kind: str) -> Mapping[str, re.Pattern[str]]:
    return {key: compiled(str(phrases)) for key, phrases in read_data("facts.yaml")[kind].items()}


def _first_that_fits(kind: str, words: str) -> str:
    return next((key for key, pattern in _patterns(kind).items() if pattern.search(words)), "")


def _tickets(raw: str) -> tuple[int, ...]:
    bare = _BARE_NUMBER.fullmatch(raw.strip())
    numbers = [int(bare.group(1))] if bare else _ticket_numbers(raw)
    return tuple(dict.fromkeys(number for number in numbers if number))


def _ticket_numbers(raw: str) -> Iterator[int]:
    for found in _TICKET.finditer(raw):
        yield int(found.group("number") or found.group("alone") or found.group("before"))
        at = found.end()
        while more := _MORE_TICKETS.match(raw, at):
            yield int(more.group(1))
            at = more.end()


def _device_in(raw: str, words: str) -> str:
    # An asset tag is no device: the "NB" of NB-1234 says nothing of notebooks.
    return _device(normalise(_TAG.sub(" ", raw)) if any(map(str.isdigit, raw)) else words)


def _device(words: str) -> str:
    words = _NO_DEVICE.sub(lambda found: "_" * len(found.group()), words)
    hits = _devices().find(words)
    if not hits:
        return ""
    best = max(hits, key=lambda hit: (hit.phrase not in {"computer", "pc", "screen", "电 脑", "屏 幕"}, -hit.start))
    return words[best.start : best.end]


def _asset_tag(raw: str) -> str:
    if (said := _SAID_TAG.search(raw)) and any(character.isdigit() for character in said.group(1)):
        return said.group(1).upper()
    if found := _TAG.search(raw) or _TAG.search(raw.upper()):
        return found.group()
    return "-".join(apart.groups()).upper() if (apart := _TAG_APART.search(raw)) else ""


def _ip(raw: str) -> str:
    for found in (*_IP4.findall(raw), *_IP6.findall(raw)):
        try:
            return str(ip_address(found))
        except ValueError:
            continue
    return ""


def _phone(raw: str) -> str:
    if found := _PHONE.search(raw):
        return found.group().strip()
    if said := _EXTENSION.search(raw):
        return said.group(1) or said.group(2)
    return ""


def _error_codes(raw: str) -> tuple[str, ...]:
    found = [(code.start(), code.group()) for code in _ERRORS.finditer(raw)]
    found += [(code.start(1), code.group(1).rstrip("._-")) for code in _SAID_ERROR.finditer(raw)]
    codes = [_written(code) for _, code in sorted(found) if len(code) > 1]
    whole = (code for code in codes if not any(other.startswith(f"{code} ") for other in codes))
    return tuple(dict.fromkeys(whole))[:5]


def _written(code: str) -> str:
    return "0x" + code[2:].upper() if code[:2] in {"0x", "0X"} else code.upper()


def _place(raw: str, words: str, places: tuple[Named, ...]) -> str:
    if places and (hits := lexicon(places).find(words)):
        return max(hits, key=lambda hit: (len(tokens(hit.phrase)), -hit.start)).key
    for room in _NAMED_ROOM.finditer(raw):
        if not _NO_NAME & set(room.group().split()):
            return room.group()
    return ", ".join(_together(words))


def _together(words: str) -> Iterator[str]:
    """The first place said and what is said right beside it: "building 2, floor 5"."""
    end = -1
    for found in _PLACE.finditer(words):
        if end >= 0 and words[end : found.start()].strip(" ,，") not in {"", "on", "in", "at", "of"}:
            return
        yield found.group().removeprefix("the ")
        end = found.end()

"""What is typed behind a word and a ticket's number, read into the fields of the action's form."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.moments import BadMoment, parse_moment
from bot.dialogue.naming import group_named, whole_group, whole_person
from bot.dialogue.world import World
from escalation.errors import Malformed
from escalation.priority import Priority
from escalation.ticket import Action

# What people call a reason to wait, beside its key.
REASONS: Mapping[str, tuple[str, ...]] = {
    "requester": ("requester", "user", "customer", "answer", "报修人", "用户", "对方", "回复"),
    "vendor": ("vendor", "supplier", "manufacturer", "厂商", "供应商", "厂家"),
    "change": ("change", "maintenance", "变更", "维护窗口"),
    "part": ("spare part", "part", "parts", "配件", "备件"),
}
PRIORITIES: Mapping[str, Priority] = {
    **dict.fromkeys(("critical", "紧急"), Priority.P1),
    **dict.fromkeys(("high", "高"), Priority.P2),
    **dict.fromkeys(("normal", "普通"), Priority.P3),
    **dict.fromkeys(("low", "低"), Priority.P4),
}
_FILLER = r"(?:\b(?:waiting|wait|on|for|the|a|an|until|till|by)\b|等待|等到|等|直到|到|，|,|\s)+"
_FILLERS = re.compile(rf"^{_FILLER}|{_FILLER}$", re.IGNORECASE)
_LINK = re.compile(r"(?:^|\D)(?:T-?|#)?(\d{1,12})(?:\D|$)", re.IGNORECASE)
_CHILD = re.compile(r"child|part of|belongs|属于|子", re.IGNORECASE)
# What stands between cause and solution, the surest first; the last of them also stands in addresses and paths.
_BETWEEN = tuple(map(re.compile, (r"\s+[/／]\s+", r"\s*\n\s*", r"\s*[；;]\s*", r"\s*[/／]\s*")))

Values = dict[str, str]


def read(action: Action, words: str, world: World) -> Values:
    """The fields these words fill, as a person would have filled them. Raises `Malformed` for a name nobody has."""
    match action:
        case Action.NOTE | Action.REPLY | Action.COMMENT:
            return {"text": words}
        case Action.PRIORITY:
            return {"priority": _priority(words)}
        case Action.ASSIGN:
            return {"person": whole_person(words, world.organisation)}
        case Action.TRANSFER:
            return _transfer(words, world)
        case Action.HOLD:
            return _hold(words, world)
        case Action.VISIT | Action.PROMISE:
            return {"until": words}
        case Action.RESOLVE:
            return _cause_and_solution(words)
        case Action.LINK:
            found = _LINK.search(words)
            as_child = {"as": "child"} if _CHILD.search(words) else {}
            return {"other": found[1] if found else words[:12], **as_child}
    return {}


def _cause_and_solution(words: str) -> Values:
    for between in _BETWEEN[: -1 if "://" in words else None]:
        cause, *solution = between.split(words, maxsplit=1)
        if cause and solution and solution[0]:
            return {"cause": cause, "solution": solution[0]}
    return {"solution": words}


def _priority(words: str) -> str:
    wanted = words.strip()
    if wanted.upper() in Priority.__members__:
        return wanted.upper()
    if wanted.casefold() not in PRIORITIES:
        raise Malformed("refused.no_such_priority", priority=wanted[:20])
    return PRIORITIES[wanted.casefold()].value


def _transfer(words: str, world: World) -> Values:
    found = group_named(words, world.organisation)
    if found is None:
        return {"group": whole_group(words.split()[0], world.organisation)}
    return {"group": found[0], "note": found[1]}


def _hold(words: str, world: World) -> Values:
    """ "vendor", "tomorrow 9:00", "waiting for a part until Friday": the reason and the end, in either order."""
    reason, rest = _reason(words, world)
    rest = _FILLERS.sub("", rest).strip()
    if not reason or not rest:
        return {"reason": reason, "until": rest}
    try:
        return {"reason": reason, "until": parse_moment(rest, world.reader.now, world.reader.zone).isoformat()}
    except BadMoment:
        return {"reason": reason, "until": rest}


def _reason(words: str, world: World) -> tuple[str, str]:
    lowered = words.lower()
    for reason in world.organisation.policy.pausing_reasons:
        for word in (reason, *REASONS.get(reason, ())):
            at = re.search(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word), lowered)
            if at:
                return reason, f"{words[: at.start()]} {words[at.end() :]}".strip()
    return "", words

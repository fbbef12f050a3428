"""The script `firstline simulate` plays: JSON Lines, one deed a line; every mistake is told with its line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from bot.organisation import Organisation
from escalation.priority import Priority
from escalation.simulation import Deed, Facts, opened_as
from escalation.ticket import Action, Kind, Origin, Status, Ticket

HOLD_REASONS = ("requester", "vendor", "change", "part")
MOST_MISTAKES = 20
LONGEST_LINE = 64 * 1024

# What people do; the rest a ticket does by itself.
DEEDS = tuple(
    action
    for action in Action
    if action not in (Action.PAGE, Action.ASK, Action.MARK, Action.ALARM, Action.CLOSE, Action.REMIND)
)
ALWAYS = ("at", "do", "ticket", "by")
OPENING = ("kind", "priority", "group", "requester", "service", "origin", "summary", "description", "promised_by")
OTHERS = ("to", "person", "reason", "until", "tier", "rung", "cause", "solution", "stars", "comment", "text", "other")


class ScriptErrors(Exception):
    """Every mistake in a script, one line each: `file:line: what is wrong and what to do`."""

    def __init__(self, source: str, mistakes: Iterable[tuple[int, str]]) -> None:
        lines = [f"{source}:{line}: {message}" for line, message in sorted(mistakes)]
        more = [f"… and {len(lines) - MOST_MISTAKES} more"] if len(lines) > MOST_MISTAKES else []
        super().__init__("\n".join((*lines[:MOST_MISTAKES], *more)))


class Wrong(Exception):
    """A line of the script does not make sense; the message says why."""


@dataclass(slots=True)
class Part:
    """What happens to one ticket: as it is opened, and what people do to it then."""

    ticket: Ticket
    deeds: list[Deed] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # where each deed stands in the script


Script = Mapping[str, Part]


def years_of(text: str) -> tuple[int, int] | None:
    """The first and the last year the script speaks of; holidays are looked up for them. None if it names no time."""
    years = []
    for line in text.splitlines():
        try:
            years.append(datetime.fromisoformat(json.loads(line)["at"]).year)
        except (ValueError, TypeError, KeyError):
            continue  # told as a mistake when the script is read
    return (min(years), max(years)) if years else None


def read_script(text: str, source: str, organisation: Organisation) -> Script:
    """The script by ticket. Raises ScriptErrors with every mistake in it."""
    found: dict[str, Part] = {}
    mistakes: list[tuple[int, str]] = []
    deeds: list[tuple[int, str, Deed]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = _row(line)
            name, action, at = _name(row), _action(row), _moment(row, "at")
            if action is not Action.OPEN:
                deeds.append((number, name, Deed(at, action, _text(row, "by"), _facts(action, row, organisation))))
            elif name in found:
                raise Wrong(f"the ticket {name!r} is opened twice: give the second one another name")
            else:
                found[name] = Part(_ticket(len(found) + 1, row, at, organisation))
        except Wrong as wrong:
            mistakes.append((number, str(wrong)))
    for number, name, deed in deeds:
        part = found.get(name)
        if part is None:
            mistakes.append((number, f'the ticket {name!r} is never opened: add a line with "do": "open" for it'))
        elif deed.at < part.ticket.opened_at:
            mistakes.append((number, f"this is before the ticket {name!r} is opened"))
        else:
            part.deeds.append(deed)
            part.lines.append(number)
    if mistakes:
        raise ScriptErrors(source, mistakes)
    return found


# -- one line --------------------------------------------------------------------------------------


def _row(line: str) -> Mapping[str, Any]:
    if len(line) > LONGEST_LINE:
        raise Wrong("this line is longer than 64 KiB")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deeply")
        raise Wrong(f"this is not JSON ({reason}): write one object a line") from None
    if not isinstance(row, dict):
        raise Wrong('expected an object such as {"at": …, "do": "open", "ticket": "a"}')
    known = (*ALWAYS, *OPENING, *OTHERS)
    for key in row:
        near = get_close_matches(key, known, 1, 0.8) if key not in known else []
        if near:
            raise Wrong(f"unknown key {key[:40]!r}: did you mean {near[0]!r}?")
    return row


def _name(row: Mapping[str, Any]) -> str:
    name = row.get("ticket")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name.strip():
        raise Wrong('the line names no ticket: add "ticket": "a"')
    return name


def _action(row: Mapping[str, Any]) -> Action:
    words = [action.value for action in DEEDS]
    return Action(_one_of(row, "do", words, "something a person does"))


def _one_of(row: Mapping[str, Any], key: str, words: Iterable[str], what: str, default: str = "") -> str:
    """One of the words we know; the mistake names the nearest, or all."""
    word, known = row.get(key, default), tuple(words)
    if word in known:
        return str(word)
    if key not in row:
        raise Wrong(f"the line has no {key!r}: choose from {', '.join(known)}")
    near = get_close_matches(str(word), known, 1)
    meant = f"did you mean {str(near[0])!r}?" if near else f"choose from {', '.join(known)}"
    raise Wrong(f"{str(word)[:60]!r} is not {what}: {meant}")


def _text(row: Mapping[str, Any], key: str, default: str = "") -> str:
    value = row.get(key, default)
    if not isinstance(value, str):
        raise Wrong(f'{key!r} must be text, such as "employee-1"')
    return value


def _moment(row: Mapping[str, Any], key: str) -> datetime:
    written = row.get(key)
    try:
        at = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        at = None
    if at is None:
        raise Wrong(f'{key!r} must be a date and time, such as "2026-02-14T10:05:00+08:00"')
    if at.tzinfo is None:
        raise Wrong(f'{key!r} has no time zone: write it as "{written}+08:00" or with another offset')
    return at


def _number(row: Mapping[str, Any], key: str, least: int, most: int) -> int:
    value = row.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Wrong(f"{key!r} must be a whole number from {least} to {most}")
    return value


# -- opening ---------------------------------------------------------------------------------------


def _ticket(number: int, row: Mapping[str, Any], at: datetime, organisation: Organisation) -> Ticket:
    kind = Kind(_one_of(row, "kind", list(Kind), "a kind of ticket", Kind.INCIDENT))
    service = _text(row, "service")
    if service and service not in organisation.services:
        _one_of(row, "service", organisation.services, "a service")
    group = organisation.group_for(kind.value, service).key
    if "group" in row:
        group = _one_of(row, "group", organisation.groups, "a group")
    requester = _text(row, "requester") or _text(row, "by") or "somebody"
    known = organisation.services.get(service)
    promised_by = {"promised_by": _moment(row, "promised_by").isoformat()} if "promised_by" in row else {}
    ticket = Ticket(
        id=number,
        kind=kind,
        origin=Origin(_one_of(row, "origin", list(Origin), "a way in", Origin.SELF_SERVICE)),
        status=Status.NEW,
        priority=Priority(_one_of(row, "priority", list(Priority), "a priority")),
        service=service,
        category=known.category if known else "",
        group=group,
        tier=1,
        summary=_text(row, "summary"),
        description=_text(row, "description"),
        requester=requester,
        opened_by=_text(row, "by") or requester,
        opened_at=at,
        policy="",
        details=promised_by,
    )
    return opened_as(ticket, at)


# -- what people do --------------------------------------------------------------------------------


def _facts(action: Action, row: Mapping[str, Any], organisation: Organisation) -> Facts:
    reader = FACTS.get(action)
    return reader(row, organisation) if reader else {}


def _assign(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    key = "person" if "person" in row else "to"
    if not _text(row, key):
        raise Wrong("assign needs 'person': whose ticket it becomes")
    return {"person": _text(row, key)}


def _transfer(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    key = "to" if "to" in row and "group" not in row else "group"
    return {"group": _one_of(row, key, organisation.groups, "a group")}


def _escalate(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"tier": _number(row, "tier", 1, 9)} if "tier" in row else {}


def _priority(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    key = "priority" if "priority" in row and "to" not in row else "to"
    return {"priority": _one_of(row, key, list(Priority), "a priority")}


def _hold(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {
        "reason": _one_of(row, "reason", HOLD_REASONS, "a reason to hold", "requester"),
        **_until(row, organisation),
    }


def _until(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"until": _moment(row, "until").isoformat()} if "until" in row else {}


def _promise(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"until": _moment(row, "until").isoformat()}


def _resolve(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"cause": _text(row, "cause"), "solution": _text(row, "solution")}


def _rate(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"stars": _number(row, "stars", 1, 5)}


def _link(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"other": 0}


def _words(row: Mapping[str, Any], organisation: Organisation) -> Facts:
    return {"text": _text(row, "text")}


FACTS: Mapping[Action, Callable[[Mapping[str, Any], Organisation], Facts]] = {
    Action.ASSIGN: _assign,
    Action.TRANSFER: _transfer,
    Action.ESCALATE: _escalate,
    Action.PRIORITY: _priority,
    Action.HOLD: _hold,
    Action.VISIT: _until,
    Action.ACK: _until,
    Action.PROMISE: _promise,
    Action.RESOLVE: _resolve,
    Action.RATE: _rate,
    Action.LINK: _link,
    Action.NOTE: _words,
    Action.REPLY: _words,
    Action.COMMENT: _words,
}

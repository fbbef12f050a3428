"""Between a `Ticket` and its row: columns for what is asked for or counted, JSON for the rest."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from escalation.clocks import Clock
from escalation.priority import Priority
from escalation.ticket import Action, Climb, Evidence, Hold, Kind, Origin, Status, Ticket, TicketEvent

_AS_THEY_ARE = tuple(
    field.name
    for field in fields(Ticket)
    if field.name not in {"id", "group", "details", "evidence", "clocks", "climb", "hold"}
)


def ticket_values(ticket: Ticket) -> dict[str, Any]:
    """The columns of a ticket, its number apart."""
    return {name: getattr(ticket, name) for name in _AS_THEY_ARE} | {
        "group_key": ticket.group,
        "details": dict(ticket.details),
        "evidence": [_evidence_to_json(evidence) for evidence in ticket.evidence],
        "clocks": [_clock_to_json(clock) for clock in ticket.clocks],
        "climb": _climb_to_json(ticket.climb),
        "hold": None if ticket.hold is None else _hold_to_json(ticket.hold),
    }


def alarm_values(ticket: Ticket) -> dict[str, Any]:
    """The columns a ticket's alarm may change by itself."""
    return {
        "version": ticket.version,
        "clocks": [_clock_to_json(clock) for clock in ticket.clocks],
        "climb": _climb_to_json(ticket.climb),
        "rating_reminded": ticket.rating_reminded,
        "due_at": ticket.due_at,
    }


def ticket_from(row: Row[Any]) -> Ticket:
    """The ticket a row holds."""
    plain = {name: getattr(row, name) for name in _AS_THEY_ARE}
    plain |= {
        "kind": Kind(row.kind),
        "origin": Origin(row.origin),
        "status": Status(row.status),
        "priority": Priority(row.priority),
    }
    return Ticket(
        id=row.id,
        group=row.group_key,
        details=row.details,
        evidence=tuple(_evidence_from_json(data) for data in row.evidence),
        clocks=tuple(_clock_from_json(data) for data in row.clocks),
        climb=_climb_from_json(row.climb),
        hold=None if row.hold is None else _hold_from_json(row.hold),
        **plain,
    )


def event_from(row: Row[Any]) -> TicketEvent:
    """The line of the audit log a row holds."""
    return TicketEvent(
        ticket=row.ticket_id,
        at=row.at,
        by=row.by,
        action=Action(row.action),
        via=row.via,
        facts=row.facts,
        public=row.public,
        id=row.id,
    )


def _moment_to_json(at: datetime | None) -> str | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: give an aware datetime")
    return at.astimezone(UTC).isoformat()


def _moment_from_json(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind,
        "subject": dict(evidence.subject),
        "finding": dict(evidence.finding),
        "alarming": evidence.alarming,
    }


def _evidence_from_json(data: dict[str, Any]) -> Evidence:
    return Evidence(data["kind"], data["subject"], data["finding"], data["alarming"])


def _clock_to_json(clock: Clock) -> dict[str, Any]:
    return {
        "name": clock.name,
        "target": clock.target,
        "spent": clock.spent,
        "running_since": _moment_to_json(clock.running_since),
        "stopped_at": _moment_to_json(clock.stopped_at),
        "marked": clock.marked,
        "paused_at": _moment_to_json(clock.paused_at),
        "fixed": clock.fixed,
        "dormant": clock.dormant,
        "attempt": clock.attempt,
    }


def _clock_from_json(data: dict[str, Any]) -> Clock:
    return Clock(
        name=data["name"],
        target=data["target"],
        spent=data["spent"],
        running_since=_moment_from_json(data["running_since"]),
        stopped_at=_moment_from_json(data["stopped_at"]),
        marked=data["marked"],
        paused_at=_moment_from_json(data.get("paused_at")),
        fixed=data.get("fixed", False),
        dormant=data.get("dormant", False),
        attempt=data.get("attempt", 1),
    )


def _climb_to_json(climb: Climb) -> dict[str, Any]:
    return {
        "generation": climb.generation,
        "rung": climb.rung,
        "round": climb.round,
        "next_at": _moment_to_json(climb.next_at),
        "acknowledged_by": climb.acknowledged_by,
        "acknowledged_at": _moment_to_json(climb.acknowledged_at),
        "lapses_at": _moment_to_json(climb.lapses_at),
        "alarms": climb.alarms,
        "repeat_at": _moment_to_json(climb.repeat_at),
        "repeats": climb.repeats,
        "asked": climb.asked,
        "arrives_at": _moment_to_json(climb.arrives_at),
        "ladder": climb.ladder,
        "group": climb.group,
        "tier": climb.tier,
    }


def _climb_from_json(data: dict[str, Any]) -> Climb:
    return Climb(
        generation=data["generation"],
        rung=data["rung"],
        round=data["round"],
        next_at=_moment_from_json(data["next_at"]),
        acknowledged_by=data["acknowledged_by"],
        acknowledged_at=_moment_from_json(data["acknowledged_at"]),
        lapses_at=_moment_from_json(data["lapses_at"]),
        alarms=data["alarms"],
        repeat_at=_moment_from_json(data.get("repeat_at")),
        repeats=data.get("repeats", 0),
        asked=data.get("asked", False),
        arrives_at=_moment_from_json(data.get("arrives_at")),
        ladder=data.get("ladder", ""),
        group=data.get("group", ""),
        tier=data.get("tier", 0),
    )


def _hold_to_json(hold: Hold) -> dict[str, Any]:
    return {"reason": hold.reason, "since": _moment_to_json(hold.since), "until": _moment_to_json(hold.until)}


def _hold_from_json(data: dict[str, Any]) -> Hold:
    since = datetime.fromisoformat(data["since"])
    return Hold(reason=data["reason"], since=since, until=_moment_from_json(data["until"]))

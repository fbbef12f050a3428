"""A ticket has one alarm. `next_due` says when, `on_due` says what it means.

Both are functions of the ticket and its policy alone, so a restart costs nothing and two tickers agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from escalation import clocks, ladder, promises
from escalation.calendar import Window
from escalation.clocks import UPDATE, Clock
from escalation.ladder import Alarm, Page, StillOnIt
from escalation.policy import Ladder, Mark, Policy
from escalation.ticket import Origin, Status, Ticket, altered


@dataclass(frozen=True, slots=True)
class Marked:
    """A clock has used `percent` of its target: these people are told."""

    clock: str
    percent: int
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldOver:
    """The hold has come to its end: work goes on."""


@dataclass(frozen=True, slots=True)
class Close:
    """Nobody objected to the resolution: the ticket closes."""


@dataclass(frozen=True, slots=True)
class AskRating:
    """The one reminder to rate."""


Decision = Page | StillOnIt | Alarm | Marked | HoldOver | Close | AskRating


PERSON = "person:"  # before the name of somebody who stands on a rung in person

# All of a ticket that `on_due` changes.
CHANGES = frozenset({"clocks", "climb", "rating_reminded", "due_at"})


def ladder_of(ticket: Ticket, policy: Policy) -> tuple[Ladder, Window]:
    """The ladder the ticket climbs, and the window it waits in."""
    steps = policy.ladders.get(ticket.climb.ladder) or policy.ladder(ticket.priority)
    return steps, policy.windows[steps.window]


def named_by(ticket: Ticket, policy: Policy) -> frozenset[str]:
    """Whoever the ticket's ladder names in person, such as the head of IT on its last rung, whether paged yet or not.

    A confidential ticket is theirs to see only once they are paged for it.
    """
    if ticket.confidential:
        return frozenset()
    steps, _ = ladder_of(ticket, policy)
    named = (who for rung in steps.rungs for who in rung.who if who.startswith(PERSON))
    return frozenset(who.removeprefix(PERSON) for who in named)


def next_due(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the ticket wants attention next; None only for a ticket that is over."""
    candidates = [ladder.due(ticket.climb) if ticket.status is Status.NEW else None]
    if ticket.open:
        candidates += [_mark_due(clock, ticket, policy) for clock in ticket.clocks]
        candidates += [ticket.hold.until if ticket.hold else None]
    candidates += [_closes_at(ticket, policy), _reminder_at(ticket, policy)]
    return min((at for at in candidates if at is not None), default=None)


def on_due(ticket: Ticket, policy: Policy, now: datetime) -> tuple[Ticket, tuple[Decision, ...]]:
    """The ticket with everything due at `now` marked as done, and what is to be done about it.

    `HoldOver` and `Close` change the status, so they come as decisions for the caller to put through `change`.
    """
    decisions: list[Decision] = []
    changes: dict[str, Any] = {}
    if ticket.hold is not None and _is_due(ticket.hold.until, now):
        decisions.append(HoldOver())
    if _is_due(_closes_at(ticket, policy), now):
        decisions.append(Close())
    if _is_due(_reminder_at(ticket, policy), now):
        changes["rating_reminded"] = True
        decisions.append(AskRating())
    if ticket.open:
        changes["clocks"], marks = _mark(ticket, policy, now)
        decisions += marks
    if ticket.status is Status.NEW:
        steps, window = ladder_of(ticket, policy)
        changes["climb"], reached = ladder.climb_until(ticket.climb, steps, window, now)
        decisions += reached
    ticket = altered(ticket, **changes) if changes else ticket
    return altered(ticket, due_at=next_due(ticket, policy)), tuple(decisions)


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _marks_left(clock: Clock, policy: Policy) -> list[Mark]:
    return [mark for mark in policy.marks_of(clock.name) if mark.percent > clock.marked]


def _mark_due(clock: Clock, ticket: Ticket, policy: Policy) -> datetime | None:
    left = _marks_left(clock, policy) if clock.running and clock.target else []
    if not left:
        return None
    return clocks.reaches(clock, promises.window_of(ticket, policy, clock), left[0].percent)


def _mark(ticket: Ticket, policy: Policy, now: datetime) -> tuple[tuple[Clock, ...], list[Decision]]:
    decisions: list[Decision] = []
    marked: list[Clock] = []
    for clock in ticket.clocks:
        if not clock.running or not clock.target:
            marked.append(clock)
            continue
        left, window = _marks_left(clock, policy), promises.window_of(ticket, policy, clock)
        highest = _highest_reached(clock, left, window, now)
        if highest is not None:
            decisions.append(Marked(clock.name, highest.percent, highest.who))
            # The promise of progress repeats: once its last mark is told, the next one begins.
            repeats = clock.name == UPDATE and highest is left[-1]
            clock = clocks.rewind(clock, now) if repeats else replace(clock, marked=highest.percent)
        marked.append(clock)
    return tuple(marked), decisions


def _highest_reached(clock: Clock, marks: list[Mark], window: Window, now: datetime) -> Mark | None:
    """The last of these marks, lowest first, that the clock has come to."""
    highest = None
    for mark in marks:
        if not _is_due(clocks.reaches(clock, window, mark.percent), now):
            break
        highest = mark
    return highest


def _closes_at(ticket: Ticket, policy: Policy) -> datetime | None:
    if ticket.status is not Status.RESOLVED or ticket.major or ticket.resolved_at is None:
        return None
    window = policy.windows[policy.closes_window]
    return window.add(window.next_open(ticket.resolved_at), timedelta(seconds=policy.closes_after))


def _reminder_at(ticket: Ticket, policy: Policy) -> datetime | None:
    if ticket.status is not Status.CLOSED or ticket.rating or ticket.rating_reminded or ticket.closed_at is None:
        return None
    if ticket.origin is Origin.MONITORING:
        return None
    return ticket.closed_at + timedelta(seconds=policy.rating_reminder_after)

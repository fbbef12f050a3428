"""What was promised about a ticket, and how each of its clocks stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cards.reader import Reader
from bot.phrases import span
from escalation import clocks
from escalation.clocks import RESOLUTION, RESPONSE, UPDATE, Clock, State
from escalation.policy import Policy
from escalation.promises import standing, window_of
from escalation.ticket import Ticket


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock in words: its name, "running", "paused", "met" or "missed", when it is due, and one sentence."""

    name: str
    state: str
    due: datetime | None
    sentence: str


def clock_states(ticket: Ticket, policy: Policy, reader: Reader) -> tuple[ClockState, ...]:
    """Every promise of the ticket as it stands now; the next progress update only while one is owed."""
    past = ticket.past_clocks
    return tuple(
        _clock_state(clock, ticket, policy, reader)
        for clock in ticket.clocks
        if clock.target and clock not in past and (clock.name != UPDATE or clock.running)
    )


def _clock_state(clock: Clock, ticket: Ticket, policy: Policy, reader: Reader) -> ClockState:
    name, found = reader.tell(f"clock.{clock.name}"), standing(clock, ticket, policy, reader.now)
    match found.state:
        case State.OVERDUE if found.due is not None:
            sentence = reader.tell("clock.overdue", by=span(reader.now - found.due, reader.language))
        case State.RUNNING if found.due is not None:
            sentence = reader.tell("clock.due", at=reader.moment(found.due))
        case State.PAUSED if found.since is not None:
            sentence = reader.tell("clock.paused_since", at=reader.moment(found.since))
        case State.MET | State.MISSED:
            sentence = reader.tell(f"clock.{found.state}")
        case _:
            return ClockState(name, "paused", None, reader.tell("clock.paused"))
    return ClockState(name, found.state.value, found.due, sentence)


def promise(ticket: Ticket, policy: Policy, reader: Reader) -> str:
    """The promise in words: "first response by 14:30, fixed by 18:00"; empty when no clock runs."""
    parts = []
    for name in (RESPONSE, RESOLUTION):
        clock = ticket.clock(name)
        due = clocks.due(clock, window_of(ticket, policy, clock)) if clock else None
        if due is not None:
            parts.append(reader.tell(f"promise.{name}", at=reader.moment(due)))
    return reader.tell("promise.and").join(parts)

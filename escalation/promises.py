"""A ticket's promises: which clocks it has, what they promise, and in which window each of them runs.

`clocks` knows one clock; this knows the policy, the ticket's contract, and how they fit together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from escalation import clocks
from escalation.calendar import Window, always
from escalation.clocks import ON_SITE, PROMISE, RESOLUTION, RESPONSE, UPDATE, Clock, Standing
from escalation.policy import DAY, Policy, Target
from escalation.ticket import Ticket, altered

EVERY_HOUR = always()


def terms(ticket: Ticket, policy: Policy) -> Target:
    """What is promised for such a ticket, under the contract that covers its service or its group."""
    contract = policy.contract_of(ticket.service, ticket.group)
    return policy.target(ticket.kind, ticket.priority, contract)


def window_of(ticket: Ticket, policy: Policy, clock: Clock) -> Window:
    """The service window the clock runs in."""
    if clock.fixed:
        return EVERY_HOUR
    return policy.windows[terms(ticket, policy).window_of(clock.name)]


def seconds(ticket: Ticket, policy: Policy) -> Mapping[str, int]:
    """The promise of each clock by its name; the update clock always has one."""
    target = terms(ticket, policy)
    return {
        RESPONSE: target.response,
        RESOLUTION: target.resolution,
        UPDATE: target.update or DAY,
        ON_SITE: target.on_site,
    }


def promised(ticket: Ticket, policy: Policy, now: datetime) -> tuple[Clock, ...]:
    """The clocks of a fresh start, after those of earlier attempts.

    Updates are owed by whoever has the ticket, and nobody has it yet. The way to the site is counted from now on, but
    promised only once a visit is agreed.
    """
    past = tuple(clock for clock in ticket.clocks if clock.stopped and clock.target)
    attempt = 1 + max((clock.attempt for clock in ticket.clocks), default=0)
    target = seconds(ticket, policy)
    return (
        *past,
        clocks.start(Clock(RESPONSE, target[RESPONSE], attempt=attempt), now),
        clocks.start(Clock(RESOLUTION, target[RESOLUTION], attempt=attempt), now),
        Clock(UPDATE, target[UPDATE], attempt=attempt),
        clocks.start(Clock(ON_SITE, 0, dormant=True, attempt=attempt), now),
    )


def retargeted(before: Ticket, after: Ticket, policy: Policy, now: datetime) -> Ticket:
    """The ticket `after` a change of priority or contract: other promises for the time already used."""
    target = seconds(after, policy)

    def aimed(clock: Clock) -> Clock:
        wanted = 0 if clock.dormant else target.get(clock.name, clock.target)
        return clocks.retarget(clock, wanted, window_of(before, policy, clock), now)

    return altered(after, clocks=tuple(map(aimed, before.clocks)))


def visit_agreed(ticket: Ticket, policy: Policy, now: datetime, until: datetime | None) -> Ticket:
    """Somebody will be on site by the moment agreed, else within what the policy promises, counted from the opening."""

    def agreed(clock: Clock) -> Clock:
        if clock.name != ON_SITE or clock.stopped:
            return clock
        if until is not None:
            return _by(clock.name, until, now, clock.attempt)
        awake = replace(clock, dormant=False)
        return clocks.retarget(awake, seconds(ticket, policy)[ON_SITE], window_of(ticket, policy, clock), now)

    return altered(ticket, clocks=tuple(map(agreed, ticket.clocks)))


def promise_made(ticket: Ticket, until: datetime, now: datetime) -> Ticket:
    """Something was promised to the requester by a moment. It takes the place of an older promise not yet missed."""

    def ended(clock: Clock) -> Clock | None:
        if clock.name != PROMISE or clock.stopped:
            return clock
        return clocks.stop(clock, EVERY_HOUR, now) if clocks.missed(clock, EVERY_HOUR, now) else None

    kept = tuple(clock for clock in map(ended, ticket.clocks) if clock is not None)
    attempt = max((clock.attempt for clock in ticket.clocks), default=1)
    return altered(ticket, clocks=(*kept, _by(PROMISE, until, now, attempt)))


def _by(name: str, until: datetime, now: datetime, attempt: int) -> Clock:
    target = max(1, round((until - now).total_seconds()))
    return clocks.start(Clock(name, target, fixed=True, attempt=attempt), now)


def standing(clock: Clock, ticket: Ticket, policy: Policy, now: datetime) -> Standing:
    """How a promise of the ticket stands at this moment."""
    return clocks.standing(clock, window_of(ticket, policy, clock), now)

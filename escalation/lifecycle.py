"""What each action does to a ticket: one small function an action, all pure.

`change` is the only way a ticket becomes another ticket. Load, `change`, save: nothing here acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation import clocks, ladder, promises
from escalation.alarm import ladder_of, next_due
from escalation.clocks import ON_SITE, PROMISE, RESOLUTION, RESPONSE, UPDATE, Clock
from escalation.policy import Policy
from escalation.priority import Priority
from escalation.ticket import Action, Climb, Hold, Status, Ticket, after, altered

Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Step:
    """One action with all it depends on."""

    action: Action
    by: str
    at: datetime
    policy: Policy
    facts: Facts


def opened(ticket: Ticket, policy: Policy, now: datetime) -> Ticket:
    """A new ticket with its clocks running and its ladder at the first rung.

    What an operator promised on the telephone stands in the details as `promised_by`, a moment in ISO 8601.
    """
    ticket = altered(ticket, status=Status.NEW, clocks=promises.promised(ticket, policy, now))
    promised_by = ticket.details.get("promised_by")
    if promised_by:
        ticket = promises.promise_made(ticket, datetime.fromisoformat(promised_by), now)
    ticket = _asked_from_its_foot(altered(ticket, climb=Climb(generation=0)), policy, now)
    return altered(ticket, due_at=next_due(ticket, policy))


def change(
    ticket: Ticket, action: Action, *, by: str, at: datetime, policy: Policy, facts: Facts | None = None
) -> Ticket:
    """The ticket after the action, with its next alarm. `OutOfOrder` when its state does not allow it."""
    status = after(ticket, action)
    step = Step(action, by, at, policy, facts or {})
    effect = EFFECTS.get(action)
    changed = effect(ticket, step) if effect else ticket
    if changed.status is not status:
        changed = altered(changed, status=status)
    return altered(changed, due_at=next_due(changed, policy))


def wakes(ticket: Ticket, action: Action, by: str) -> bool:
    """Whether these words of the requester are what the ticket was on hold for: work goes on."""
    waits = ticket.hold is not None and ticket.hold.reason == "requester"
    return waits and by == ticket.requester and action in (Action.COMMENT, Action.ATTACH)


def _each(ticket: Ticket, change_clock: Callable[[Clock], Clock], *names: str) -> Ticket:
    changed = tuple(change_clock(clock) if clock.name in names else clock for clock in ticket.clocks)
    return ticket if changed == ticket.clocks else altered(ticket, clocks=changed)


def _pause(ticket: Ticket, step: Step, *names: str) -> Ticket:
    def pause(clock: Clock) -> Clock:
        return clocks.pause(clock, promises.window_of(ticket, step.policy, clock), step.at)

    return _each(ticket, pause, *names)


def _stop(ticket: Ticket, step: Step, *names: str) -> Ticket:
    def stop(clock: Clock) -> Clock:
        return clocks.stop(clock, promises.window_of(ticket, step.policy, clock), step.at)

    return _each(ticket, stop, *names)


def _start(ticket: Ticket, step: Step, *names: str) -> Ticket:
    return _each(ticket, lambda clock: clocks.start(clock, step.at), *names)


def _rewind(ticket: Ticket, step: Step, *names: str) -> Ticket:
    return _each(ticket, lambda clock: clocks.rewind(clock, step.at), *names)


def _back_to_work(ticket: Ticket, step: Step) -> Ticket:
    """No hold any more. The resolution clock runs again: from the hold's end, when that passed while nobody looked."""
    since = step.at
    if ticket.hold is not None and ticket.hold.until is not None:
        since = max(ticket.hold.since, min(step.at, ticket.hold.until))
    free = altered(ticket, hold=None) if ticket.hold is not None else ticket
    return _each(free, lambda clock: clocks.start(clock, since), RESOLUTION, ON_SITE)


def _taken(ticket: Ticket, step: Step, assignee: str) -> Ticket:
    """Somebody has it: first response is met, updates are owed, the ladder rests."""
    ticket = _stop(_back_to_work(altered(ticket, assignee=assignee), step), step, RESPONSE)
    ticket = _start(ticket, step, UPDATE)  # goes on where it was: another owner is no news for the requester
    return altered(ticket, climb=replace(ladder.rest(ticket.climb), group="", tier=0))


def _claim(ticket: Ticket, step: Step) -> Ticket:
    return _taken(ticket, step, step.by)


def _assign(ticket: Ticket, step: Step) -> Ticket:
    return _taken(ticket, step, str(step.facts["person"]))


def _freed(ticket: Ticket, step: Step) -> Ticket:
    """Nobody has it: the clocks keep what they have used, the ladder starts at its foot."""
    ticket = _pause(_back_to_work(altered(ticket, assignee=""), step), step, UPDATE)
    return _asked_from_its_foot(ticket, step.policy, step.at)


def _asked_from_its_foot(ticket: Ticket, policy: Policy, now: datetime) -> Ticket:
    """The ladder begun: the ticket's own, or in a group without one that of the group it came from."""
    old, group, tier = ticket.climb, ticket.group, ticket.tier
    borrowed = group in policy.unladdered and old.group not in ("", *policy.unladdered)
    if borrowed:
        group, tier = old.group, old.tier
    key = policy.ladder_key(ticket.kind, ticket.priority, group, tier)
    steps = policy.ladders[key]
    tier = max(tier, steps.tier)
    climb = ladder.begin(replace(old, ladder=key, group=group, tier=tier), steps, policy.windows[steps.window], now)
    return altered(ticket, climb=climb, tier=ticket.tier if borrowed else tier)


def _transfer(ticket: Ticket, step: Step) -> Ticket:
    """To another group, under its contract. One without a ladder lets the old ladder go on until somebody claims."""
    moved = altered(ticket, group=str(step.facts["group"]), tier=1)
    moved = promises.retargeted(ticket, moved, step.policy, step.at)
    if ticket.status is Status.NEW and moved.group in step.policy.unladdered:
        return moved
    came_from = replace(moved.climb, group=ticket.group, tier=ticket.tier)
    return _freed(moved if moved.climb.group else altered(moved, climb=came_from), step)


def _escalate(ticket: Ticket, step: Step) -> Ticket:
    return _freed(altered(ticket, tier=int(step.facts["tier"])), step)


def _chase(ticket: Ticket, step: Step) -> Ticket:
    _, window = ladder_of(ticket, step.policy)
    return altered(ticket, escalated_at=step.at, climb=ladder.hurry(ticket.climb, window, step.at))


def _priority(ticket: Ticket, step: Step) -> Ticket:
    """Another target for the time already used; an unclaimed ticket climbs the new priority's ladder."""
    changed = altered(ticket, priority=Priority(str(step.facts["priority"])))
    changed = promises.retargeted(ticket, changed, step.policy, step.at)
    return _freed(changed, step) if ticket.status is Status.NEW else changed


def _visit(ticket: Ticket, step: Step) -> Ticket:
    return promises.visit_agreed(ticket, step.policy, step.at, _moment(step, "until"))


def _arrive(ticket: Ticket, step: Step) -> Ticket:
    return _stop(ticket, step, ON_SITE, PROMISE)


def _promise(ticket: Ticket, step: Step) -> Ticket:
    return promises.promise_made(ticket, datetime.fromisoformat(str(step.facts["until"])), step.at)


def _moment(step: Step, name: str) -> datetime | None:
    written = step.facts.get(name)
    return datetime.fromisoformat(str(written)) if written else None


def _hold(ticket: Ticket, step: Step) -> Ticket:
    reason = str(step.facts["reason"])
    end = _moment(step, "until") or step.at + timedelta(seconds=step.policy.hold_at_most)
    ticket = altered(ticket, hold=Hold(reason, step.at, end))
    pausing = (RESOLUTION, ON_SITE) if reason in step.policy.pausing_reasons else ()
    return _pause(ticket, step, UPDATE, *pausing)


def _resume(ticket: Ticket, step: Step) -> Ticket:
    # The requester was told why it waited: the next update is owed from now on.
    return _rewind(_back_to_work(ticket, step), step, UPDATE)


def _reply(ticket: Ticket, step: Step) -> Ticket:
    ticket = _stop(ticket, step, RESPONSE, PROMISE)
    return _each(ticket, lambda clock: clocks.rewind(clock, step.at) if clock.running else clocks.reset(clock), UPDATE)


def _resolve(ticket: Ticket, step: Step) -> Ticket:
    ticket = _stop(_back_to_work(ticket, step), step, RESPONSE, RESOLUTION, ON_SITE, PROMISE)
    ticket = _pause(ticket, step, UPDATE)
    return altered(
        ticket,
        cause=str(step.facts["cause"]),
        solution=str(step.facts["solution"]),
        resolved_by=step.by,
        resolved_at=step.at,
        climb=ladder.rest(ticket.climb),
    )


def _close(ticket: Ticket, step: Step) -> Ticket:
    return altered(ticket, closed_at=step.at)


def _reopen(ticket: Ticket, step: Step) -> Ticket:
    """A new try: fresh clocks beside those of the last one, a fresh ladder, and the old rating is void."""
    ticket = altered(
        ticket,
        clocks=promises.promised(ticket, step.policy, step.at),
        resolved_at=None,
        closed_at=None,
        rating=0,
        rating_comment="",
        rating_reminded=False,
    )
    return _freed(ticket, step)


def _rate(ticket: Ticket, step: Step) -> Ticket:
    comment = str(step.facts.get("comment", "")) or ticket.rating_comment
    return altered(ticket, rating=int(step.facts["stars"]), rating_comment=comment)


def _link(ticket: Ticket, step: Step) -> Ticket:
    """`facts["until"]` is how long nobody more is paged, for they work on what the ticket is a part of."""
    other = int(step.facts["other"])
    if step.facts.get("as") != "child":
        return altered(ticket, duplicate_of=other)
    _, window = ladder_of(ticket, step.policy)
    until = _moment(step, "until")
    climb = ladder.stand_back(ticket.climb, window, until) if until else ticket.climb
    return altered(ticket, parent=other, climb=climb)


def _major(ticket: Ticket, step: Step) -> Ticket:
    return altered(ticket, major=True)


def _cancel(ticket: Ticket, step: Step) -> Ticket:
    ticket = _stop(ticket, step, RESPONSE, RESOLUTION, UPDATE, ON_SITE, PROMISE)
    return altered(ticket, hold=None, climb=ladder.rest(ticket.climb))


def _acknowledge(ticket: Ticket, step: Step) -> Ticket:
    """`facts["until"]` is when somebody on their way will be there."""
    steps, window = ladder_of(ticket, step.policy)
    until = _moment(step, "until")
    return altered(ticket, climb=ladder.acknowledge(ticket.climb, steps, window, step.by, step.at, until))


def _decline(ticket: Ticket, step: Step) -> Ticket:
    """`facts["rung"]` is the highest rung that paged this person; the current one when it is not given."""
    _, window = ladder_of(ticket, step.policy)
    rung = int(step.facts.get("rung", ticket.climb.rung))
    return altered(ticket, climb=ladder.decline(ticket.climb, window, step.by, rung, step.at))


EFFECTS: Mapping[Action, Callable[[Ticket, Step], Ticket]] = {
    Action.CLAIM: _claim,
    Action.RELEASE: _freed,
    Action.ASSIGN: _assign,
    Action.TRANSFER: _transfer,
    Action.ESCALATE: _escalate,
    Action.CHASE: _chase,
    Action.PRIORITY: _priority,
    Action.VISIT: _visit,
    Action.ARRIVE: _arrive,
    Action.PROMISE: _promise,
    Action.HOLD: _hold,
    Action.RESUME: _resume,
    Action.REPLY: _reply,
    Action.RESOLVE: _resolve,
    Action.CONFIRM: _close,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
    Action.RATE: _rate,
    Action.LINK: _link,
    Action.MAJOR: _major,
    Action.CANCEL: _cancel,
    Action.ACK: _acknowledge,
    Action.DECLINE: _decline,
}

"""The ladder: who is paged next, until a person acknowledges.

Rungs count from the moment the one before was due, not from when we came round to it: after downtime the climb
stands where it would have stood, and only the highest rung that came due is paged. Outside its window a ladder
waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.calendar import Window
from escalation.policy import DAY, Ladder
from escalation.ticket import Climb


@dataclass(frozen=True, slots=True)
class Page:
    """Page the people of this rung. `skipped` rungs came due unseen; `lapsed` names whose acknowledgement ran out."""

    rung: int
    round: int
    generation: int
    who: tuple[str, ...]
    skipped: tuple[int, ...] = ()
    lapsed: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The ladder ended unanswered: tell the admin. `count` is how often that was said before, plus one."""

    count: int
    generation: int


def begin(climb: Climb, ladder: Ladder, window: Window, now: datetime) -> Climb:
    """The ladder from its foot, as a new generation: nothing acknowledged, nothing paged."""
    return Climb(generation=climb.generation + 1, next_at=_later(window, now, ladder.rungs[0].after))


def rest(climb: Climb) -> Climb:
    """The ladder at rest: somebody has the ticket, or nobody needs it."""
    return replace(climb, next_at=None, lapses_at=None)


def acknowledge(climb: Climb, ladder: Ladder, window: Window, by: str, now: datetime) -> Climb:
    """The ladder held by a person, for as long as the policy lets an acknowledgement stand.

    The holder's own second word begins that time anew; anybody else's changes nothing until the first has lapsed.
    """
    if _holds(climb, now) and climb.acknowledged_by != by:
        return climb
    return replace(
        climb,
        next_at=None,
        acknowledged_by=by,
        acknowledged_at=now,
        lapses_at=_later(window, now, ladder.acknowledged_for),
    )


def decline(climb: Climb, window: Window, by: str, rung: int, now: datetime) -> Climb:
    """Somebody paged at `rung` cannot take it: the next rung is due now, or when the window opens.

    A holder who declines lets go. Nothing changes while somebody else holds it, when a higher rung has been
    paged since (its people have yet to answer), or when the admin has been alarmed already.
    """
    if climb.acknowledged_by == by:
        return replace(climb, next_at=window.next_open(now), acknowledged_by="", acknowledged_at=None, lapses_at=None)
    if rung != climb.rung or climb.rung == 0 or climb.alarms:
        return climb
    return hurry(climb, window, now)


def hurry(climb: Climb, window: Window, now: datetime) -> Climb:
    """The next rung now, or when the window opens; a resting or acknowledged ladder is left in peace."""
    if climb.next_at is None:
        return climb
    return replace(climb, next_at=min(climb.next_at, window.next_open(now)))


def due(climb: Climb) -> datetime | None:
    """When the ladder wants attention next."""
    return min((at for at in (climb.next_at, climb.lapses_at) if at is not None), default=None)


def climb_until(climb: Climb, ladder: Ladder, window: Window, now: datetime) -> tuple[Climb, tuple[Page | Alarm, ...]]:
    """The climb as it stands at `now`, and what to do about it: the highest rung due, and the end if it came.

    However much time went by, there is one page and one alarm; the next alarm counts from now.
    """
    came_due: list[int] = []
    lapsed = ""
    if climb.lapses_at is not None and climb.lapses_at <= now:
        lapsed = climb.acknowledged_by
        climb = _fall_back(climb, ladder, window, climb.lapses_at)
        came_due.append(climb.rung)
    while climb.next_at is not None and climb.next_at <= now and climb.rung < len(ladder.rungs):
        climb = _step_up(climb, ladder, window, climb.next_at)
        came_due.append(climb.rung)
    page = (_page(climb, ladder, came_due, lapsed),) if came_due else ()
    if climb.next_at is None or climb.next_at > now:
        return climb, page
    climb = _sound(climb, ladder, window, now)
    return climb, (*page, Alarm(climb.alarms, climb.generation))


def _holds(climb: Climb, now: datetime) -> bool:
    return climb.lapses_at is not None and climb.lapses_at > now


def _page(climb: Climb, ladder: Ladder, came_due: list[int], lapsed: str) -> Page:
    first = climb.rung
    while first > 1 and ladder.rungs[first - 1].after == 0:
        first -= 1
    roles = dict.fromkeys(role for rung in ladder.rungs[first - 1 : climb.rung] for role in rung.who)
    skipped = tuple(rung for rung in came_due if rung < first)
    return Page(climb.rung, climb.round, climb.generation, tuple(roles), skipped, lapsed)


def _step_up(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    climb = replace(climb, rung=climb.rung + 1)
    if climb.rung < len(ladder.rungs):
        return replace(climb, next_at=_later(window, at, ladder.rungs[climb.rung].after))
    return replace(climb, next_at=window.next_open(at + timedelta(seconds=ladder.alarm_every)))


def _fall_back(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    """The acknowledgement is worth nothing any more: the same rung again, as another round."""
    climb = replace(
        climb,
        rung=max(climb.rung, 1) - 1,
        round=climb.round + 1,
        acknowledged_by="",
        acknowledged_at=None,
        lapses_at=None,
        alarms=0,
    )
    return _step_up(climb, ladder, window, at)


def _sound(climb: Climb, ladder: Ladder, window: Window, now: datetime) -> Climb:
    # After the bounded alarms one a day remains: an open ticket is never without an alarm.
    count = climb.alarms + 1
    wait = ladder.alarm_every if count < ladder.alarms else max(DAY, ladder.alarm_every)
    return replace(climb, alarms=count, next_at=window.next_open(now + timedelta(seconds=wait)))


def _later(window: Window, at: datetime, seconds: int) -> datetime:
    return window.add(window.next_open(at), timedelta(seconds=seconds))

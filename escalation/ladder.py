"""The ladder: who is paged next, until a person acknowledges.

Everything is computed from the moment a rung was due, not from when we came round to it: after downtime the
climb stands where it would have stood, and only the highest rung that came due is paged.
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
    """The ladder held by a person, for as long as the policy lets an acknowledgement stand."""
    return replace(
        climb,
        next_at=None,
        acknowledged_by=by,
        acknowledged_at=now,
        lapses_at=_later(window, now, ladder.acknowledged_for),
    )


def decline(climb: Climb, by: str, now: datetime) -> Climb:
    """Somebody paged cannot take it: the next rung is due now, unless somebody else holds the page."""
    if climb.acknowledged_by and climb.acknowledged_by != by:
        return climb
    return replace(climb, next_at=now, acknowledged_by="", acknowledged_at=None, lapses_at=None)


def hurry(climb: Climb, now: datetime) -> Climb:
    """The next rung now, because the requester asked; a resting ladder stays at rest."""
    return climb if climb.next_at is None else replace(climb, next_at=min(climb.next_at, now))


def due(climb: Climb) -> datetime | None:
    """When the ladder wants attention next."""
    return min((at for at in (climb.next_at, climb.lapses_at) if at is not None), default=None)


def climb_until(
    climb: Climb, ladder: Ladder, window: Window, now: datetime
) -> tuple[Climb, tuple[Page | Alarm, ...]]:
    """The climb as it stands at `now`, and what to do about it: the highest rung due, and the end if it came."""
    lapsed, skipped = "", []
    page: Page | None = None
    alarm: Alarm | None = None
    if climb.lapses_at is not None and climb.lapses_at <= now:
        lapsed = climb.acknowledged_by
        climb = _page_again(climb, ladder, window)
        page = _page(climb, ladder, (), lapsed)
    while climb.next_at is not None and climb.next_at <= now:
        if climb.rung < len(ladder.rungs):
            if page is not None:
                skipped.append(climb.rung)
            climb = _step(climb, ladder, window, climb.next_at)
            page = _page(climb, ladder, tuple(skipped), lapsed)
        else:
            climb = _sound(climb, ladder)
            alarm = Alarm(climb.alarms, climb.generation)
    return climb, tuple(step for step in (page, alarm) if step is not None)


def _page(climb: Climb, ladder: Ladder, skipped: tuple[int, ...], lapsed: str) -> Page:
    who = ladder.rungs[climb.rung - 1].who
    return Page(climb.rung, climb.round, climb.generation, who, skipped, lapsed)


def _step(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    rung = climb.rung + 1
    return replace(climb, rung=rung, next_at=_after_rung(rung, ladder, window, at))


def _page_again(climb: Climb, ladder: Ladder, window: Window) -> Climb:
    at = climb.lapses_at
    assert at is not None
    rung = max(climb.rung, 1)
    return replace(
        climb,
        rung=rung,
        round=climb.round + 1,
        next_at=_after_rung(rung, ladder, window, at),
        acknowledged_by="",
        acknowledged_at=None,
        lapses_at=None,
    )


def _sound(climb: Climb, ladder: Ladder) -> Climb:
    # After the bounded alarms one a day remains: an open ticket is never without an alarm.
    count = climb.alarms + 1
    wait = ladder.alarm_every if count < ladder.alarms else DAY
    assert climb.next_at is not None
    return replace(climb, alarms=count, next_at=climb.next_at + timedelta(seconds=wait))


def _after_rung(rung: int, ladder: Ladder, window: Window, at: datetime) -> datetime:
    if rung < len(ladder.rungs):
        return _later(window, at, ladder.rungs[rung].after)
    return at + timedelta(seconds=ladder.alarm_every)


def _later(window: Window, at: datetime, seconds: int) -> datetime:
    return window.add(window.next_open(at), timedelta(seconds=seconds))

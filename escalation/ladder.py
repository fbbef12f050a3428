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
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StillOnIt:
    """Ask the holder whether they are still on it: yes acknowledges anew, no and silence let the ladder go on."""

    by: str
    generation: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """The ladder ended unanswered: tell the admin. `count` is how often that was said before, plus one."""

    count: int
    generation: int


def begin(climb: Climb, ladder: Ladder, window: Window, now: datetime) -> Climb:
    """The ladder from its foot, as a new generation: nothing acknowledged, nothing paged."""
    return Climb(
        generation=climb.generation + 1,
        next_at=_later(window, now, ladder.rungs[0].after),
        ladder=climb.ladder,
        group=climb.group,
        tier=climb.tier,
    )


def rest(climb: Climb) -> Climb:
    """The ladder at rest: somebody has the ticket, or nobody needs it."""
    return replace(climb, next_at=None, repeat_at=None, lapses_at=None)


def acknowledge(
    climb: Climb, ladder: Ladder, window: Window, by: str, now: datetime, until: datetime | None = None
) -> Climb:
    """The ladder held by a person, for as long as the policy lets an acknowledgement stand.

    Somebody on their way holds it `until` they are there, or as long as the ladder lets them. The holder's own
    second word begins that time anew; anybody else's changes nothing until the first has lapsed.
    """
    if _holds(climb, now) and climb.acknowledged_by != by:
        return climb
    arrives = None
    if until is not None and until > now:
        arrives = min(until, now + timedelta(seconds=ladder.on_my_way))
    return replace(
        climb,
        next_at=None,
        repeat_at=None,
        acknowledged_by=by,
        acknowledged_at=now,
        arrives_at=arrives,
        asked=False,
        lapses_at=arrives or _later(window, now, ladder.acknowledged_for),
    )


def decline(climb: Climb, window: Window, by: str, rung: int, now: datetime) -> Climb:
    """Somebody paged at `rung` cannot take it: the next rung is due now, or when the window opens.

    A holder who declines lets go. Nothing changes while somebody else holds it, when a higher rung has been
    paged since (its people have yet to answer), or when the admin has been alarmed already.
    """
    if climb.acknowledged_by == by:
        return replace(_let_go(climb), next_at=window.next_open(now))
    if rung != climb.rung or climb.rung == 0 or climb.alarms:
        return climb
    return hurry(climb, window, now)


def hurry(climb: Climb, window: Window, now: datetime) -> Climb:
    """The next rung now, or when the window opens; a resting or acknowledged ladder is left in peace."""
    if climb.next_at is None:
        return climb
    return replace(climb, next_at=min(climb.next_at, window.next_open(now)))


def stand_back(climb: Climb, window: Window, until: datetime) -> Climb:
    """Nobody more is paged before then, and from then on the next rung; a resting or held ladder is left in peace."""
    if climb.next_at is None:
        return climb
    return replace(climb, next_at=window.next_open(until), repeat_at=None)


def due(climb: Climb) -> datetime | None:
    """When the ladder wants attention next."""
    return min((at for at in (climb.next_at, climb.repeat_at, climb.lapses_at) if at is not None), default=None)


Reached = Page | StillOnIt | Alarm


def climb_until(climb: Climb, ladder: Ladder, window: Window, now: datetime) -> tuple[Climb, tuple[Reached, ...]]:
    """The climb as it stands at `now`, and what to do about it: the highest rung due, and the end if it came.

    However much time went by, there is one page and one alarm; the next alarm counts from now.
    """
    came_due: list[int] = []
    lapsed = ""
    if climb.lapses_at is not None and climb.lapses_at <= now:
        climb = _questioned(climb, ladder, window, climb.lapses_at)
        if climb.lapses_at is not None and climb.lapses_at > now:
            return climb, (StillOnIt(climb.acknowledged_by, climb.generation),)
        lapsed = climb.acknowledged_by
        climb = _fall_back(climb, ladder, window, climb.lapses_at or now)
        came_due.append(climb.rung)
    while (step := _next_step(climb, ladder, now)) is not None:
        higher = climb.rung < len(ladder.rungs) and step == climb.next_at
        climb = _step_up(climb, ladder, window, step) if higher else _again(climb, ladder, window, step)
        came_due.append(climb.rung)
    page = (_page(climb, ladder, came_due, lapsed),) if came_due else ()
    if climb.next_at is None or climb.next_at > now:
        return climb, page
    climb = _sound(climb, ladder, window, now)
    return climb, (*page, Alarm(climb.alarms, climb.generation))


def _next_step(climb: Climb, ladder: Ladder, now: datetime) -> datetime | None:
    """When the next page was due: of the next rung, or of this one again; None when none is by now."""
    above = climb.next_at if climb.rung < len(ladder.rungs) else None
    step = min((at for at in (above, climb.repeat_at) if at is not None), default=None)
    return step if step is not None and step <= now else None


def _questioned(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    if climb.asked or not ladder.answer_within:
        return climb
    return replace(climb, asked=True, lapses_at=_later(window, at, ladder.answer_within))


def _let_go(climb: Climb) -> Climb:
    return replace(
        climb, acknowledged_by="", acknowledged_at=None, arrives_at=None, asked=False, lapses_at=None, repeat_at=None
    )


def _holds(climb: Climb, now: datetime) -> bool:
    return climb.lapses_at is not None and climb.lapses_at > now


def _page(climb: Climb, ladder: Ladder, came_due: list[int], lapsed: str) -> Page:
    first = climb.rung
    while first > 1 and ladder.rungs[first - 1].after == 0:
        first -= 1
    roles = dict.fromkeys(role for rung in ladder.rungs[first - 1 : climb.rung] for role in rung.who)
    skipped = tuple(dict.fromkeys(rung for rung in came_due if rung < first))
    channels = ladder.rungs[climb.rung - 1].channels
    return Page(climb.rung, climb.round, climb.generation, tuple(roles), skipped, lapsed, channels)


def _step_up(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    """One rung higher, with when the one above it is due; and when this one is paged again, if it is."""
    rung = ladder.rungs[climb.rung]
    repeat_at = _later(window, at, rung.every) if rung.times > 1 else None
    climb = replace(climb, rung=climb.rung + 1, repeats=0, repeat_at=repeat_at)
    if climb.rung < len(ladder.rungs):
        return replace(climb, next_at=_later(window, at, ladder.rungs[climb.rung].after))
    return replace(climb, next_at=window.next_open(at + timedelta(seconds=ladder.alarm_every)))


def _again(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    """The same rung once more, as another round."""
    rung, repeats = ladder.rungs[climb.rung - 1], climb.repeats + 1
    repeat_at = _later(window, at, rung.every) if repeats + 1 < rung.times else None
    return replace(climb, round=climb.round + 1, repeats=repeats, repeat_at=repeat_at)


def _fall_back(climb: Climb, ladder: Ladder, window: Window, at: datetime) -> Climb:
    """The acknowledgement is worth nothing any more: the same rung again, as another round."""
    climb = replace(_let_go(climb), rung=max(climb.rung, 1) - 1, round=climb.round + 1, alarms=0)
    return _step_up(climb, ladder, window, at)


def _sound(climb: Climb, ladder: Ladder, window: Window, now: datetime) -> Climb:
    # After the bounded alarms one a day remains: an open ticket is never without an alarm.
    count = climb.alarms + 1
    wait = ladder.alarm_every if count < ladder.alarms else max(DAY, ladder.alarm_every)
    return replace(climb, alarms=count, next_at=window.next_open(now + timedelta(seconds=wait)))


def _later(window: Window, at: datetime, seconds: int) -> datetime:
    return window.add(window.next_open(at), timedelta(seconds=seconds))

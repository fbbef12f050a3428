"""Service-level clocks: seconds of service-window time, kept so that no change of plan can lose them.

A clock stores what it has `spent` and since when it runs; where it is due is always computed, never stored,
so a pause, a transfer or a new target cannot leave a wrong date behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from escalation.calendar import Window

RESPONSE, UPDATE, RESOLUTION = "response", "update", "resolution"
ON_SITE = "on_site"  # somebody stands where the fault is
PROMISE = "promise"  # what was promised to a person, such as a call back by three


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of a ticket.

    `target` and `spent` are seconds of window time; a target of zero promises nothing, but the time is kept, for
    another priority may promise something. `running_since` is None while paused or stopped; `paused_at` is set once
    it was paused, `stopped_at` once the promise was met or missed for good. `marked` is the highest percent acted on.
    A `fixed` clock promises a moment and not an amount of service time: it counts every hour and never pauses. A
    `dormant` one counts, but promises nothing before something is agreed, such as a visit. `attempt` tells the
    clocks of a reopened ticket from those before.
    """

    name: str
    target: int
    spent: float = 0.0
    running_since: datetime | None = None
    stopped_at: datetime | None = None
    marked: int = 0
    paused_at: datetime | None = None
    fixed: bool = False
    dormant: bool = False
    attempt: int = 1

    @property
    def running(self) -> bool:
        """Whether time counts against the promise now."""
        return self.running_since is not None

    @property
    def stopped(self) -> bool:
        """Whether the promise was met or missed for good."""
        return self.stopped_at is not None


class State(StrEnum):
    """How a promise stands."""

    WAITING = "waiting"  # not begun
    RUNNING = "running"
    OVERDUE = "overdue"  # missed, and still to be done
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock as it stands: when it is or was due, if it runs, and since when it stands still, if it does."""

    state: State
    due: datetime | None = None
    since: datetime | None = None


def standing(clock: Clock, window: Window, now: datetime) -> Standing:
    """How the promise stands at this moment."""
    if clock.stopped:
        return Standing(State.MISSED if missed(clock, window, now) else State.MET, since=clock.stopped_at)
    at = due(clock, window)
    if at is not None:
        return Standing(State.OVERDUE if missed(clock, window, now) else State.RUNNING, due=at)
    return Standing(State.PAUSED if clock.paused_at else State.WAITING, since=clock.paused_at)


def start(clock: Clock, now: datetime) -> Clock:
    """The clock running from now on; a stopped or running one is left as it is."""
    if clock.running or clock.stopped:
        return clock
    return replace(clock, running_since=now, paused_at=None)


def pause(clock: Clock, window: Window, now: datetime) -> Clock:
    """The clock standing still, with what it has used so far; a fixed one goes on."""
    if clock.running_since is None or clock.fixed:
        return clock
    return replace(_settled(clock, window, now), paused_at=now)


def _settled(clock: Clock, window: Window, now: datetime) -> Clock:
    return replace(clock, spent=used(clock, window, now), running_since=None)


def stop(clock: Clock, window: Window, now: datetime) -> Clock:
    """The clock at its end: what it had used decides whether the promise was kept."""
    if clock.stopped:
        return clock
    return replace(_settled(clock, window, now), stopped_at=now, paused_at=None)


def rewind(clock: Clock, now: datetime) -> Clock:
    """The clock at zero and running: for a promise that repeats, such as the next progress update."""
    return start(reset(clock), now)


def reset(clock: Clock) -> Clock:
    """The clock at zero and standing still, as if nothing had happened."""
    return Clock(clock.name, clock.target, attempt=clock.attempt)


def retarget(clock: Clock, target: int, old: Window, now: datetime) -> Clock:
    """The clock with another target for the time already used, which was counted in the window `old`.

    A share that is now short of its mark may be marked again. A promise met or missed for good stays as it was, and
    so does one of a fixed moment.
    """
    if clock.stopped or clock.fixed:
        return clock
    aimed = replace(_settled(clock, old, now), target=target)
    share = int(100 * aimed.spent // target) if target else 0
    aimed = replace(aimed, marked=min(clock.marked, share))
    return start(aimed, now) if clock.running else aimed


def used(clock: Clock, window: Window, now: datetime) -> float:
    """Seconds of window time used until now."""
    if clock.running_since is None or now <= clock.running_since:
        return clock.spent
    # Rounded, so that a hundred pauses add up to the microsecond.
    return round(clock.spent + window.between(clock.running_since, now).total_seconds(), 6)


def missed(clock: Clock, window: Window, now: datetime) -> bool:
    """Whether the promise is broken: more than the target is used. To the second is in time."""
    return clock.target > 0 and used(clock, window, now) > clock.target


def reaches(clock: Clock, window: Window, percent: int) -> datetime | None:
    """When a running clock will have used this share of its target; None while it stands still or promises nothing.

    A share that was already used when the clock last started is due at that moment.
    """
    if clock.running_since is None or not clock.target:
        return None
    left = clock.target * percent / 100 - clock.spent
    if left <= 0:
        return clock.running_since
    return window.add(clock.running_since, timedelta(seconds=left))


def due(clock: Clock, window: Window) -> datetime | None:
    """When the promise breaks if nothing happens; None while the clock stands still or promises nothing."""
    return reaches(clock, window, 100)

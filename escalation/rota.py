"""Who is on call: rotations in layers, with overrides (swaps, covers) above and absences taken out.

Hand-over times are on the wall of the rotation's zone, so 9:00 stays 9:00 across daylight saving; a time that
a spring night leaves out comes an hour later on the wall, and of two alike in an autumn night take the first.
All answers are in UTC. A group without a rota is everyone in it; that is for the dispatcher to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escalation.calendar import UnknownZone, Window

LOOK_AHEAD = timedelta(days=366)


class BadRotation(ValueError):
    """A rotation needs at least one person, and hands over after one day or more."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns, `every_days` days each, from `handover` on the date `starts`.

    Nobody is on call by it before that, nor, where `during` is given, while that window is closed (a night
    layer, say). Raises BadRotation and UnknownZone.
    """

    people: tuple[str, ...]
    starts: date
    every_days: int
    handover: time
    zone: str
    during: Window | None = None

    def __post_init__(self) -> None:
        if not self.people:
            raise BadRotation("a rotation has nobody in it: name at least one person")
        if self.every_days < 1:
            raise BadRotation(f"a rotation hands over every {self.every_days} days: give 1 for daily, 7 for weekly")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise UnknownZone(f"no time zone is called {self.zone!r}: try one like Asia/Shanghai") from error

    def handover_at(self, turn: int) -> datetime:
        """When turn number `turn` begins, in UTC; turn 0 is the first."""
        day = self.starts + timedelta(days=turn * self.every_days)
        return datetime.combine(day, self.handover, ZoneInfo(self.zone)).astimezone(UTC)

    def turn_at(self, at: datetime) -> int:
        """The number of the turn that runs at this instant; negative before the first."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        turn = (today - self.starts).days // self.every_days
        if self.handover_at(turn) > at:
            return turn - 1
        return turn + 1 if self.handover_at(turn + 1) <= at else turn


@dataclass(frozen=True, slots=True)
class Override:
    """This person instead of whoever the rotations name, from `start` up to `end` (aware datetimes)."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """This person cannot be on call, from `start` up to `end` (aware datetimes)."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """Later wins: the last override that covers a moment, then the last layer that has somebody.

    Nobody absent is ever named: an absent person's override counts for nothing, and an absent person's turn
    goes to the next in the rotation's order.
    """

    layers: tuple[Rotation, ...]
    overrides: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call from `start` up to `end`, in UTC; None where nobody is."""

    person: str | None
    start: datetime
    end: datetime


def on_call(rota: Rota, at: datetime) -> str | None:
    """The person on call at this instant, or None where nobody is."""
    absent = {absence.person for absence in rota.absences if _covers(absence, at)}
    for override in reversed(rota.overrides):
        if _covers(override, at) and override.person not in absent:
            return override.person
    for layer in reversed(rota.layers):
        for person in _in_order(layer, at):
            if person not in absent:
                return person
    return None


def shifts(rota: Rota, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """The shifts from `start` to `end`, without a gap: where nobody is on call, a shift says so.

    Neighbouring shifts of one person are one shift. Empty when `end` is not after `start`.
    """
    found: list[Shift] = []
    for since, until in _pieces(rota, start.astimezone(UTC), end.astimezone(UTC)):
        person = on_call(rota, since)
        if found and found[-1].person == person:
            since = found.pop().start
        found.append(Shift(person, since, until))
    return tuple(found)


def next_handover(rota: Rota, at: datetime) -> datetime | None:
    """The next instant at which somebody else (or nobody) is on call; None if not within a year."""
    now = on_call(rota, at)
    for since, _ in _pieces(rota, at.astimezone(UTC), at.astimezone(UTC) + LOOK_AHEAD):
        if on_call(rota, since) != now:
            return since
    return None


def _covers(given: Override | Absence, at: datetime) -> bool:
    return given.start <= at < given.end


def _in_order(layer: Rotation, at: datetime) -> tuple[str, ...]:
    """The layer's people, whose turn it is first; nobody before it starts or outside its hours."""
    turn = layer.turn_at(at)
    if turn < 0 or (layer.during is not None and not layer.during.is_open(at)):
        return ()
    first = turn % len(layer.people)
    return layer.people[first:] + layer.people[:first]


def _pieces(rota: Rota, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """[start, end) cut wherever the answer could change."""
    while start < end:
        until = min(_next_edges(rota, start), default=end)
        yield start, min(until, end)
        start = until


def _next_edges(rota: Rota, at: datetime) -> Iterator[datetime]:
    """For each thing that can change the answer, when it next does so after `at`."""
    given: tuple[Override | Absence, ...] = (*rota.overrides, *rota.absences)
    yield from (edge.astimezone(UTC) for one in given for edge in (one.start, one.end) if edge > at)
    for layer in rota.layers:
        yield layer.handover_at(max(layer.turn_at(at) + 1, 0))
        if layer.during is not None:
            edge = layer.during.next_close(at) if layer.during.is_open(at) else layer.during.next_open(at)
            if edge is not None:
                yield edge

"""Major incidents: proposed, approved or rejected, kept in step by updates, over, and closed with a review. Pure.

A major incident stands beside the ticket that describes it. It never closes another ticket: whoever called is
asked, one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from escalation.errors import OutOfOrder

# Nobody is paged again and again for one outage; whatever becomes of it, a linked ticket's ladder goes on then.
LET_BE = timedelta(days=1)


ON_THE_WHOLE = 0.75  # of the nearness to one report, the nearness to all of its fault that is enough


class Stage(StrEnum):
    """Where a major incident stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    OVER = "over"  # the ticket is resolved; a review is owed
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Plan:
    """What `desk.yaml` says of major incidents.

    `manager` decides on them (empty: the manager of the ticket's group); an update is owed each `update_every`;
    `spike` reports of one fault by different people within `spike_within` make the bot propose one, those counting
    as one fault that are so probably (`alike`, 0 to 1);
    `reports_to` are told upward once the incident manager approves it.
    """

    manager: str = ""
    update_every: timedelta = timedelta(minutes=30)
    spike: int = 5
    spike_within: timedelta = timedelta(minutes=15)
    reports_to: tuple[str, ...] = ()
    alike: float = 0.45


@dataclass(frozen=True, slots=True)
class Update:
    """What the commander told everybody."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Major:
    """A major incident. `proposed_by` is empty when the bot saw a spike, whose tickets are `similar`.

    `report` is what is to be told upward: empty, or a text that waits for approval or was sent (`report_sent`).
    """

    ticket: int
    stage: Stage
    proposed_by: str
    proposed_at: datetime
    similar: tuple[int, ...] = ()
    manager: str = ""
    commander: str = ""
    update_due: datetime | None = None
    updates: tuple[Update, ...] = ()
    report: str = ""
    report_sent: bool = False
    review: str = ""

    @property
    def open(self) -> bool:
        """Whether it is proposed or running."""
        return self.stage in (Stage.PROPOSED, Stage.ACTIVE)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        data = asdict(self)
        data["proposed_at"] = self.proposed_at.isoformat()
        data["update_due"] = self.update_due.isoformat() if self.update_due else None
        data["updates"] = [{**asdict(each), "at": each.at.isoformat()} for each in self.updates]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Major:
        """What `to_json` wrote; keys of another version are left out."""
        known = {each.name: data[each.name] for each in fields(cls) if each.name in data}
        known["stage"] = Stage(known["stage"])
        known["proposed_at"] = datetime.fromisoformat(known["proposed_at"])
        known["update_due"] = datetime.fromisoformat(known["update_due"]) if known.get("update_due") else None
        known["similar"] = tuple(known.get("similar", ()))
        known["updates"] = tuple(
            Update(datetime.fromisoformat(each["at"]), each["by"], each["text"]) for each in known.get("updates", ())
        )
        return cls(**known)


def proposed(ticket: int, by: str, at: datetime, similar: Iterable[int] = ()) -> Major:
    """Somebody, or the bot on a spike, thinks that this is a major incident."""
    return Major(ticket, Stage.PROPOSED, by, at, tuple(number for number in similar if number != ticket))


def approved(major: Major, by: str, commander: str, at: datetime) -> Major:
    """The incident manager says so, and who commands; the first update is owed at once."""
    _needs(major, Stage.PROPOSED)
    return replace(major, stage=Stage.ACTIVE, manager=by, commander=commander, update_due=at)


def rejected(major: Major, by: str) -> Major:
    """The incident manager says that it is none."""
    _needs(major, Stage.PROPOSED)
    return replace(major, stage=Stage.REJECTED, manager=by)


def told(major: Major, by: str, text: str, at: datetime, plan: Plan) -> Major:
    """An update was written: the next one is owed in due time."""
    _needs(major, Stage.ACTIVE)
    updates = (*major.updates, Update(at, by, text))
    return replace(major, updates=updates, update_due=at + plan.update_every)


def reminded(major: Major, at: datetime, plan: Plan) -> Major:
    """The commander was reminded of the update that is owed, and will be again until it is written."""
    _needs(major, Stage.ACTIVE)
    return replace(major, update_due=at + plan.update_every)


def handed(major: Major, commander: str) -> Major:
    """Somebody else commands from now on."""
    _needs(major, Stage.ACTIVE)
    return replace(major, commander=commander)


def report_asked(major: Major, text: str) -> Major:
    """Something is to be told upward: the incident manager decides."""
    _needs(major, Stage.ACTIVE, Stage.OVER)
    return replace(major, report=text, report_sent=False)


def report_decided(major: Major, *, send: bool) -> Major:
    """The incident manager lets the report go up, or not. OutOfOrder when none waits."""
    if not major.report or major.report_sent:
        raise OutOfOrder("refused.no_report")
    return replace(major, report_sent=True) if send else replace(major, report="")


def over(major: Major) -> Major:
    """The ticket is resolved: no more updates are owed, but a review is."""
    _needs(major, Stage.ACTIVE)
    return replace(major, stage=Stage.OVER, update_due=None)


def again(major: Major, at: datetime) -> Major:
    """The ticket was reopened: it goes on."""
    _needs(major, Stage.OVER, Stage.REVIEWED)
    return replace(major, stage=Stage.ACTIVE, update_due=at)


def reviewed(major: Major, text: str) -> Major:
    """What was learned is written down; only now may the ticket be closed."""
    _needs(major, Stage.OVER)
    return replace(major, stage=Stage.REVIEWED, review=text)


def nearness(one: str, other: str, likeness: float, apart: float) -> float:
    """How probably two reports are of one fault, 0 to 1: by their services, and by how like their words are.

    `apart` says how surely the words are about different things. Of the same service, reports are taken together
    unless their words speak against it; of others, or of none, only if their words speak for it.
    """
    known, weight = (0.5, 0.5) if one == other and one else (0.0 if one and other else 0.1, 0.6)
    return known * (1 - apart) + weight * likeness


def spikes(
    reports: Iterable[tuple[int, str, str]], plan: Plan, near: Callable[[int, int], float] | None = None
) -> dict[str, tuple[int, ...]]:
    """What too many different people report, by its service, with the tickets, the first report first.

    `reports` are (ticket, service, requester) of the incidents opened within `plan.spike_within`. `near` is how
    probably two tickets are of one fault; without it, those of one service are. Several faults of one service give
    the one that most people report; a fault of no service has an empty one.
    """
    waiting = {ticket: (service, requester) for ticket, service, requester in sorted(reports) if service or near}
    near = near or (lambda one, other: float(waiting[one][0] == waiting[other][0]))
    found: dict[str, tuple[int, ...]] = {}
    while waiting:
        groups: list[tuple[int, ...]] = []
        for seed in waiting:
            if not any(seed in group for group in groups):  # its fault is known by another report of it
                groups.append(_around(seed, waiting, near, plan.alike))
        most, group = max(
            ((len({waiting[ticket][1] for ticket in group}), group) for group in groups),
            key=lambda each: (each[0], [-ticket for ticket in each[1]]),
        )
        if most < plan.spike:
            break
        services = Counter(waiting[ticket][0] for ticket in group)
        service = max(services, key=lambda key: (bool(key), services[key], key))
        found.setdefault(service, group)
        for ticket in group:
            del waiting[ticket]
    return found


def _around(seed: int, waiting: Iterable[int], near: Callable[[int, int], float], alike: float) -> tuple[int, ...]:
    """The reports of the seed's fault: each is near it, and near those taken before on the whole.

    Otherwise a vague report, which may be anything, would hold different faults together.
    """
    close = [(near(min(seed, other), max(seed, other)), other) for other in waiting if other != seed]
    taken = [seed]
    for _, other in sorted((-nearness, other) for nearness, other in close if nearness >= alike):
        if sum(near(min(other, each), max(other, each)) for each in taken) >= ON_THE_WHOLE * alike * len(taken):
            taken.append(other)
    return tuple(sorted(taken))


def _needs(major: Major, *stages: Stage) -> None:
    if major.stage not in stages:
        raise OutOfOrder("refused.major_stage", stage=major.stage.value)

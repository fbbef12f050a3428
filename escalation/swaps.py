"""Swaps: two people of one tier agree who covers which hours. Pure: accepted swaps -> overrides of the rota."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from escalation.dispatch import Group, Tier
from escalation.rota import Override, Shift, on_call, shifts

AHEAD = timedelta(days=28)
LOOK_BACK = timedelta(hours=8)
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` up to `end`, aware datetimes."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Swap:
    """`colleague` takes these hours from `asker`, who takes `in_return`, if anything, from the colleague."""

    group: str
    tier: int
    asker: str
    colleague: str
    hours: Hours
    in_return: Hours | None = None

    def overrides(self) -> tuple[Override, ...]:
        """What the swap changes in the rota."""
        taken = Override(self.colleague, self.hours.start, self.hours.end)
        if self.in_return is None:
            return (taken,)
        return (taken, Override(self.asker, self.in_return.start, self.in_return.end))


@dataclass(frozen=True, slots=True)
class Handover:
    """At this moment one person's shift in a tier ends and another's begins."""

    group: str
    tier: int
    at: datetime
    outgoing: str
    incoming: str


def with_swaps(groups: Mapping[str, Group], swaps: Iterable[Swap]) -> dict[str, Group]:
    """The groups with what their people agreed on; a swap of somebody or something that is gone changes nothing."""
    changed = dict(groups)
    for swap in swaps:
        group = changed.get(swap.group)
        if group is not None:
            tiers = tuple(_swapped(tier, swap) if tier.level == swap.tier else tier for tier in group.tiers)
            changed[swap.group] = replace(group, tiers=tiers)
    return changed


def _swapped(tier: Tier, swap: Swap) -> Tier:
    if tier.rota is None or not {swap.asker, swap.colleague} <= set(tier.people):
        return tier
    return replace(tier, rota=replace(tier.rota, overrides=(*tier.rota.overrides, *swap.overrides())))


def coming_shifts(tier: Tier, person: str, now: datetime, ahead: timedelta = AHEAD) -> tuple[Shift, ...]:
    """The person's shifts that are not over and begin within `ahead` from now, each from its beginning to its end."""
    if tier.rota is None:
        return ()
    # From a midnight, so that a shift of many weeks is cut at the same place all day.
    since = datetime.combine((now - ahead).date(), time(), UTC)
    until = datetime.combine((now + 2 * ahead).date(), time(), UTC)
    found = shifts(tier.rota, since, until)
    return tuple(shift for shift in found if shift.person == person and shift.end > now and shift.start < now + ahead)


def handovers(groups: Mapping[str, Group], since: datetime, until: datetime) -> tuple[Handover, ...]:
    """Every change of hands after `since` up to and including `until`, from somebody to somebody."""
    found = []
    for group in groups.values():
        for tier in group.tiers:
            if tier.rota is None:
                continue
            turns = shifts(tier.rota, since, until + MOMENT)
            for before, after in pairwise(turns):
                if before.person and after.person and after.start > since:
                    found.append(Handover(group.key, tier.level, after.start, before.person, after.person))
    return tuple(found)


def handover_at(group: Group, level: int, at: datetime) -> Handover | None:
    """The change of hands at exactly this moment, or None when there is none."""
    rota = group.tier(level).rota
    if rota is None:
        return None
    outgoing, incoming = on_call(rota, at - MOMENT), on_call(rota, at)
    if not outgoing or not incoming or outgoing == incoming:
        return None
    return Handover(group.key, level, at, outgoing, incoming)

"""Does every ladder reach somebody, at every hour of the coming week? Pure: the organisation and a moment -> holes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.messages import Identity
from bot.organisation import Organisation
from escalation.dispatch import Group, on_duty, recipients
from escalation.policy import Ladder, Rung
from escalation.priority import Priority
from escalation.rota import on_call
from escalation.ticket import Kind

AHEAD = timedelta(days=7)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hole:
    """Where nobody, or only a stand-in, would hear: from `start` up to `end`, in whole hours.

    `lead` is who should know, besides the admins; `instead` are the people asked in place of those missing.
    """

    group: str
    what: str
    lead: str
    start: datetime
    end: datetime
    instead: tuple[str, ...] = ()

    def __str__(self) -> str:
        when = f"from {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"
        instead = f" (asked instead: {', '.join(self.instead)})" if self.instead else ""
        return f"group {self.group}: {self.what} {when}{instead}"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account in chat, and whether the last message to it went through."""

    person: str
    identity: Identity
    lost: bool = False


def out_of_reach(
    organisation: Organisation, accounts: Iterable[Account], channels: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Who cannot be reached in chat: everybody all of whose accounts are lost.

    Where `channels` are named, also those without an account on any of them, and accounts elsewhere do not count.
    """
    listed = tuple(accounts)
    lost = {account.identity for account in listed if account.lost}
    known: dict[str, set[Identity]] = {key: set(person.identities) for key, person in organisation.people.items()}
    for account in listed:
        known.setdefault(account.person, set()).add(account.identity)
    found = set()
    for person, identities in known.items():
        usable = {each for each in identities if each.channel in channels or (not channels and each.channel != "web")}
        if usable <= lost and (usable or channels):
            found.add(person)
    return frozenset(found)


def holes(organisation: Organisation, now: datetime, silent_people: frozenset[str] = frozenset()) -> tuple[Hole, ...]:
    """Every hole of the coming week, group by group; neighbouring hours are one hole.

    A rung that has only `silent_people` reaches nobody: no message to them arrives.
    """
    first = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [first + HOUR * step for step in range(AHEAD // HOUR)]
    found: list[Hole] = []
    for group in organisation.groups.values():
        for climb in _climbs(organisation, group):
            for number, rung in enumerate(climb.ladder.rungs, 1):
                if climb.begun_anew and not _means_the_tier(rung):
                    continue  # the same people as before
                what = f"rung {number} of ladder {climb} ({', '.join(rung.who)}) reaches nobody"
                silent = (at for at in hours if not _reached(organisation, group, climb, rung, at, silent_people))
                found += (Hole(group.key, what, group.lead, start, end) for start, end in _stretches(silent))
        found += _rota_holes(group, hours)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Climb:
    """A ladder as a ticket of some tier climbs it; `begun_anew` when it has climbed it a tier below already."""

    key: str
    ladder: Ladder
    tier: int
    begun_anew: bool

    def __str__(self) -> str:
        name = self.key.replace("@", " for tier ")
        return f"{name} once escalated to tier {self.tier}" if self.begun_anew else name


def _climbs(organisation: Organisation, group: Group) -> tuple[_Climb, ...]:
    """Every ladder that a ticket of the group can climb, and from every tier it can come to, each once."""
    policy = organisation.policy
    found: dict[_Climb, None] = {}
    for priority in Priority:
        for kind in Kind:
            below = policy.ladder_key(kind, priority, group.key)
            start = policy.ladders[below].tier
            found[_Climb(below, policy.ladders[below], start, begun_anew=False)] = None
            for level in (tier.level for tier in group.tiers if tier.level > start):
                key = policy.ladder_key(kind, priority, group.key, level)
                found[_Climb(key, policy.ladders[key], level, begun_anew=key == below)] = None
                below = key
    return tuple(found)


def _means_the_tier(rung: Rung) -> bool:
    return not {"on_call", "tier", "owner"}.isdisjoint(rung.who)


def _reached(
    organisation: Organisation, group: Group, climb: _Climb, rung: Rung, at: datetime, silent_people: frozenset[str]
) -> bool:
    """Whether the rung has somebody at that hour; while its window is closed it waits, and needs nobody."""
    if not organisation.policy.windows[climb.ladder.window].is_open(at):
        return True
    people = recipients(rung.who, group=group, tier=climb.tier, owner="", admins=organisation.admins, at=at)
    known = (organisation.people[person] for person in people if person in organisation.people)
    return any(person.key not in silent_people and not person.is_away(at) for person in known)


def _rota_holes(group: Group, hours: list[datetime]) -> Iterator[Hole]:
    for tier in group.tiers:
        if tier.rota is None:
            continue
        rota = tier.rota
        for start, end in _stretches(at for at in hours if on_call(rota, at) is None):
            what = f"nobody is on call in tier {tier.level}"
            yield Hole(group.key, what, group.lead, start, end, on_duty(group, tier.level, start))


def _stretches(hours: Iterator[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Hours that follow one another, put together: (first hour, end of the last)."""
    start = end = None
    for at in hours:
        if start is not None and at == end:
            end = at + HOUR
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = at, at + HOUR
    if start is not None and end is not None:
        yield start, end


def guessed_holidays(organisation: Organisation, now: datetime) -> tuple[str, ...]:
    """A sentence for each country whose holidays, this year or next, are only a guess so far."""
    sentences = []
    for country, years in sorted(organisation.guessed_holidays.items()):
        wanted = sorted(year for year in (now.year, now.year + 1) if year in years)
        sentences += [
            f"the holidays of {country} in {year} are only a guess: its government has not published them, or this "
            "version does not know them yet. Service windows may be wrong on those days: upgrade, or name them in "
            "'closed' and 'open'"
            for year in wanted
        ]
    return tuple(sentences)

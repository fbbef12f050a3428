"""Dispatch: which group gets a ticket, and who stands behind a role at a moment in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from escalation.rota import Absence, Rota, on_call


@dataclass(frozen=True, slots=True)
class Tier:
    """One line of support in a group: its people, and the rota that says who of them is on call."""

    level: int
    people: tuple[str, ...]
    rota: Rota | None = None
    absences: tuple[Absence, ...] = ()

    def present(self, at: datetime) -> tuple[str, ...]:
        """Its people who are not on holiday; when all of them are, all of them: somebody has to hear."""
        away = {absence.person for absence in self.absences if absence.start <= at < absence.end}
        return tuple(person for person in self.people if person not in away) or self.people


@dataclass(frozen=True, slots=True)
class Group:
    """A team that solves tickets. `tiers` stand in rising order; people are keys of `desk.yaml`."""

    key: str
    names: Mapping[str, str]
    lead: str
    manager: str
    tiers: tuple[Tier, ...]
    rooms: Mapping[str, str] = field(default_factory=dict)  # channel name -> room
    badges: Mapping[str, str] = field(default_factory=dict)  # channel name -> what whoever is on call is known by

    @property
    def people(self) -> frozenset[str]:
        """Everyone who works in the group, whatever the tier."""
        return frozenset(person for tier in self.tiers for person in tier.people)

    def tier(self, level: int) -> Tier:
        """The tier of that level, else the nearest one below it, else the first."""
        below = [tier for tier in self.tiers if tier.level <= level]
        return below[-1] if below else self.tiers[0]

    def next_tier(self, level: int) -> int | None:
        """The level above, or None at the top."""
        return next((tier.level for tier in self.tiers if tier.level > level), None)


def on_duty(group: Group, level: int, at: datetime) -> tuple[str, ...]:
    """Who is on call in this tier now; everybody in it where no rota decides or the rota has a hole."""
    tier = group.tier(level)
    if tier.rota is None:
        return tier.present(at)
    person = on_call(tier.rota, at)
    return (person,) if person else tier.present(at)


def first_line(group: Group, at: datetime) -> tuple[str, ...]:
    """Who is on call in the first tier now: nobody in a hole of its rota, where `on_duty` asks all the others."""
    first = group.tiers[0]
    return on_duty(group, first.level, at) if first.rota is None or on_call(first.rota, at) else ()


def recipients(
    who: tuple[str, ...], *, group: Group, tier: int, owner: str, admins: tuple[str, ...], at: datetime
) -> tuple[str, ...]:
    """The people behind roles such as "on_call:2", "lead" or "owner", at this moment, each once, in order.

    A role nobody fills (an owner of an unclaimed ticket) falls back to whoever is on call.
    """
    found: list[str] = []
    for role in who:
        name, _, argument = role.partition(":")
        match name:
            case "on_call":
                found += on_duty(group, int(argument) if argument else tier, at)
            case "tier":
                found += group.tier(int(argument) if argument else tier).present(at)
            case "group":
                found += sorted(person for tier_of in group.tiers for person in tier_of.present(at))
            case "lead":
                found.append(group.lead)
            case "manager":
                found.append(group.manager)
            case "owner":
                found += [owner] if owner else on_duty(group, tier, at)
            case "admin":
                found += admins
            case "person":
                found.append(argument)
            case _:
                raise ValueError(f"unknown role {role!r} in a ladder or mark")
    return tuple(dict.fromkeys(person for person in found if person))


ROLES = ("on_call", "tier", "group", "lead", "manager", "owner", "admin", "person")

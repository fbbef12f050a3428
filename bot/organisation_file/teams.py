"""Reads `groups`: who solves tickets, in which tier, and who of them is on call when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from functools import partial

from bot.organisation import Person
from bot.organisation_file.badges import Worn, read_badges
from bot.organisation_file.known import Known
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each, entries
from bot.organisation_file.scalars import day, names, reference, time_of_day, whole, word, zone
from bot.organisation_file.stretches import stretch
from escalation.access import Role
from escalation.calendar import Window
from escalation.dispatch import Group, Tier
from escalation.rota import Absence, Override, Rota, Rotation

NINE = time(9, 0)
A_WEEK = 7
ROOM = {"slack": re.compile(r"[CG][A-Z0-9]{2,20}"), "telegram": re.compile(r"-?[0-9]{1,19}")}


def read_groups(value: Value, known: Known, people: Mapping[str, Person]) -> Mapping[str, Group]:
    """Every group by key; a wrong one is left out."""
    worn: Worn = {}
    found = {
        key: attempt(at, partial(_group, key=key, known=known, people=people, worn=worn), None)
        for key, _, at in entries(value, "a mapping of groups")
    }
    return {key: group for key, group in found.items() if group is not None}


def _group(value: Value, key: str, known: Known, people: Mapping[str, Person], worn: Worn) -> Group:
    fields = Fields(value, "group")

    def lead(at: Value) -> str:
        return somebody(at, known, people, Role.ENGINEER, Role.MANAGER)

    def manager(at: Value) -> str:
        return somebody(at, known, people, Role.MANAGER)

    def tiers(at: Value) -> tuple[Tier, ...]:
        return _tiers(at, known, people)

    rooms = fields.get("rooms", _rooms, {})
    return Group(
        key=key,
        names=fields.need("name", names, {}),
        lead=fields.need("lead", lead, ""),
        manager=fields.need("manager", manager, ""),
        tiers=fields.need("tiers", tiers, ()),
        rooms=rooms,
        badges=fields.get("badge", partial(read_badges, group=key, rooms=rooms, worn=worn), {}),
    )


def somebody(value: Value, known: Known, people: Mapping[str, Person], *roles: Role) -> str:
    """The key of a person who has one of these roles."""
    person = reference(known.people, "person", "people")(value)
    if person in people and not people[person].roles & set(roles):
        raise Wrong(value, f"{person!r} needs the role {' or '.join(roles)} for this: add it in people")
    return person


def _tiers(value: Value, known: Known, people: Mapping[str, Person]) -> tuple[Tier, ...]:
    items = value.items("a list of tiers, the first line first")
    if not items:
        raise Wrong(value, "a group needs at least one tier: add one with its people")
    return tuple(
        attempt(item, partial(_tier, level=level, known=known, people=people), Tier(level, ()))
        for level, item in enumerate(items, start=1)
    )


def _tier(value: Value, level: int, known: Known, people: Mapping[str, Person]) -> Tier:
    fields = Fields(value, "tier")

    def engineer(at: Value) -> str:
        return somebody(at, known, people, Role.ENGINEER)

    def rota(at: Value) -> Rota:
        return _rota(at, members, known)

    members = fields.need("people", partial(_several, reader=engineer), ())
    away = tuple(absence for member in members if member in people for absence in people[member].away)
    found = fields.get("rota", rota, None)
    if found is not None:
        found = replace(found, absences=(*found.absences, *away))
    return Tier(level, members, found, away)


def _several(value: Value, reader: Callable[[Value], str]) -> tuple[str, ...]:
    """At least one person, each once."""
    items = value.items("a list of people")
    if not items:
        raise Wrong(value, "nobody is named here: add at least one person")
    found: dict[str, int] = {}
    for item in items:
        person = attempt(item, reader, "")
        if person in found:
            item.note(f"{person!r} is in this list already, in line {found[person]}")
        elif person:
            found[person] = item.line
    return tuple(found)


def _rota(value: Value, members: Sequence[str], known: Known) -> Rota:
    fields = Fields(value, "rota")

    def layers(at: Value) -> tuple[Rotation, ...]:
        found = each(at, partial(_layer, members=members, known=known), "a list of layers")
        if not found and not at.items(""):
            raise Wrong(at, "a rota needs at least one layer: add one with the date it starts")
        return tuple(layer for layer in found if layer is not None)

    return Rota(
        layers=fields.need("layers", layers, ()),
        overrides=fields.get("overrides", lambda at: each(at, partial(_override, known=known), "a list"), ()),
        absences=fields.get("absences", lambda at: each(at, partial(_absence, known=known), "a list"), ()),
    )


def _layer(value: Value, members: Sequence[str], known: Known) -> Rotation | None:
    """People who take turns; those of the tier, in its order, unless the layer names its own."""
    fields = Fields(value, "layer")

    def member(at: Value) -> str:
        person = reference(known.people, "person", "people")(at)
        if members and person not in members:
            raise Wrong(at, f"{person!r} takes turns here but is not in this tier: add them to its people")
        return person

    def window(at: Value) -> Window | None:
        return known.windows_read.get(reference(known.windows, "window", "windows")(at))

    people = fields.get("people", partial(_several, reader=member), tuple(members))
    starts = fields.need("starts", day, None)
    every_days = fields.get("every_days", whole(1, 366), A_WEEK)
    handover = fields.get("handover", time_of_day, NINE)
    where = fields.get("zone", zone, known.zone)
    during = fields.get("during", window, None)
    return Rotation(people, starts, every_days, handover, where, during) if people and starts else None


def _override(value: Value, known: Known) -> Override:
    fields = Fields(value, "override")
    return Override(_person(fields, known), *stretch(fields, known))


def _absence(value: Value, known: Known) -> Absence:
    fields = Fields(value, "absence")
    return Absence(_person(fields, known), *stretch(fields, known))


def _person(fields: Fields, known: Known) -> str:
    return fields.need("person", reference(known.people, "person", "people"), "")


def _rooms(value: Value) -> Mapping[str, str]:
    """Rooms by channel: a Slack channel id, a Telegram chat id."""
    found = {}
    for key, at in value.pairs("a mapping of rooms, such as slack: C024BE91L"):
        channel = attempt(key, lambda key: word(key, ROOM, "a channel"), "")
        room = attempt(at, lambda at: at.scalar("a room id"), "")
        if channel and room and not ROOM[channel].fullmatch(room):
            example = "C024BE91L" if channel == "slack" else "-1001234567890"
            at.note(f"{room[:60]!r} is no {channel} room: give its id, such as {example}")
        found[channel] = room
    return found

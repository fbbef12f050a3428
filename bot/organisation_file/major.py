"""Reads `major_incident`: who decides on one, how often people are told, and when the bot proposes one itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.organisation import Person
from bot.organisation_file.known import Known
from bot.organisation_file.nodes import Fields, Value, each
from bot.organisation_file.scalars import above_zero, plain_duration, reference, share, whole
from bot.organisation_file.teams import somebody
from escalation.access import Role
from escalation.major import Plan

USUAL = Plan()
MOST_REPORTS = 1000


def read_major(value: Value, known: Known, people: Mapping[str, Person]) -> Plan:
    """The plan for major incidents."""
    fields = Fields(value, "major_incident")

    def manager(value: Value) -> str:
        return somebody(value, known, people, Role.MANAGER, Role.ADMIN)

    def told(value: Value) -> tuple[str, ...]:
        return each(value, reference(known.people, "person", "people"), "a list of people")

    return Plan(
        manager=fields.get("manager", manager, ""),
        update_every=fields.get("update_every", _length, USUAL.update_every),
        spike=fields.get("spike", whole(2, MOST_REPORTS), USUAL.spike),
        spike_within=fields.get("spike_within", _length, USUAL.spike_within),
        alike=fields.get("alike", share, USUAL.alike),
        reports_to=fields.get("reports_to", told, ()),
    )


def _length(value: Value) -> timedelta:
    return timedelta(seconds=above_zero(plain_duration)(value))

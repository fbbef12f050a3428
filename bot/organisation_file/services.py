"""Reads `services`: what people use, who looks after it, and what we can check ourselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bot.organisation import Option, Service
from bot.organisation_file.known import Known, Place
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each, entries
from bot.organisation_file.probes import read_probe
from bot.organisation_file.scalars import language, names, reference, texts, yes_or_no, zone
from bot.probes.probe import Probe


def read_categories(value: Value) -> Mapping[str, Option]:
    """The categories by key; a wrong one is left out."""

    def category(at: Value, key: str) -> Option:
        return _option(Fields(at, "category"), key)

    found = {
        key: attempt(at, partial(category, key=key), None) for key, _, at in entries(value, "a mapping of categories")
    }
    return {key: option for key, option in found.items() if option is not None}


def read_places(value: Value, known: Known) -> Mapping[str, Place]:
    """The places by key, with what each lends to the people who sit there; a wrong one is left out."""

    def place(at: Value, key: str) -> Place:
        fields = Fields(at, "place")
        return Place(
            option=_option(fields, key),
            zone=fields.get("zone", zone, ""),
            language=fields.get("language", language(known.languages), ""),
        )

    found = {key: attempt(at, partial(place, key=key), None) for key, _, at in entries(value, "a mapping of places")}
    return {key: place for key, place in found.items() if place is not None}


def _option(fields: Fields, key: str) -> Option:
    return Option(key, fields.need("name", names, {}), fields.get("words", texts, ()))


def read_services(value: Value, known: Known) -> Mapping[str, Service]:
    """Every service by key; a wrong one is left out."""
    found = {
        key: attempt(at, partial(_service, key=key, known=known), None)
        for key, _, at in entries(value, "a mapping of services")
    }
    return {key: service for key, service in found.items() if service is not None}


def _service(value: Value, key: str, known: Known) -> Service:
    fields = Fields(value, "service")
    return Service(
        key=key,
        names=fields.need("name", names, {}),
        category=fields.need("category", reference(known.categories, "category", "categories"), ""),
        group=fields.need("group", reference(known.groups, "group", "groups"), ""),
        words=fields.get("words", texts, ()),
        probes=fields.get("probes", partial(_probes, known=known), ()),
        flow=fields.get("flow", reference(known.flows, "flow", "intents/data/flows"), ""),
        confidential=fields.get("confidential", yes_or_no, False),
    )


def _probes(value: Value, known: Known) -> tuple[Probe, ...]:
    lines: dict[str, int] = {}

    def read(at: Value) -> Probe:
        probe = read_probe(at, known.self_address)
        first = lines.setdefault(probe.key, at.line)
        if first != at.line:
            raise Wrong(at, f"the probe {probe.key!r} is here twice: the first is in line {first}")
        return probe

    return each(value, read, "a list of probes")

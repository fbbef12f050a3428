"""The ticket form, half filled in from what is known already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.fields import LONGEST_TEXT, choice, entry, enum_choices, named_choices
from bot.dialogue.talk import Talk
from bot.dialogue.world import World
from bot.messages import Choice, Field, FieldKind, Form
from escalation.priority import Impact, Urgency
from escalation.ticket import Kind
from intents.manner import without_lead_in


def intake(talk: Talk, world: World) -> Form:
    """The ticket form, half filled in from what is already known; however often it is drawn it says why it came."""
    reader = world.reader
    intro = _intro(talk, world)
    if talk.subject:
        intro = reader.tell("intake.for", name=world.organisation.name_of(talk.subject, reader.language))
    return Form(
        key=f"intake:{talk.turn}",
        title=reader.tell("intake.title"),
        fields=(*_first(talk, world), *_told_by_telephone(talk, world), *_more(talk, world)),
        submit=reader.tell("button.submit"),
        intro=intro,
        more=reader.tell("button.more_details"),
    )


def _intro(talk: Talk, world: World) -> str:
    """Why the form comes now, and which facts were taken from the person's own words."""
    reader, places = world.reader, world.organisation.places
    found = {name: talk.prefill.get(name, "") for name in _TAKEN if talk.kind in _ONLY_OF.get(name, (talk.kind,))}
    if found["place"] in places:
        found["place"] = reader.say(places[found["place"]].names)
    facts = " · ".join(filter(None, found.values()))
    intro = reader.tell(talk.why or "intake.intro")
    return reader.tell("intake.taken", intro=intro, facts=facts) if facts else intro


_TAKEN = ("device", "place", "since", "errors", "ip", "callback")


def _first(talk: Talk, world: World) -> tuple[Field, ...]:
    """What nobody can do without: what it is about, whom it affects, how badly, and where."""
    reader, known, organisation = world.reader, talk.prefill, world.organisation
    services = named_choices({key: each.names for key, each in organisation.services.items()}, reader)
    places = named_choices({key: each.names for key, each in organisation.places.items()}, reader)
    said = known.get("place", "")[:60]
    if said and said not in organisation.places:  # a room nobody has listed is where they are all the same
        places = (Choice(said, said), *places)
    other = Choice("other", reader.tell("service.other"))
    impacts, urgencies = enum_choices("affected", Impact, reader), enum_choices("severity", Urgency, reader)
    return (
        entry("summary", reader, required=True, value=_summary(talk), longest=120),
        choice("service", reader, (*services, other), talk.service or "other"),
        choice("affected", reader, impacts, known.get("affected", "me"), required=True),
        choice("severity", reader, urgencies, known.get("severity", _usual_urgency(talk)), required=True),
        choice("place", reader, places, said or world.person.office),
    )


def _usual_urgency(talk: Talk) -> str:
    """How bad it is when nothing is said: a fault slows work down, a wish is a wish."""
    return (Urgency.QUESTION if talk.kind == Kind.REQUEST else Urgency.SLOWED).value


def _told_by_telephone(talk: Talk, world: World) -> tuple[Field, ...]:
    """What a caller is asked and promised while they are on the line."""
    reader = world.reader
    return (_callback(talk, world), entry("promise", reader)) if talk.subject else ()


def _callback(talk: Talk, world: World) -> Field:
    phone = talk.prefill.get("callback", "") or world.person.phone
    return entry("callback", world.reader, FieldKind.PHONE, value=phone, longest=40)


def _more(talk: Talk, world: World) -> tuple[Field, ...]:
    """What helps whoever knows it."""
    reader, known, organisation = world.reader, talk.prefill, world.organisation
    service = organisation.services.get(talk.service)
    categories = named_choices({key: each.names for key, each in organisation.categories.items()}, reader)
    fields = (
        entry("description", reader, FieldKind.TEXT, value=_beyond(talk), longest=LONGEST_TEXT),
        *(entry(name, reader, value=known.get(name, "")) for name in ("device", "since", "ip")),
        *((entry("errors", reader, value=known["errors"]),) if known.get("errors") else ()),
        *(() if talk.subject else (_callback(talk, world),)),
        choice("kind", reader, enum_choices("kind", Kind, reader), talk.kind, required=True),
        choice("category", reader, categories, talk.category or (service.category if service else "")),
    )
    return tuple(replace(field, more=True, when=_ONLY_OF.get(field.name, ())) for field in fields)


# What makes no sense to ask of whoever wants something, or complains.
_ONLY_OF: Mapping[str, tuple[str, ...]] = {
    "device": ("kind", Kind.INCIDENT.value, Kind.REQUEST.value),
    "since": ("kind", Kind.INCIDENT.value),
    "ip": ("kind", Kind.INCIDENT.value),
    "errors": ("kind", Kind.INCIDENT.value),
}


def _summary(talk: Talk) -> str:
    """In one line what it is about; nothing where there is no word that says so."""
    said = talk.prefill.get("summary", "") or _first_sentence(talk.words)
    return said if any(character.isalpha() for character in said) else ""


def _beyond(talk: Talk) -> str:
    """The words the summary does not hold: all of them, where it was cut."""
    words, summary = _to_the_point(talk.words.strip()), _summary(talk)
    return words[len(summary) :].strip() if words.startswith(summary) else words


SHORTEST_SUMMARY = 6  # characters that must be left of a sentence without its lead-in


def _first_sentence(words: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s+|(?<=[。！？])(?![。！？])\s*|\n", _to_the_point(words.strip()), maxsplit=1)[0]
    return sentence if len(sentence) <= 100 else sentence[:99] + "…"


def _to_the_point(words: str) -> str:
    rest = without_lead_in(words)
    return rest if len(rest) >= SHORTEST_SUMMARY else words

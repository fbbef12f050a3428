"""Reads `people`: who they are, where they sit, what they may be asked to do, and how they are reached."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from bot.messages import Identity
from bot.organisation import Person
from bot.organisation_file.known import Known, Place
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each, entries
from bot.organisation_file.scalars import email, language, names, one_of, phone, reference, text, word, zone
from bot.organisation_file.stretches import stretch
from escalation.access import Role
from escalation.rota import Absence

NAMELESS = {"en": "", "zh": ""}
SLACK_WORKSPACE = re.compile(r"[TE][A-Z0-9]{2,20}")
SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
TELEGRAM_USER = re.compile(r"[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class _Taken:
    """What belongs to one person only, and to whom."""

    emails: dict[str, str] = field(default_factory=dict)
    identities: dict[Identity, str] = field(default_factory=dict)


def read_people(value: Value, known: Known) -> Mapping[str, Person]:
    """Everybody by key; whoever has a mistake is left out, so that nothing else is said of them.

    Two people never share an e-mail address or an identity, and somebody is an admin.
    """
    taken = _Taken()
    mistakes = len(value.mistakes)
    people: dict[str, Person] = {}
    for key, at_key, at in entries(value, "a mapping of people"):
        before = len(value.mistakes)
        person = attempt(at, partial(_person, at_key=at_key, key=key, known=known, taken=taken), None)
        if person is not None and len(value.mistakes) == before:
            people[key] = person
    if len(value.mistakes) == mistakes and not any(Role.ADMIN in person.roles for person in people.values()):
        value.note("nobody has the role admin: give it to whoever should hear when a ladder ends unanswered")
    return people


def _person(value: Value, at_key: Value, key: str, known: Known, taken: _Taken) -> Person:
    fields = Fields(value, "person")
    office = fields.get("office", reference(known.places, "place", "places"), "")
    place = known.places_read.get(office)
    return Person(
        key=key,
        names=fields.need("name", names, NAMELESS),
        email=_email(fields, at_key, key, known, taken),
        roles=_roles(fields),
        language=_language(fields, place, known),
        zone=fields.get("zone", zone, place.zone if place and place.zone else known.zone),
        title=fields.get("title", names, NAMELESS),
        phone=fields.get("phone", phone, ""),
        office=office,
        identities=fields.get("identities", partial(_identities, key=key, taken=taken), ()),
        away=fields.get("away", lambda at: each(at, partial(_holiday, key=key, known=known), "a list of holidays"), ()),
        own=frozenset(name for name in ("language", "zone") if fields.at(name)),
    )


def _holiday(value: Value, key: str, known: Known) -> Absence:
    return Absence(key, *stretch(Fields(value, "holiday"), known))


def _email(fields: Fields, at_key: Value, key: str, known: Known, taken: _Taken) -> str:
    """The person's address; where none is given, their key at the organisation's domain."""
    address = f"{key}@{known.email_domain}" if known.email_domain else ""
    if fields.at("email") or not address:
        address = fields.need("email", email, "")
    owner = taken.emails.setdefault(address.lower(), key)
    if address and owner != key:
        (fields.at("email") or at_key).note(f"{address} is the address of {owner!r} already")
    return address


def _roles(fields: Fields) -> frozenset[Role]:
    """Everyone is a requester; the file names what somebody is besides."""

    def read(value: Value) -> tuple[Role, ...]:
        return each(value, one_of(Role, "a role"), "a list of roles")

    return frozenset({Role.REQUESTER, *fields.get("roles", read, ())})


def _language(fields: Fields, place: Place | None, known: Known) -> str:
    """The person's language, else that of their office; somebody without either is a mistake."""
    if fields.at("language"):
        return fields.get("language", language(known.languages), "")
    if place and place.language:
        return place.language
    if place or not fields.at("office"):
        fields.value.note("this person has no language: add one, or an office that has one")
    return ""


def _identities(value: Value, key: str, taken: _Taken) -> tuple[Identity, ...]:
    def read(item: Value) -> Identity:
        identity = _identity(item)
        owner = taken.identities.setdefault(identity, key)
        if identity.user and owner != key:
            raise Wrong(item, f"the {identity.channel} user {identity.user} is {owner!r} already")
        return identity

    return each(value, read, "a list of identities")


def _identity(value: Value) -> Identity:
    fields = Fields(value, "identity")
    channel = fields.need("channel", lambda at: word(at, ("slack", "telegram"), "a channel"), "")
    match channel:
        case "slack":
            workspace = fields.need(
                "workspace", _shaped(SLACK_WORKSPACE, "a Slack workspace id, such as T024BE7LD"), ""
            )
            user = fields.need("user", _shaped(SLACK_USER, "a Slack user id, such as U023BECGF"), "")
        case "telegram":
            workspace = fields.get("workspace", _no_workspace, "")
            user = fields.need("user", _shaped(TELEGRAM_USER, "a Telegram user id, such as 123456789"), "")
        case _:
            workspace = user = ""
    return Identity(channel, workspace, user)


def _shaped(pattern: re.Pattern[str], wanted: str) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        written = value.scalar(wanted)
        if not pattern.fullmatch(written):
            raise Wrong(value, f"expected {wanted}, found {value.shape}")
        return written

    return read


def _no_workspace(value: Value) -> str:
    raise Wrong(value, f"Telegram has no workspaces: take {text(value)!r} out")

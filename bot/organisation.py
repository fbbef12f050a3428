"""The organisation as `desk.yaml` describes it: people, groups, services, policy. Plain frozen values.

`bot/organisation_file.py` reads the file; nothing here knows YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.messages import Identity
from bot.probes.probe import Probe
from escalation.access import Actor, Role, sees_queue
from escalation.dispatch import Group
from escalation.major import Plan
from escalation.policy import Policy
from escalation.priority import Matrix
from escalation.rota import Absence

Names = Mapping[str, str]  # language -> words; always has "en" and "zh"


def say(names: Names, language: str) -> str:
    """The words in this language, else in English."""
    return names.get(language) or names["en"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the organisation. `key` is how `desk.yaml` and the database name them, for ever."""

    key: str
    names: Names
    email: str
    roles: frozenset[Role]
    language: str
    zone: str
    title: Names = field(default_factory=lambda: {"en": "", "zh": ""})
    phone: str = ""
    office: str = ""  # key of a place
    identities: tuple[Identity, ...] = ()
    away: tuple[Absence, ...] = ()  # holidays: nobody is on call then
    own: frozenset[str] = frozenset()  # "language", "zone": what the file says of this very person

    def is_away(self, at: datetime) -> bool:
        """Whether the person is on holiday at that moment."""
        return any(absence.start <= at < absence.end for absence in self.away)

    def called(self, language: str) -> str:
        """The person's name as somebody speaking this language reads it."""
        return say(self.names, language)


EMOJI: Mapping[str, str] = {"ticket": "new", "eyes": "claim", "white_check_mark": "resolve"}


@dataclass(frozen=True, slots=True)
class InSlack:
    """How Firstline is addressed in Slack: its slash command, and the command word of each emoji by its name."""

    command: str = "/it"
    emoji: Mapping[str, str] = field(default_factory=lambda: dict(EMOJI))


GUEST, GUESTS = "guest", {"en": "Guest", "zh": "访客"}


def guest_key(identity: Identity) -> str:
    """The key of a guest: somebody whom nobody knows, and whom the organisation lets in all the same."""
    return f"{GUEST}.{identity.channel}.{identity.user}"


class Everybody(Mapping[str, Person]):
    """The people of the file by key. A guest is found by theirs as well, without being counted among them."""

    def __init__(self, known: Mapping[str, Person], guests: frozenset[str], language: str, zone: str) -> None:
        self._known = known
        self._guests = guests
        self._language = language
        self._zone = zone

    def __getitem__(self, key: str) -> Person:
        if key in self._known:
            return self._known[key]
        match key.split("."):
            case [word, channel, user] if word == GUEST and channel in self._guests and user:
                names = {language: f"{name} {user}" for language, name in GUESTS.items()}
                roles, identities = frozenset({Role.REQUESTER}), (Identity(channel, "", user),)
                return Person(key, names, "", roles, self._language, self._zone, identities=identities)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of the intake form: a place or a category. `words` are what people call it."""

    key: str
    names: Names
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """Something people use and miss when it fails."""

    key: str
    names: Names
    category: str
    group: str
    words: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    flow: str = ""
    confidential: bool = False


@dataclass(frozen=True)
class Organisation:
    """Everything `desk.yaml` says. `sample` is true only for the company that ships in the package."""

    names: Names
    zone: str
    languages: tuple[str, ...]
    people: Mapping[str, Person]
    groups: Mapping[str, Group]
    services: Mapping[str, Service]
    categories: Mapping[str, Option]
    places: Mapping[str, Option]
    default_group: str
    kind_groups: Mapping[str, str]  # kind -> group, where the kind decides before the service
    policy: Policy
    matrix: Matrix
    emergency_group: str = ""  # gets a danger that concerns no service
    answer_at: float = 0.7
    suggest_at: float = 0.2
    learns_routing: bool = True
    sample: bool = False
    source: str = ""
    in_slack: InSlack = field(default_factory=InSlack)
    major: Plan = field(default_factory=Plan)
    guests: frozenset[str] = frozenset()  # channels on which people nobody knows are let in
    guessed_holidays: Mapping[str, frozenset[int]] = field(default_factory=dict)  # country -> years not published

    @cached_property
    def admins(self) -> tuple[str, ...]:
        """The people an unanswered ladder alarms, in the file's order."""
        return tuple(person.key for person in self.people.values() if Role.ADMIN in person.roles)

    @cached_property
    def _by_identity(self) -> Mapping[Identity, Person]:
        return {identity: person for person in self.people.values() for identity in person.identities}

    def known_as(self, identity: Identity) -> Person | None:
        """The person `desk.yaml` itself links to this identity, if any."""
        return self._by_identity.get(identity)

    def guest_of(self, identity: Identity) -> str | None:
        """The key of the guest this account is, where guests are let in; else None."""
        return guest_key(identity) if identity.channel in self.guests else None

    def is_guest(self, person: str) -> bool:
        """Whether this is somebody who was let in without being known."""
        return person.startswith(f"{GUEST}.") and person not in set(self.people)

    def actor(self, person: str) -> Actor:
        """The person with what decides their rights; someone who left has none but their own tickets."""
        known = self.people.get(person)
        return Actor(
            person=person,
            roles=known.roles if known else frozenset(),
            groups=frozenset(key for key, group in self.groups.items() if person in group.people),
            manages=frozenset(key for key, group in self.groups.items() if person in (group.lead, group.manager)),
        )

    def group_of(self, key: str) -> Group:
        """The group, or the default one in place of a group that is no longer in the file."""
        return self.groups.get(key) or self.groups[self.default_group]

    def queue_of(self, actor: Actor) -> frozenset[str]:
        """The groups whose tickets are this person's to work on or to look over; empty when none are."""
        if not sees_queue(actor):
            return frozenset()
        everything = actor.roles & {Role.ADMIN, Role.AUDITOR}
        return frozenset(self.groups) if everything else actor.groups | actor.manages

    def group_for(self, kind: str, service: str) -> Group:
        """The group that gets a ticket of this kind about this service."""
        if kind in self.kind_groups:
            return self.groups[self.kind_groups[kind]]
        known = self.services.get(service)
        return self.groups[known.group if known else self.default_group]

    def name_of(self, person: str, language: str) -> str:
        """A person's name, or their key when they are no longer in the file."""
        known = self.people.get(person)
        return known.called(language) if known else person

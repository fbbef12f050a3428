"""Everything a pure step may look at: the organisation, the knowledge, who is speaking and what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.reader import Reader
from bot.organisation import Names, Organisation, Person
from escalation.access import Actor
from escalation.ticket import Ticket
from faq.article import Article
from faq.index import Index, build
from faq.routing import Router
from faq.verdict import AS_SHIPPED, Platt, Thresholds
from intents.classify import Named, Understanding, default_words, understand
from intents.entities import default_places
from intents.flows import Flow, load_flows
from storage.majors import Outage


@dataclass(frozen=True)
class Knowledge:
    """The articles with their index, and the guided flows; replaced as a whole when one is published.

    `platt` is this desk's own calibration, learned from what people pressed under the answers they got.
    """

    articles: dict[tuple[str, str], Article]
    index: Index
    flows: dict[str, Flow]
    platt: Platt = AS_SHIPPED

    def article(self, key: str, language: str) -> Article:
        """The article in this language, else in the other one."""
        return self.articles.get((key, language)) or next(a for (k, _), a in self.articles.items() if k == key)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What people call the services and places of one organisation; worked out once for each."""

    services: tuple[Named, ...]
    places: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The facts of one step."""

    reader: Reader
    person: Person
    actor: Actor
    organisation: Organisation
    vocabulary: Vocabulary
    knowledge: Knowledge
    open_tickets: tuple[Ticket, ...] = ()
    root: str = "/"  # what stands before a command word where it is written
    outages: tuple[Outage, ...] = ()
    here: int = 0  # the ticket that was opened in this very thread of a room
    router: Router | None = None  # where tickets belong, learned from those before; None: our words alone decide
    linkable: bool = False  # whether there is a chat to link an account of
    doors: Mapping[str, str] = field(default_factory=dict)  # what a link that opens our chat begins with, by channel

    def outage_of(self, service: str) -> Outage | None:
        """What is known to be down of this service, unless it is this person's own ticket."""
        mine = {ticket.id for ticket in self.open_tickets}
        found = (each for each in self.outages if service and each.service == service and each.ticket not in mine)
        return next(found, None)

    @property
    def thresholds(self) -> Thresholds:
        """The probabilities from which the bot answers or suggests."""
        return Thresholds(self.organisation.answer_at, self.organisation.suggest_at)

    def names_of(self, service: str) -> tuple[str, ...]:
        """What this organisation calls one of its services; nothing for one it does not have."""
        configured = self.organisation.services.get(service)
        return (*configured.names.values(), *configured.words) if configured else ()

    def understand(self, text: str) -> Understanding:
        """What these words mean to this organisation."""
        return understand(
            text,
            services=self.vocabulary.services,
            places=self.vocabulary.places,
            now=self.reader.now,
            zone=self.reader.zone,
            language=self.reader.language,
        )


def reader_for(organisation: Organisation, person: str, settings: dict[str, str], now: datetime) -> Reader:
    """A person as the cards see them: their own settings first, then the organisation's file."""
    known = organisation.people[person]
    zone = known.zone if "zone" in known.own else settings.get("zone", known.zone)
    return Reader(person, settings.get("language", known.language), zone, now, organisation)


def vocabulary(organisation: Organisation) -> Vocabulary:
    """The words people use for the organisation's services and places."""
    services = tuple(
        Named(service.key, _words(service.names, service.words, default_words(service.key)))
        for service in organisation.services.values()
    )
    usual = default_places()
    places = tuple(
        Named(place.key, _words(place.names, place.words, usual.get(place.key, ())))
        for place in organisation.places.values()
    )
    return Vocabulary(services, places)


def _words(names: Names, *more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*names.values(), *(word for words in more for word in words))))


def knowledge_of(articles: tuple[Article, ...]) -> Knowledge:
    """Articles, their index, and the shipped flows."""
    return Knowledge({(a.id, a.language): a for a in articles}, build(articles), dict(load_flows()))

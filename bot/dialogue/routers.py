"""Learning every night where tickets belong, from those that people confirmed; a worse router is not put in.

A fifth of the tickets, always the same ones, is never learned from: on these the new router is judged, beside the
one in use and the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zipfile import BadZipFile
from zlib import crc32

import structlog

from bot.desk.destination import Destination, destination_of
from bot.desk.draft import EMERGENCY
from bot.dialogue.conversation import Conversation
from bot.dialogue.routing import place
from bot.dialogue.world import vocabulary
from bot.organisation import Organisation
from escalation.ticket import Kind
from faq.routing import Router, calibrated, fit, from_bytes, to_bytes
from intents.classify import Understanding, understand
from storage import leases, quiet, routers
from storage.database import Database
from storage.errors import StorageError
from storage.routers import IN_USE, TOO_FEW, WORSE, Confirmed, Trial

log = structlog.get_logger()
MOST_TICKETS = 4_000  # the latest; as many as a thread reads in a minute
EVERY = 5  # of so many tickets one is held back
MOST_HELD_BACK, FEWEST_HELD_BACK = 300, 8


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket's words and where they led; `meant` by the rules."""

    text: str
    at: Destination
    meant: Understanding


@dataclass(frozen=True, slots=True)
class Learned:
    """What a night brought: how it did, and the router, if it is to be used."""

    trial: Trial
    router: Router | None = None


class Routers:
    """Keeps the conversation's router: learned by one process a night, taken up by all."""

    def __init__(self, database: Database, conversation: Conversation, *, owner: str) -> None:
        self.database = database
        self.conversation = conversation
        self.owner = owner
        self._number = 0

    async def learn(self) -> Trial | None:
        """Tonight's try; None when another process has it, when it is switched off, or when the desk is quiet."""
        desk = self.conversation.desk
        now, organisation = desk.clock(), desk.organisation
        if not organisation.learns_routing:
            return None
        try:
            async with self.database.transaction() as tx:
                if await quiet.quiet(tx):
                    return None
                if not await leases.claim_period(tx, "routing", f"{now:%Y-%m-%d}", self.owner, now):
                    return None
                tickets = await routers.confirmed(tx, MOST_TICKETS)
            await self.refresh()
            learned = await asyncio.to_thread(tried, tickets, self.conversation.router, organisation, now)
            async with self.database.transaction() as tx:
                await routers.keep(tx, learned.trial, to_bytes(learned.router) if learned.router else None)
        except StorageError as error:
            log.warning("routing.database_away", error=str(error))  # tomorrow is another night
            return None
        log.info("routing.learned", **{name: getattr(learned.trial, name) for name in _LOGGED})
        await self.refresh()
        return learned.trial

    async def refresh(self) -> bool:
        """Take up the router that is in use by now, else the one before it; whether there was another."""
        async with self.database.reading() as tx:
            number = await routers.newest(tx)
            if number == self._number:
                return False
            stored = await routers.stored(tx)
        self.conversation.router = await asyncio.to_thread(_readable, stored)
        self._number = number
        return True

    async def look(self) -> None:
        """Each minute: `refresh`, whatever the database does."""
        try:
            await self.refresh()
        except StorageError as error:
            log.warning("routing.database_away", error=str(error))


_LOGGED = ("version", "outcome", "learned_from", "held_back", "accuracy", "before", "rules")


def tried(tickets: Sequence[Confirmed], present: Router | None, organisation: Organisation, now: datetime) -> Learned:
    """A router from these tickets, judged on those held back beside the `present` one and the rules. Pure, slow."""
    known = [(each, at) for each in tickets if (at := _where(each, organisation)) is not None]
    taught = [(each.text, at.label) for each, at in known if not _held_back(each)]
    reads = _reader(organisation, now)
    held = [(each, at) for each, at in known if _held_back(each)][:MOST_HELD_BACK]
    aside = [Example(each.text, at, reads(each.text)) for each, at in held]
    fresh = fit(taught) if len(aside) >= FEWEST_HELD_BACK else None
    if fresh is None:
        rules = _share(aside, None, organisation)
        return Learned(Trial(now, "", TOO_FEW, len(taught), len(aside), 0.0, rules, rules))
    fresh = calibrated(fresh, ((each.text, each.at.label) for each in aside))
    accuracy, before, rules = (_share(aside, each, organisation) for each in (fresh, present, None))
    worse = accuracy < max(before, rules)
    outcome = WORSE if worse else IN_USE
    trial = Trial(now, fresh.version, outcome, len(taught), len(aside), accuracy, before, rules)
    return Learned(trial, None if worse else fresh)


def _held_back(ticket: Confirmed) -> bool:
    # Not by the number itself: what comes every so often, such as a Monday's tickets, would all be held back.
    return crc32(str(ticket.number).encode()) % EVERY == 0


def _where(ticket: Confirmed, organisation: Organisation) -> Destination | None:
    """Where the ticket ended up; None for what no ordinary ticket follows."""
    if ticket.category == EMERGENCY or ticket.kind == Kind.COMPLAINT.value or not ticket.text:
        return None
    return destination_of(ticket.kind, ticket.service, ticket.category, ticket.group, organisation)


def _reader(organisation: Organisation, now: datetime) -> Callable[[str], Understanding]:
    """How the rules read a text in this organisation."""
    words = vocabulary(organisation)
    language = organisation.languages[0]

    def read(text: str) -> Understanding:
        return understand(
            text, services=words.services, places=words.places, now=now, zone=organisation.zone, language=language
        )

    return read


def _share(examples: Sequence[Example], router: Router | None, organisation: Organisation) -> float:
    """How many of the tickets would have been placed where they ended up."""
    right = sum(place(each.text, each.meant, router, organisation).likeliest == each.at for each in examples)
    return round(right / len(examples), 4) if examples else 0.0


def _readable(stored: Sequence[bytes]) -> Router | None:
    """The first of these that can be read; another version of the house may have written it."""
    for data in stored:
        try:
            return from_bytes(data)
        except (ValueError, KeyError, EOFError, OSError, BadZipFile):
            log.exception("routing.unreadable")
    return None

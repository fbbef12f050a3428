"""What an outbox row is when it leaves: the words as they read now, and the places to try, in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.cards.digest import digest_card
from bot.cards.notices import render
from bot.cards.reader import Reader
from bot.cards.scene import Scene
from bot.desk.notify import rooms_of
from bot.desk.tickets import Desk
from bot.dialogue.places import conversation_key
from bot.dialogue.world import reader_for
from bot.messages import Card, Channel, Document, File, Form, Identity, Lane, Place, Reply, plain
from bot.phrases import tell
from bot.reply_json import from_json
from escalation import access
from escalation.access import Actor, Look, Role
from escalation.ticket import Ticket
from storage import attachments, cards, dialogues, pages, people, tickets
from storage.database import Transaction
from storage.outbox import Row

# What is told to whoever reported a ticket where they reported it; how it was is asked in private.
MIRRORED = frozenset({"step", "ticket", "resolved", "outcome", "document", "digest"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row resolved: what to send, and the places to try, in order."""

    reply: Reply
    places: tuple[Place, ...]
    messages: tuple[str, ...]  # what stands at each place already, to be edited
    lost: bool = False  # a chat account that would have rung cannot be reached any more
    aloud: Reply | None = None  # what a room is told in the place of somebody who cannot be reached in private


class Packer:
    """Resolves rows: authorises once more, draws in the reader's language, finds the reader."""

    def __init__(self, desk: Desk, channels: Mapping[str, Channel]) -> None:
        self.desk = desk
        self.channels = channels

    async def pack(self, tx: Transaction, row: Row) -> Parcel | None:
        """The row as it reads now, authorised again; None when there is nothing left to say."""
        kind, _, rest = row.target.partition(":")
        lost = False
        person = rest if kind in ("person", "elsewhere") else ""
        if person:
            places, lost = await self._places_of(tx, person, rings=row.lane <= Lane.PAGE)
            places = _first_by(places, str(row.facts.get("channels", "")))
            if kind == "person" and row.notice in MIRRORED and row.ticket is not None:
                places = (*await self._own_thread(tx, person, row.ticket), *places)
            if kind == "elsewhere":
                places = tuple(place for place in places if place.channel != row.facts["not_on"])
                if not places:
                    return None
        else:
            places = tuple(place for place in (Place(**json.loads(rest)),) if place.channel in self.channels)
        if row.facts.get("thread_of"):
            places = await self._in_threads(tx, places, row.facts["thread_of"])
            if not places:
                return None
        if row.notice == "reply":
            reply: Reply | None = from_json(row.facts["reply"])
        else:
            reply = await self._drawn(tx, row, person)
        if reply is None:
            return None
        aloud = await self._aloud(tx, row, person) if kind == "person" and row.notice == "page" else None
        if aloud is not None:
            places = self._with_rooms(places, await tickets.load(tx, row.ticket or 0))
        standing = [await self._standing(tx, reply if place.private else aloud or reply, place) for place in places]
        if row.facts.get("only_edits") and not any(standing):
            return None
        stood = sorted(zip(places, standing, strict=True), key=lambda each: bool(row.facts.get("edit")) and not each[1])
        return Parcel(reply, tuple(p for p, _ in stood), tuple(message for _, message in stood), lost, aloud)

    async def _standing(self, tx: Transaction, reply: Reply, place: Place) -> str:
        """What stands of this card at this place already."""
        key = reply.key if isinstance(reply, Card | Form) else ""
        return await cards.where(tx, key, place_key(place)) if key else ""

    async def _aloud(self, tx: Transaction, row: Row, person: str) -> Card | None:
        """A page as the group's room reads it, when the person it is for cannot be reached."""
        card = await self._drawn(tx, row, "")
        if not isinstance(card, Card):
            return None
        organisation = self.desk.organisation
        language = organisation.languages[0]
        why = plain(tell("page.aloud", language, who=organisation.name_of(person, language)))
        blocks = (why, *card.blocks[1:]) if card.blocks else ()
        return replace(card, blocks=blocks, key=f"{card.key}:{person}")

    def _with_rooms(self, places: tuple[Place, ...], ticket: Ticket | None) -> tuple[Place, ...]:
        """The rooms of the ticket's group after whatever rings in private, and before what rings nowhere."""
        rooms = rooms_of(ticket, self.desk.organisation) if ticket is not None else ()
        more = [place for channel, place in rooms if channel in self.channels]
        return tuple(sorted((*places, *more), key=lambda at: not self.channels[at.channel].capabilities.pushes))

    async def _own_thread(self, tx: Transaction, person: str, number: int) -> tuple[Place, ...]:
        """The thread of a room in which this person reported the ticket themselves; nothing confidential goes there."""
        ticket = await tickets.load(tx, number)
        if ticket is None or ticket.requester != person or ticket.confidential:
            return ()
        for key, kept, _ in await cards.places(tx, number):
            place = Place(**json.loads(kept))
            if key != f"ticket:{number}" or place.private or not place.thread or place.channel not in self.channels:
                continue
            talk = await dialogues.load(tx, conversation_key(place))
            if talk is not None and talk.person == person:
                return (place,)
        return ()

    async def _in_threads(self, tx: Transaction, places: tuple[Place, ...], card: str) -> tuple[Place, ...]:
        """The threads under this live card, where it stands on a channel that has threads."""
        threaded = [place for place in places if self.channels[place.channel].capabilities.threads]
        standing = [(place, await cards.where(tx, card, place_key(place))) for place in threaded]
        return tuple(replace(place, thread=message) for place, message in standing if message)

    async def _drawn(self, tx: Transaction, row: Row, person: str) -> Reply | None:
        ticket = await tickets.load(tx, row.ticket) if row.ticket is not None else None
        if ticket is None:
            return None
        organisation, now = self.desk.organisation, self.desk.clock()
        paged = await pages.paged(tx, ticket.id, ticket.climb.generation)
        if person:
            if person not in organisation.people:
                return None
            actor = organisation.actor(person)
            if not access.may(actor, Look.TIMELINE, ticket, paged):
                return None
            reader = reader_for(organisation, person, await people.settings(tx, person), now)
        else:
            actor = _room_actor(ticket)
            reader = Reader("", organisation.languages[0], organisation.zone, now, organisation)
        policy = await self.desk.policy(tx, ticket.policy)
        scene = Scene(ticket, policy, reader, access.possible(actor, ticket, paged))
        if row.notice == "digest":
            return digest_card(scene, row.facts["lines"])
        if row.notice == "document":
            return await self._document(tx, scene, row.facts)
        return render(row.notice, scene, row.facts)

    async def _document(self, tx: Transaction, scene: Scene, facts: Mapping[str, Any]) -> Document | None:
        """A file of the ticket, if it is still there."""
        kept = {each.id: each for each in await attachments.of_ticket(tx, scene.ticket.id)}.get(facts["file"])
        if kept is None:
            return None
        who, ticket = scene.reader.name(str(facts["by"])), scene.ticket
        title = scene.reader.tell("document.title", who=who, ticket=ticket.name)
        return Document(title, File(kept.name, kept.media_type, kept.size, str(kept.id)), ticket.id)

    async def _places_of(self, tx: Transaction, person: str, *, rings: bool) -> tuple[tuple[Place, ...], bool]:
        """Where this person can be reached, and whether an account that would have rung is lost.

        Where they last talked comes first, then their chat accounts, then the web desk; what must ring goes to
        the channels that ring before any other.
        """
        settings = await people.settings(tx, person)
        linked = await people.identities_of(tx, person)
        known = self.desk.organisation.people.get(person)
        unreachable = {Identity(each.channel, each.workspace, each.user) for each in linked if each.unreachable}
        identities = [
            *(Identity(each.channel, each.workspace, each.user) for each in linked),
            *(known.identities if known else ()),
            Identity("web", "", person),
        ]
        wanted = [Place(**json.loads(settings["at"]))] if settings.get("at") else []
        wanted += [Place.direct(each) for each in identities if each not in unreachable]
        places = [place for place in dict.fromkeys(wanted) if self._open(place, unreachable)]
        if rings:
            places.sort(key=lambda place: not self.channels[place.channel].capabilities.pushes)
        return tuple(places), any(each.channel in self.channels for each in unreachable)

    def _open(self, place: Place, unreachable: set[Identity]) -> bool:
        identity = Identity(place.channel, place.workspace, place.room.removeprefix("@"))
        return place.channel in self.channels and identity not in unreachable


def _first_by(places: tuple[Place, ...], channels: str) -> tuple[Place, ...]:
    """The places in the order of these channels, which a ladder's rung may name; others keep their order behind."""
    order = channels.split(",") if channels else []
    return tuple(sorted(places, key=lambda place: order.index(place.channel) if place.channel in order else len(order)))


def place_key(place: Place) -> str:
    """A place as cards and sent messages are stored under."""
    return json.dumps(asdict(place), sort_keys=True, ensure_ascii=False)


def _room_actor(ticket: Ticket) -> Actor:
    """A group's room sees what any engineer of the group sees."""
    return Actor("", frozenset({Role.ENGINEER}), frozenset({ticket.group}))

"""The relay: outbox rows become messages, each once, in order for each target, pages first.

No provider is called inside a transaction. Claim, commit, send, report: a crash between any two leaves a lease
that runs out, and the row comes back as *unclear*, to be looked for before it is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import structlog

from bot.cards.notices import Scene, render
from bot.cards.reader import Reader
from bot.desk.tickets import Desk
from bot.dialogue.conversation import reader_for
from bot.failpoints import failpoint
from bot.messages import (
    Card,
    Channel,
    Form,
    Identity,
    Lane,
    Outgoing,
    Place,
    Rejected,
    Reply,
    SendFailed,
    Sent,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.reply_json import from_json
from escalation import access
from escalation.access import Actor, Look, Role
from escalation.errors import Stale
from escalation.ticket import Ticket
from storage import cards, outbox, pages, people, tickets
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.outbox import Row

log = structlog.get_logger()
SEND_DEADLINE = 20.0
LEASE = 45.0  # more than the deadline and the two transactions around it
TOGETHER = 16
POISONED_AFTER = 5  # tries of a row that cannot be drawn, or that its channel stumbles over
TRIES = 5  # of a change to a ticket that somebody else changes at the same time
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row resolved: what to send, and the places to try, in order."""

    reply: Reply
    places: tuple[Place, ...]
    messages: tuple[str, ...]  # what stands at each place already, to be edited


class Delivery:
    """Drains the outbox of this process's channels."""

    def __init__(self, database: Database, desk: Desk, channels: Mapping[str, Channel], *, owner: str = "") -> None:
        self.database = database
        self.desk = desk
        self.channels = channels
        self.owner = owner or uuid.uuid4().hex
        self.last_sent_at: dict[str, float] = {}
        self._draining = asyncio.Lock()

    async def run(self) -> None:
        """Drain whenever something was posted, and each second in any case, until cancelled."""
        while True:
            self.desk.posted.clear()
            try:
                await self.drain()
            except Exception:
                log.exception("delivery.failed")
                await asyncio.sleep(1)
            try:
                async with asyncio.timeout(1):
                    await self.desk.posted.wait()
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Send everything that may be sent now; how many rows were handled."""
        handled = 0
        async with self._draining:
            while rows := await self._claim():
                await asyncio.gather(*(self._deliver(row) for row in rows))
                handled += len(rows)
        return handled

    async def _claim(self) -> tuple[Row, ...]:
        now = self.desk.clock()
        async with self.database.reading() as tx:
            ready = await outbox.next_wakeup(tx, now)
        if ready is None or ready > now:
            return ()
        async with self.database.transaction() as tx:
            rows = await outbox.claim(tx, self.owner, now, LEASE, TOGETHER)
        failpoint("delivery.claimed")
        return rows

    # -- one row -----------------------------------------------------------------------------------

    async def _deliver(self, row: Row) -> None:
        try:
            async with self.database.reading() as tx:
                parcel = await self._pack(tx, row)
        except StorageError:
            raise  # the row is not to blame; its lease runs out, and it comes back
        except Exception as error:
            log.exception("delivery.cannot_draw", row=row.id, notice=row.notice)
            await self._cannot_draw(row, error)
            return
        if parcel is None:
            async with self.database.transaction() as tx:
                await outbox.dropped(tx, row, "nothing left to say")
            return
        await self._try_places(row, parcel)

    async def _try_places(self, row: Row, parcel: Parcel) -> None:
        for place, message in zip(parcel.places, parcel.messages, strict=True):
            outgoing = Outgoing(row.key, place, parcel.reply, Lane(row.lane), message, repeat=False)
            failpoint("delivery.before_send")
            try:
                async with asyncio.timeout(SEND_DEADLINE):
                    sent = await self._send(row, outgoing)
            except Unreachable as error:
                await self._mark_unreachable(row, place, error)
                continue
            except (SendFailed, StorageError, TimeoutError, OSError) as error:
                await self._failed(row, error)
                return
            except Exception as error:
                log.exception("delivery.broken", row=row.id)
                await self._failed(row, error)
                return
            failpoint("delivery.after_send")
            await self._sent(row, parcel.reply, sent)
            failpoint("delivery.reported")
            return
        await self._nobody_there(row)

    async def _send(self, row: Row, outgoing: Outgoing) -> Sent | None:
        """Send, after an unclear try only what surely does not stand yet; None when it is not worth a message."""
        channel = self.channels[outgoing.place.channel]
        if outgoing.message and not channel.capabilities.edits:
            if row.lane == Lane.COSMETIC:
                return None
            outgoing = replace(outgoing, message="")
        if not row.unclear:
            return await channel.send(outgoing)
        if channel.capabilities.reconciles:
            found = await channel.find(outgoing)
            return found if found is not None else await channel.send(outgoing)
        if outgoing.message:
            return await channel.send(outgoing)  # an edit may be repeated without harm
        if row.lane == Lane.COSMETIC:
            return None
        return await channel.send(replace(outgoing, repeat=True))

    async def _sent(self, row: Row, reply: Reply, sent: Sent | None) -> None:
        now = self.desk.clock()
        async with self.database.transaction() as tx:
            if sent is None:
                await outbox.dropped(tx, row, "not worth a message of its own")
                return
            place = place_key(sent.place)
            await outbox.sent(tx, row, sent.message, place, now)
            about = row.ticket if row.ticket is not None else getattr(reply, "ticket", None)
            if isinstance(reply, Card | Form) and reply.key:
                await cards.stands(tx, reply.key, place, sent.message, about)
            elif about is not None:
                await cards.about(tx, about, place, sent.message)
            failpoint("delivery.before_report")
        self.last_sent_at[sent.place.channel] = now.timestamp()

    async def _cannot_draw(self, row: Row, error: Exception) -> None:
        """Tried again at once: drawing asks nobody, and whoever is next in line must not wait for a poisoned row."""
        async with self.database.transaction() as tx:
            if row.attempts >= POISONED_AFTER:
                await outbox.dead(tx, row, _words(error))
            else:
                await outbox.retry(tx, row, self.desk.clock(), _words(error))

    async def _failed(self, row: Row, error: Exception) -> None:
        """Not sent, or nobody knows: what a channel did not foresee may have happened after the message went out."""
        wait = error.seconds if isinstance(error, TryLater) else min(2.0**row.attempts, LONGEST_WAIT)
        at, words = self.desk.clock() + timedelta(seconds=wait), _words(error)
        unforeseen = not isinstance(error, SendFailed | StorageError | TimeoutError | OSError)
        async with self.database.transaction() as tx:
            if isinstance(error, Rejected) or (unforeseen and row.attempts >= POISONED_AFTER):
                await outbox.dead(tx, row, words)
            elif unforeseen or isinstance(error, Unclear | StorageError | TimeoutError | OSError):
                await outbox.unclear(tx, row, at, words)
            else:
                await outbox.retry(tx, row, at, words)

    async def _mark_unreachable(self, row: Row, place: Place, error: Unreachable) -> None:
        if not place.room.startswith("@"):
            return
        async with self.database.transaction() as tx:
            user, at = place.room[1:], self.desk.clock()
            await people.mark_unreachable(tx, place.channel, place.workspace, user, str(error)[:200], at)

    async def _nobody_there(self, row: Row) -> None:
        """No place is left to try: a page moves the ladder on, anything else is kept as a dead letter."""
        for _ in range(TRIES):
            with contextlib.suppress(Stale):  # the ticket changed this very moment: look at it again
                async with self.database.transaction() as tx:
                    await self._given_up(tx, row)
                return

    async def _given_up(self, tx: Transaction, row: Row) -> None:
        if not await outbox.dead(tx, row, "cannot be reached anywhere"):
            return
        kind, _, person = row.target.partition(":")
        if row.notice == "page" and kind == "person" and row.ticket is not None and not row.facts.get("edit"):
            facts = row.facts
            await self.desk.unreachable(tx, row.ticket, int(facts["generation"]), int(facts["rung"]), person)

    # -- what and where ----------------------------------------------------------------------------

    async def _pack(self, tx: Transaction, row: Row) -> Parcel | None:
        """The row as it reads now, authorised again; None when there is nothing left to say."""
        kind, _, rest = row.target.partition(":")
        places = await self._places_of(tx, rest) if kind == "person" else (Place(**json.loads(rest)),)
        places = tuple(place for place in places if place.channel in self.channels)
        if row.facts.get("thread_of"):
            places = await self._in_threads(tx, places, row.facts["thread_of"])
            if not places:
                return None
        if row.notice == "reply":
            reply: Reply | None = from_json(row.facts["reply"])
        else:
            reply = await self._drawn(tx, row, rest if kind == "person" else "")
        if reply is None:
            return None
        key = reply.key if isinstance(reply, Card | Form) else ""
        standing = [await cards.where(tx, key, place_key(place)) if key else "" for place in places]
        return Parcel(reply, places, tuple(standing))

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
        return render(row.notice, scene, row.facts)

    async def _places_of(self, tx: Transaction, person: str) -> tuple[Place, ...]:
        """Where this person can be reached: where they last talked, then their chat accounts, then the web desk."""
        settings = await people.settings(tx, person)
        linked = await people.identities_of(tx, person)
        lost = {(known.channel, known.workspace, known.user) for known in linked if known.unreachable}
        known = self.desk.organisation.people.get(person)
        identities = [
            *(Identity(each.channel, each.workspace, each.user) for each in linked),
            *(known.identities if known else ()),
            Identity("web", "", person),
        ]
        places = [Place(**json.loads(settings["at"]))] if settings.get("at") else []
        places += [Place.direct(each) for each in identities]
        reachable = [place for place in places if (place.channel, place.workspace, place.room[1:]) not in lost]
        return tuple(dict.fromkeys(reachable))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def place_key(place: Place) -> str:
    """A place as cards and sent messages are stored under."""
    return json.dumps(asdict(place), sort_keys=True, ensure_ascii=False)


def _room_actor(ticket: Ticket) -> Actor:
    """A group's room sees what any engineer of the group sees."""
    return Actor("", frozenset({Role.ENGINEER}), frozenset({ticket.group}))

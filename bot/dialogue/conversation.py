"""`handle`: where every event of every channel meets the core.

One transaction holds the inbox row, the conversation, what the desk does, and what is to be sent. A redelivered
event finds its row and gets the same answer; a refusal changes nothing and is answered in a sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import structlog

from bot.desk.tickets import Desk
from bot.dialogue import connecting, correcting, diagnosing, flood, routes, several, silence, table, wishes
from bot.dialogue.beside import beside
from bot.dialogue.carrying import Carrier
from bot.dialogue.effects import Probe
from bot.dialogue.places import conversation_key, place_of, via_of
from bot.dialogue.probing import TRIES, Probing
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.ticketwork import Work, refused
from bot.dialogue.turns import Turn
from bot.dialogue.world import Knowledge, Vocabulary, World, reader_for, vocabulary
from bot.failpoints import failpoint
from bot.messages import Answer, Attached, Capabilities, Corrected, Event, Identity, Place, Reply, Said, Text
from bot.organisation import Organisation
from bot.phrases import tell
from bot.probes.probe import ProbeResult
from bot.reply_json import from_json
from escalation.errors import Refusal, Stale
from escalation.ticket import OPEN, Status
from faq.routing import Router
from storage import cards, dialogues, inbox, majors, people, tickets
from storage.database import Database, Transaction
from storage.errors import StorageError

log = structlog.get_logger()
PROBE_DEADLINE = 5.0


class Conversation:
    """The service every channel calls. `knowledge` is replaced as a whole when an article is published."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        knowledge: Knowledge,
        capabilities: Callable[[str], Capabilities],
        *,
        probe_deadline: float = PROBE_DEADLINE,
        linkable: bool = False,
    ) -> None:
        self.database = database
        self.desk = desk
        self.knowledge = knowledge
        self.capabilities = capabilities
        self.router: Router | None = None  # replaced as a whole when another is put in
        self._linkable = linkable
        self.doors: dict[str, Callable[[], str]] = {}  # by channel, what a link that opens our chat there begins with
        self._vocabulary: tuple[Organisation, Vocabulary] | None = None
        self._probing = Probing(self, probe_deadline)
        self._carrier = Carrier(desk, capabilities, self._probing.start)
        self.post = self._carrier.post

    # -- the way in --------------------------------------------------------------------------------

    async def handle(self, event: Event) -> Answer:
        """What this person sees now; an event handled before gives the same answer and does nothing again."""
        for attempt in range(TRIES):
            try:
                return await self._once(event)
            except Stale:
                # Somebody else changed the same ticket or conversation: decide again on what is there now.
                await asyncio.sleep(0.01 * attempt)
        raise Stale(event.id)

    async def _once(self, event: Event) -> Answer:
        try:
            async with self.database.transaction() as tx:
                answer = await self._handle(tx, event)
            failpoint("conversation.committed")
        except Refusal as refusal:
            async with self.database.transaction() as tx:
                answer = await self._refuse(tx, event, refusal)
            failpoint("conversation.refused")
        except (Stale, StorageError):
            raise  # nothing is wrong with the event: it comes again
        except Exception as error:
            log.exception("conversation.parked", event_id=event.id)
            async with self.database.transaction() as tx:
                answer = await self._park(tx, event, error)
        return answer

    async def _park(self, tx: Transaction, event: Event, error: Exception) -> Answer:
        """An event we cannot handle is put aside for somebody to look at, and its sender is told; the next goes on."""
        person = await self.person_of(tx, event.sender)
        if not await inbox.record(tx, event.id, self.desk.clock(), person or ""):
            return Answer(_replies(await inbox.answer_of(tx, event.id)), repeated=True)
        words = f"{type(error).__name__}: {error}"[:500]
        await inbox.park(tx, event.id, {"kind": type(event).__name__, **asdict(event)}, words, self.desk.clock())
        language = self.desk.organisation.people[person].language if person else "en"
        return await self._carrier.answer(tx, event.id, event.place, (Text(tell("broken", language)),))

    async def _handle(self, tx: Transaction, event: Event) -> Answer:
        person = await self.person_of(tx, event.sender)
        if not await inbox.record(tx, event.id, self.desk.clock(), person or ""):
            return Answer(_replies(await inbox.answer_of(tx, event.id)), repeated=True)
        failpoint("conversation.recorded")
        if person is not None and (ignored := await flood.ignored(tx, person, self.desk)) is not None:
            return await self._carrier.answer(tx, event.id, event.place, ignored)
        if person is None or (self.desk.organisation.is_guest(person) and connecting.brings_code(event)):
            replies = await self._to_nobody(tx, event)
        elif connecting.is_wish(event):
            replies = await self._to_somebody(tx, person, event)
        else:
            replies = await self._linked(tx, person, event)
        pressed = not isinstance(event, Said | Attached | Corrected)
        place = await self._discreetly(tx, event, replies)
        answer = await self._carrier.answer(tx, event.id, place, replies, pressed=pressed)
        failpoint("conversation.decided")
        return answer

    async def _to_somebody(self, tx: Transaction, person: str, event: Event) -> tuple[Reply, ...]:
        """What happens to this event of somebody we know, and what they see of it."""
        if event.place.private:  # whoever writes here can be written to here, whatever failed before
            await people.mark_reachable(tx, event.sender.channel, event.sender.workspace, event.sender.user)
        await self._remember_place(tx, person, event.place)
        world = replace(await self.world(tx, person), root=self._root(event.place.channel))
        world = replace(world, here=await self._ticket_here(tx, event.place, world))
        key = conversation_key(event.place)
        stored = await dialogues.load(tx, key) or dialogues.Stored(key, person)
        work = Work(self.desk, tx, world, via_of(event.place))
        talk = Talk.from_json(stored.state)
        routed = await routes.route(event, talk, work)
        turn = routed if isinstance(routed, Turn) else Turn(talk, routed)
        return await self._carry_on(work, event.id, event.place, replace(stored, person=person), turn, event)

    async def _carry_on(
        self, work: Work, event_id: str, place: Place, stored: dialogues.Stored, turn: Turn, event: Event | None = None
    ) -> tuple[Reply, ...]:
        """The turn carried out and the conversation saved; what it shows. Without an event it goes on by itself."""
        talk, replies = await self._carrier.carry_out(work, event_id, place, turn)
        following = await beside(several.resumed, talk, work.world) if talk.later else None
        if following is not None:
            talk, more = await self._carrier.carry_out(work, f"{event_id}:next", place, following)
            replies = (*replies, *more)
        talk, replies = self._carrier.drawn(place, talk, replies, work.world)
        talk, over = table.kept(Talk.from_json(stored.state), talk, replies)
        await self._carrier.clear_table(work, event_id, place, over)
        due = silence.wake_at(talk, place, self.desk.clock())
        talk = correcting.remembered(Talk.from_json(stored.state), talk, event, work)
        await dialogues.save(work.tx, replace(stored, state=talk.to_json(), due_at=due))
        return replies

    async def _to_nobody(self, tx: Transaction, event: Event) -> tuple[Reply, ...]:
        """What an account that is nobody's is told; with a good code it is somebody's from now on."""
        if isinstance(event, Corrected):  # the newest of what they want is kept, and this is how it reads now
            event = Said(event.id, event.sender, event.place, event.text)
        person = await connecting.redeem(tx, event, self.desk.organisation, self.desk.clock())
        if person is not None:
            return await self._linked(tx, person, event)
        if connecting.is_wish(event):
            await wishes.keep(tx, event)
        return connecting.asked(event, forms=self._carrier.capabilities(event.place.channel).forms)

    async def _linked(self, tx: Transaction, person: str, event: Event) -> tuple[Reply, ...]:
        """An account is somebody's by now: they are welcomed, and what they wanted before is done."""
        world = await self.world(tx, person)
        name = self.desk.organisation.name_of(person, world.reader.language)
        wish = await wishes.take(tx, event.sender)
        key = "connect.done" if wish is not None or connecting.brings_code(event) else "connect.already"
        done = Text(world.reader.tell(key, name=name))
        if wish is None:
            return (done,)
        try:
            return (done, *await self._to_somebody(tx, person, wish))
        except Refusal as refusal:
            return (done, refused(refusal, world))

    async def _discreetly(self, tx: Transaction, event: Event, replies: Sequence[Reply]) -> Place:
        """Where to answer: in private what is about a confidential ticket, wherever it was asked for."""
        shown = set() if event.place.private else set().union(*(table.about(reply) for reply in replies))
        loaded = [await tickets.load(tx, number) for number in sorted(shown)]
        if not any(ticket is not None and ticket.confidential for ticket in loaded):
            return event.place
        if "@" not in event.place.room:  # what only one person sees there needs no word to the others
            person = await self.person_of(tx, event.sender)
            reader = (await self.world(tx, person or "")).reader
            await self.post(tx, f"discreet:{event.id}", event.place, Text(reader.tell("answered_in_private")))
        return Place.direct(event.sender)

    async def _ticket_here(self, tx: Transaction, place: Place, world: World) -> int:
        """The newest of this person's tickets whose card stands in this thread of a room; 0 for none."""
        here = 0
        for ticket in world.open_tickets if place.thread and not place.private else ():
            if await cards.where(tx, f"ticket:{ticket.id}", conversation_key(place)):
                here = max(here, ticket.id)
        return here

    async def _remember_place(self, tx: Transaction, person: str, place: Place) -> None:
        """Where a person last talked in private is where they are written to first."""
        settings = await people.settings(tx, person)
        key = conversation_key(place)
        if place.private and settings.get("at") != key:
            await people.save_settings(tx, person, {**settings, "at": key})

    async def _refuse(self, tx: Transaction, event: Event, refusal: Refusal) -> Answer:
        person = await self.person_of(tx, event.sender)
        if not await inbox.record(tx, event.id, self.desk.clock(), person or ""):
            return Answer(_replies(await inbox.answer_of(tx, event.id)), repeated=True)
        world = replace(await self.world(tx, person or ""), root=self._root(event.place.channel))
        return await self._carrier.answer(tx, event.id, event.place, (refused(refusal, world),))

    async def person_of(self, tx: Transaction, sender: Identity) -> str | None:
        """The person whose account this is, by `desk.yaml` or by link; None for nobody we know."""
        known = self.desk.organisation.known_as(sender)
        if known is not None:
            return known.key
        if sender.channel == "web":
            return sender.user if sender.user in self.desk.organisation.people else None
        person = await people.person_of(tx, sender.channel, sender.workspace, sender.user)
        if person is None:
            return self.desk.organisation.guest_of(sender)
        return person if person in self.desk.organisation.people else None

    def _root(self, channel: str) -> str:
        # Elsewhere every word is a command of its own; in Slack they all stand behind one.
        return f"{self.desk.organisation.in_slack.command} " if channel == "slack" else "/"

    async def world(self, tx: Transaction, person: str) -> World:
        """What a step needs to know of this person and their organisation."""
        organisation = self.desk.organisation
        if self._vocabulary is None or self._vocabulary[0] is not organisation:
            self._vocabulary = (organisation, vocabulary(organisation))
        known = organisation.people[person]
        settings = await people.settings(tx, person)
        mine = tickets.Filter(requester=person, statuses=frozenset({*OPEN, Status.RESOLVED}), limit=20)
        return World(
            reader=reader_for(organisation, person, settings, self.desk.clock()),
            person=known,
            actor=organisation.actor(person),
            organisation=organisation,
            vocabulary=self._vocabulary[1],
            knowledge=self.knowledge,
            open_tickets=await tickets.find(tx, mine),
            outages=await majors.outages(tx),
            router=self.router if organisation.learns_routing else None,
            linkable=self._linkable,
            doors={channel: door() for channel, door in self.doors.items()},
        )

    # -- checks ------------------------------------------------------------------------------------

    async def probed(
        self, tx: Transaction, event_id: str, place: Place, person: str, turn: int, results: Sequence[ProbeResult]
    ) -> None:
        """The checks of this turn are done, and the conversation goes on with what they found."""
        if not await inbox.record(tx, event_id, self.desk.clock(), person):
            return
        stored = await dialogues.load(tx, conversation_key(place))
        if stored is None:
            return
        world = await self.world(tx, person)
        work = Work(self.desk, tx, world, place.channel)
        turned = await beside(diagnosing.probed, Talk.from_json(stored.state), turn, results, world)
        replies = await self._carry_on(work, event_id, place, stored, turned)
        await self._carrier.answer(tx, event_id, place, replies)

    async def wake(self, key: str) -> None:
        """A conversation waits: for checks nobody is running (the process was killed), or for somebody's answer."""
        async with self.database.transaction() as tx:
            stored = await dialogues.load(tx, key)
            if stored is None or stored.due_at is None or stored.due_at > self.desk.clock():
                return
            talk, place = Talk.from_json(stored.state), place_of(key)
            if stored.person not in self.desk.organisation.people:
                await dialogues.save(tx, replace(stored, due_at=None))
            elif talk.mode is Mode.PROBING:
                await dialogues.save(tx, replace(stored, due_at=silence.wake_at(talk, place, self.desk.clock())))
                probe, person = Probe(talk.service, talk.turn), stored.person
                tx.after_commit(lambda: self._probing.spawn(place, person, probe))
            else:
                await self._break_silence(tx, stored, talk, place)

    async def _break_silence(self, tx: Transaction, stored: dialogues.Stored, talk: Talk, place: Place) -> None:
        """A reminder, once; after a day the question is put aside without another word."""
        event_id = f"silence:{stored.key}:{stored.version}"
        world = await self.world(tx, stored.person)
        if talk.reminded:
            talk, card = silence.put_aside(talk, world)
            if card is not None:
                await self.post(tx, event_id, place, card, only_edits=True)
            await dialogues.save(tx, replace(stored, state=talk.to_json(), due_at=None))
            return
        await inbox.record(tx, event_id, self.desk.clock(), stored.person)
        work = Work(self.desk, tx, world, place.channel)
        replies = await self._carry_on(work, event_id, place, stored, silence.reminder(talk, world))
        await self._carrier.answer(tx, event_id, place, replies)

    @property
    def probing(self) -> bool:
        """Whether checks are running in this process."""
        return bool(self._probing)

    async def probes_settled(self) -> None:
        """Wait until the checks that are running now have ended."""
        await self._probing.settled()

    async def stop(self) -> None:
        """End what runs beside the conversations."""
        await self._probing.stop()


def _replies(stored: list[dict[str, Any]] | None) -> tuple[Reply, ...]:
    return tuple(from_json(reply) for reply in stored or ())

"""`handle`: where every event of every channel meets the core.

One transaction holds the inbox row, the conversation, what the desk does, and what is to be sent. A redelivered
event finds its row and gets the same answer; a refusal changes nothing and is answered in a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.cards.answers import probe_card
from bot.cards.reader import Reader
from bot.cards.tickets import list_card, requester_card
from bot.desk.notify import to_place
from bot.desk.tickets import Desk
from bot.dialogue import connecting, diagnosing, filling, opening, routes
from bot.dialogue.effects import Act, Learn, ListMine, Open, Probe, Show
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.ticketwork import Work, refused
from bot.dialogue.turns import Turn
from bot.dialogue.world import Knowledge, Vocabulary, World, vocabulary
from bot.failpoints import failpoint
from bot.messages import Answer, Attached, Capabilities, Card, Event, Form, Identity, Lane, Place, Reply, Said, Text
from bot.organisation import Organisation
from bot.phrases import tell
from bot.probes.probe import ProbeResult, ProbeState
from bot.reply_json import from_json, to_json
from escalation.errors import Absent, Refusal, Stale
from escalation.ticket import OPEN, Status, Ticket
from storage import articles, dialogues, inbox, outbox, people, tickets
from storage.database import Database, Transaction
from storage.errors import StorageError

log = structlog.get_logger()
PROBE_DEADLINE = 5.0
PROBES_GIVEN_UP = timedelta(seconds=12)
TRIES = 8


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
        self._probe_deadline = probe_deadline
        self._linkable = linkable
        self._vocabulary: tuple[Organisation, Vocabulary] | None = None
        self._running: set[asyncio.Task[None]] = set()

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
        return await self._answer(tx, event.id, event.place, (Text(tell("broken", language)),))

    async def _handle(self, tx: Transaction, event: Event) -> Answer:
        person = await self.person_of(tx, event.sender)
        if not await inbox.record(tx, event.id, self.desk.clock(), person or ""):
            return Answer(_replies(await inbox.answer_of(tx, event.id)), repeated=True)
        failpoint("conversation.recorded")
        if person is None:
            return await self._answer(tx, event.id, event.place, (await self._to_nobody(tx, event),))
        await self._remember_place(tx, person, event.place)
        world = await self.world(tx, person)
        key = conversation_key(event.place)
        stored = await dialogues.load(tx, key) or dialogues.Stored(key, person)
        talk = Talk.from_json(stored.state)
        work = Work(self.desk, tx, world, via_of(event.place))
        routed = await routes.route(event, talk, work)
        if isinstance(routed, Turn):
            talk, replies = await self._carry_out(work, event.id, event.place, routed)
        else:
            replies = routed
        talk, replies = self._without_native_forms(event.place, talk, replies, world)
        due = self.desk.clock() + PROBES_GIVEN_UP if talk.mode is Mode.PROBING else None
        await dialogues.save(tx, replace(stored, person=person, state=talk.to_json(), due_at=due))
        answer = await self._answer(tx, event.id, event.place, replies, pressed=not isinstance(event, Said | Attached))
        failpoint("conversation.decided")
        return answer

    async def _to_nobody(self, tx: Transaction, event: Event) -> Reply:
        """What an account that is nobody's is told; with a good code it is somebody's from now on."""
        person = await connecting.redeem(tx, event, self.desk.organisation, self.desk.clock())
        if person is None:
            return connecting.unknown()
        reader = (await self.world(tx, person)).reader
        return Text(reader.tell("connect.done", name=self.desk.organisation.name_of(person, reader.language)))

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
        world = await self.world(tx, person or "")
        return await self._answer(tx, event.id, event.place, (refused(refusal, world),))

    async def person_of(self, tx: Transaction, sender: Identity) -> str | None:
        """The person whose account this is, by `desk.yaml` or by link; None for nobody we know."""
        known = self.desk.organisation.known_as(sender)
        if known is not None:
            return known.key
        if sender.channel == "web":
            return sender.user if sender.user in self.desk.organisation.people else None
        person = await people.person_of(tx, sender.channel, sender.workspace, sender.user)
        if person is not None:  # whoever writes here can be written to here, whatever failed before
            await people.mark_reachable(tx, sender.channel, sender.workspace, sender.user)
        return person if person in self.desk.organisation.people else None

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
            linkable=self._linkable,
        )

    # -- effects -----------------------------------------------------------------------------------

    async def _carry_out(self, work: Work, event_id: str, place: Place, turn: Turn) -> tuple[Talk, tuple[Reply, ...]]:
        """The doings of a step, in their order; effects become what they show."""
        talk, replies = turn.talk, list[Reply]()
        for doing in turn.doings:
            match doing:
                case Probe():
                    self._start_probes(work, place, doing)
                case Open(draft=draft, form=form):
                    ticket = await self.desk.open(work.tx, draft, via=work.via)
                    talk = opening.opened(talk, ticket)
                    replies += await self._opened(work, ticket, form)
                case Act(action=action, ticket=number, facts=facts):
                    await self.desk.act(work.tx, action, number, by=work.world.person.key, via=work.via, facts=facts)
                case Show(ticket=number):
                    replies.append(await work.show(number))
                case ListMine():
                    replies.append(self.my_tickets(work.world))
                case Learn(article=article, language=language, outcome=outcome):
                    at, person = self.desk.clock(), work.world.person.key
                    await articles.feedback(work.tx, article, language, person, outcome, at)
                case _:
                    replies.append(doing)
        return talk, tuple(replies)

    async def _opened(self, work: Work, ticket: Ticket, form: str) -> Sequence[Reply]:
        sentence = work.world.reader.tell("opened", ticket=ticket.name, group=work.world.reader.group(ticket.group))
        settled = [opening.settled_form(form, sentence)] if form else [Text(sentence, ticket.id)]
        try:
            seen = await self.desk.see(work.tx, ticket.id, work.world.person.key)
        except Absent:  # filed for somebody else, and confidential: from now on it is theirs alone
            return settled
        return (*settled, requester_card(seen.ticket, seen.policy, seen.possible, work.world.reader))

    def my_tickets(self, world: World) -> Card:
        """The person's own tickets, as a list."""
        reader = world.reader
        return list_card(reader.tell("list.mine"), world.open_tickets, reader, reader.tell("list.none"))

    def _without_native_forms(
        self, place: Place, talk: Talk, replies: tuple[Reply, ...], world: World
    ) -> tuple[Talk, tuple[Reply, ...]]:
        """On a channel that draws no forms, a form becomes its first question."""
        if self.capabilities(place.channel).forms:
            return talk, replies
        shown: list[Reply] = []
        for reply in replies:
            if isinstance(reply, Form):
                again = any(field.error for field in reply.fields)
                if reply.intro and not again:
                    shown.append(Text(reply.intro, reply.ticket))
                talk = replace(talk, filling=filling.begin(reply))
                shown.append(filling.question(talk, world.reader))
            else:
                shown.append(reply)
        return talk, tuple(shown)

    # -- the way out -------------------------------------------------------------------------------

    async def _answer(
        self, tx: Transaction, event_id: str, place: Place, replies: Sequence[Reply], *, pressed: bool = False
    ) -> Answer:
        """Replies into the inbox row, and into the outbox, so that a crash after this commit loses none.

        A form is not posted: the channel opens it from the answer, if it can without a press.
        """
        await inbox.answered(tx, event_id, [to_json(reply) for reply in replies])
        opens_forms = pressed or not self.capabilities(place.channel).posts_forms
        for number, reply in enumerate(replies):
            if isinstance(reply, Form) and opens_forms:
                continue
            await outbox.put(
                tx,
                key=f"reply:{event_id}:{number}",
                target=to_place(place),
                notice="reply",
                facts={"reply": to_json(reply)},
                lane=int(Lane.ANSWER),
                ticket=None,
                at=self.desk.clock(),
            )
        tx.after_commit(self.desk.posted.set)
        return Answer(tuple(replies))

    # -- probes ------------------------------------------------------------------------------------

    def _start_probes(self, work: Work, place: Place, probe: Probe) -> None:
        person = work.world.person.key
        work.tx.after_commit(lambda: self._spawn(self._probe(place, person, probe)))

    def _spawn(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _probe(self, place: Place, person: str, probe: Probe) -> None:
        """Run the checks, show each as it comes in, and go on when all are done."""
        failpoint("probes.started")
        service = self.desk.organisation.services.get(probe.service)
        if service is None:
            return
        shown: dict[str, ProbeResult] = {
            p.key: ProbeResult(p.key, p.kind, p.label, ProbeState.WAITING, 0, "waiting", {}) for p in service.probes
        }

        async def show(result: ProbeResult) -> None:
            shown[result.key] = result
            if any(r.state is ProbeState.WAITING for r in shown.values()):
                await self._show_checks(place, person, probe, tuple(shown.values()))

        # Loaded beside the event loop, which would stand still meanwhile.
        run_probes = await asyncio.to_thread(_probing)
        results = await run_probes(service.probes, deadline=self._probe_deadline, on_result=show)
        failpoint("probes.before_done")
        await self.probes_done(place, person, probe.turn, results)

    async def _show_checks(self, place: Place, person: str, probe: Probe, results: tuple[ProbeResult, ...]) -> None:
        async with self.database.transaction() as tx:
            world = await self.world(tx, person)
            card = probe_card(probe.service, results, world.reader, f"probe:{probe.turn}")
            done = sum(result.state is not ProbeState.WAITING for result in results)
            await outbox.put(
                tx,
                key=f"probe:{conversation_key(place)}:{probe.turn}:{done}",
                target=to_place(place),
                notice="reply",
                facts={"reply": to_json(card)},
                lane=int(Lane.ANSWER),
                ticket=None,
                at=self.desk.clock(),
            )
            tx.after_commit(self.desk.posted.set)
        failpoint("probes.shown")

    async def probes_done(self, place: Place, person: str, turn: int, results: Sequence[ProbeResult]) -> None:
        """What the checks found, into the conversation; only once, however often it is said."""
        event_id = f"probed:{conversation_key(place)}:{turn}"
        for _ in range(TRIES):
            with contextlib.suppress(Stale):
                async with self.database.transaction() as tx:
                    await self._probed(tx, event_id, place, person, turn, results)
                failpoint("probes.done")
                return

    async def _probed(
        self,
        tx: Transaction,
        event_id: str,
        place: Place,
        person: str,
        turn: int,
        results: Sequence[ProbeResult],
    ) -> None:
        if not await inbox.record(tx, event_id, self.desk.clock(), person):
            return
        key = conversation_key(place)
        stored = await dialogues.load(tx, key)
        if stored is None:
            return
        world = await self.world(tx, person)
        work = Work(self.desk, tx, world, place.channel)
        turned = diagnosing.probed(Talk.from_json(stored.state), turn, results, world)
        talk, replies = await self._carry_out(work, event_id, place, turned)
        talk, replies = self._without_native_forms(place, talk, replies, world)
        await dialogues.save(tx, replace(stored, state=talk.to_json(), due_at=None))
        await self._answer(tx, event_id, place, replies)

    async def resume_probes(self, key: str) -> None:
        """A conversation waits for checks nobody is running (the process was killed): run them again."""
        async with self.database.transaction() as tx:
            stored = await dialogues.load(tx, key)
            if stored is None or stored.due_at is None or stored.due_at > self.desk.clock():
                return
            talk = Talk.from_json(stored.state)
            waiting = talk.mode is Mode.PROBING and stored.person in self.desk.organisation.people
            due = self.desk.clock() + PROBES_GIVEN_UP if waiting else None
            await dialogues.save(tx, replace(stored, due_at=due))
        if waiting:
            self._spawn(self._probe(place_of(key), stored.person, Probe(talk.service, talk.turn)))

    @property
    def probing(self) -> bool:
        """Whether checks are running in this process."""
        return bool(self._running)

    async def probes_settled(self) -> None:
        """Wait until the checks that are running now have ended."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self) -> None:
        """End the checks that are running; their conversations pick them up again after the next start."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def via_of(place: Place) -> str:
    """From where something is done; a room's thread is told apart, because what is written there stands there."""
    return f"{place.channel}:thread" if place.thread and not place.private else place.channel


def conversation_key(place: Place) -> str:
    """How a conversation is stored: by its place."""
    return json.dumps(asdict(place), sort_keys=True, ensure_ascii=False)


def place_of(key: str) -> Place:
    """The place `conversation_key` wrote."""
    return Place(**json.loads(key))


def reader_for(organisation: Organisation, person: str, settings: dict[str, str], now: datetime) -> Reader:
    """A person as the cards see them: their own settings first, then the organisation's file."""
    known = organisation.people[person]
    return Reader(person, settings.get("language", known.language), known.zone, now, organisation)


def _replies(stored: list[dict[str, Any]] | None) -> tuple[Reply, ...]:
    return tuple(from_json(reply) for reply in stored or ())


def _probing() -> Callable[..., Awaitable[tuple[ProbeResult, ...]]]:
    """What runs the probes; its libraries cost 0.3 s and 30 MiB, which a start and an idle desk do without."""
    from bot.probes.run import run_probes

    return run_probes

"""What a channel may ask besides `handle`: whose account this is, whether a thread is ours, what a front page shows."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

from bot.desk.notify import to_place
from bot.dialogue import commands, connecting, staffwords
from bot.dialogue.carrying import my_tickets
from bot.dialogue.conversation import Conversation
from bot.dialogue.places import conversation_key
from bot.dialogue.routes import place_string
from bot.dialogue.talk import Talk
from bot.dialogue.ticketwork import Work
from bot.dialogue.turns import Turn
from bot.messages import Button, Card, Identity, Place, Reply
from escalation.access import sees_queue
from storage import cards, dialogues, outbox, people


class Meeting:
    """Who is who, read from the same database as everything else."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    async def person(self, who: Identity) -> str:
        """The key of the person whose account this is; empty for nobody we know."""
        async with self._conversation.database.reading() as tx:
            return await self._conversation.person_of(tx, who) or ""

    async def meet(self, who: Identity, email: str) -> bool:
        """Link an account to the person with this address, as its platform vouches for it; False for nobody of ours."""
        organisation = self._conversation.desk.organisation
        found = [key for key, each in organisation.people.items() if each.email.casefold() == email.casefold()]
        if len(found) != 1:
            return False
        async with self._conversation.database.transaction() as tx:
            at = self._conversation.desk.clock()
            return await people.link(tx, who.channel, who.workspace, who.user, found[0], at)

    async def learn(self, who: Identity, locale: str, zone: str) -> None:
        """What somebody's platform knows of their language and time zone: taken where `desk.yaml` names none of theirs.

        A language they chose themselves stays; the zone follows them.
        """
        organisation = self._conversation.desk.organisation
        person, language = await self.person(who), locale[:2].lower()
        if person not in organisation.people:
            return
        own = organisation.people[person].own
        async with self._conversation.database.transaction() as tx:
            chosen = await people.settings(tx, person)
            learned = dict(chosen)
            if language in organisation.languages and "language" not in own:
                learned.setdefault("language", language)
            if "zone" not in own and zone in available_timezones():
                learned["zone"] = zone
            if learned != chosen:
                await people.save_settings(tx, person, learned)

    async def works(self, who: Identity) -> bool:
        """Whether this is an engineer: only their emoji under a message mean anything."""
        organisation = self._conversation.desk.organisation
        return bool(organisation.actor(await self.person(who)).groups)

    async def listens(self, who: Identity, place: Place, reply_to: str) -> bool | None:
        """Whether words in this thread concern us: it is a ticket's, or this person's own talk with us.

        None when nobody can tell yet: a message of ours is on its way to the room, and may be what the thread is under.
        """
        async with self._conversation.database.reading() as tx:
            # Asked first: what arrives between the two questions is then found by the second.
            on_its_way = bool(reply_to) and await outbox.under_way(tx, to_place(replace(place, thread="")))
            if reply_to and await cards.ticket_of(tx, place_string(place), reply_to) is not None:
                return True
            stored = await dialogues.load(tx, conversation_key(place))
            if stored is not None and stored.person == await self._conversation.person_of(tx, who):
                return True
            return None if on_its_way else False

    async def overview(self, who: Identity) -> tuple[Reply, ...]:
        """What stands on somebody's front page: their tickets; for engineers their work, the queue and who is on call;
        for managers first of all what needs them."""
        async with self._conversation.database.reading() as tx:
            person = await self._conversation.person_of(tx, who)
            if person is None:
                return (connecting.unknown(),)
            world = await self._conversation.world(tx, person)
            work = Work(self._conversation.desk, tx, world, who.channel)
            mine = my_tickets(world)
            new = Button(world.reader.tell("button.new_ticket"), "m:new", "primary")
            actor = work.world.actor
            needs = ("needs",) if actor.manages else ()
            staff = (*(("mine",) if actor.groups else ()), "queue", "oncall") if sees_queue(actor) else ()
            own = [replace(mine, buttons=(new, *mine.buttons))]
            return (*await self._cards(needs, work), *own, *await self._cards(staff, work))

    async def _cards(self, words: tuple[str, ...], work: Work) -> tuple[Reply, ...]:
        """What these command words would show."""
        shown: list[Reply] = []
        for word in words:
            routed = await staffwords.run(commands.Command(word, None, ""), Talk(), work)
            shown += [] if isinstance(routed, Turn) else [reply for reply in routed if isinstance(reply, Card)]
        return tuple(shown)

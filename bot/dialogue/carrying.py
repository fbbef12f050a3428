"""What a step decided is carried out, and what it says goes on its way: into the inbox row and the outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.cards.tickets import list_card, requester_card
from bot.desk.draft import EMERGENCY, Draft
from bot.desk.notify import to_place
from bot.desk.tickets import Desk
from bot.dialogue import emergencies, filling, opening, table
from bot.dialogue.effects import (
    Act,
    Alert,
    AskAgain,
    Begin,
    Follow,
    FormAgain,
    HowFar,
    Learn,
    ListMine,
    Open,
    PassOn,
    Probe,
    Redraw,
    Show,
)
from bot.dialogue.flood import not_too_many_tickets
from bot.dialogue.intake import intake
from bot.dialogue.talk import Talk
from bot.dialogue.ticketwork import Work
from bot.dialogue.turns import Turn
from bot.dialogue.world import World
from bot.messages import Answer, Capabilities, Card, Form, Lane, Place, Reply, Text
from bot.phrases import Fact
from bot.reply_json import to_json
from escalation.errors import Absent
from escalation.ticket import OPEN, Action, Ticket
from storage import articles, inbox, majors, outbox, tickets
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries out turns and answers. `start_probes` begins a service's checks once the transaction is committed."""

    desk: Desk
    capabilities: Callable[[str], Capabilities]
    start_probes: Callable[[Work, Place, Probe], None]

    async def carry_out(self, work: Work, event_id: str, place: Place, turn: Turn) -> tuple[Talk, tuple[Reply, ...]]:
        """The doings of a step, in their order; effects become what they show."""
        talk, replies = turn.talk, list[Reply]()
        for doing in turn.doings:
            match doing:
                case Probe():
                    self.start_probes(work, place, doing)
                case Open(draft=draft, form=form):
                    await not_too_many_tickets(work.tx, draft, self.desk.clock())
                    ticket = await self.desk.open(work.tx, draft, via=work.via)
                    work.done.append((Action.OPEN, ticket.id))
                    talk = opening.opened(talk, ticket)
                    replies += await self._opened(work, ticket, form)
                case Alert(draft=draft, words=words):
                    talk, shown = await self._alert(work, talk, draft, words)
                    replies += shown
                case Act(action=action, ticket=number, facts=facts):
                    await self.desk.act(work.tx, action, number, by=work.world.person.key, via=work.via, facts=facts)
                    work.done.append((action, number))
                case Begin(action=action, ticket=number):
                    replies += await work.begin(action, number)
                case Show(ticket=number):
                    replies.append(await work.show(number))
                case AskAgain(lead=lead):
                    talk, again = table.asked_again(talk, lead)
                    replies += [again] if again else []
                case FormAgain():
                    stands_alone = self.capabilities(place.channel).posts_forms
                    replies += [intake(talk, work.world)] if stands_alone else []
                case Redraw(form=form):
                    if form not in replies:
                        await self.post(work.tx, f"redrawn:{event_id}", place, form, only_edits=True)
                case HowFar(ticket=number):
                    replies.append(await self._how_far(work, number))
                case ListMine():
                    replies.append(my_tickets(work.world))
                case Follow(ticket=number):
                    replies.append(await self._follow(work, number))
                case PassOn(ticket=number, words=words):
                    replies.append(await self._more(work, number, words))
                case Learn():
                    await self._learn(work, doing)
                case _:
                    replies.append(doing)
        return talk, tuple(replies)

    async def _alert(self, work: Work, talk: Talk, draft: Draft, words: str) -> tuple[Talk, Sequence[Reply]]:
        dangers = tickets.Filter(category=EMERGENCY, statuses=OPEN, limit=20)
        raised = await tickets.find(work.tx, dangers)
        same = next((each for each in raised if emergencies.reported(each, draft, work.world)), None)
        if same is None:
            ticket = await self.desk.open(work.tx, draft, via=work.via)
            work.done.append((Action.OPEN, ticket.id))
            return opening.opened(talk, ticket), await self._opened(work, ticket, "")
        await self._pass_on(work, same, words)
        talk, card = emergencies.already(talk, same, words, work.world)
        return talk, (card,)

    async def _more(self, work: Work, number: int, words: str) -> Text:
        """More about somebody else's emergency; once that is over nobody is on it, and who is in danger must know."""
        raised = await tickets.load(work.tx, number)
        if raised is not None and raised.open:
            await self._pass_on(work, raised, words)
            return Text(work.world.reader.tell("emergency.passed_on"))
        different = work.world.reader.tell("button.different")
        return Text(work.world.reader.tell("emergency.over", ticket=f"T-{number}", other=different))

    async def _how_far(self, work: Work, number: int) -> Reply:
        """Who is on an emergency, for whoever wants to hear of it; somebody's own ticket as they may see it."""
        world, raised = work.world, await tickets.load(work.tx, number)
        if raised is not None and raised.requester == world.person.key:
            return await work.show(number)
        if raised is None or raised.category != EMERGENCY:
            return my_tickets(world)
        if not raised.open:
            return Text(world.reader.tell("emergency.ended", ticket=raised.name))
        if not raised.assignee:
            return Text(world.reader.tell("emergency.waiting", ticket=raised.name))
        return Text(world.reader.tell("follow.claim", ticket=raised.name, who=world.reader.name(raised.assignee)))

    async def _pass_on(self, work: Work, raised: Ticket, words: str) -> None:
        facts: dict[str, Fact] = {"text": words}
        await self.desk.remark(work.tx, raised, Action.COMMENT, by=work.world.person.key, via=work.via, facts=facts)
        work.done.append((Action.COMMENT, raised.id))

    async def _follow(self, work: Work, number: int) -> Text:
        new = await majors.follow(work.tx, number, work.world.person.key, self.desk.clock())
        return Text(work.world.reader.tell("outage.following" if new else "outage.following_already"))

    async def _learn(self, work: Work, learned: Learn) -> None:
        await articles.feedback(
            work.tx,
            learned.article,
            learned.language,
            work.world.person.key,
            learned.outcome,
            self.desk.clock(),
            probability=learned.probability,
            words=learned.words,
        )

    async def _opened(self, work: Work, ticket: Ticket, form: str) -> Sequence[Reply]:
        sentence = work.world.reader.tell("opened", ticket=ticket.name, group=work.world.reader.group(ticket.group))
        settled = [opening.settled_form(form, sentence)] if form else [Text(sentence, ticket.id)]
        try:
            seen = await self.desk.see(work.tx, ticket.id, work.world.person.key)
        except Absent:  # filed for somebody else, and confidential: from now on it is theirs alone
            return settled
        return (*settled, requester_card(seen.ticket, seen.policy, seen.possible, work.world.reader))

    def drawn(
        self, place: Place, talk: Talk, replies: tuple[Reply, ...], world: World
    ) -> tuple[Talk, tuple[Reply, ...]]:
        """The replies as this place can show them: where no forms are drawn, a form becomes its first question."""
        if self.capabilities(place.channel).forms:
            return talk, replies
        shown: list[Reply] = []
        for reply in replies:
            if isinstance(reply, Form):
                again = any(field.error for field in reply.fields)
                if reply.intro and not again and (place.private or reply.ticket is None):
                    shown.append(Text(reply.intro, reply.ticket))
                talk = replace(talk, filling=filling.begin(reply))
                shown.append(filling.question(talk, world.reader))
            else:
                shown.append(reply)
        return talk, tuple(shown)

    async def answer(
        self, tx: Transaction, event_id: str, place: Place, replies: Sequence[Reply], *, pressed: bool = False
    ) -> Answer:
        """Replies into the inbox row, and into the outbox, so that a crash after this commit loses none.

        A form is not posted: the channel opens it from the answer, if it can without a press.
        """
        await inbox.answered(tx, event_id, [to_json(reply) for reply in replies])
        opens_forms = pressed or not self.capabilities(place.channel).posts_forms
        for number, reply in enumerate(replies):
            if not (isinstance(reply, Form) and opens_forms):
                await self.post(tx, f"reply:{event_id}:{number}", place, reply)
        return Answer(tuple(replies))

    async def clear_table(self, work: Work, event_id: str, place: Place, over: Card | None) -> None:
        """A question that is over loses its buttons, where it stands."""
        if over is not None:
            card = table.put_away(over, work.world.reader)
            await self.post(work.tx, f"over:{event_id}", place, card, only_edits=True)

    async def post(self, tx: Transaction, key: str, place: Place, reply: Reply, *, only_edits: bool = False) -> None:
        """One reply into the outbox, under a key that is its own for ever; `only_edits` is for what stands already."""
        facts: dict[str, Any] = {"reply": to_json(reply)}
        await outbox.put(
            tx,
            key=key,
            target=to_place(place),
            notice="reply",
            facts=facts | ({"only_edits": 1} if only_edits else {}),
            lane=int(Lane.ANSWER),
            ticket=None,
            at=self.desk.clock(),
        )
        tx.after_commit(self.desk.posted.set)


def my_tickets(world: World) -> Card:
    """The person's own tickets, as a list."""
    reader = world.reader
    return list_card(reader.tell("list.mine"), world.open_tickets, reader, reader.tell("list.none"))

"""Presses, words and forms that are about one ticket: all of them meet here and go on to `Desk.act`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.cards import answers, tickets
from bot.cards.endings import rated_card, rating_card
from bot.cards.pages import answered_card
from bot.desk.judging import Facts, Seen
from bot.desk.tickets import Desk
from bot.dialogue import forms, ticketforms
from bot.dialogue.world import World
from bot.messages import Card, Form, Reply, Text, Tone
from escalation.access import Relation, may, relations
from escalation.errors import Absent, Malformed, Refusal, TooLate
from escalation.ticket import Action, Status, Ticket
from storage import tickets as stored
from storage.database import Transaction

# Presses that ask first: what cannot be taken back, and what wakes other people.
ASKS_FIRST = frozenset({Action.CANCEL, Action.ESCALATE, Action.CHASE, Action.MAJOR})
NOTE_PREFIXES = ("note:", "note：", "备注:", "备注：")


@dataclass(frozen=True, slots=True)
class Work:
    """One person's hands on the desk, in one transaction. `done` is what they did to which ticket, in order."""

    desk: Desk
    tx: Transaction
    world: World
    via: str
    done: list[tuple[Action, int]] = field(default_factory=list)

    async def press(self, action: str, number: int, argument: str = "") -> tuple[Reply, ...]:
        """A ticket button."""
        match action:
            case "show":
                return (await self.show(number),)
            case "more":
                seen = await self._see(number)
                return (tickets.more_card(seen.ticket, seen.possible, self.world.reader),)
            case "ratecomment":
                return await self._open_form(Action.RATE, number)
            case "rate":
                return await self._rate(number, argument)
            case "onmyway":
                return await self._open_form(Action.ACK, number)
            case "ack" | "decline":
                return await self._answers_page(Action(action), number)
            case "no":
                return (self._kept(argument, (await self._see(number)).ticket),)
            case _ if action.endswith("!") and action[:-1] in ASKS_FIRST:
                return await self._sure(Action(action[:-1]), number, argument)
        if action not in set(Action):
            raise Malformed("refused.unknown_button")
        return await self.begin(Action(action), number)

    async def _answers_page(self, action: Action, number: int) -> tuple[Reply, ...]:
        """*Acknowledge* or *Can't take it*; where one was asked whether one is still on it, the question's answer."""
        ticket = (await self._see(number)).ticket
        climb = ticket.climb
        done = await self.begin(action, number)
        if not climb.asked or climb.acknowledged_by != self.world.person.key or climb.acknowledged_at is None:
            return done
        return (answered_card(ticket, action, int(climb.acknowledged_at.timestamp()), self.world.reader),)

    async def begin(self, action: Action, number: int, given: Mapping[str, str] | None = None) -> tuple[Reply, ...]:
        """An action that may need a form or a second thought before it is done; `given` fills its form.

        What is given in full is done at once.
        """
        seen = await self._see(number)
        action = seen.meant(action)
        if action in ASKS_FIRST and (action in seen.possible or action is Action.CANCEL):
            return (self._confirm(action, seen.ticket),)
        if action is Action.RATE and action in seen.possible and not seen.own_work and not seen.ticket.rating:
            asked = Text(self.world.reader.tell("rate.how_many", ticket=seen.ticket.name, root=self.world.root), number)
            return (asked, rating_card(seen.ticket, self.world.reader))
        needs_form = action is not Action.ACK and ticketforms.about_ticket(action, seen.ticket, self.world) is not None
        if given and action in seen.possible:
            return await self._given(action, seen.ticket, given)
        if needs_form and action in seen.possible:
            return await self._open_form(action, number)
        return await self.do(action, number, {})

    async def _given(self, action: Action, ticket: Ticket, given: Mapping[str, str]) -> tuple[Reply, ...]:
        """What was typed, done when it is complete, else in its form, with what is wrong beside it."""
        form = ticketforms.about_ticket(action, ticket, self.world)
        if form is None or set(given) & NAMED:
            return await self.do(action, ticket.id, {name: value for name, value in given.items() if value})
        filled = {field.name: given.get(field.name) or field.value for field in form.fields}
        checked = forms.check(form, filled, self.world.reader)
        if checked.ok:
            return await self.do(action, ticket.id, self._facts(action, dict(checked.values)))
        fields = (field if field.value else replace(field, error="") for field in checked.form.fields)
        return (replace(checked.form, fields=tuple(fields)),)

    async def _sure(self, action: Action, number: int, version: str) -> tuple[Reply, ...]:
        """*Yes* to a question about the ticket as it was then: a second press is not a second step."""
        ticket = (await self._see(number)).ticket
        if version and version != str(ticket.version):
            raise TooLate("refused.changed", ticket=ticket.name)
        done = await self.do(action, number, {})
        return tuple(replace(each, key=_question(action, ticket)) if isinstance(each, Card) else each for each in done)

    async def do(self, action: Action, number: int, facts: Facts) -> tuple[Reply, ...]:
        """The action itself, and a sentence that it is done."""
        action = (await self._see(number)).meant(action)
        ticket = await self.desk.act(self.tx, action, number, by=self.world.person.key, via=self.via, facts=facts)
        self.done.append((action, number))
        if action is Action.RATE:
            return (await self._rated(ticket),)
        return (self._done(action, ticket),)

    async def submit(self, action: Action, number: int, values: Mapping[str, str]) -> tuple[Reply, ...]:
        """A form about a ticket came back."""
        seen = await self._see(number)
        form = ticketforms.about_ticket(action, seen.ticket, self.world)
        if form is None:
            raise Malformed("refused.unknown_button")
        checked = forms.check(form, values, self.world.reader)
        if not checked.ok:
            return (checked.form,)
        if action is Action.RATE:
            ticket = await self.desk.add_rating_comment(
                self.tx, number, by=self.world.person.key, text=checked.values["text"]
            )
            return (
                answers.settled(form.key, self.world.reader.tell("rate.comment_kept"), ""),
                await self._rated(ticket),
            )
        try:
            done = await self.do(action, number, self._facts(action, dict(checked.values)))
        except (Absent, Malformed) as refusal:
            return (self._with_error(checked.form, refusal),)
        return tuple(replace(reply, key=form.key) if isinstance(reply, Card) else reply for reply in done)

    def _with_error(self, form: Form, refusal: Refusal) -> Form:
        """The form again, with what the desk said beside its first field."""
        sentence = refusal_sentence(refusal, self.world)
        first, *rest = form.fields
        return replace(form, fields=(replace(first, error=sentence), *rest))

    def _facts(self, action: Action, values: dict[str, str]) -> Facts:
        facts: Facts = {name: value for name, value in values.items() if value}
        if action is Action.LINK:
            number = values["other"].strip().upper().removeprefix("T").removeprefix("-").removeprefix("#")
            if not (number.isascii() and number.isdecimal()):
                raise Malformed("refused.no_number", words=values["other"])
            facts["other"] = int(number)
        return facts

    async def show(self, number: int) -> Card:
        """The ticket with its latest steps, as this person may see it."""
        seen = await self._see(number)
        events = await stored.events(self.tx, number, public_only=not seen.internal)
        held = relations(seen.actor, seen.ticket, seen.paged)
        own = Relation.OWN in held
        works = seen.actor.person in seen.named or bool(held - {Relation.OPENER})
        staff = may(seen.actor, Action.NOTE, seen.ticket, seen.paged) if own else works
        return tickets.detail_card(
            seen.ticket,
            seen.policy,
            events,
            seen.possible,
            self.world.reader,
            staff=staff,
            own=own,
        )

    async def note_or_reply(self, number: int, text: str) -> tuple[Reply, ...]:
        """Free words in answer to a ticket's message: from its engineer to the employee, or the other way.

        `note:` in front of an engineer's words keeps them internal.
        """
        seen = await self._see(number)
        own = seen.ticket.requester == self.world.person.key
        staff = not own and may(seen.actor, Action.REPLY, seen.ticket, seen.paged)
        prefix = next((each for each in NOTE_PREFIXES if text.lower().startswith(each)), "")
        if staff and prefix:
            return await self.do(Action.NOTE, number, {"text": text[len(prefix) :].strip()})
        return await self.do(Action.REPLY if staff else Action.COMMENT, number, {"text": text})

    async def _rate(self, number: int, stars: str) -> tuple[Reply, ...]:
        if stars not in set("12345"):
            raise Malformed("form.no_rating")
        return await self.do(Action.RATE, number, {"stars": int(stars)})

    async def _rated(self, ticket: Ticket) -> Card:
        return rated_card(ticket, await self.desk.policy(self.tx, ticket.policy), self.world.reader)

    async def _open_form(self, action: Action, number: int) -> tuple[Reply, ...]:
        seen = await self._see(number)
        form = ticketforms.about_ticket(action, seen.ticket, self.world)
        assert form is not None
        return (form,)

    def _confirm(self, action: Action, ticket: Ticket) -> Card:
        reader, person = self.world.reader, self.world.person.key
        works_on_it = action is Action.CANCEL and person not in (ticket.requester, ticket.opened_by)
        way = "cancel" if works_on_it else _SURE[action]
        no = "keep" if action is Action.CANCEL else "no"
        buttons = (
            reader.button(way, f"t:{action.value}!:{ticket.id}:{ticket.version}", "danger"),
            reader.button(no, f"t:no:{ticket.id}:{action.value}"),
        )
        title = reader.tell(f"sure.{action.value}", ticket=ticket.name)
        return answers.choices(title, ticket.summary, buttons, tone=Tone.WARN, key=_question(action, ticket))

    async def answered(self, action: Action, number: int) -> Card:
        """What stays of "are you sure" once the answer was yes."""
        ticket = (await self._see(number)).ticket
        title = self.world.reader.tell(f"sure.{action.value}", ticket=ticket.name)
        return answers.settled(_question(action, ticket), title, self.world.reader.tell("sure.yes"), Tone.NEUTRAL)

    def _kept(self, action: str, ticket: Ticket) -> Card:
        if action not in ASKS_FIRST:
            raise Malformed("refused.unknown_button")
        asked = Action(action)
        return answers.settled(
            _question(asked, ticket), self.world.reader.tell("sure.kept", ticket=ticket.name), "", Tone.NEUTRAL
        )

    def _done(self, action: Action, ticket: Ticket) -> Card:
        reader = self.world.reader
        facts = {"priority": ticket.priority.value, "group": reader.group(ticket.group)}
        person = reader.name(ticket.assignee)
        sentence = reader.tell(f"done.{action.value}", ticket=ticket.name, person=person, **facts)
        if action is Action.CONFIRM and ticket.major and ticket.status is Status.RESOLVED:
            sentence = reader.tell("done.confirm_major", ticket=ticket.name)
        if action is Action.ACK and ticket.climb.arrives_at is not None:
            sentence = reader.tell("done.on_my_way", ticket=ticket.name, until=reader.moment(ticket.climb.arrives_at))
        if ticket.hold is not None and ticket.hold.until is not None and action is Action.HOLD:
            sentence = reader.tell("done.hold_until", ticket=ticket.name, until=reader.moment(ticket.hold.until))
        return Card(
            sentence,
            tickets.TONES[ticket.status],
            tickets.state_of(ticket, reader),
            buttons=(reader.button("claim", f"t:claim:{ticket.id}", "primary"),) if action is Action.ACK else (),
            ticket=ticket.id,
            receipt=_RECEIPTS.get(action, ""),
        )

    async def _see(self, number: int) -> Seen:
        return await self.desk.see(self.tx, number, self.world.person.key)


# The button that says yes, by what it is asked about.
_SURE: Mapping[Action, str] = {
    Action.CANCEL: "withdraw",
    Action.ESCALATE: "yes_escalate",
    Action.CHASE: "yes_escalate",
    Action.MAJOR: "yes_major",
}
# What is answered with no more than that it arrived, or was done as everybody can see.
_RECEIPTS: Mapping[Action, str] = {
    Action.NOTE: "noted",
    **dict.fromkeys((Action.REPLY, Action.COMMENT, Action.ATTACH), "sent"),
    **dict.fromkeys((Action.CLAIM, Action.RELEASE, Action.ASSIGN, Action.RESUME, Action.PRIORITY), "done"),
    Action.RESOLVE: "done",
}
# Values that name somebody or something: the desk says best what is wrong with them.
NAMED = frozenset({"person", "group", "priority"})


def _question(action: Action, ticket: Ticket) -> str:
    """The key of the card that asks whether one is sure."""
    return f"sure:{action.value}:{ticket.id}"


def refusal_sentence(refusal: Refusal, world: World) -> str:
    """The refusal in the person's words: names instead of keys, states and actions as they read them."""
    reader = world.reader
    named: Mapping[str, Callable[[str], str]] = {
        "person": reader.name,
        "group": reader.group,
        "status": lambda value: reader.tell(f"state.{value}"),
        "action": lambda value: reader.tell(f"action.{value}"),
        "stage": lambda value: reader.tell(f"major.state_{value}"),
    }
    facts = {k: named[k](str(v)) if k in named else v for k, v in refusal.facts.items()}
    over = refusal.key == "refused.state" and refusal.facts["status"] in (Status.CLOSED, Status.CANCELLED)
    return reader.tell("refused.over" if over else refusal.key, **{"root": world.root, **facts})


def refused(refusal: Refusal, world: World) -> Text:
    """The refusal as a reply."""
    return Text(refusal_sentence(refusal, world))

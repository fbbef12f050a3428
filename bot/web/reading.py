"""What the pages read, drawn by the same cards and rules as the chat: nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.cards import tickets as drawn
from bot.cards.reader import Reader as Seer
from bot.cards.tickets import ClockState
from bot.desk.judging import Seen
from bot.desk.tickets import Desk
from bot.dialogue.conversation import reader_for
from bot.messages import Block, Button, Choice, Quote, Tone
from bot.organisation import Person
from bot.phrases import span
from bot.web import views
from escalation import access
from escalation.access import Look, Relation, relations
from escalation.dispatch import recipients
from escalation.errors import Refusal
from escalation.priority import Priority
from escalation.ticket import OPEN, Action, Status, Ticket, TicketEvent
from storage import attachments, pages, people, tickets
from storage.database import Database, Transaction
from storage.pages import Paged
from storage.tickets import Filter

SUGGESTED = ("zhao.min", "wang.fang", "zhang.wei")  # the sample's employee, engineer and manager


class DeskViews:
    """The pages' questions, answered from the database for one reader at a time."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.desk = desk

    # -- people ------------------------------------------------------------------------------------

    async def reader(self, person: str) -> views.Reader | None:
        """The reader, in their own language."""
        known = self.desk.organisation.people.get(person)
        if known is None:
            return None
        async with self.database.reading() as tx:
            seer = await self._seer(tx, person)
        waiting = await self.pages(person)
        return views.Reader(
            key=person,
            name=known.called(seer.language),
            title=seer.say(known.title),
            language=seer.language,
            zone=known.zone,
            works=access.sees_queue(self.desk.organisation.actor(person)),
            pages=len(waiting),
        )

    async def seats(self, language: str) -> tuple[views.Seat, ...]:
        """Everybody, the three who make the first journey in front."""
        everybody = self.desk.organisation.people
        seer = Seer("", language, self.desk.organisation.zone, self.desk.clock(), self.desk.organisation)
        order = [key for key in SUGGESTED if key in everybody] + [k for k in everybody if k not in SUGGESTED]
        return tuple(self._seat(everybody[key], seer) for key in order)

    def _seat(self, person: Person, seer: Seer) -> views.Seat:
        other = "en" if seer.language == "zh" else "zh"
        hint = f"web.seat.hint.{person.key}"
        return views.Seat(
            key=person.key,
            name=person.called(seer.language),
            title=seer.say(person.title),
            group=self._seat_group(person, seer),
            also=person.called(other) if person.called(other) != person.called(seer.language) else "",
            hint=seer.tell(hint) if seer.knows(hint) else "",
        )

    def _seat_group(self, person: Person, seer: Seer) -> str:
        actor = self.desk.organisation.actor(person.key)
        group = next(iter(sorted(actor.groups)), "")
        return seer.group(group) if group else ""

    # -- lists -------------------------------------------------------------------------------------

    async def my_tickets(self, person: str) -> tuple[views.TicketRow, ...]:
        """The reader's own, the open ones first."""
        async with self.database.reading() as tx:
            found = await tickets.find(tx, Filter(requester=person, limit=200))
            ordered = sorted(found, key=lambda ticket: not ticket.open and ticket.status is not Status.RESOLVED)
            return await self._rows(tx, person, ordered)

    async def queue(self, person: str, wanted: views.QueueFilter) -> tuple[views.TicketRow, ...]:
        """What the reader's groups have to do, the most urgent first."""
        groups = self._groups(person)
        if wanted.group:
            groups &= frozenset({wanted.group})
        if not groups:
            return ()
        priorities = frozenset({Priority[wanted.priority]}) if wanted.priority in Priority.__members__ else frozenset()
        found = Filter(
            groups=groups,
            assignee=person if wanted.mine else None,
            statuses=_statuses(wanted.status),
            priorities=priorities,
            text=wanted.text,
            unclaimed=wanted.unclaimed,
            limit=200,
            urgent_first=True,
        )
        async with self.database.reading() as tx:
            return await self._rows(tx, person, await tickets.find(tx, found))

    def _groups(self, person: str) -> frozenset[str]:
        organisation = self.desk.organisation
        return organisation.queue_of(organisation.actor(person))

    async def queue_choices(self, person: str) -> views.QueueChoices:
        """The filters' options, in the reader's words."""
        async with self.database.reading() as tx:
            seer = await self._seer(tx, person)
        groups = sorted(self._groups(person))
        return views.QueueChoices(
            statuses=tuple(Choice(s.value, seer.tell(f"state.{s.value}")) for s in Status),
            priorities=tuple(Choice(p.value, f"{p.value} · {seer.tell(f'priority.{p.value}')}") for p in Priority),
            groups=tuple(Choice(key, seer.group(key)) for key in groups),
        )

    async def queue_version(self, person: str) -> str:
        """Changes with every step of any ticket."""
        async with self.database.reading() as tx:
            return str(await tickets.latest_event(tx))

    async def pages(self, person: str) -> tuple[views.PageRow, ...]:
        """The pages that still want this reader's answer, the oldest first, one for each ticket."""
        async with self.database.reading() as tx:
            seer = await self._seer(tx, person)
            rows: dict[int, views.PageRow] = {}
            for page in reversed(await pages.open_for(tx, person)):
                seen = await self._see(tx, page.ticket, person)
                if seen is not None and seen.ticket.status is Status.NEW:
                    rows[page.ticket] = self._page_row(seen, page, seer)
        return tuple(rows.values())

    def _page_row(self, seen: Seen, page: Paged, seer: Seer) -> views.PageRow:
        ticket = seen.ticket
        key = "page.first" if page.rung == 1 else "page.next"
        wanted = (Action.ACK, Action.DECLINE, Action.CLAIM)
        buttons = [
            seer.button(action.value, f"t:{action.value}:{ticket.id}", "primary" if action is Action.ACK else "")
            for action in wanted
            if action in seen.possible
        ]
        buttons.append(seer.button("view", f"t:show:{ticket.id}"))
        return views.PageRow(
            id=ticket.id,
            name=ticket.name,
            summary=ticket.summary,
            priority=ticket.priority.value,
            why=seer.tell(key, ticket=ticket.name, group=seer.group(ticket.group), rung=page.rung),
            since=seer.moment(page.at),
            clock=next(iter(_clocks(seen, seer)), None),
            buttons=tuple(buttons),
        )

    async def _rows(self, tx: Transaction, person: str, found: Iterable[Ticket]) -> tuple[views.TicketRow, ...]:
        seer, actor = await self._seer(tx, person), self.desk.organisation.actor(person)
        rows = []
        for ticket in found:
            policy = await self.desk.policy(tx, ticket.policy)
            seen = Seen(ticket, policy, actor, frozenset())
            if access.may(actor, Look.TIMELINE, ticket):
                rows.append(_row(seen, seer))
        return tuple(rows)

    # -- one ticket --------------------------------------------------------------------------------

    async def ticket(self, person: str, number: int) -> views.TicketView | None:
        """Everything about one ticket that this reader may see."""
        async with self.database.reading() as tx:
            seen = await self._see(tx, number, person)
            if seen is None:
                return None
            seer = await self._seer(tx, person)
            events = await tickets.events(tx, number, public_only=not seen.internal)
            files = await attachments.of_ticket(tx, number)
            paged = await pages.of_ticket(tx, number) if seen.internal else ()
        ticket = seen.ticket
        can_write = bool(seen.possible & {Action.COMMENT, Action.REPLY})
        return views.TicketView(
            id=ticket.id,
            name=ticket.name,
            summary=ticket.summary,
            description=ticket.description,
            status=ticket.status.value,
            state=drawn.state_of(ticket, seer),
            tone=drawn.TONES[ticket.status],
            priority=ticket.priority.value,
            promise=drawn.promise(ticket, seen.policy, seer) if ticket.open else "",
            facts=drawn.fact_rows(ticket, seer),
            clocks=_clocks(seen, seer),
            evidence=_findings(ticket, seer),
            timeline=tuple(_entry(event, seer) for event in events),
            ladder=self._ladder(seen, paged, seer) if seen.internal else (),
            attachments=tuple(_file(each, seer) for each in files),
            buttons=_buttons(seen, seer),
            can_write=can_write,
        )

    def _ladder(self, seen: Seen, paged: tuple[Paged, ...], seer: Seer) -> tuple[views.Rung, ...]:
        """Past, present and next: who was paged and what they said, and who is next and when."""
        ticket, climb = seen.ticket, seen.ticket.climb
        rungs = [_rung(page, seer) for page in paged if page.generation == climb.generation]
        steps = seen.policy.ladder(ticket.priority)
        following = climb.next_at if ticket.status is Status.NEW else None
        if following is not None and climb.rung < len(steps.rungs):
            group = self.desk.organisation.group_of(ticket.group)
            people_next = recipients(
                steps.rungs[climb.rung].who,
                group=group,
                tier=ticket.tier,
                owner=ticket.assignee,
                admins=self.desk.organisation.admins,
                at=following,
            )
            names = seer.tell("list.comma").join(seer.name(person) for person in people_next)
            text = f"{climb.rung + 1} · {names}"
            rungs.append(views.Rung(text, seer.moment(following), seer.tell("ladder.next"), Tone.INFO))
        return tuple(rungs)

    async def attachment(self, person: str, number: int) -> views.AttachmentFile | None:
        """A file, for those who may see its ticket, and for whoever sent it."""
        async with self.database.reading() as tx:
            loaded = await attachments.load(tx, number)
            if loaded is None:
                return None
            about, content = loaded
            if about.ticket is None:
                allowed = about.uploaded_by == person
            else:
                allowed = await self._see(tx, about.ticket, person) is not None
        return views.AttachmentFile(about.name, about.media_type, content) if allowed else None

    async def _see(self, tx: Transaction, number: int, person: str) -> Seen | None:
        try:
            return await self.desk.see(tx, number, person)
        except Refusal:
            return None

    async def _seer(self, tx: Transaction, person: str) -> Seer:
        return reader_for(self.desk.organisation, person, await people.settings(tx, person), self.desk.clock())


# -- drawing -------------------------------------------------------------------------------------------


def _statuses(word: str) -> frozenset[Status]:
    return frozenset({Status(word)}) if word in set(Status) else OPEN


def _row(seen: Seen, seer: Seer) -> views.TicketRow:
    ticket = seen.ticket
    buttons: tuple[Button, ...] = ()
    if Action.CLAIM in seen.possible:
        buttons = (seer.button("claim", f"t:claim:{ticket.id}", "primary"),)
    return views.TicketRow(
        id=ticket.id,
        name=ticket.name,
        summary=ticket.summary,
        status=ticket.status.value,
        state=drawn.state_of(ticket, seer),
        tone=drawn.TONES[ticket.status],
        priority=ticket.priority.value,
        service=seer.service(ticket.service),
        group=seer.group(ticket.group),
        requester=seer.name(ticket.requester),
        assignee=seer.name(ticket.assignee) if ticket.assignee else "",
        opened=seer.moment(ticket.opened_at),
        clock=_next_clock(_clocks(seen, seer)),
        buttons=buttons,
        open=ticket.open or ticket.status is Status.RESOLVED,
    )


def _next_clock(clocks: tuple[views.ClockView, ...]) -> views.ClockView | None:
    running = [clock for clock in clocks if clock.due is not None]
    return min(running, key=lambda clock: clock.due or datetime.max.replace(tzinfo=UTC), default=None)


def _clocks(seen: Seen, seer: Seer) -> tuple[views.ClockView, ...]:
    return tuple(_clock(state, seer) for state in drawn.clock_states(seen.ticket, seen.policy, seer))


def _clock(state: ClockState, seer: Seer) -> views.ClockView:
    shown = "missed" if state.state == "overdue" else state.state
    text = state.sentence
    if state.state == "running" and state.due is not None:
        text = seer.tell("clock.in", left=span(state.due - seer.now, seer.language), at=seer.moment(state.due))
    word = seer.tell("clock.running") if state.state == "running" else seer.tell(f"clock.{shown}")
    return views.ClockView(state.name, shown, word, text, state.due)


def _findings(ticket: Ticket, seer: Seer) -> tuple[views.Finding, ...]:
    ordered = sorted(ticket.evidence, key=lambda item: not item.alarming)
    return tuple(
        views.Finding(seer.tell(f"evidence.{each.kind}"), seer.say(each.subject), seer.say(each.finding), each.alarming)
        for each in ordered
    )


def _entry(event: TicketEvent, seer: Seer) -> views.Entry:
    words = drawn.event_words(event)
    blocks: tuple[Block, ...] = (Quote(words),) if words else ()
    tone = Tone.BAD if event.action in (Action.ALARM, Action.REOPEN) else Tone.NEUTRAL
    when, who = seer.moment(event.at), seer.name(event.by)
    return views.Entry(event.at, when, who, drawn.event_line(event, seer), blocks, not event.public, tone)


def _rung(page: Paged, seer: Seer) -> views.Rung:
    said = page.answered or "unanswered"
    tone = {"acknowledged": Tone.GOOD, "declined": Tone.WARN}.get(page.answered, Tone.NEUTRAL)
    text, when = f"{page.rung} · {seer.name(page.person)}", seer.moment(page.at)
    return views.Rung(text, when, seer.tell(f"ladder.{said}"), tone)


def _file(each: attachments.Attachment, seer: Seer) -> views.AttachmentView:
    by = f"{seer.name(each.uploaded_by)}, {seer.moment(each.at)}"
    return views.AttachmentView(each.id, each.name, f"{max(1, round(each.size / 1024))} kB", by)


def _buttons(seen: Seen, seer: Seer) -> tuple[Button, ...]:
    """Every action the reader can take on this page: an engineer's row and what is behind *More*, or a requester's."""
    held = relations(seen.actor, seen.ticket, seen.paged)
    if Relation.OWN in held:
        return drawn.requester_buttons(seen.ticket, seen.possible, seer)
    paged = tuple(
        seer.button(action.value, f"t:{action.value}:{seen.ticket.id}")
        for action in (Action.ACK, Action.DECLINE)
        if action in seen.possible and seen.ticket.status is Status.NEW and not seen.ticket.climb.acknowledged_by
    )
    first_row = drawn.action_buttons(seen.ticket, seen.possible)
    every = (*first_row, *drawn.action_buttons(seen.ticket, seen.possible, more=True))
    first = Action.CLAIM if Action.CLAIM in seen.possible else Action.RESOLVE
    row = tuple(
        seer.button(action.value, value, "primary" if action is first else "danger" if action is Action.CANCEL else "")
        for action, value in every
    )
    return (*paged, *row)

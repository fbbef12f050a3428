"""The desk: one use case is one transaction. Load, decide, save; who is told is in `notify`.

Every method takes the caller's transaction, so that an event, its effects and what is to be sent are one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk import notify
from bot.desk.draft import EMERGENCY, Draft
from bot.desk.followers import tell_followers
from bot.desk.judging import Facts, Seen, judged
from bot.desk.notify import Post
from bot.failpoints import failpoint
from bot.organisation import Organisation
from bot.phrases import tell
from escalation import access, alarm, lifecycle
from escalation.access import Look
from escalation.alarm import AskRating, Close, Decision, HoldOver, Marked
from escalation.dispatch import recipients
from escalation.errors import Absent, Forbidden, Malformed, OutOfOrder, TooLate
from escalation.ladder import Alarm, Page, StillOnIt
from escalation.major import LET_BE
from escalation.policy import Policy
from escalation.ticket import Action, Climb, Status, Ticket, TicketEvent
from storage import attachments, outbox, pages, policies, tickets
from storage.database import Transaction

# Notes and the ticket's own alarms are for whoever works on it.
INTERNAL = frozenset(
    {
        Action.NOTE,
        Action.PAGE,
        Action.ASK,
        Action.MARK,
        Action.ALARM,
        Action.ACK,
        Action.DECLINE,
        Action.LINK,
    }
)


class Desk:
    """The service layer. `organisation` is replaced as a whole when `desk.yaml` is read again."""

    def __init__(self, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        self.organisation = organisation
        self.clock = clock
        self.posted = asyncio.Event()  # somebody should drain the outbox
        self._policies: dict[str, Policy] = {}

    # -- opening -----------------------------------------------------------------------------------

    async def open(self, tx: Transaction, draft: Draft, *, via: str) -> Ticket:
        """A new ticket: numbered, dispatched, its clocks running, the first rung of its ladder paged."""
        policy, now = self.organisation.policy, self.clock()
        digest = policy.digest()
        await policies.keep(tx, digest, policy.to_json())
        service = self.organisation.services.get(draft.service)
        ticket = Ticket(
            id=0,
            kind=draft.kind,
            origin=draft.origin,
            status=Status.NEW,
            priority=draft.priority,
            service=draft.service,
            category=draft.category or (service.category if service else ""),
            group=self._group_for(draft),
            tier=1,
            summary=draft.summary,
            description=draft.description,
            requester=draft.requester,
            opened_by=draft.opened_by,
            opened_at=now,
            policy=digest,
            details=draft.details,
            evidence=draft.evidence,
            confidential=bool(service and service.confidential),
            climb=Climb(),
        )
        ticket = await tickets.insert(tx, lifecycle.opened(ticket, policy, now))
        failpoint("desk.opened")
        bound = [str(number) for number in draft.files if await self._bind_own(tx, number, ticket)]
        facts: Facts = {"priority": ticket.priority.value, **({"files": ",".join(bound)} if bound else {})}
        event = self._event(ticket, Action.OPEN, draft.opened_by, via, facts)
        await self._record(tx, ticket, ticket, event)
        return await self._settle(tx, ticket, policy)

    def _group_for(self, draft: Draft) -> str:
        """The group that looks after the service; a danger to none in particular has its own.

        Tickets like it may have been moved elsewhere: then it goes there, unless its kind decides.
        """
        known = draft.service in self.organisation.services
        if draft.category == EMERGENCY and not known and self.organisation.emergency_group:
            return self.organisation.emergency_group
        if draft.group in self.organisation.groups and draft.kind.value not in self.organisation.kind_groups:
            return draft.group
        return self.organisation.group_for(draft.kind.value, draft.service).key

    # -- acting ------------------------------------------------------------------------------------

    async def see(self, tx: Transaction, number: int, person: str) -> Seen:
        """The ticket as this person may see it; `Absent` for no ticket and for none of their business alike."""
        ticket = await tickets.load(tx, number)
        actor = self.organisation.actor(person)
        if ticket is None:
            raise Absent("refused.absent", ticket=f"T-{number}")
        paged = await pages.paged(tx, ticket.id, ticket.climb.generation)
        if not access.may(actor, Look.TIMELINE, ticket, paged):
            raise Absent("refused.absent", ticket=f"T-{number}")
        return Seen(ticket, await self.policy(tx, ticket.policy), actor, paged)

    async def act(
        self, tx: Transaction, action: Action, number: int, *, by: str, via: str, facts: Facts | None = None
    ) -> Ticket:
        """One action by one person: authorised, applied, saved, told. Raises a `Refusal`, changing nothing."""
        seen = await self.see(tx, number, by)
        action = seen.meant(action)
        facts = judged(seen, action, dict(facts or {}), self.organisation, self.clock())
        if action is Action.CONFIRM and seen.ticket.major:
            # Only its review closes a major incident; what the requester says of it is kept.
            language = self.organisation.people[by].language
            action, facts = Action.COMMENT, {"text": tell("outage.works_comment", language)}
        if action is Action.LINK:
            # A ticket one may not see cannot be linked to.
            whole = (await self.see(tx, int(facts["other"]), by)).ticket
            if facts.get("as") == "child" and whole.major and whole.open:
                facts["until"] = (self.clock() + LET_BE).isoformat()
        if action is Action.DECLINE:
            facts["rung"] = await self._paged_at(tx, seen.ticket, by)
        if action is Action.ATTACH:
            facts |= await self._bind(tx, number, str(facts.pop("files")), by)
        note = str(facts.pop("note", ""))
        ticket = await self._apply(tx, seen.ticket, seen.policy, action, by=by, via=via, facts=facts)
        if note:  # what goes along with a transfer is for whoever works on it
            ticket = await self._apply(tx, ticket, seen.policy, Action.NOTE, by=by, via=via, facts={"text": note})
        if action in (Action.ACK, Action.DECLINE):
            await pages.answer(tx, ticket.id, ticket.climb.generation, by, _ANSWERED[action], self.clock())
        if lifecycle.wakes(ticket, action, by):
            ticket = await self._apply(tx, ticket, seen.policy, Action.RESUME, by="", via=via, facts={})
        return await self._settle(tx, ticket, seen.policy)

    async def _paged_at(self, tx: Transaction, ticket: Ticket, person: str) -> int:
        """The highest rung of the ticket's current ladder that paged this person."""
        mine = [page for page in await pages.of_ticket(tx, ticket.id) if page.person == person]
        return max((page.rung for page in mine if page.generation == ticket.climb.generation), default=0)

    async def _bind_own(self, tx: Transaction, file: int, ticket: Ticket) -> bool:
        """A staged file onto the ticket, if whoever opened it had sent the file."""
        loaded = await attachments.load(tx, file)
        mine = loaded is not None and loaded[0].uploaded_by == ticket.opened_by
        return mine and await attachments.bind(tx, file, ticket.id)

    async def _bind(self, tx: Transaction, number: int, files: str, by: str) -> Facts:
        """Staged files onto the ticket; only those this person sent, each once."""
        names = []
        for reference in files.split(","):
            loaded = await attachments.load(tx, int(reference))
            if loaded is None or loaded[0].uploaded_by != by or not await attachments.bind(tx, int(reference), number):
                raise Malformed("refused.no_files")
            names.append(loaded[0].name)
        return {"file": ", ".join(names), "files": files}

    async def add_rating_comment(self, tx: Transaction, number: int, *, by: str, text: str) -> Ticket:
        """The words behind the stars, once: the stars stay as they are."""
        seen = await self.see(tx, number, by)
        if not access.may(seen.actor, Action.RATE, seen.ticket):
            raise Forbidden("refused.forbidden", ticket=seen.ticket.name, action=Action.RATE.value)
        if not seen.ticket.rating:
            raise OutOfOrder("refused.state", ticket=seen.ticket.name, status=seen.ticket.status, action=Action.RATE)
        if seen.ticket.rating_comment:
            raise TooLate("refused.rated", ticket=seen.ticket.name, stars=seen.ticket.rating)
        ticket = await tickets.save(tx, replace(seen.ticket, rating_comment=text))
        low = int(ticket.rating <= seen.policy.low_rating)
        facts: Facts = {"stars": ticket.rating, "comment": text, "text": text, "low": low}
        await self._record(tx, seen.ticket, ticket, self._event(ticket, Action.RATE, by, "", facts))
        return ticket

    async def step(self, tx: Transaction, ticket: Ticket, action: Action, *, by: str, via: str, facts: Facts) -> Ticket:
        """One step for which the right was established elsewhere: applied, saved, told."""
        policy = await self.policy(tx, ticket.policy)
        ticket = await self._apply(tx, ticket, policy, action, by=by, via=via, facts=facts)
        return await self._settle(tx, ticket, policy)

    async def remark(
        self, tx: Transaction, ticket: Ticket, action: Action, *, by: str, via: str, facts: Facts
    ) -> Ticket:
        """A line in the ticket's history, told like any other; the ticket itself stays as it is."""
        saved = await tickets.save(tx, ticket)
        await self._record(tx, ticket, saved, self._event(saved, action, by, via, facts))
        return saved

    async def hand_over(self, tx: Transaction, number: int, *, to: str, via: str) -> Ticket:
        """The ticket, exactly as it stands, to whoever works now: having been offered it is the right to take it."""
        seen = await self.see(tx, number, to)
        ticket = await tickets.save(tx, replace(seen.ticket, assignee=to))
        facts: Facts = {"person": to, "before": seen.ticket.assignee}
        await self._record(tx, seen.ticket, ticket, self._event(ticket, Action.ASSIGN, to, via, facts))
        return ticket

    # -- the alarm ---------------------------------------------------------------------------------

    async def run_due(self, tx: Transaction, numbers: Sequence[int]) -> int:
        """Do what the alarms of these tickets mean now; how many of them were due. Their writes go together."""
        due = await tickets.load_due(tx, numbers, self.clock())
        tx.gather()
        for ticket in due:
            await self._settle(tx, ticket, await self.policy(tx, ticket.policy))
            await asyncio.sleep(0)  # others may have the processor between two of them
        return len(due)

    async def set_alarm(self, tx: Transaction, number: int) -> None:
        """Give an open ticket the alarm it should have; the auditor's repair."""
        ticket = await tickets.load(tx, number)
        if ticket is not None and ticket.open and ticket.due_at is None:
            due = alarm.next_due(ticket, await self.policy(tx, ticket.policy)) or self.clock()
            await tickets.save(tx, replace(ticket, due_at=due))

    async def unreachable(self, tx: Transaction, number: int, generation: int, rung: int, person: str) -> None:
        """A page could not be delivered anywhere: the next rung is due now, unless somebody else holds it."""
        ticket = await tickets.load(tx, number)
        if ticket is None or ticket.status is not Status.NEW:
            return
        if (ticket.climb.generation, ticket.climb.rung) != (generation, rung) or ticket.climb.acknowledged_by:
            return
        policy = await self.policy(tx, ticket.policy)
        ticket = await self._apply(tx, ticket, policy, Action.DECLINE, by=person, via="", facts={"unreachable": 1})
        await self._settle(tx, ticket, policy)

    async def _settle(self, tx: Transaction, ticket: Ticket, policy: Policy) -> Ticket:
        """Run the alarm until nothing is due: opening a P1 pages its first rung in the same commit."""
        now, whole = self.clock(), False
        for _ in range(5):
            if ticket.due_at is None or ticket.due_at > now:
                break
            before = ticket
            ticket, decisions = alarm.on_due(ticket, policy, now)
            whole = whole or any(isinstance(decision, HoldOver | Close) for decision in decisions)
            ticket = await (tickets.save if whole else tickets.save_alarm)(tx, ticket)
            for decision in decisions:
                ticket = await self._carry_out(tx, before, ticket, policy, decision)
        return ticket

    async def _carry_out(
        self, tx: Transaction, before: Ticket, ticket: Ticket, policy: Policy, decision: Decision
    ) -> Ticket:
        match decision:
            case Page():
                await self._page(tx, before, ticket, decision)
            case StillOnIt(by=holder):
                facts: Facts = {"person": holder}
                await self._announce(tx, ticket, Action.ASK, facts, (f"person:{holder}",), "still_on_it")
            case Alarm(count=count):
                await self._announce(tx, ticket, Action.ALARM, {"count": count}, ("admin",), "alarm")
            case Marked(clock=clock, percent=percent, who=who):
                told: Facts = {"clock": clock, "percent": percent}
                quiet = policy.quiet_until(ticket.priority, self.clock())
                await self._announce(tx, ticket, Action.MARK, told, who, "mark", quiet)
            case HoldOver():
                ticket = await self._apply(tx, ticket, policy, Action.RESUME, by="", via="", facts={})
                quiet = policy.quiet_until(ticket.priority, self.clock())
                await self._announce(tx, ticket, Action.REMIND, {}, ("owner",), "hold_over", quiet)
            case Close():
                ticket = await self._apply(tx, ticket, policy, Action.CLOSE, by="", via="", facts={})
            case AskRating():
                await self._record(tx, before, ticket, self._event(ticket, Action.REMIND, "", "", {}))
        return ticket

    async def _page(self, tx: Transaction, before: Ticket, ticket: Ticket, page: Page) -> None:
        now, people = self.clock(), self._behind(ticket, page.who)
        for person in people:
            await pages.add(tx, pages.Paged(ticket.id, page.generation, page.rung, page.round, person, now))
        facts: Facts = {"rung": page.rung, "people": ",".join(people)}
        event = await tickets.add_event(tx, self._event(ticket, Action.PAGE, "", "", facts))
        self._poke(tx)
        posts = (*notify.page_posts(ticket, page, people), *notify.question_over(before, ticket, event))
        await self._put(tx, posts, event.at)
        failpoint("desk.paged")

    async def _announce(
        self,
        tx: Transaction,
        ticket: Ticket,
        action: Action,
        facts: Facts,
        who: tuple[str, ...],
        about: str,
        quiet_until: datetime | None = None,
    ) -> None:
        """A line of the log and a word to these people: in quiet hours when they are over, folded into one digest."""
        event = replace(self._event(ticket, action, "", "", facts), public=False)
        await tickets.add_event(tx, event)
        posts = notify.told_posts(ticket, event, about, self._behind(ticket, who))
        await self._put(tx, posts, event.at, quiet_until)

    def _behind(self, ticket: Ticket, who: tuple[str, ...]) -> tuple[str, ...]:
        organisation = self.organisation
        people = recipients(
            who,
            group=organisation.group_of(ticket.asked_group),
            tier=ticket.asked_tier,
            owner=ticket.assignee,
            admins=organisation.admins,
            at=self.clock(),
        )
        return people or organisation.admins

    # -- saving and telling ------------------------------------------------------------------------

    async def _apply(
        self,
        tx: Transaction,
        ticket: Ticket,
        policy: Policy,
        action: Action,
        *,
        by: str,
        via: str,
        facts: Facts,
    ) -> Ticket:
        changed = lifecycle.change(ticket, action, by=by, at=self.clock(), policy=policy, facts=facts)
        changed = await tickets.save(tx, changed)
        failpoint("desk.saved")
        await self._record(tx, ticket, changed, self._event(changed, action, by, via, facts))
        return changed

    def _event(self, ticket: Ticket, action: Action, by: str, via: str, facts: Facts) -> TicketEvent:
        return TicketEvent(ticket.id, self.clock(), by, action, via, facts, public=action not in INTERNAL)

    async def _record(self, tx: Transaction, before: Ticket, after: Ticket, event: TicketEvent) -> None:
        """The event into the audit log, and its posts into the outbox."""
        await tickets.add_event(tx, event)
        paged = [page for page in await pages.of_ticket(tx, after.id) if page.generation == before.climb.generation]
        earlier = [(page.person, _page_facts(page)) for page in paged]
        await self._put(tx, notify.posts(before, after, event, self.organisation, earlier), event.at)
        await tell_followers(tx, self.organisation, after, event)

    async def _put(
        self, tx: Transaction, posts: Iterable[Post], at: datetime, not_before: datetime | None = None
    ) -> None:
        for post in posts:
            await outbox.put(
                tx,
                key=post.key,
                target=post.target,
                notice=post.notice,
                facts=dict(post.facts),
                lane=int(post.lane),
                ticket=post.ticket,
                at=at,
                not_before=not_before,
            )
        self._poke(tx)

    def _poke(self, tx: Transaction) -> None:
        tx.after_commit(self.posted.set)

    async def policy(self, tx: Transaction, digest: str) -> Policy:
        """The policy a ticket was opened under."""
        if digest not in self._policies:
            self._policies[digest] = Policy.from_json(await policies.load(tx, digest))
        return self._policies[digest]


_ANSWERED = {Action.ACK: "acknowledged", Action.DECLINE: "declined"}


def _page_facts(page: pages.Paged) -> Facts:
    return {"generation": page.generation, "rung": page.rung, "round": page.round}

"""The desk: one use case is one transaction. Load, decide, save; who is told is in `notify`.

Every method takes the caller's transaction, so that an event, its effects and what is to be sent are one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk import notify
from bot.desk.draft import Draft
from bot.desk.notify import Post
from bot.failpoints import failpoint
from bot.organisation import Organisation
from bot.phrases import Fact
from escalation import access, alarm, lifecycle
from escalation.access import Actor, Look
from escalation.alarm import AskRating, Close, Decision, HoldOver, Marked
from escalation.dispatch import recipients
from escalation.errors import Absent, Forbidden, Malformed, TooLate
from escalation.ladder import Alarm, Page
from escalation.policy import Policy
from escalation.ticket import Action, Climb, Status, Ticket, TicketEvent, after
from storage import attachments, outbox, pages, policies, tickets
from storage.database import Transaction

Facts = dict[str, Fact]
# Notes and the ticket's own alarms are for whoever works on it.
INTERNAL = frozenset({Action.NOTE, Action.PAGE, Action.MARK, Action.ALARM, Action.ACK, Action.DECLINE, Action.LINK})


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket with what decides how one person may see and change it."""

    ticket: Ticket
    policy: Policy
    actor: Actor
    paged: frozenset[str]

    @property
    def possible(self) -> frozenset[Action]:
        """The actions this person could take now."""
        return access.possible(self.actor, self.ticket, self.paged)

    @property
    def internal(self) -> bool:
        """Whether this person sees internal notes."""
        return access.may(self.actor, Look.INTERNAL, self.ticket, self.paged)


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
            category=service.category if service else "",
            group=self.organisation.group_for(draft.kind.value, draft.service).key,
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
        for number in draft.files:
            await self._bind_own(tx, number, ticket)
        event = self._event(ticket, Action.OPEN, draft.opened_by, via, {"priority": ticket.priority.value})
        await self._record(tx, ticket, ticket, event)
        return await self._settle(tx, ticket, policy)

    # -- acting ------------------------------------------------------------------------------------

    async def see(self, tx: Transaction, number: int, person: str) -> Seen:
        """The ticket as this person may see it; `Absent` for no ticket and for none of their business alike."""
        ticket = await tickets.load(tx, number)
        actor = self.organisation.actor(person)
        if ticket is None:
            raise Absent("refused.absent", ticket=number)
        paged = await pages.paged(tx, ticket.id, ticket.climb.generation)
        if not access.may(actor, Look.TIMELINE, ticket, paged):
            raise Absent("refused.absent", ticket=number)
        return Seen(ticket, await self.policy(tx, ticket.policy), actor, paged)

    async def act(
        self, tx: Transaction, action: Action, number: int, *, by: str, via: str, facts: Facts | None = None
    ) -> Ticket:
        """One action by one person: authorised, applied, saved, told. Raises a `Refusal`, changing nothing."""
        seen = await self.see(tx, number, by)
        if action is Action.ESCALATE and not access.may(seen.actor, action, seen.ticket, seen.paged):
            action = Action.CHASE
        facts = self._checked(seen, action, dict(facts or {}))
        if action is Action.DECLINE:
            facts["rung"] = await self._paged_at(tx, seen.ticket, by)
        if action is Action.ATTACH:
            facts |= await self._bind(tx, number, str(facts.pop("files")), by)
        ticket = await self._apply(tx, seen.ticket, seen.policy, action, by=by, via=via, facts=facts)
        if action in (Action.ACK, Action.DECLINE):
            await pages.answer(tx, ticket.id, ticket.climb.generation, by, _ANSWERED[action], self.clock())
        waits_for_requester = ticket.hold is not None and ticket.hold.reason == "requester"
        if action in (Action.COMMENT, Action.ATTACH) and by == ticket.requester and waits_for_requester:
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
        return {"file": ", ".join(names)}

    def _checked(self, seen: Seen, action: Action, facts: Facts) -> Facts:
        """The facts completed and judged; raises the `Refusal` that says best what is wrong."""
        ticket, by = seen.ticket, seen.actor.person
        self._refuse_second(seen, action)
        if not access.may(seen.actor, action, ticket, seen.paged):
            raise Forbidden("refused.forbidden", ticket=ticket.name, action=action.value)
        after(ticket, action)  # raises `OutOfOrder`: better said than what is wrong with the facts
        group = self.organisation.groups[ticket.group]
        match action:
            case Action.ASSIGN:
                person = str(facts.get("person", ""))
                if person not in group.people:
                    raise Malformed("refused.not_in_group", person=person, group=ticket.group)
            case Action.TRANSFER:
                if facts.get("group") not in self.organisation.groups or facts.get("group") == ticket.group:
                    raise Malformed("refused.no_such_group", group=str(facts.get("group", "")))
            case Action.ESCALATE:
                tier = group.next_tier(ticket.tier)
                if tier is None:
                    raise Malformed("refused.top_tier", ticket=ticket.name)
                facts["tier"] = tier
            case Action.PRIORITY if facts.get("priority") == ticket.priority.value:
                raise TooLate("refused.same_priority", ticket=ticket.name, priority=ticket.priority.value)
            case Action.RATE:
                facts["low"] = int(int(facts["stars"]) <= seen.policy.low_rating)
            case Action.CHASE:
                self._not_too_often(seen)
            case Action.LINK if facts.get("other") == ticket.id:
                raise Malformed("refused.link_itself", ticket=ticket.name)
            case Action.ATTACH if not facts.get("files"):
                raise Malformed("refused.no_files")
            case Action.NOTE | Action.REPLY | Action.COMMENT if not str(facts.get("text", "")).strip():
                raise Malformed("refused.no_words", by=by)
        return facts

    def _refuse_second(self, seen: Seen, action: Action) -> None:
        """A second press tells who was first."""
        ticket, by = seen.ticket, seen.actor.person
        mine = "_by_you" if ticket.assignee == by else ""
        if action is Action.CLAIM and ticket.status in (Status.CLAIMED, Status.ON_HOLD):
            raise TooLate(f"refused.claimed{mine}", ticket=ticket.name, person=ticket.assignee)
        if action in (Action.ACK, Action.DECLINE) and ticket.status is not Status.NEW and ticket.assignee:
            raise TooLate(f"refused.claimed{mine}", ticket=ticket.name, person=ticket.assignee)
        holder = ticket.climb.acknowledged_by
        if action is Action.ACK and holder and ticket.status is Status.NEW:
            suffix = "_by_you" if holder == by else ""
            raise TooLate(f"refused.acknowledged{suffix}", ticket=ticket.name, person=holder)
        if action is Action.RESOLVE and ticket.status is Status.RESOLVED:
            raise TooLate("refused.resolved", ticket=ticket.name, person=ticket.resolved_by)
        if action is Action.RATE and ticket.rating:
            raise TooLate("refused.rated", ticket=ticket.name, stars=ticket.rating)

    def _not_too_often(self, seen: Seen) -> None:
        at, wait = seen.ticket.escalated_at, seen.policy.escalate_again_after
        if at is not None and (self.clock() - at).total_seconds() < wait:
            raise TooLate("refused.chased", ticket=seen.ticket.name, minutes=wait // 60)

    async def add_rating_comment(self, tx: Transaction, number: int, *, by: str, text: str) -> Ticket:
        """The words behind the stars, once: the stars stay as they are."""
        seen = await self.see(tx, number, by)
        if not access.may(seen.actor, Action.RATE, seen.ticket):
            raise Forbidden("refused.forbidden", ticket=seen.ticket.name, action=Action.RATE.value)
        if not seen.ticket.rating or seen.ticket.rating_comment:
            raise TooLate("refused.rated", ticket=seen.ticket.name, stars=seen.ticket.rating)
        ticket = await tickets.save(tx, replace(seen.ticket, rating_comment=text))
        low = int(ticket.rating <= seen.policy.low_rating)
        facts: Facts = {"stars": ticket.rating, "comment": text, "text": text, "low": low}
        await self._record(tx, seen.ticket, ticket, self._event(ticket, Action.RATE, by, "", facts))
        return ticket

    # -- the alarm ---------------------------------------------------------------------------------

    async def run_due(self, tx: Transaction, number: int) -> bool:
        """Do what the ticket's alarm means now; False when there was nothing to do any more."""
        ticket = await tickets.load(tx, number)
        if ticket is None or ticket.due_at is None or ticket.due_at > self.clock():
            return False
        await self._settle(tx, ticket, await self.policy(tx, ticket.policy))
        return True

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
        now = self.clock()
        for _ in range(5):
            if ticket.due_at is None or ticket.due_at > now:
                break
            before = ticket
            ticket, decisions = alarm.on_due(ticket, policy, now)
            ticket = await tickets.save(tx, ticket)
            for decision in decisions:
                ticket = await self._carry_out(tx, before, ticket, policy, decision)
        return ticket

    async def _carry_out(
        self, tx: Transaction, before: Ticket, ticket: Ticket, policy: Policy, decision: Decision
    ) -> Ticket:
        match decision:
            case Page():
                await self._page(tx, ticket, decision)
            case Alarm(count=count):
                await self._announce(tx, ticket, Action.ALARM, {"count": count}, ("admin",), "alarm")
            case Marked(clock=clock, percent=percent, who=who):
                await self._announce(tx, ticket, Action.MARK, {"clock": clock, "percent": percent}, who, "mark")
            case HoldOver():
                ticket = await self._apply(tx, ticket, policy, Action.RESUME, by="", via="", facts={})
                await self._announce(tx, ticket, Action.REMIND, {}, ("owner",), "hold_over")
            case Close():
                ticket = await self._apply(tx, ticket, policy, Action.CLOSE, by="", via="", facts={})
            case AskRating():
                await self._record(tx, before, ticket, self._event(ticket, Action.REMIND, "", "", {}))
        return ticket

    async def _page(self, tx: Transaction, ticket: Ticket, page: Page) -> None:
        now, people = self.clock(), self._behind(ticket, page.who)
        for person in people:
            await pages.add(tx, pages.Paged(ticket.id, page.generation, page.rung, page.round, person, now))
        facts: Facts = {"rung": page.rung, "people": ",".join(people)}
        event = await tickets.add_event(tx, self._event(ticket, Action.PAGE, "", "", facts))
        self._poke(tx)
        await self._put(tx, notify.page_posts(ticket, page, people), event.at)
        failpoint("desk.paged")

    async def _announce(
        self, tx: Transaction, ticket: Ticket, action: Action, facts: Facts, who: tuple[str, ...], about: str
    ) -> None:
        event = replace(self._event(ticket, action, "", "", facts), public=False)
        await tickets.add_event(tx, event)
        await self._put(tx, notify.told_posts(ticket, event, about, self._behind(ticket, who)), event.at)

    def _behind(self, ticket: Ticket, who: tuple[str, ...]) -> tuple[str, ...]:
        organisation = self.organisation
        group = organisation.groups.get(ticket.group) or organisation.groups[organisation.default_group]
        people = recipients(
            who,
            group=group,
            tier=ticket.tier,
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

    async def _put(self, tx: Transaction, posts: Iterable[Post], at: datetime) -> None:
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

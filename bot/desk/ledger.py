"""The ledger: every step of a ticket is saved, written down and told in the caller's transaction, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.desk import notify
from bot.desk.followers import tell_followers
from bot.desk.judging import Facts
from bot.desk.notify import Post
from bot.failpoints import failpoint
from bot.organisation import Organisation
from escalation import lifecycle
from escalation.policy import Policy
from escalation.ticket import Action, Ticket, TicketEvent
from storage import outbox, pages, policies, tickets
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


class Ledger:
    """What the desk and its alarms write in. `organisation` gives the one in use; `posted`: something is to be sent."""

    def __init__(
        self, organisation: Callable[[], Organisation], clock: Callable[[], datetime], posted: asyncio.Event
    ) -> None:
        self.organisation = organisation
        self.clock = clock
        self._posted = posted
        self._policies: dict[str, Policy] = {}

    async def take(
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
        """The ticket after this step, saved and recorded; raises `OutOfOrder` for one that cannot follow."""
        changed = lifecycle.change(ticket, action, by=by, at=self.clock(), policy=policy, facts=facts)
        changed = await tickets.save(tx, changed)
        failpoint("desk.saved")
        await self.record(tx, ticket, changed, self.event(changed, action, by, via, facts))
        return changed

    def event(self, ticket: Ticket, action: Action, by: str, via: str, facts: Facts) -> TicketEvent:
        """What happens to the ticket now."""
        return TicketEvent(ticket.id, self.clock(), by, action, via, facts, public=action not in INTERNAL)

    async def record(self, tx: Transaction, before: Ticket, after: Ticket, event: TicketEvent) -> None:
        """The event into the audit log, and its posts into the outbox."""
        await tickets.add_event(tx, event)
        paged = [page for page in await pages.of_ticket(tx, after.id) if page.generation == before.climb.generation]
        earlier = [(page.person, _page_facts(page)) for page in paged]
        await self.post(tx, notify.posts(before, after, event, self.organisation(), earlier), event.at)
        await tell_followers(tx, self.organisation(), after, event)

    async def post(
        self, tx: Transaction, posts: Iterable[Post], at: datetime, not_before: datetime | None = None
    ) -> None:
        """These into the outbox, which is drained once the transaction is kept."""
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
        tx.after_commit(self._posted.set)

    async def policy(self, tx: Transaction, digest: str) -> Policy:
        """The policy a ticket was opened under."""
        if digest not in self._policies:
            self._policies[digest] = Policy.from_json(await policies.load(tx, digest))
        return self._policies[digest]


def _page_facts(page: pages.Paged) -> Facts:
    return {"generation": page.generation, "rung": page.rung, "round": page.round}

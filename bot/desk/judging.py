"""May this person do this now, with these facts? Pure: the facts completed, or the `Refusal` that says it best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.organisation import Organisation
from bot.phrases import Fact
from escalation import access
from escalation.access import Actor, Look
from escalation.dispatch import Group
from escalation.errors import Forbidden, Malformed, TooLate
from escalation.policy import Policy
from escalation.ticket import Action, Status, Ticket, after

Facts = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket with what decides how one person may see and change it.

    `named` are those its ladder names in person: they see what it is and how it goes, as engineers of other groups do;
    internal notes, and what can be done, come with a page.
    """

    ticket: Ticket
    policy: Policy
    actor: Actor
    paged: frozenset[str]
    named: frozenset[str] = frozenset()

    @property
    def possible(self) -> frozenset[Action]:
        """The actions this person could take now."""
        return access.possible(self.actor, self.ticket, self.paged)

    def meant(self, action: Action) -> Action:
        """What the word means from this person: a requester who escalates asks for more speed."""
        asks = action is Action.ESCALATE and not access.may(self.actor, action, self.ticket, self.paged)
        return Action.CHASE if asks else action

    @property
    def own_work(self) -> bool:
        """Whether this person solved their own ticket, which is nothing to rate."""
        return self.ticket.resolved_by == self.actor.person

    @property
    def internal(self) -> bool:
        """Whether this person sees internal notes."""
        return access.may(self.actor, Look.INTERNAL, self.ticket, self.paged)


def judged(seen: Seen, action: Action, facts: Mapping[str, Fact], organisation: Organisation, now: datetime) -> Facts:
    """The action's facts, completed. Raises the `Refusal` that says best what is wrong."""
    ticket = seen.ticket
    _refuse_second(seen, action, facts)
    if not access.may(seen.actor, action, ticket, seen.paged):
        raise Forbidden("refused.forbidden", ticket=ticket.name, action=action.value)
    after(ticket, action)  # raises `OutOfOrder`: better said than what is wrong with the facts
    if action is Action.CHASE:
        _not_too_often(seen, now)
    return {**facts, **_worked_out(seen, action, facts, organisation)}


def _worked_out(seen: Seen, action: Action, facts: Mapping[str, Fact], organisation: Organisation) -> Facts:
    """What follows from the facts given; raises `Malformed` or `TooLate` for those that make no sense."""
    ticket, group = seen.ticket, organisation.group_of(seen.ticket.group)
    match action:
        case Action.ASSIGN if facts.get("person") not in group.people:
            raise Malformed("refused.not_in_group", person=str(facts.get("person", "")), group=group.key)
        case Action.TRANSFER if facts.get("group") not in organisation.groups or facts.get("group") == ticket.group:
            raise Malformed("refused.no_such_group", group=str(facts.get("group", "")))
        case Action.ESCALATE:
            return {"tier": _tier_above(ticket, group)}
        case Action.PRIORITY if facts.get("priority") == ticket.priority.value:
            raise TooLate("refused.same_priority", ticket=ticket.name, priority=ticket.priority.value)
        case Action.RATE:
            return {"low": int(int(facts["stars"]) <= seen.policy.low_rating)}
        case Action.LINK if facts.get("other") == ticket.id:
            raise Malformed("refused.link_itself", ticket=ticket.name)
        case Action.ATTACH if not facts.get("files"):
            raise Malformed("refused.no_files")
        case Action.NOTE | Action.REPLY | Action.COMMENT if not str(facts.get("text", "")).strip():
            raise Malformed("refused.no_words", by=seen.actor.person)
    return {}


def _tier_above(ticket: Ticket, group: Group) -> int:
    tier = group.next_tier(ticket.tier)
    if tier is None:
        raise Malformed("refused.top_tier", ticket=ticket.name)
    return tier


def _refuse_second(seen: Seen, action: Action, facts: Mapping[str, Fact]) -> None:
    """A second press tells who was first."""
    ticket, by = seen.ticket, seen.actor.person
    mine = "_by_you" if ticket.assignee == by else ""
    if action is Action.CLAIM and ticket.status in (Status.CLAIMED, Status.ON_HOLD):
        raise TooLate(f"refused.claimed{mine}", ticket=ticket.name, person=ticket.assignee)
    if action in (Action.ACK, Action.DECLINE) and ticket.status is not Status.NEW and ticket.assignee:
        raise TooLate(f"refused.claimed{mine}", ticket=ticket.name, person=ticket.assignee)
    holder = ticket.climb.acknowledged_by
    renews = holder == by and (ticket.climb.asked or bool(facts.get("until")))
    if action is Action.ACK and holder and ticket.status is Status.NEW and not renews:
        suffix = "_by_you" if holder == by else ""
        raise TooLate(f"refused.acknowledged{suffix}", ticket=ticket.name, person=holder)
    if action is Action.RESOLVE and ticket.status is Status.RESOLVED:
        raise TooLate("refused.resolved", ticket=ticket.name, person=ticket.resolved_by)
    if action is Action.RATE and seen.own_work:
        raise Forbidden("refused.rate_own", ticket=ticket.name)
    if action is Action.RATE and ticket.rating:
        raise TooLate("refused.rated", ticket=ticket.name, stars=ticket.rating)


def _not_too_often(seen: Seen, now: datetime) -> None:
    at, wait = seen.ticket.escalated_at, seen.policy.escalate_again_after
    if at is not None and (now - at).total_seconds() < wait:
        raise TooLate("refused.chased", ticket=seen.ticket.name, minutes=wait // 60)

"""Whom to tell about a step of a ticket, as outbox posts. Pure: what was, what is, what happened -> posts.

A post's key names it for ever, so the same step never tells anybody twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.messages import Lane, Place
from bot.organisation import Organisation
from bot.phrases import Fact
from escalation.dispatch import on_duty
from escalation.ladder import Page
from escalation.priority import Priority
from escalation.ticket import Action, Origin, Status, Ticket, TicketEvent

Given = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Post:
    """One outbox row to be: whom, which notice, with which facts, how urgent."""

    key: str
    target: str
    notice: str
    lane: Lane
    ticket: int | None = None
    facts: Given = field(default_factory=dict)


def to_person(person: str) -> str:
    """The outbox target for a person, wherever they are when it is sent."""
    return f"person:{person}"


def to_place(place: Place) -> str:
    """The outbox target for one room."""
    return "place:" + json.dumps(asdict(place), sort_keys=True, ensure_ascii=False)


# Steps the requester hears about in a sentence, unless they did it themselves; a file comes with its own.
TOLD_TO_REQUESTER = frozenset(
    {
        Action.CLAIM,
        Action.ASSIGN,
        Action.RELEASE,
        Action.TRANSFER,
        Action.ESCALATE,
        Action.PRIORITY,
        Action.HOLD,
        Action.RESUME,
        Action.VISIT,
        Action.ARRIVE,
        Action.PROMISE,
        Action.REPLY,
        Action.COMMENT,
        Action.CANCEL,
    }
)
# Steps of the requester that whoever works on the ticket hears about.
TOLD_TO_STAFF = frozenset(
    {Action.COMMENT, Action.ATTACH, Action.CONFIRM, Action.REOPEN, Action.CHASE, Action.CANCEL, Action.RATE}
)
# Steps that the live card itself says, that a file itself says, or that a clock takes by itself.
UNLOGGED = frozenset({Action.OPEN, Action.ATTACH, Action.MARK, Action.REMIND})
# Steps after which the pages people still have open say something else.
SETTLES_PAGES = frozenset({Action.CLAIM, Action.ASSIGN, Action.ACK, Action.DECLINE, Action.CANCEL, Action.RESOLVE})
STILL_ON_IT = "still_on_it"


def posts(
    before: Ticket,
    after: Ticket,
    event: TicketEvent,
    organisation: Organisation,
    paged: Iterable[tuple[str, Given]],
) -> tuple[Post, ...]:
    """Everything this step sends. `paged` are the pages of the ladder so far: person and the page's facts."""
    return (
        *_to_requester(after, event),
        *_to_staff(before, after, event, organisation),
        *_to_rooms(after, event, organisation),
        *_documents(before, after, event, organisation),
        *_settle_pages(after, event, paged),
        *question_over(before, after, event),
    )


def _key(ticket: Ticket, event: TicketEvent, what: str) -> str:
    return f"{what}:{ticket.id}:{ticket.version}:{event.action.value}"


def _facts(event: TicketEvent) -> Given:
    return {**event.facts, "action": event.action.value, "by": event.by}


def _to_requester(ticket: Ticket, event: TicketEvent) -> Iterator[Post]:
    if ticket.origin is Origin.MONITORING or not event.public:
        return
    target, by_themselves = to_person(ticket.requester), event.by == ticket.requester
    if event.action is Action.OPEN:
        if not by_themselves:
            yield Post(_key(ticket, event, "opened"), target, "step", Lane.ANSWER, ticket.id, _facts(event))
            yield Post(_key(ticket, event, "ticket"), target, "ticket", Lane.ANSWER, ticket.id)
        return
    if event.action in TOLD_TO_REQUESTER and not by_themselves:
        yield Post(_key(ticket, event, "step"), target, "step", Lane.ANSWER, ticket.id, _facts(event))
    if event.action is Action.RESOLVE:
        yield Post(_key(ticket, event, "resolved"), target, "resolved", Lane.ANSWER, ticket.id)
    if event.action in (Action.CONFIRM, Action.CLOSE, Action.REOPEN):
        facts: Given = {"action": event.action.value, "generation": _resolved_generation(ticket, event)}
        yield Post(_key(ticket, event, "outcome"), target, "outcome", Lane.NOTICE, ticket.id, facts)
    if event.action in (Action.CONFIRM, Action.CLOSE):
        yield Post(_key(ticket, event, "rate"), target, "rate", Lane.NOTICE, ticket.id)
    if event.action is Action.REMIND:
        yield Post(_key(ticket, event, "rate"), target, "rate", Lane.NOTICE, ticket.id, {"reminder": 1})
    yield Post(_key(ticket, event, "ticket"), target, "ticket", Lane.COSMETIC, ticket.id)


def _resolved_generation(ticket: Ticket, event: TicketEvent) -> int:
    # Reopening starts a new generation; the card that asked belongs to the one before.
    return ticket.climb.generation - (1 if event.action is Action.REOPEN else 0)


def _to_staff(before: Ticket, ticket: Ticket, event: TicketEvent, organisation: Organisation) -> Iterator[Post]:
    group = organisation.group_of(ticket.group)
    if event.action is Action.ASSIGN and ticket.assignee != event.by:
        yield _told(ticket, event, ticket.assignee, "assign")
    moved = event.action in (Action.TRANSFER, Action.ESCALATE, Action.RELEASE, Action.ASSIGN)
    if moved and before.assignee not in ("", event.by, ticket.assignee):
        over = event.by == ticket.assignee
        yield _told(ticket, event, before.assignee, "taken_over" if over else "taken_away")
    if event.action in TOLD_TO_STAFF:
        workers = _workers(before, ticket, event.at, organisation)
        for person in workers:
            if person != event.by:
                yield _told(ticket, event, person, event.action.value)
    if event.action is Action.RATE and event.facts.get("low"):
        yield _told(ticket, event, group.manager, "low_rating")
    if event.action is Action.CHASE and ticket.status is not Status.NEW:
        yield _told(ticket, event, group.lead, "chase")


def _workers(before: Ticket, ticket: Ticket, at: datetime, organisation: Organisation) -> tuple[str, ...]:
    """Who works on the ticket: its assignee, else who solved it, else whoever is on call for it."""
    for person in (ticket.assignee, before.assignee, before.resolved_by):
        if person:
            return (person,)
    return on_duty(organisation.group_of(ticket.group), ticket.tier, at)


def _told(ticket: Ticket, event: TicketEvent, person: str, about: str, more: Given | None = None) -> Post:
    facts: Given = {**_facts(event), "about": about, **(more or {})}
    what = f"{about}{event.facts.get('clock', '')}"
    return Post(
        f"{_key(ticket, event, 'told')}:{what}:{person}",
        to_person(person),
        "told",
        Lane.NOTICE,
        ticket.id,
        facts,
    )


def _to_rooms(ticket: Ticket, event: TicketEvent, organisation: Organisation) -> Iterator[Post]:
    """The live card of the ticket's group, and what happened into its thread."""
    for channel, place in rooms_of(ticket, organisation):
        lane = Lane.NOTICE if ticket.version == 1 else Lane.COSMETIC
        yield Post(f"room:{ticket.id}:{ticket.version}:{channel}", to_place(place), "room", lane, ticket.id)
        written_there = event.action in (Action.NOTE, Action.REPLY) and event.via == f"{channel}:thread"
        if event.action not in UNLOGGED and not written_there:
            facts = {**_facts(event), "thread_of": f"room:{ticket.id}"}
            yield Post(_key(ticket, event, f"log:{channel}"), to_place(place), "log", Lane.NOTICE, ticket.id, facts)


def rooms_of(ticket: Ticket, organisation: Organisation) -> Iterator[tuple[str, Place]]:
    """The channels on which the ticket's group has a room, and the room."""
    for channel, room in organisation.group_of(ticket.group).rooms.items():
        workspace, _, room_id = room.rpartition("/")
        yield channel, Place(channel, workspace, room_id, private=False)


def _documents(before: Ticket, ticket: Ticket, event: TicketEvent, organisation: Organisation) -> Iterator[Post]:
    """The files that came with this step, to everybody who hears of it, where they do not stand already."""
    told: set[str] = set()
    if event.action is Action.ATTACH:
        told = {ticket.requester, *_workers(before, ticket, event.at, organisation)} - {event.by}
    for number in filter(None, str(event.facts.get("files", "")).split(",")):
        facts: Given = {"file": int(number), "by": event.by}
        for person in sorted(told):
            key = f"file:{ticket.id}:{number}:{person}"
            yield Post(key, to_person(person), "document", Lane.NOTICE, ticket.id, facts)
        for channel, place in rooms_of(ticket, organisation):
            if event.via != f"{channel}:thread" or event.by == ticket.requester:
                key, more = f"file:{ticket.id}:{number}:{channel}", {"thread_of": f"room:{ticket.id}"}
                yield Post(key, to_place(place), "document", Lane.NOTICE, ticket.id, {**facts, **more})


def _settle_pages(ticket: Ticket, event: TicketEvent, paged: Iterable[tuple[str, Given]]) -> Iterator[Post]:
    if event.action not in SETTLES_PAGES:
        return
    for person, facts in paged:
        key = f"{_key(ticket, event, 'paged')}:{person}:{facts['rung']}:{facts['round']}"
        yield Post(key, to_person(person), "page", Lane.COSMETIC, ticket.id, {**facts, "edit": 1})


def question_over(before: Ticket, ticket: Ticket, event: TicketEvent) -> Iterator[Post]:
    """Whoever was asked whether they are still on it is not asked any more: answered, settled, or paged again."""
    if before.climb.asked and event.action in SETTLES_PAGES | {Action.PAGE}:
        target, facts = to_person(before.climb.acknowledged_by), {**_facts(event), **_since(before), "only_edits": 1}
        yield Post(_key(ticket, event, "answered"), target, "answered", Lane.COSMETIC, ticket.id, facts)


def _since(ticket: Ticket) -> Given:
    """Names the acknowledgement that a question is about."""
    at = ticket.climb.acknowledged_at
    return {"since": int(at.timestamp()) if at else 0}


def page_posts(ticket: Ticket, page: Page, people: Iterable[str]) -> tuple[Post, ...]:
    """One page per person of a rung, keyed by generation, rung and round: a second ticker cannot page twice."""
    facts: Given = {"generation": page.generation, "rung": page.rung, "round": page.round}
    if page.skipped:
        facts["skipped"] = ", ".join(str(rung) for rung in page.skipped)
    if page.lapsed:
        facts["lapsed"] = page.lapsed
    if page.channels:
        facts["channels"] = ",".join(page.channels)
    stem = f"escalate:{ticket.id}:{page.generation}:{page.rung}:{page.round}"
    lane = Lane.URGENT if ticket.priority in (Priority.P1, Priority.P2) else Lane.PAGE
    return tuple(Post(f"{stem}:{person}", to_person(person), "page", lane, ticket.id, facts) for person in people)


def told_posts(ticket: Ticket, event: TicketEvent, about: str, people: Iterable[str]) -> tuple[Post, ...]:
    """A clock's mark, the alarm at a ladder's end, or whether one is still on it, to each of these people."""
    more = _since(ticket) if about == STILL_ON_IT else None
    return tuple(_told(ticket, event, person, about, more) for person in people)

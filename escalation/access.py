"""Who may do what. One table, default deny; nothing else in the house decides this.

The relations of a person to a ticket are worked out first; an action is allowed when one of them is in its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from escalation.ticket import TRANSITIONS, Action, Ticket


class Role(StrEnum):
    """What `desk.yaml` may say a person is. Everyone is a requester."""

    REQUESTER = "requester"
    OPERATOR = "operator"  # files for others by telephone
    ENGINEER = "engineer"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Relation(StrEnum):
    """What a person is to one ticket."""

    OWN = "requester"
    OPENER = "opened it for somebody"
    GROUP = "engineer of its group"
    OWNER = "engineer of its group who has it, or nobody has"
    OTHER_GROUP = "engineer of another group"
    MANAGER = "manager of its group"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PAGED = "paged for it"


@dataclass(frozen=True, slots=True)
class Actor:
    """A linked person with what decides their rights: roles, groups worked in, groups managed or led."""

    person: str
    roles: frozenset[Role]
    groups: frozenset[str] = frozenset()
    manages: frozenset[str] = frozenset()


class Look(StrEnum):
    """Ways of seeing that are not actions on a ticket."""

    TIMELINE = "see timeline"
    INTERNAL = "see internal notes"


_STAFF = frozenset({Relation.GROUP, Relation.MANAGER, Relation.ADMIN})
_DISPATCHERS = frozenset({Relation.OWNER, Relation.MANAGER, Relation.ADMIN})
_WORKERS = _STAFF | {Relation.OTHER_GROUP}

MATRIX: Mapping[Action | Look, frozenset[Relation]] = {
    Look.TIMELINE: _WORKERS | {Relation.OWN, Relation.OPENER, Relation.AUDITOR, Relation.PAGED},
    Look.INTERNAL: _STAFF | {Relation.AUDITOR, Relation.PAGED},
    Action.COMMENT: _WORKERS | {Relation.OWN, Relation.OPENER},
    Action.ATTACH: _WORKERS | {Relation.OWN, Relation.OPENER},
    Action.NOTE: _STAFF,
    Action.REPLY: _STAFF,
    Action.CLAIM: _STAFF,
    Action.RELEASE: _STAFF,
    Action.HOLD: _STAFF,
    Action.RESUME: _STAFF,
    Action.RESOLVE: _STAFF,
    Action.PRIORITY: _STAFF,
    Action.VISIT: _STAFF,
    Action.ARRIVE: _STAFF,
    Action.PROMISE: _STAFF | {Relation.OPENER},  # who filed it has the requester on the telephone
    Action.LINK: _STAFF,
    Action.MAJOR: _STAFF,
    Action.ASSIGN: _DISPATCHERS,  # nobody gives away what a colleague is working on
    Action.TRANSFER: _DISPATCHERS,
    Action.ESCALATE: _STAFF,
    Action.CHASE: frozenset({Relation.OWN}),
    Action.ACK: frozenset({Relation.PAGED}),
    Action.DECLINE: frozenset({Relation.PAGED}),
    Action.CONFIRM: frozenset({Relation.OWN}),
    Action.REOPEN: frozenset({Relation.OWN}),
    Action.RATE: frozenset({Relation.OWN}),
    Action.CANCEL: _STAFF | {Relation.OWN},
    # The ticket's own alarm does these; no person may.
    Action.OPEN: frozenset(),
    Action.PAGE: frozenset(),
    Action.ASK: frozenset(),
    Action.MARK: frozenset(),
    Action.ALARM: frozenset(),
    Action.CLOSE: frozenset(),
    Action.REMIND: frozenset(),
}


def relations(actor: Actor, ticket: Ticket, paged: frozenset[str]) -> frozenset[Relation]:
    """Everything the actor is to this ticket; `paged` are the people its current ladder has paged.

    A confidential ticket is nobody's business outside its group. Somebody without a role has left: they are
    nothing to any ticket, their own and those they are paged for included.
    """
    found: set[Relation] = set()
    if not actor.roles:
        return frozenset()
    if actor.person == ticket.requester:
        found.add(Relation.OWN)
    elif actor.person == ticket.opened_by and not ticket.confidential:
        found.add(Relation.OPENER)
    if Role.ENGINEER in actor.roles or ticket.group in actor.groups:
        if ticket.group in actor.groups:
            found.add(Relation.GROUP)
            if ticket.assignee in ("", actor.person):
                found.add(Relation.OWNER)
        elif not ticket.confidential:
            found.add(Relation.OTHER_GROUP)
    if ticket.group in actor.manages:
        found.add(Relation.MANAGER)
    if Role.AUDITOR in actor.roles:
        found.add(Relation.AUDITOR)
    if Role.ADMIN in actor.roles:
        found.add(Relation.ADMIN)
    if actor.person in paged:
        found.add(Relation.PAGED)
    return frozenset(found)


def may(actor: Actor, action: Action | Look, ticket: Ticket, paged: frozenset[str] = frozenset()) -> bool:
    """Whether the actor may do this to this ticket."""
    return bool(relations(actor, ticket, paged) & MATRIX.get(action, frozenset()))


def may_file_for_others(actor: Actor) -> bool:
    """Whether the actor may open a ticket in somebody else's name."""
    return bool(actor.roles & {Role.OPERATOR, Role.ENGINEER, Role.MANAGER, Role.ADMIN})


def may_draft(actor: Actor) -> bool:
    """Whether the actor may write an article for somebody else to publish."""
    return bool(actor.roles & {Role.ENGINEER, Role.MANAGER, Role.ADMIN})


def may_publish(actor: Actor) -> bool:
    """Whether the actor may publish articles."""
    return bool(actor.roles & {Role.MANAGER, Role.ADMIN})


def sees_queue(actor: Actor) -> bool:
    """Whether the actor works on, manages or audits tickets at all."""
    return bool(actor.roles & {Role.ENGINEER, Role.MANAGER, Role.ADMIN, Role.AUDITOR})


def possible(actor: Actor, ticket: Ticket, paged: frozenset[str] = frozenset()) -> frozenset[Action]:
    """The actions this actor may do and the ticket's state allows now: what buttons are drawn from."""
    return frozenset(
        action
        for action, (allowed, _) in TRANSITIONS.items()
        if ticket.status in allowed and may(actor, action, ticket, paged)
    )

"""Who may do what: the matrix of `docs/escalation.md`, every relation times every action."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from escalation import access
from escalation.access import MATRIX, Actor, Look, Relation, Role, may, possible, relations
from escalation.ticket import TRANSITIONS, Action, Status, Ticket
from tests.rules.escalating import Story, a_ticket

ENGINEER, MANAGER = frozenset({Role.REQUESTER, Role.ENGINEER}), frozenset({Role.REQUESTER, Role.MANAGER})
NETWORK = frozenset({"network"})

# Anna's ticket is the network group's, and wang has it. In the order of the columns below:
PEOPLE = {
    "leaver": Actor("anna", frozenset()),
    "own": Actor("anna", frozenset({Role.REQUESTER})),
    "others": Actor("ben", frozenset({Role.REQUESTER})),
    "opener": Actor("olga", frozenset({Role.REQUESTER, Role.OPERATOR})),
    "owner": Actor("wang", ENGINEER, NETWORK),
    "group": Actor("liu", ENGINEER, NETWORK),
    "other": Actor("sun", ENGINEER, frozenset({"servers"})),
    "manager": Actor("boss", MANAGER, frozenset(), NETWORK),
    "foreign": Actor("chief", MANAGER, frozenset(), frozenset({"servers"})),
    "auditor": Actor("aude", frozenset({Role.REQUESTER, Role.AUDITOR})),
    "admin": Actor("root", frozenset({Role.REQUESTER, Role.ADMIN})),
    "paged": Actor("helen", frozenset({Role.REQUESTER})),
}
# y: yes; c: yes, unless the ticket is confidential; .: no.
ALLOWED = """
                         leaver own others opener owner group other manager foreign auditor admin paged
    see timeline         .      y   .      c      y     y     c     y       .       y       y     y
    see internal notes   .      .   .      .      y     y     .     y       .       y       y     y
    comment              .      y   .      c      y     y     c     y       .       .       y     .
    attach               .      y   .      c      y     y     c     y       .       .       y     .
    note                 .      .   .      .      y     y     .     y       .       .       y     .
    reply                .      .   .      .      y     y     .     y       .       .       y     .
    claim                .      .   .      .      y     y     .     y       .       .       y     .
    release              .      .   .      .      y     y     .     y       .       .       y     .
    hold                 .      .   .      .      y     y     .     y       .       .       y     .
    resume               .      .   .      .      y     y     .     y       .       .       y     .
    resolve              .      .   .      .      y     y     .     y       .       .       y     .
    priority             .      .   .      .      y     y     .     y       .       .       y     .
    visit                .      .   .      .      y     y     .     y       .       .       y     .
    arrive               .      .   .      .      y     y     .     y       .       .       y     .
    promise              .      .   .      c      y     y     .     y       .       .       y     .
    link                 .      .   .      .      y     y     .     y       .       .       y     .
    major                .      .   .      .      y     y     .     y       .       .       y     .
    escalate             .      .   .      .      y     y     .     y       .       .       y     .
    assign               .      .   .      .      y     .     .     y       .       .       y     .
    transfer             .      .   .      .      y     .     .     y       .       .       y     .
    cancel               .      y   .      .      y     y     .     y       .       .       y     .
    chase                .      y   .      .      .     .     .     .       .       .       .     .
    confirm              .      y   .      .      .     .     .     .       .       .       .     .
    reopen               .      y   .      .      .     .     .     .       .       .       .     .
    rate                 .      y   .      .      .     .     .     .       .       .       .     .
    ack                  .      .   .      .      .     .     .     .       .       .       .     y
    decline              .      .   .      .      .     .     .     .       .       .       .     y
    open                 .      .   .      .      .     .     .     .       .       .       .     .
    ask                  .      .   .      .      .     .     .     .       .       .       .     .
    page                 .      .   .      .      .     .     .     .       .       .       .     .
    mark                 .      .   .      .      .     .     .     .       .       .       .     .
    alarm                .      .   .      .      .     .     .     .       .       .       .     .
    close                .      .   .      .      .     .     .     .       .       .       .     .
    remind               .      .   .      .      .     .     .     .       .       .       .     .
"""


def table() -> dict[tuple[str, str], str]:
    """The matrix above: for each (action, person) the letter written there."""
    header, *rows = ALLOWED.strip().splitlines()
    people = header.split()
    cells: dict[tuple[str, str], str] = {}
    for row in rows:
        words = row.split()
        action, letters = " ".join(words[: -len(people)]), words[-len(people) :]
        cells |= {(action, person): letter for person, letter in zip(people, letters, strict=True)}
    return cells


TABLE = table()
EVERYTHING: tuple[Action | Look, ...] = (*Look, *Action)


def the_ticket(*, confidential: bool = False) -> Ticket:
    """Anna's ticket, filed for her by olga, and wang's since he claimed it."""
    ticket = Story.opens().does(Action.CLAIM, by="wang").ticket
    return replace(ticket, opened_by="olga", confidential=confidential)


def test_every_action_and_every_way_of_seeing_has_its_row() -> None:
    """A new action is not done until the matrix says whose it is."""
    assert set(TABLE) == set(product((each.value for each in EVERYTHING), PEOPLE))
    assert set(MATRIX) == set(EVERYTHING)


@pytest.mark.parametrize("confidential", [False, True])
@pytest.mark.parametrize(("action", "who"), list(product(EVERYTHING, PEOPLE)), ids=lambda each: str(each))
def test_the_matrix(action: Action | Look, who: str, confidential: bool) -> None:
    letter = TABLE[action.value, who]
    allowed = letter == "y" or (letter == "c" and not confidential)
    assert may(PEOPLE[who], action, the_ticket(confidential=confidential), frozenset({"helen"})) is allowed


def test_every_relation_is_somebodys_in_the_matrix() -> None:
    """A new relation needs a person above who is just that."""
    held = set[Relation]().union(*(relations(p, the_ticket(), frozenset({"helen"})) for p in PEOPLE.values()))
    assert held == set(Relation)


def test_what_nobody_has_yet_is_anybodys_of_the_group_to_hand_on() -> None:
    assert may(PEOPLE["group"], Action.TRANSFER, a_ticket())
    assert not may(PEOPLE["group"], Action.TRANSFER, the_ticket())


@pytest.mark.parametrize("who", list(PEOPLE))
def test_being_paged_adds_to_what_one_may_and_takes_nothing(who: str) -> None:
    ticket, paged = a_ticket(), frozenset({PEOPLE[who].person})
    if not PEOPLE[who].roles:
        assert relations(PEOPLE[who], ticket, paged) == frozenset()
        return
    without = {action for action in EVERYTHING if may(PEOPLE[who], action, ticket)}
    with_page = {action for action in EVERYTHING if may(PEOPLE[who], action, ticket, paged)}
    assert with_page == without | {Action.ACK, Action.DECLINE, Look.TIMELINE, Look.INTERNAL}


@pytest.mark.parametrize("confidential", [False, True])
def test_a_leaver_is_nothing_to_any_ticket_whatever_still_names_them(confidential: bool) -> None:
    """Without a role, neither a group, nor a page, nor the ticket itself lets anybody in."""
    ticket = the_ticket(confidential=confidential)
    for name in ("anna", "olga", "wang", "helen", ""):
        gone = Actor(name, frozenset(), NETWORK, NETWORK)
        assert relations(gone, ticket, frozenset({"helen"})) == frozenset()


def test_the_requester_of_a_confidential_ticket_sees_it_and_whoever_filed_it_does_not() -> None:
    ticket = the_ticket(confidential=True)
    assert may(PEOPLE["own"], Look.TIMELINE, ticket)
    assert not may(PEOPLE["opener"], Look.TIMELINE, ticket)
    assert may(PEOPLE["opener"], Look.TIMELINE, the_ticket())


def test_an_engineer_with_a_fault_of_their_own_is_its_requester_and_no_more() -> None:
    """Sun works for the servers; their broken VPN is the network's."""
    own = replace(the_ticket(), requester="sun")
    assert relations(PEOPLE["other"], own, frozenset()) == {Relation.OWN, Relation.OTHER_GROUP}
    assert not may(PEOPLE["other"], Look.INTERNAL, own)
    assert not may(PEOPLE["other"], Action.RESOLVE, own)
    assert may(PEOPLE["other"], Action.CONFIRM, own)


@pytest.mark.parametrize(("who", "status"), list(product(PEOPLE, Status)))
def test_the_buttons_are_what_one_may_and_the_state_allows(who: str, status: Status) -> None:
    ticket = replace(the_ticket(), status=status)
    drawn = possible(PEOPLE[who], ticket, frozenset({"helen"}))
    for action in Action:
        allowed = TABLE[action.value, who] in ("y", "c") and status in TRANSITIONS[action][0]
        assert (action in drawn) is allowed, action


@pytest.mark.parametrize(
    ("role", "files", "publishes", "works"),
    [
        (Role.REQUESTER, False, False, False),
        (Role.OPERATOR, True, False, False),
        (Role.ENGINEER, True, False, True),
        (Role.MANAGER, True, True, True),
        (Role.AUDITOR, False, False, True),
        (Role.ADMIN, True, True, True),
    ],
)
def test_what_a_role_may_do_apart_from_any_ticket(role: Role, files: bool, publishes: bool, works: bool) -> None:
    actor = Actor("somebody", frozenset({role}))
    assert access.may_file_for_others(actor) is files
    assert access.may_publish(actor) is publishes
    assert access.sees_queue(actor) is works

"""Tickets come back as they went in, one change wins, and the tick's question is cheap."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from escalation.alarm import CHANGES
from escalation.clocks import Clock
from escalation.errors import Stale
from escalation.priority import Priority
from escalation.ticket import Action, Climb, Evidence, Hold, Kind, Origin, Status, Ticket, TicketEvent
from storage import tickets
from storage.database import Database
from storage.ticket_rows import alarm_values
from storage.tickets import Filter
from tests.storage.conftest import NOON, POLICY, a_ticket, plans

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))])
moments = st.builds(
    lambda micros, zone: (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).astimezone(zone),
    st.integers(0, 7 * 10**15),
    zones,
)
maybe = st.none() | moments
counts = st.integers(0, 2**31 - 1)
named = st.dictionaries(words, words, max_size=3)
clocks = st.builds(Clock, words, counts, st.floats(0, 1e9), running_since=maybe, stopped_at=maybe, marked=counts)
climbs = st.builds(Climb, counts, counts, counts, maybe, words, maybe, maybe, counts)
any_ticket = st.builds(
    Ticket,
    id=st.just(0),
    kind=st.sampled_from(Kind),
    origin=st.sampled_from(Origin),
    status=st.sampled_from(Status),
    priority=st.sampled_from(Priority),
    service=words,
    category=words,
    group=words,
    tier=counts,
    summary=words,
    description=words,
    requester=words,
    opened_by=words,
    opened_at=moments,
    policy=st.just(POLICY),
    details=named,
    evidence=st.lists(st.builds(Evidence, words, named, named, st.booleans()), max_size=3).map(tuple),
    confidential=st.booleans(),
    major=st.booleans(),
    assignee=words,
    clocks=st.lists(clocks, max_size=3).map(tuple),
    climb=climbs,
    hold=st.none() | st.builds(Hold, words, moments, maybe),
    cause=words,
    solution=words,
    resolved_by=words,
    resolved_at=maybe,
    closed_at=maybe,
    rating=counts,
    rating_comment=words,
    rating_reminded=st.booleans(),
    escalated_at=maybe,
    duplicate_of=st.none(),
    parent=st.none(),
    version=st.just(1),
    due_at=maybe,
)


@settings(
    phases=[Phase.generate],  # to shrink a counter-example through a database takes minutes
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(opened=any_ticket, changed=any_ticket)
async def test_a_ticket_comes_back_as_it_went_in(database: Database, opened: Ticket, changed: Ticket) -> None:
    async with database.transaction() as tx:
        stored = await tickets.insert(tx, opened)
        assert stored == replace(opened, id=stored.id)
        assert await tickets.load(tx, stored.id) == stored
        saved = await tickets.save(tx, replace(changed, id=stored.id))
        assert saved == replace(changed, id=stored.id, version=2)
        assert await tickets.load(tx, stored.id) == saved


async def test_numbers_start_at_one_and_are_never_given_twice(database: Database) -> None:
    async with database.transaction() as tx:
        assert [(await tickets.insert(tx, a_ticket())).id for _ in range(3)] == [1, 2, 3]
    with suppress(ZeroDivisionError):
        async with database.transaction() as tx:
            await tickets.insert(tx, a_ticket())
            raise ZeroDivisionError
    async with database.transaction() as tx:
        assert (await tickets.insert(tx, a_ticket())).id >= 4
        assert await tickets.load(tx, 99) is None
        assert await tickets.load(tx, 10**30) is None


async def test_of_fifty_engineers_who_claim_at_once_one_wins(database: Database) -> None:
    async with database.transaction() as tx:
        number = (await tickets.insert(tx, a_ticket())).id
    ready = asyncio.Barrier(50)

    async def claim(engineer: str) -> bool:
        async with database.reading() as tx:
            seen = await tickets.load(tx, number)
        assert seen is not None
        await ready.wait()
        try:
            async with database.transaction() as tx:
                await tickets.save(tx, replace(seen, status=Status.CLAIMED, assignee=engineer))
        except Stale:
            return False
        return True

    engineers = [f"engineer.{n}" for n in range(50)]
    won = await asyncio.gather(*map(claim, engineers))
    assert won.count(True) == 1
    async with database.reading() as tx:
        ticket = await tickets.load(tx, number)
    assert ticket is not None
    assert (ticket.assignee, ticket.version) == (engineers[won.index(True)], 2)


async def test_what_an_alarm_changes_is_stored_and_nothing_else(database: Database) -> None:
    """Gathered with a change of the whole ticket it goes first, whoever's came before."""
    async with database.transaction() as tx:
        one, two = [await tickets.insert(tx, a_ticket(due_at=NOON)) for _ in range(2)]
        assert alarm_values(one).keys() == CHANGES | {"version"}
        later = replace(one, due_at=NOON + timedelta(hours=1), summary="something else")
        assert (await tickets.save_alarm(tx, later)).version == 2
        with pytest.raises(Stale):
            await tickets.save_alarm(tx, later)
        stored = await tickets.load(tx, one.id)
        assert stored == replace(one, due_at=later.due_at, version=2)
        tx.gather()
        await tickets.save(tx, replace(stored, assignee="wang.fang"))
        rung = await tickets.save_alarm(tx, replace(two, due_at=None))
        await tickets.save(tx, replace(rung, assignee="chen.jie"))
    async with database.reading() as tx:
        found = [await tickets.load(tx, number) for number in (one.id, two.id)]
    assert [(each.assignee, each.version, each.due_at) for each in found if each] == [
        ("wang.fang", 3, later.due_at),
        ("chen.jie", 3, None),
    ]


async def test_fifty_tickets_opened_at_once_get_fifty_numbers(database: Database) -> None:
    async def open_one(person: str) -> int:
        async with database.transaction() as tx:
            return (await tickets.insert(tx, a_ticket(requester=person))).id

    numbers = await asyncio.gather(*(open_one(f"person.{n}") for n in range(50)))
    assert sorted(numbers) == list(range(1, 51))


async def test_what_is_due_comes_most_urgent_first(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tickets.next_due(tx) is None
        for minutes, priority in ((5, "P3"), (3, "P1"), (1, "P1"), (0, "P2"), (30, "P1"), (None, "P1")):
            due_at = None if minutes is None else NOON + timedelta(minutes=minutes)
            await tickets.insert(tx, a_ticket(priority=Priority(priority), due_at=due_at))
        assert await tickets.due(tx, NOON + timedelta(minutes=5), 10) == (3, 2, 4, 1)
        assert await tickets.due(tx, NOON + timedelta(minutes=5), 2) == (3, 2)
        assert await tickets.due(tx, NOON - timedelta(seconds=1), 2) == ()
        assert await tickets.next_due(tx) == NOON
        assert await tickets.without_alarm(tx) == (6,)


async def test_a_tick_costs_what_is_due_not_what_is_open(database: Database) -> None:
    async with database.transaction() as tx, plans(database, tx) as found:
        await tickets.due(tx, NOON, 10)
        await tickets.next_due(tx)
    assert all("ix_tickets_due_at" in plan for plan in found)


async def test_filters_find_what_they_say(database: Database) -> None:
    async with database.transaction() as tx:
        await tickets.insert(tx, a_ticket(requester="chen.jie", summary="Printer JAMS at 100%"))
        await tickets.insert(tx, a_ticket(opened_by="zhao.min", group="desktop", priority=Priority.P1))
        await tickets.insert(tx, a_ticket(assignee="wang.fang", status=Status.CLAIMED, service="mail"))
        await tickets.insert(tx, a_ticket(status=Status.CLOSED, parent=1))

        async def found(**wanted: object) -> list[int]:
            wants = Filter(**wanted)  # type: ignore[arg-type]
            rows = await tickets.find(tx, wants)
            assert wants.limit < 50 or await tickets.count(tx, wants) == len(rows)
            return [ticket.id for ticket in rows]

        assert await found() == [4, 3, 2, 1]
        assert await found(limit=2) == [4, 3]
        assert await found(before_id=3) == [2, 1]
        assert await found(requester="chen.jie") == [1]
        assert await found(opened_by="zhao.min") == [2]
        assert await found(involved="lin.wei") == [4, 3, 2, 1]
        assert await found(involved="zhao.min") == [2]
        assert await found(groups=frozenset({"desktop", "apps"})) == [2]
        assert await found(assignee="wang.fang") == [3]
        assert await found(statuses=frozenset({Status.NEW, Status.CLOSED})) == [4, 2, 1]
        assert await found(priorities=frozenset({Priority.P1})) == [2]
        assert await found(service="mail") == [3]
        assert await found(unclaimed=True) == [2, 1]
        assert await found(parent=1) == [4]
        assert await found(text="printer jams") == [1]
        assert await found(text="断线") == [4, 3, 2]
        assert await found(text="100%") == [4, 3, 2, 1]
        assert await found(text="1__%") == []
        assert await found(urgent_first=True) == [2, 1, 3, 4]
        assert await tickets.count_open(tx) == {
            ("network", Priority.P3, Status.NEW): 1,
            ("desktop", Priority.P1, Status.NEW): 1,
            ("network", Priority.P3, Status.CLAIMED): 1,
        }


async def test_the_requester_sees_the_public_part_of_the_log(database: Database) -> None:
    async with database.transaction() as tx:
        number = (await tickets.insert(tx, a_ticket())).id
        public = await tickets.add_event(
            tx, TicketEvent(number, NOON, "lin.wei", Action.OPEN, "web", {"priority": "P3", "n": 1})
        )
        note = await tickets.add_event(
            tx,
            TicketEvent(number, NOON, "wang.fang", Action.NOTE, "slack", {"text": "老"}, public=False),
        )
        assert await tickets.events(tx, number, public_only=True) == (public,)
        assert await tickets.events(tx, number, public_only=False) == (public, note)
        assert public == TicketEvent(
            number, NOON, "lin.wei", Action.OPEN, "web", {"priority": "P3", "n": 1}, id=public.id
        )


async def test_a_time_without_a_zone_is_refused_wherever_it_hides(database: Database) -> None:
    naive = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001
    clock = Clock("response", 60, running_since=naive)
    for wrong in (a_ticket(due_at=naive), a_ticket(clocks=(clock,)), a_ticket(climb=Climb(next_at=naive))):
        with pytest.raises(Exception, match="has no time zone"):
            async with database.transaction() as tx:
                await tickets.insert(tx, wrong)


async def test_characters_no_database_can_hold_do_not_break_a_ticket(database: Database) -> None:
    async with database.transaction() as tx:
        stored = await tickets.insert(
            tx, a_ticket(summary="a\x00b\ud800c", details={"phone": "1\x002\udfff"}, description="𠮷😀")
        )
        assert (stored.summary, stored.details["phone"][0], stored.description) == ("a�b?c", "1", "𠮷😀")
        assert [ticket.id for ticket in await tickets.find(tx, Filter(text="b\x00"))] == []


async def test_a_ticket_without_its_policy_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        async with database.transaction() as tx:
            await tickets.insert(tx, a_ticket(policy="b" * 64))

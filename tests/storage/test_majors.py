"""Major incidents are kept beside their tickets, and whoever asked to be told is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation import major
from escalation.errors import Stale
from escalation.major import Plan, Stage
from escalation.ticket import Status
from storage import majors, tickets
from storage.database import Database
from storage.majors import Outage, Stored
from tests.storage.conftest import NOON, a_ticket, plans

PLAN = Plan()


async def test_a_major_incident_is_saved_over_what_was_read_and_nothing_else(database: Database) -> None:
    async with database.transaction() as tx:
        number = (await tickets.insert(tx, a_ticket())).id
        first = await majors.save(tx, Stored(major.proposed(number, "", NOON)), major.proposed(number, "", NOON))
        assert await majors.load(tx, number) == first
        active = major.approved(first.major, "zhang.wei", "wang.fang", NOON)
        await majors.save(tx, first, active)
        with pytest.raises(Stale):
            await majors.save(tx, first, major.rejected(first.major, "zhang.wei"))
        assert await majors.due(tx, NOON) == (number,)
        assert await majors.due(tx, NOON - timedelta(seconds=1)) == ()
        assert await majors.load(tx, 99) is None


async def test_only_what_is_active_is_known_to_be_down(database: Database) -> None:
    async with database.transaction() as tx:
        ticket = await tickets.insert(tx, a_ticket())
        stored = await majors.save(
            tx, Stored(major.proposed(ticket.id, "", NOON)), major.proposed(ticket.id, "wang.fang", NOON)
        )
        assert await majors.outages(tx) == ()
        assert await majors.services_in_trouble(tx) == {ticket.service}
        active = major.approved(stored.major, "zhang.wei", "wang.fang", NOON)
        stored = await majors.save(tx, stored, active)
        assert await majors.outages(tx) == (Outage(ticket.id, ticket.service, ""),)
        stored = await majors.save(tx, stored, major.told(active, "wang.fang", "交换机坏了", NOON, PLAN))
        assert await majors.outages(tx) == (Outage(ticket.id, ticket.service, "交换机坏了"),)
        over = await majors.save(tx, stored, major.over(stored.major))
        assert over.major.stage is Stage.OVER
        assert await majors.outages(tx) == ()
        assert await majors.services_in_trouble(tx) == frozenset()
        assert await majors.due(tx, NOON) == (ticket.id,)  # its ticket is open: it goes on
        await tickets.save(tx, replace(ticket, status=Status.RESOLVED))
        assert await majors.due(tx, NOON + timedelta(days=9)) == ()


async def test_people_follow_once_and_reports_are_counted_by_who_made_them(database: Database) -> None:
    async with database.transaction() as tx:
        ticket = await tickets.insert(tx, a_ticket())
        assert await majors.follow(tx, ticket.id, "lin.wei", NOON)
        assert not await majors.follow(tx, ticket.id, "lin.wei", NOON)
        assert await majors.follow(tx, ticket.id, "chen.jie", NOON + timedelta(minutes=1))
        assert await majors.followers_of(tx, ticket.id) == ("lin.wei", "chen.jie")
        assert await majors.reports_since(tx, ticket.opened_at) == ((ticket.id, ticket.service, ticket.requester),)
        assert await majors.reports_since(tx, ticket.opened_at + timedelta(seconds=1)) == ()


async def test_looking_for_spikes_reads_the_last_minutes_and_not_all_that_is_open(database: Database) -> None:
    async with database.transaction() as tx, plans(database, tx) as found:
        await majors.reports_since(tx, NOON)
    assert ["ix_tickets_opened_at" in plan for plan in found] == [True]

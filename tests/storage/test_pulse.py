"""What a tick asks: one question tells of everything that is due, and indexes answer it."""

from dataclasses import replace
from datetime import timedelta

from escalation import major
from escalation.swaps import Hours, Swap
from escalation.ticket import Status
from storage import articles, dialogues, inbox, majors, quiet, swaps, tickets
from storage.database import Database
from storage.majors import Stored
from storage.pulse import Pulse, pulse
from tests.storage.conftest import NOON, a_ticket, plans

AT_REST = Pulse(quiet=False, alarms=False, conversations=False, again=False, majors=False, articles=0, swaps=0)
HOUR = timedelta(hours=1)


async def test_each_thing_there_is_to_do_is_told_apart(database: Database) -> None:
    async with database.transaction() as tx:
        assert await pulse(tx, NOON) == AT_REST
        ticket = await tickets.insert(tx, a_ticket(due_at=NOON + HOUR))
        assert await pulse(tx, NOON) == AT_REST
        assert await pulse(tx, NOON + HOUR) == replace(AT_REST, alarms=True)
        ticket = await tickets.save(tx, replace(ticket, due_at=None))
        await dialogues.save(tx, dialogues.Stored("a", "lin.wei", due_at=NOON))
        assert await pulse(tx, NOON) == replace(AT_REST, conversations=True)
        await dialogues.save(tx, dialogues.Stored("a", "lin.wei", version=1))
        await inbox.park(tx, "one", {}, "broken", NOON)
        assert await pulse(tx, NOON) == AT_REST
        await inbox.try_again(tx, "one")
        assert await pulse(tx, NOON) == replace(AT_REST, again=True)
        await inbox.unpark(tx, "one")
        await quiet.begin(tx, NOON)
        assert await pulse(tx, NOON) == replace(AT_REST, quiet=True)
        await quiet.end(tx)
        await articles.publish(tx, {"id": "vpn", "language": "en"}, "lin.wei", NOON)
        asked = await swaps.ask(tx, Swap("network", 1, "lin.wei", "chen.jie", Hours(NOON, NOON + HOUR), None), NOON)
        await swaps.decide(tx, asked.id, "accepted", NOON)
        assert await pulse(tx, NOON) == replace(AT_REST, articles=1, swaps=1)


async def test_a_major_incident_is_looked_at_when_it_owes_an_update_and_when_its_ticket_went_on(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        ticket = await tickets.insert(tx, a_ticket(due_at=None))
        proposed = await majors.save(tx, Stored(_proposed(ticket.id)), _proposed(ticket.id))
        assert not (await pulse(tx, NOON)).majors
        active = major.approved(proposed.major, "zhang.wei", "wang.fang", NOON + HOUR)
        active_as_stored = await majors.save(tx, proposed, active)
        assert not (await pulse(tx, NOON)).majors
        assert (await pulse(tx, NOON + HOUR)).majors
        await tickets.save(tx, replace(ticket, status=Status.RESOLVED))
        assert (await pulse(tx, NOON)).majors
        await majors.save(tx, active_as_stored, major.over(active))
        assert not (await pulse(tx, NOON + HOUR)).majors


def _proposed(ticket: int) -> major.Major:
    return major.proposed(ticket, "", NOON)


async def test_the_question_reads_what_is_due_and_not_what_is_open(database: Database) -> None:
    async with database.transaction() as tx, plans(database, tx) as found:
        await pulse(tx, NOON)
    assert len(found) == 1
    assert {"ix_tickets_due_at", "ix_dialogues_due_at"} <= set(found[0].replace("'", " ").replace(")", " ").split())

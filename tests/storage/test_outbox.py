"""Messages leave once, in order, whoever sends them and whoever dies in between."""

import asyncio
from datetime import timedelta

import pytest

from storage import cards, folding, outbox, tickets
from storage.database import Database, Transaction
from storage.outbox import Row
from tests.storage.conftest import NOON, Opener, a_ticket, plans

LEASE = 30
SECOND = timedelta(seconds=1)


async def queue(tx: Transaction, key: str, target: str = "person:lin.wei", lane: int = 2, later: int = 0) -> None:
    assert await outbox.put(
        tx, key, target, "claimed", {"who": "王芳"}, lane, None, NOON, NOON + later * SECOND if later else None
    )


async def claimed(database: Database, owner: str = "one", seconds: int = 0, limit: int = 10) -> list[Row]:
    async with database.transaction() as tx:
        return list(await outbox.claim(tx, owner, NOON + seconds * SECOND, LEASE, limit))


async def test_a_message_goes_out_once_and_its_ticket_is_found_again(database: Database) -> None:
    async with database.transaction() as tx:
        number = (await tickets.insert(tx, a_ticket())).id
        facts = {"ticket": number, "who": "王芳"}
        assert await outbox.put(tx, "claimed:1:2", "person:lin.wei", "claimed", facts, 2, number, NOON)
        assert not await outbox.put(tx, "claimed:1:2", "person:lin.wei", "claimed", {}, 2, number, NOON)
        assert await outbox.oldest_pending(tx, NOON) == NOON
    (row,) = await claimed(database)
    assert (row.key, row.facts, row.ticket, row.attempts, row.unclear) == ("claimed:1:2", facts, number, 1, False)
    assert await claimed(database, "two") == []
    async with database.transaction() as tx:
        assert await outbox.sent(tx, row, "171.5", "slack:D1", NOON + SECOND)
        assert not await outbox.sent(tx, row, "171.6", "slack:D1", NOON + SECOND)
        assert set((await outbox.counts(tx)).values()) == {0}
        assert await cards.ticket_of(tx, "slack:D1", "171.5") == number
        assert await cards.ticket_of(tx, "slack:D2", "171.5") is None
        assert await outbox.next_wakeup(tx, NOON) is None
        assert await outbox.oldest_pending(tx, NOON) is None
        assert not await outbox.put(tx, "claimed:1:2", "person:lin.wei", "claimed", {}, 2, number, NOON)


async def test_pages_leave_first_and_each_target_keeps_its_order(database: Database) -> None:
    async with database.transaction() as tx:
        await queue(tx, "a1")
        await queue(tx, "a2")
        await queue(tx, "b1", "person:chen.jie")
        await queue(tx, "a-page", lane=0)
    first = await claimed(database)
    assert [row.key for row in first] == ["a-page", "a1", "b1"]
    assert await claimed(database) == []
    async with database.transaction() as tx:
        assert await outbox.retry(tx, first[1], NOON + 60 * SECOND, "429")
        assert await outbox.next_wakeup(tx, NOON) == NOON + LEASE * SECOND
    assert await claimed(database) == [], "a2 waits for a1, which waits for its minute"
    (again,) = [row for row in await claimed(database, seconds=60) if row.key == "a1"]
    async with database.transaction() as tx:
        assert await outbox.sent(tx, again, "1", "p", NOON)
    assert [row.key for row in await claimed(database, seconds=60)] == ["a2"]


async def test_a_message_for_later_holds_nobody_up(database: Database) -> None:
    async with database.transaction() as tx:
        await queue(tx, "digest", later=3600)
        assert await outbox.next_wakeup(tx, NOON) == NOON + 3600 * SECOND
        await queue(tx, "now")
        assert await outbox.next_wakeup(tx, NOON) == NOON
    assert [row.key for row in await claimed(database)] == ["now"]
    assert [row.key for row in await claimed(database, seconds=3600)] == ["digest"]


async def test_after_a_lost_lease_the_message_is_unclear_and_the_first_sender_is_refused(database: Database) -> None:
    async with database.transaction() as tx:
        await queue(tx, "page")
    (slow,) = await claimed(database, "slow")
    assert await claimed(database, "quick", seconds=LEASE - 1) == []
    (row,) = await claimed(database, "quick", seconds=LEASE)
    assert (row.unclear, row.attempts) == (True, 2)
    async with database.transaction() as tx:
        for report in (
            outbox.sent(tx, slow, "1", "p", NOON),
            outbox.retry(tx, slow, NOON, "late"),
            outbox.unclear(tx, slow, NOON, "late"),
            outbox.dead(tx, slow, "late"),
            outbox.dropped(tx, slow, "late"),
        ):
            assert not await report
        assert await outbox.unclear(tx, row, NOON + 90 * SECOND, "time-out")
        assert (await outbox.counts(tx))["unclear"] == 1
    assert await claimed(database, seconds=89) == []
    (row,) = await claimed(database, seconds=90)
    assert row.unclear
    async with database.transaction() as tx:
        assert await outbox.retry(tx, row, NOON, "it does not stand")
    (row,) = await claimed(database)
    assert not row.unclear


async def test_a_dead_message_waits_for_a_person_and_lets_the_next_one_through(database: Database) -> None:
    async with database.transaction() as tx:
        await queue(tx, "poison")
        await queue(tx, "next")
    (poison,) = await claimed(database)
    async with database.transaction() as tx:
        assert not await outbox.redrive(tx, poison.id, NOON)
        assert await outbox.dead(tx, poison, "malformed")
    assert [row.key for row in await claimed(database)] == ["next"]
    async with database.transaction() as tx:
        assert [(row.key, row.error) for row in await outbox.dead_letters(tx)] == [("poison", "malformed")]
        assert await outbox.redrive(tx, poison.id, NOON)
    async with database.transaction() as tx:
        assert await outbox.counts(tx) == {"pending": 1, "sending": 1, "unclear": 0, "dead": 0}


async def test_forgetting_leaves_what_is_unfinished_or_dead(database: Database) -> None:
    async with database.transaction() as tx:
        await queue(tx, "sent")
        await queue(tx, "dead", "person:b")
        await queue(tx, "pending", "person:c", later=9)
    first, second = await claimed(database)
    async with database.transaction() as tx:
        await outbox.sent(tx, first, "1", "p", NOON)
        await outbox.dead(tx, second, "blocked")
        assert await outbox.purge(tx, NOON) == 0
        assert await outbox.purge(tx, NOON + SECOND) == 1
        assert await outbox.counts(tx) == {"pending": 1, "sending": 0, "unclear": 0, "dead": 1}


@pytest.mark.postgres
async def test_two_processes_share_the_work_and_never_a_message(postgres_url: str, opened: Opener) -> None:
    one, two = await opened(postgres_url), await opened(postgres_url)
    async with one.transaction() as tx:
        for n in range(120):
            await queue(tx, f"m{n}", f"person:{n % 60}")
    order: list[str] = []

    async def work(database: Database, owner: str) -> int:
        done = 0
        while rows := await claimed(database, owner, limit=5):
            for row in rows:
                async with database.transaction() as tx:
                    assert await outbox.sent(tx, row, row.key, "p", NOON)
                order.append(row.key)
                done += 1
        return done

    await asyncio.gather(*(work(database, f"{n}") for n, database in enumerate((one, two, one, two))))
    order += [row.key for row in await claimed(one, "last", limit=200)]
    assert sorted(order) == sorted(f"m{n}" for n in range(120))
    assert all(order.index(f"m{n}") < order.index(f"m{n + 60}") for n in range(60))


@pytest.mark.postgres
async def test_rows_somebody_is_claiming_are_passed_over(postgres_url: str, opened: Opener) -> None:
    one, two = await opened(postgres_url), await opened(postgres_url)
    async with one.transaction() as tx:
        for person in "abc":
            await queue(tx, person, f"person:{person}")
            await queue(tx, f"{person}2", f"person:{person}")
    async with one.transaction() as mine, two.transaction() as theirs:
        first = await outbox.claim(mine, "one", NOON, LEASE, 2)
        second = await outbox.claim(theirs, "two", NOON, LEASE, 9)
    assert [row.key for row in first] == ["a", "b"]
    assert [row.key for row in second] == ["c"]


async def test_a_claim_reads_the_queue_not_the_history(database: Database) -> None:
    async with database.transaction() as tx, plans(database, tx) as found:
        await outbox.claim(tx, "one", NOON, LEASE, 9)
    assert "ix_outbox_order" in found[0]
    assert "Seq Scan" not in found[0]


async def test_what_repeats_an_earlier_message_is_dropped_and_what_belongs_to_it_is_folded_in(
    database: Database,
) -> None:
    """Only waiting messages of the same target; a folded one counts as told, whatever happens later."""
    async with database.transaction() as tx:
        one, other = [(await tickets.insert(tx, a_ticket())).id for _ in range(2)]
        for key, notice, facts, lane, ticket in (
            ("card", "ticket", {}, 3, one),
            ("step-1", "step", {"n": 1}, 1, one),
            ("card-again", "ticket", {}, 3, one),
            ("other-card", "ticket", {}, 3, other),
            ("other-step", "step", {"n": 1}, 1, other),
            ("step-2", "step", {"n": 2}, 1, one),
        ):
            assert await outbox.put(tx, key, "person:lin.wei", notice, facts, lane, ticket, NOON)
    step, card = await claimed(database)
    assert (step.key, card.key) == ("step-1", "card")
    async with database.transaction() as tx:
        assert await folding.drop_repeats(tx, [step.id, card.id]) == 1
        (behind,) = await folding.behind(tx, step, 9)
        assert behind.key == "step-2"
        told = await folding.fold(tx, step, "digest", {"lines": [1, 2]}, [behind])
        assert (told.notice, told.facts) == ("digest", {"lines": [1, 2]})
        assert await outbox.sent(tx, told, "1", "p", NOON)
        assert await outbox.sent(tx, card, "2", "p", NOON)
    assert [row.key for row in await claimed(database)] == ["other-step", "other-card"]


async def test_folding_reads_the_queue_not_the_history(database: Database) -> None:
    async with database.transaction() as tx:
        await queue(tx, "one")
    (row,) = await claimed(database)
    async with database.transaction() as tx, plans(database, tx) as found:
        await folding.behind(tx, row, 9)
        await folding.drop_repeats(tx, [row.id])
    assert all("ix_outbox_" in plan and "Seq Scan" not in plan for plan in found), found


@pytest.mark.postgres
async def test_a_process_whose_clock_is_wrong_takes_nobodys_lease(postgres_url: str) -> None:
    """Leases run on the database's clock: an hour ahead or behind, a message on its way stays its sender's."""
    right = await Database.open(postgres_url, clock=lambda: NOON, database_time=True)
    try:
        await right.migrate()
        async with right.transaction() as tx:
            await queue(tx, "page")
        (row,) = await claimed(right, "right")
        for wrong in (-3600, 3600):
            assert await claimed(right, "wrong", seconds=wrong) == []
        async with right.transaction() as tx:
            wakeup = await outbox.next_wakeup(tx, NOON)
            assert wakeup is not None
            assert NOON < wakeup <= NOON + (LEASE + 1) * SECOND
            assert await outbox.sent(tx, row, "1", "p", NOON)
    finally:
        await right.close()

"""People, their accounts, their way in, and who was paged."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from escalation.ticket import Climb, Status
from storage import pages, people, signin, tickets
from storage.database import Database
from storage.pages import Paged
from storage.people import Linked
from tests.storage.conftest import NOON, a_ticket, plans

MINUTE = timedelta(minutes=1)


async def test_whoever_leaves_the_file_leaves_the_desk_and_stays_on_record(database: Database) -> None:
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei", "chen.jie"})
        assert await people.link(tx, "slack", "T1", "U1", "lin.wei", NOON)
        assert await people.save_settings(tx, "lin.wei", {"language": "zh"})
        await people.sync(tx, {"chen.jie", "wang.fang"})
        assert await people.active(tx) == {"chen.jie", "wang.fang"}
        assert await people.person_of(tx, "slack", "T1", "U1") is None
        await people.sync(tx, {"lin.wei"})
        assert await people.active(tx) == {"lin.wei"}
        assert await people.person_of(tx, "slack", "T1", "U1") == "lin.wei"
        assert await people.settings(tx, "lin.wei") == {"language": "zh"}
        assert await people.settings(tx, "nobody") == {}
        assert not await people.save_settings(tx, "nobody", {"language": "zh"})


async def test_an_account_belongs_to_one_person(database: Database) -> None:
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei", "chen.jie"})
        assert await people.link(tx, "telegram", "", "77", "lin.wei", NOON)
        assert await people.link(tx, "telegram", "", "77", "lin.wei", NOON + MINUTE)
        assert not await people.link(tx, "telegram", "", "77", "chen.jie", NOON)
        assert await people.link(tx, "slack", "T1", "U1", "lin.wei", NOON + MINUTE)
        assert await people.identities_of(tx, "lin.wei") == (
            Linked("telegram", "", "77", "lin.wei", NOON),
            Linked("slack", "T1", "U1", "lin.wei", NOON + MINUTE),
        )
        assert await people.person_of(tx, "telegram", "", "78") is None
        assert await people.unlink(tx, "telegram", "", "77")
        assert not await people.unlink(tx, "telegram", "", "77")
        assert await people.link(tx, "telegram", "", "77", "chen.jie", NOON)


async def test_accounts_are_linked_together_and_taken_from_nobody(database: Database) -> None:
    at_work = {("slack", "T1", "U1", "lin.wei"), ("slack", "T1", "U2", "chen.jie")}
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei", "chen.jie"})
        await people.link_all(tx, (), NOON)
        await people.link(tx, "slack", "T1", "U1", "chen.jie", NOON)
        for _ in range(2):
            await people.link_all(tx, at_work, NOON + MINUTE)
        accounts = {(each.user, each.person, each.linked_at) for each in await people.accounts(tx)}
    assert accounts == {("U1", "chen.jie", NOON), ("U2", "chen.jie", NOON + MINUTE)}


async def test_an_account_that_blocked_us_is_known_until_it_answers(database: Database) -> None:
    account = ("telegram", "", "77")
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei"})
        await people.link(tx, *account, "lin.wei", NOON)
        assert await people.mark_unreachable(tx, *account, "blocked", NOON)
        assert not await people.mark_unreachable(tx, *account, "blocked", NOON + MINUTE)
        (linked,) = await people.identities_of(tx, "lin.wei")
        assert (linked.unreachable, linked.unreachable_at) == ("blocked", NOON)
        assert await people.mark_reachable(tx, *account)
        assert not await people.mark_reachable(tx, *account)
        (linked,) = await people.identities_of(tx, "lin.wei")
        assert (linked.unreachable, linked.unreachable_at) == ("", None)


async def test_a_link_signs_in_once_and_not_too_late(database: Database) -> None:
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei"})
        for name in ("h1", "h2"):
            assert await signin.create(tx, "lin.wei", name, NOON, NOON + 10 * MINUTE)
        assert await signin.consume(tx, "unknown", NOON) is None
        assert await signin.consume(tx, "h2", NOON + 10 * MINUTE) is None

    async def consume() -> str | None:
        async with database.transaction() as tx:
            return await signin.consume(tx, "h1", NOON + 9 * MINUTE)

    answers = await asyncio.gather(*(consume() for _ in range(10)))
    assert sorted(answers, key=str) == [None] * 9 + ["lin.wei"]


async def test_five_links_an_hour_are_enough(database: Database) -> None:
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei"})

    async def ask(n: int) -> bool:
        async with database.transaction() as tx:
            return await signin.create(tx, "lin.wei", f"h{n}", NOON, NOON + 10 * MINUTE)

    assert sum(await asyncio.gather(*map(ask, range(12)))) == 5
    async with database.transaction() as tx:
        assert await signin.recent(tx, "lin.wei", NOON - MINUTE) == 5
        assert not await signin.create(tx, "lin.wei", "late", NOON + 59 * MINUTE, NOON + 70 * MINUTE)
        assert await signin.create(tx, "lin.wei", "later", NOON + 60 * MINUTE, NOON + 70 * MINUTE)
        assert await signin.create(tx, "chen.jie", "another", NOON, NOON + 10 * MINUTE)


async def test_a_session_ends_by_hand_or_by_time(database: Database) -> None:
    async with database.transaction() as tx:
        for name in ("a", "b", "c"):
            await signin.open_session(tx, name, "lin.wei", NOON, NOON + 5 * MINUTE)
        assert await signin.session(tx, "a", NOON) == "lin.wei"
        assert await signin.session(tx, "a", NOON + 5 * MINUTE) is None
        assert await signin.session(tx, "unknown", NOON) is None
        assert await signin.close_session(tx, "a")
        assert not await signin.close_session(tx, "a")
        assert await signin.session(tx, "a", NOON) is None
        assert await signin.close_sessions_of(tx, "lin.wei") == 2
        await signin.open_session(tx, "d", "lin.wei", NOON, NOON + 5 * MINUTE)
        await signin.create(tx, "lin.wei", "h", NOON, NOON + 10 * MINUTE)
        assert await signin.purge(tx, NOON + 5 * MINUTE) == 1
        assert await signin.purge(tx, NOON + 80 * MINUTE) == 1


async def test_a_page_is_noted_once_and_waits_for_an_answer(database: Database) -> None:
    async with database.transaction() as tx:
        ticket = await tickets.insert(tx, a_ticket(climb=Climb(generation=2)))
        other = await tickets.insert(tx, a_ticket(climb=Climb(generation=1)))
        page = Paged(ticket.id, 2, 1, 0, "wang.fang", NOON)
        assert await pages.add(tx, page)
        assert not await pages.add(tx, replace(page, at=NOON + MINUTE))
        again = replace(page, round=1, at=NOON + 9 * MINUTE)
        earlier = replace(page, generation=1, person="zhao.min")
        elsewhere = replace(page, ticket=other.id, generation=1)
        for more in (again, earlier, elsewhere):
            assert await pages.add(tx, more)
        assert await pages.paged(tx, ticket.id, 2) == {"wang.fang"}
        assert await pages.paged(tx, ticket.id, 1) == {"zhao.min"}
        assert await pages.open_for(tx, "wang.fang") == (elsewhere, again, page)
        assert await pages.open_for(tx, "zhao.min") == (), "the ladder has started anew since"
        assert await pages.answer(tx, ticket.id, 2, "wang.fang", "acknowledged", NOON + MINUTE) == 2
        assert await pages.answer(tx, ticket.id, 2, "wang.fang", "declined", NOON + MINUTE) == 0
        assert await pages.open_for(tx, "wang.fang") == (elsewhere,)
        assert (await pages.of_ticket(tx, ticket.id))[0] == replace(
            page, answered="acknowledged", answered_at=NOON + MINUTE
        )
        await tickets.save(tx, replace(other, status=Status.CANCELLED))
        assert await pages.open_for(tx, "wang.fang") == ()


async def test_the_pages_of_a_person_are_found_by_index(database: Database) -> None:
    async with database.transaction() as tx, plans(database, tx) as found:
        await pages.open_for(tx, "wang.fang")
    assert "ix_pages_unanswered" in found[0] or database.dialect == "postgresql"
    assert "Seq Scan" not in found[0]

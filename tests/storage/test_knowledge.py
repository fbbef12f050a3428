"""Policies, articles, files, and work that is done once a period."""

import asyncio
from datetime import timedelta

import pytest

from escalation.ticket import Action, TicketEvent
from storage import articles, attachments, drafts, leases, policies, tickets
from storage.database import Database
from storage.errors import TooLarge
from tests.storage.conftest import NOON, a_ticket

MINUTE = timedelta(minutes=1)


async def test_a_policy_is_kept_once_and_never_changed(database: Database) -> None:
    async with database.transaction() as tx:
        await policies.keep(tx, "c" * 64, {"closes_after": 1, "windows": {"周末": []}})
        await policies.keep(tx, "c" * 64, {"closes_after": 2})
        assert await policies.load(tx, "c" * 64) == {"closes_after": 1, "windows": {"周末": []}}
        with pytest.raises(KeyError):
            await policies.load(tx, "d" * 64)


async def test_what_is_published_last_counts(database: Database) -> None:
    english = {"id": "vpn", "language": "en", "title": "VPN drops"}
    chinese = {"id": "vpn", "language": "zh", "title": "VPN 断线"}
    async with database.transaction() as tx:
        versions = [await articles.version(tx)]
        for article in (english, chinese, english | {"title": "VPN drops again"}):
            await articles.publish(tx, article, "wang.fang", NOON)
            versions.append(await articles.version(tx))
        assert await articles.published(tx) == (english | {"title": "VPN drops again"}, chinese)
        assert await articles.withdraw(tx, "vpn", "zh", "wang.fang", NOON)
        versions.append(await articles.version(tx))
        assert not await articles.withdraw(tx, "vpn", "zh", "wang.fang", NOON)
        assert not await articles.withdraw(tx, "mail", "zh", "wang.fang", NOON)
        assert await articles.published(tx) == (english | {"title": "VPN drops again"},)
        await articles.publish(tx, chinese, "wang.fang", NOON)
        assert chinese in await articles.published(tx)
        assert versions == sorted(set(versions))


async def test_feedback_is_counted_by_article_and_language(database: Database) -> None:
    async with database.transaction() as tx:
        for minute, event in enumerate(("offered", "offered", "fixed")):
            await articles.feedback(tx, "vpn", "en", "lin.wei", event, NOON + minute * MINUTE)
        await articles.feedback(tx, "vpn", "zh", "chen.jie", "opened_ticket", NOON)
        assert await articles.feedback_counts(tx) == {
            ("vpn", "en"): {"offered": 2, "fixed": 1},
            ("vpn", "zh"): {"opened_ticket": 1},
        }
        assert await articles.feedback_counts(tx, NOON + MINUTE) == {("vpn", "en"): {"offered": 1, "fixed": 1}}
        with pytest.raises(ValueError, match="loved"):
            await articles.feedback(tx, "vpn", "en", "lin.wei", "loved", NOON)


async def test_what_we_believed_is_kept_beside_what_came_of_it(database: Database) -> None:
    async with database.transaction() as tx:
        await articles.feedback(tx, "vpn", "en", "lin.wei", "offered", NOON, probability=0.8)
        await articles.feedback(tx, "vpn", "en", "lin.wei", "fixed", NOON, probability=0.8)
        await articles.feedback(tx, "mail", "en", "lin.wei", "not_fixed", NOON, probability=0.4)
        await articles.feedback(tx, "mail", "en", "lin.wei", "not_fixed", NOON)
        await articles.feedback(tx, "", "zh", "lin.wei", "unanswered", NOON, words="咖啡机坏了")
        assert await articles.labels(tx) == ((0.4, False), (0.8, True))
        assert await articles.unanswered(tx, 5) == (("咖啡机坏了", "zh", NOON),)


async def test_a_draft_waits_until_one_person_decides(database: Database) -> None:
    written = {"title": "VPN drops", "phrasings": [], "services": ["vpn"], "body": "Restart it."}
    async with database.transaction() as tx:
        first = await drafts.add(tx, ticket=None, language="en", data=written, by="wang.fang", at=NOON)
        second = await drafts.add(tx, ticket=None, language="zh", data=written, by="wang.fang", at=NOON)
        assert await drafts.waiting(tx) == (first, second)
        assert await drafts.revise(tx, first.id, "en", written | {"title": "VPN drops often"})
        assert await drafts.decide(tx, first.id, "published", "zhang.wei", NOON + MINUTE)
        assert not await drafts.decide(tx, first.id, "discarded", "li.na", NOON + MINUTE)
        assert not await drafts.revise(tx, first.id, "en", written)
        decided = await drafts.load(tx, first.id)
        assert decided is not None
        assert (decided.decision, decided.decided_by, decided.data["title"]) == (
            "published",
            "zhang.wei",
            "VPN drops often",
        )
        assert await drafts.waiting(tx) == (second,)
        assert await drafts.load(tx, 99) is None
        with pytest.raises(ValueError, match="liked"):
            await drafts.decide(tx, second.id, "liked", "zhang.wei", NOON)


async def test_a_file_is_staged_then_bound_to_one_ticket(database: Database) -> None:
    content = bytes(range(256)) * 4
    async with database.transaction() as tx:
        number = (await tickets.insert(tx, a_ticket())).id
        event = await tickets.add_event(tx, TicketEvent(number, NOON, "lin.wei", Action.ATTACH, "web"))
        staged = await attachments.stage(tx, "错误.png", "image/png", content, "lin.wei", NOON)
        assert await attachments.staged_bytes(tx, "lin.wei") == staged.size == 1024
        assert await attachments.of_ticket(tx, number) == ()
        assert await attachments.bind(tx, staged.id, number, event.id)
        assert not await attachments.bind(tx, staged.id, number)
        (bound,) = await attachments.of_ticket(tx, number)
        assert (bound.name, bound.ticket, bound.event) == ("错误.png", number, event.id)
        assert await attachments.load(tx, bound.id) == (bound, content)
        assert await attachments.load(tx, 99) is None
        assert await attachments.staged_bytes(tx, "lin.wei") == 0


async def test_files_nobody_bound_are_forgotten_and_large_ones_refused(database: Database) -> None:
    async with database.transaction() as tx:
        await attachments.stage(tx, "empty.log", "text/plain", b"", "lin.wei", NOON)
        with pytest.raises(TooLarge, match="10485760"):
            await attachments.stage(tx, "disk.img", "image/x", bytes(attachments.LARGEST + 1), "lin.wei", NOON)
        assert await attachments.purge(tx, NOON) == 0
        assert await attachments.purge(tx, NOON + MINUTE) == 1


async def test_a_daily_job_is_taken_by_one(database: Database) -> None:
    async def take(owner: str) -> bool:
        async with database.transaction() as tx:
            return await leases.claim_period(tx, "report", "2026-03-02", owner, NOON)

    assert sorted(await asyncio.gather(*map(take, "abcde"))) == [False] * 4 + [True]
    async with database.transaction() as tx:
        assert await leases.claim_period(tx, "report", "2026-03-03", "a", NOON + MINUTE)
        assert await leases.purge(tx, NOON + MINUTE) == 1
        assert not await leases.claim_period(tx, "report", "2026-03-03", "b", NOON)

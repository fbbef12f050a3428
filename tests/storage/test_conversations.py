"""What was said, by whom, and where it stands: inbox, dialogues, cards, transcript."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.errors import Stale
from storage import cards, dialogues, inbox, tickets, transcript
from storage.database import Database
from storage.dialogues import Stored
from tests.storage.conftest import NOON, Opener, a_ticket

MINUTE = timedelta(minutes=1)


async def test_a_repeated_event_gets_the_first_answer(database: Database) -> None:
    async with database.transaction() as tx:
        assert await inbox.answer_of(tx, "evt") is None
        assert await inbox.record(tx, "evt", NOON, "lin.wei")
        assert await inbox.answer_of(tx, "evt") is None
        await inbox.answered(tx, "evt", [{"text": "试试重启"}])
    async with database.transaction() as tx:
        assert not await inbox.record(tx, "evt", NOON + MINUTE, "lin.wei")
        assert await inbox.answer_of(tx, "evt") == [{"text": "试试重启"}]
        assert await inbox.purge(tx, NOON) == 0
        assert await inbox.purge(tx, NOON + MINUTE) == 1
        assert await inbox.record(tx, "evt", NOON + MINUTE, "lin.wei")


async def test_a_poison_event_is_put_aside_for_a_person_to_see(database: Database) -> None:
    async with database.transaction() as tx:
        await inbox.park(tx, "evt", {"text": "💥"}, "KeyError", NOON)
        await inbox.park(tx, "evt", {"text": "💥"}, "TypeError", NOON + MINUTE)
        (parked,) = await inbox.parked(tx)
        assert (parked.payload, parked.error, parked.at) == ({"text": "💥"}, "TypeError", NOON + MINUTE)
        assert await inbox.unpark(tx, "evt")
        assert not await inbox.unpark(tx, "evt")
        assert await inbox.parked(tx) == ()


async def test_a_conversation_is_saved_only_over_what_was_read(database: Database) -> None:
    async with database.transaction() as tx:
        assert await dialogues.load(tx, "web:1") is None
        fresh = Stored("web:1", "lin.wei", {"flow": "vpn", "step": 2}, due_at=NOON)
        first = await dialogues.save(tx, fresh)
        assert await dialogues.load(tx, "web:1") == first == replace(fresh, version=1)
        second = await dialogues.save(tx, replace(first, state={}, due_at=None))
        assert await dialogues.load(tx, "web:1") == second
    for outdated in (fresh, first):
        with pytest.raises(Stale):
            async with database.transaction() as tx:
                await dialogues.save(tx, outdated)


async def test_of_two_first_words_at_once_one_begins_the_conversation(database: Database) -> None:
    async def begin(word: str) -> bool:
        try:
            async with database.transaction() as tx:
                await dialogues.save(tx, Stored("web:1", "lin.wei", {"word": word}))
        except Stale:
            return False
        return True

    assert sorted(await asyncio.gather(*map(begin, "abcde"))) == [False] * 4 + [True]


async def test_conversations_wake_when_they_asked_to(database: Database) -> None:
    async with database.transaction() as tx:
        for key, minutes in (("late", 2), ("early", 1), ("much later", 9)):
            await dialogues.save(tx, Stored(key, "lin.wei", {}, due_at=NOON + minutes * MINUTE))
        await dialogues.save(tx, Stored("never", "lin.wei", {}))
        assert await dialogues.due(tx, NOON + 2 * MINUTE, 9) == ("early", "late")
        assert await dialogues.due(tx, NOON + 2 * MINUTE, 1) == ("early",)


async def test_a_live_card_is_found_where_it_stands(database: Database) -> None:
    async with database.transaction() as tx:
        number = (await tickets.insert(tx, a_ticket())).id
        assert await cards.where(tx, "ticket:1", "slack:C1") == ""
        await cards.stands(tx, "ticket:1", "slack:C1", "171.1", number)
        await cards.stands(tx, "ticket:1", "slack:C1", "171.2", number)
        await cards.stands(tx, "checks", "slack:C1", "171.3")
        assert await cards.where(tx, "ticket:1", "slack:C1") == "171.2"
        assert await cards.where(tx, "ticket:1", "slack:C2") == ""
        assert await cards.places(tx, number) == (("ticket:1", "slack:C1", "171.2"),)
        assert [await cards.ticket_of(tx, "slack:C1", f"171.{n}") for n in (1, 2, 3)] == [number, number, None]
        await cards.gone(tx, "ticket:1", "slack:C1")
        assert await cards.where(tx, "ticket:1", "slack:C1") == ""


async def test_a_watcher_sees_every_line_and_every_edit_once(database: Database) -> None:
    async with database.transaction() as tx:
        assert await transcript.latest_revision(tx, "lin.wei") == 0
        words = await transcript.say(tx, "lin.wei", "k1", "person", {"text": "VPN 断线"}, "", NOON)
        card = await transcript.say(tx, "lin.wei", "k2", "desk", {"state": "new"}, "ticket:1", NOON)
        await transcript.say(tx, "chen.jie", "k3", "desk", {"state": "new"}, "ticket:1", NOON)
        assert [words.revision, card.revision] == [1, 2]
        assert await transcript.since(tx, "lin.wei", 0, 9) == (words, card)
        assert await transcript.since(tx, "lin.wei", 0, 1) == (words,)
    async with database.transaction() as tx:
        edited = await transcript.say(tx, "lin.wei", "k4", "desk", {"state": "claimed"}, "ticket:1", NOON + MINUTE)
        assert edited == replace(card, data={"state": "claimed"}, edited_at=NOON + MINUTE, revision=3)
        for key in ("k2", "k4"):
            again = await transcript.say(tx, "lin.wei", key, "desk", {"state": "?"}, "ticket:1", NOON)
            assert again == edited, "a repeated key changes nothing"
        assert await transcript.line_of(tx, "k2") == edited
        assert await transcript.since(tx, "lin.wei", 2, 9) == (edited,)
        assert await transcript.since(tx, "lin.wei", 3, 9) == ()
        assert await transcript.last(tx, "lin.wei", 9) == (words, edited)
        assert await transcript.last(tx, "lin.wei", 1) == (edited,)
        assert await transcript.last(tx, "lin.wei", 9, before_id=card.id) == (words,)
        assert await transcript.latest_revision(tx, "lin.wei") == 3


async def test_a_form_asked_for_again_comes_as_a_new_line(database: Database) -> None:
    async with database.transaction() as tx:
        first = await transcript.say(tx, "lin.wei", "k1", "desk", {"form": 1}, "t:hold:3", NOON)
        again = await transcript.say(tx, "lin.wei", "k2", "desk", {"form": 2}, "t:hold:3", NOON, anew=True)
        assert await transcript.say(tx, "lin.wei", "k2", "desk", {"form": 3}, "t:hold:3", NOON, anew=True) == again
        done = await transcript.say(tx, "lin.wei", "k3", "desk", {"held": 1}, "t:hold:3", NOON + MINUTE)
        assert (first.data, done.id, done.data) == ({"form": 1}, again.id, {"held": 1})
        assert [line.id for line in await transcript.last(tx, "lin.wei", 9)] == [first.id, again.id]


async def test_revisions_appear_in_order_however_many_write(database: Database) -> None:
    seen: list[int] = []
    done = asyncio.Event()

    async def watch() -> None:
        while not (done.is_set() and len(seen) == 40):
            async with database.reading() as tx:
                lines = await transcript.since(tx, "lin.wei", seen[-1] if seen else 0, 9)
            seen.extend(line.revision for line in lines)
            await asyncio.sleep(0.001)

    async def talk(name: str) -> None:
        for n in range(10):
            async with database.transaction() as tx:
                await transcript.say(tx, "lin.wei", f"{name}{n}", "desk", {}, "", NOON)

    async with asyncio.timeout(20):
        watcher = asyncio.create_task(watch())
        await asyncio.gather(*map(talk, "abcd"))
        done.set()
        await watcher
    assert seen == list(range(1, 41))


@pytest.mark.postgres
async def test_one_line_said_by_two_processes_at_once_is_one_line(postgres_url: str, opened: Opener) -> None:
    both = [await opened(postgres_url), await opened(postgres_url)]

    async def say(database: Database) -> int:
        async with database.transaction() as tx:
            return (await transcript.say(tx, "lin.wei", "same", "desk", {}, "card", NOON)).id

    assert len(set(await asyncio.gather(*(say(both[n % 2]) for n in range(8))))) == 1

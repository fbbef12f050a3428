"""Telegram at its worst: floods, silence, lost answers, garbage, everything three times; and nothing is lost."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.checking import stuck
from bot.messages import Commanded, Identity, Place
from bot.phrases import tell
from tests.fakes.mishaps import mutated
from tests.fakes.telegram import PIXEL, Message
from tests.journeys.telegram_stage import PUBLIC, Seat, TelegramStage, play_in_telegram


async def open_ticket(anna: Seat, words: str = "The Wi-Fi in Berlin drops", **more: str) -> None:
    await anna.says(f"/new {words}")
    await anna.fills({"Service": "Wi-Fi", **more})


async def open_p1(person: Seat) -> None:
    await open_ticket(person, "No Wi-Fi", **{"Who is affected": "Everyone", "How bad is it": "Work has stopped"})


def told(stage: TelegramStage, person: Seat, words: str) -> list[Message]:
    """Our messages before this person that hold these words."""
    return [m for m in stage.telegram.messages(person.hands) if m.by_bot and words in m.text]


async def test_a_flood_in_the_staff_group_delays_no_page(sqlite_url: str, tmp_path: Path) -> None:
    """A wait of 35 seconds there: the pages of a P1 are private, and leave at once; the group hears it afterwards."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        keeps_pace(stage)
        stage.telegram.floods(stage.staff, 35)
        asked = stage.clock.now
        await open_p1(stage.seat("anna.weber"))
        for key in ("chen.jie", "zhang.wei"):
            await stage.seat(key).sees("P1 · T-1")
        assert (stage.clock.now - asked).total_seconds() <= 5
        assert stage.staff.topics == {}
        refused = stage.telegram.limits.refused
        await stage.pass_time(seconds=30)
        assert stage.telegram.limits.refused == refused, "it asks again before its time"
        await stage.pass_time(seconds=30)
        assert len(stage.cards(1)) == 1


def keeps_pace(stage: TelegramStage) -> None:
    """Let Telegram, and the channel's own waits, go by the clock that the test turns."""
    assert stage.app.telegram is not None
    stage.telegram.elapsed = lambda: stage.clock.now.timestamp()  # type: ignore[method-assign]
    stage.app.telegram.channel._pace._clock = stage.telegram.elapsed


async def test_a_page_after_an_unclear_answer_comes_again_and_says_so(sqlite_url: str, tmp_path: Path) -> None:
    """Once more, marked as a repeat; what is only cosmetic is not said twice."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, chen = stage.seat("anna.weber"), stage.seat("chen.jie")
        stage.telegram.faults.server_error("sendMessage", target=chen.hands.id, applied=True)
        await open_p1(anna)
        await stage.pass_time(minutes=1)
        pages = told(stage, chen, "P1 · T-1")
        assert len(pages) == 2
        assert tell("telegram.repeat", chen.language) not in pages[0].text
        assert tell("telegram.repeat", chen.language) in pages[1].text
        await chen.presses("Claim", on=pages[0])
        await anna.sees("has taken T-1")

        (card,) = stage.cards(1)
        stage.telegram.faults.server_error("editMessageText", target=stage.staff.id, applied=True)
        stage.telegram.faults.cut("editMessageText", target=stage.staff.id)
        await chen.says("/priority 1 P2")
        await stage.pass_time(minutes=2)
        assert stage.cards(1) == [card]
        assert card.text.startswith("P2")


async def test_two_topics_of_one_ticket_are_both_its_own(sqlite_url: str, tmp_path: Path) -> None:
    """Telegram opened one and never said so: what an engineer writes in it still goes to the employee."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        stage.telegram.faults.cut("createForumTopic", applied=True)
        await open_ticket(anna)
        await stage.pass_time(minutes=1)
        nobody_knows, ours = stage.staff.topics.values()
        (card,) = stage.cards(1)
        assert card.topic == ours.id
        await wang.writes_in(nobody_knows, "Is it the red cable?")
        await anna.sees("Is it the red cable?")
        await anna.says("It is", reply_to="Is it the red cable?")
        await wang.writes_in(ours, "Thank you")
        await anna.sees("Thank you")


async def test_a_long_text_comes_whole_in_several_messages(sqlite_url: str, tmp_path: Path) -> None:
    """Cut at the ends of sentences."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        steps = [f"Step {number}: look <closely> at cable & plug number {number}." for number in range(1, 80)]
        while len(" ".join(steps)) > LONGEST - len("/reply 1 "):
            steps.pop()
        steps[-1] += "." * (LONGEST - len("/reply 1 ") - len(" ".join(steps)))
        await wang.says(f"/reply 1 {' '.join(steps)}")
        parts = told(stage, anna, "look <closely>")
        assert len(parts) == 2
        assert all(any(step in part.text for part in parts) for step in steps)
        assert parts[0].text.endswith(".")


async def test_an_update_nobody_can_read_and_one_we_stumble_over(sqlite_url: str, tmp_path: Path) -> None:
    """Both are put aside where `firstline stuck` shows them; the next one is handled within a second."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        for number, garbage in enumerate(GARBAGE):
            stage.telegram.updates.tell_anything(garbage)
            begin = asyncio.get_running_loop().time()
            await anna.says(f"/lits{number}")
            assert asyncio.get_running_loop().time() - begin < 1.0 * PATIENCE
        stumbles(stage, "explode")
        await anna.says("please explode now")
        await anna.says("/help")
        await anna.sees("/new")
        assert stage.telegram.updates.waiting == []
        lines = "\n".join(await stuck(stage.app.settings))
        assert lines.count("telegram:") >= 4, lines
        assert "explode" in lines or "RuntimeError" in lines


GARBAGE: tuple[dict[str, Any], ...] = ({"message": {"surprise": True}}, {"message": [1]}, {"callback_query": 7})
LONGEST = 4096  # what a person can write in one message
PATIENCE = 10.0  # a second on a machine of one's own


def stumbles(stage: TelegramStage, word: str) -> None:
    """From now on the desk has a fault: it raises over one word."""
    assert stage.app.telegram is not None
    intake = stage.app.telegram.intake
    assert intake is not None
    handle = intake.core.handle

    async def stumbling(event: Any) -> Any:
        if word in getattr(event, "text", ""):
            raise RuntimeError(f"a fault of ours over {word}")
        return await handle(event)

    object.__setattr__(intake.core, "handle", stumbling)


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_everything_three_times_happens_once(sqlite_url: str, tmp_path: Path, way: str) -> None:
    """Words, presses, commands, photos: each delivered three times."""
    async with play_in_telegram(sqlite_url, tmp_path, way=way) as stage:
        stage.telegram.updates.copies = 3
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        await wang.presses("Claim", on="T-1")
        await wang.writes_in("T-1", "Only this once")
        await anna.sends_photo(b"\x89PNG once", "the screen", reply_to="Only this once")
        assert await stage.telegram.until(lambda: not stage.telegram.updates.waiting)
        await stage.settle()
        assert await stage.count_tickets() == 1
        assert len(told(stage, anna, "Only this once")) == 1
        assert len([m for m in stage.telegram.messages(stage.staff) if m.by_bot and m.file]) == 1
        assert len(stage.staff.topics) == 1


@pytest.mark.parametrize("payloads", [60, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_no_payload_makes_the_webhook_fall_over(sqlite_url: str, tmp_path: Path, payloads: int) -> None:
    """With parts missing or of other types: never 5xx, and a good one gets through; without the secret nothing does."""
    async with play_in_telegram(sqlite_url, tmp_path, way="webhook") as stage:
        anna = stage.seat("anna.weber")
        await open_ticket(anna)
        await anna.hands.edits(await anna.says("It still drops", reply_to="T-1 is open"), "It dropped again")
        await anna.hands.sends_album(PIXEL, PIXEL)
        await stage.settle()
        recorded = [update.as_json() for update in stage.telegram.updates.sent]
        url, chance = stage.telegram.route(f"{PUBLIC}/telegram/webhook"), random.Random(7)
        secret = {"X-Telegram-Bot-Api-Secret-Token": "s3cret-of-the-stage"}
        async with aiohttp.ClientSession() as session:
            for number in range(payloads):
                broken = mutated(chance.choice(recorded), chance) | {"update_id": 5_000_000 + number}
                async with session.post(url, json=broken, headers=secret) as answer:
                    assert answer.status < 500, f"{answer.status} for {broken}"
                if number % 100 == 50:
                    await anna.says(f"/status of all things {number}")
            for body, headers, status in (
                (b"{}", {}, 401),
                (b"{}", {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, 403),
                (b"{", secret, 400),
                (b"[" * 100_000, secret, 400),
                (b"[]", secret, 400),
                (b"\xff", secret, 400),
                (b"x" * 300_000, secret, 413),
            ):
                kind = {"Content-Type": "application/json"}
                async with session.post(url, data=body, headers=kind | headers) as answer:
                    assert answer.status == status, body[:20]
        assert stage.telegram.updates.waiting == []


async def test_after_an_outage_everything_is_there_once(sqlite_url: str, tmp_path: Path) -> None:
    """Telegram is away for five minutes: what people wrote there meanwhile and what we had to say comes afterwards."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        stage.telegram.goes_down()
        for words in ("first step", "second step"):
            await on_the_web(stage, f"1 {words}")
            await stage.pass_time(minutes=1)
        stage.telegram.comes_back()
        await stage.pass_time(minutes=5)
        for words in ("first step", "second step"):
            assert told(stage, anna, words), anna.hands.screen()
        assert await stage.telegram.until(lambda: stage.telegram.updates.listened_to, 20.0)
        await anna.says("/my")
        await anna.sees("T-1")
        assert wang.reads("T-1")


async def on_the_web(stage: TelegramStage, rest: str, word: str = "reply") -> None:
    """Wang Fang works from the web desk."""
    who = Identity("web", "", "wang.fang")
    await stage.app.conversation.handle(Commanded(f"web-{word}-{rest}", who, Place.direct(who), word, rest))
    await stage.settle()


async def test_a_storm_keeps_to_telegrams_rates_and_a_page_overtakes_it(sqlite_url: str, tmp_path: Path) -> None:
    """Two dozen notices for one room: twenty in any minute, none refused; a page of a P1 does not wait for them."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        await open_ticket(stage.seat("anna.weber"))
        await open_ticket(stage.seat("mia.hoffmann"), "No Wi-Fi in the lobby")
        keeps_pace(stage)
        assert stage.app.telegram is not None
        stage.app.telegram.channel._pace._speed = 1.0
        stage.telegram.limits.enforced = True
        for number in range(24):
            await on_the_web(stage, f"1 remark {number}", "note")
        asked = stage.clock.now
        await on_the_web(stage, "2 P1", "priority")
        await stage.seat("zhang.wei").sees("P1 · T-2")
        assert stage.clock.now == asked
        await stage.pass_time(minutes=3)
        log = "\n".join(m.text for m in stage.telegram.messages(stage.staff) if m.by_bot)
        assert [number for number in range(24) if f"remark {number}" not in log] == []
        assert stage.telegram.limits.refused == 0

"""Every command word in Telegram: in private and in the staff group, polled and posted, in both languages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.dialogue.commands import WORDS
from tests.fakes.telegram import Message
from tests.journeys.telegram_stage import Seat, TelegramStage, play_in_telegram

# Every word is said twice: by an English engineer and by a Chinese one.
ENGLISH, CHINESE = "lukas.becker", "wang.fang"
BARE = ("faq", "oncall", "queue", "mine", "help", "list", "my", "settings", "language", "connect", "start", "report")


def shown(stage: TelegramStage) -> int:
    """How much of us there is to see: messages, edits, signs on a message, and words over a chat."""
    seen = ("sendM", "sendP", "editM", "setMessageR")
    calls = [each for each in stage.telegram.calls if each.ok and each.method.startswith(seen)]
    return len(calls) + len(stage.telegram.toasts)


async def answered(stage: TelegramStage, saying: Awaitable[object], word: str) -> None:
    """Somebody says something, and something is said to them."""
    before = shown(stage)
    await saying
    assert await stage.telegram.until(lambda: shown(stage) > before), f"nothing was said to {word}"


async def open_ticket(anna: Seat, words: str = "The Wi-Fi is slow", **more: str) -> None:
    await anna.says(f"/new {words}")
    await anna.fills({"Service": "Wi-Fi", **more})


@pytest.mark.parametrize(("way", "topics", "key"), [("polling", True, ENGLISH), ("webhook", False, CHINESE)])
async def test_every_word_is_answered(sqlite_url: str, tmp_path: Path, way: str, topics: bool, key: str) -> None:
    """With a sentence, a card or a question; never with silence, and never to somebody in another language."""
    async with play_in_telegram(sqlite_url, tmp_path, way=way, topics=topics) as stage:
        await open_ticket(stage.seat("anna.weber"))
        person = stage.seat(key)
        for say in (person.says, person.says_in_group):
            for word in WORDS:
                text = f"/{word}" if word in BARE else f"/{word} 1"
                await answered(stage, say(text), f"{text} of {key} by {say.__name__}")
            await said_last(person, say)
        assert stage.telegram.updates.waiting == []


async def said_last(person: Seat, say: Callable[[str], Awaitable[Message]]) -> None:
    """What was asked last is put aside, in the person's own language."""
    await say("/cancel")
    await say("/help")
    assert person.reads("认领" if person.language == "zh" else "claim")


async def test_an_unknown_word_gets_the_nearest_and_none_gets_the_menu(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.says("/lits")
        await anna.sees("list")
        await anna.says("/start")
        await anna.sees("/new")


async def test_the_menus_offer_what_each_may_say_in_their_language(sqlite_url: str, tmp_path: Path) -> None:
    """Employees in private, engineers in the staff group; every word offered is one of ours."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, zhao, wang = stage.person("anna.weber"), stage.person("zhao.min"), stage.person("wang.fang")
        assert await stage.telegram.until(lambda: len(stage.telegram.commands) == 4)
        assert list(anna.menu()) == ["start", "new", "my", "status", "faq", "cancel", "help", "settings", "connect"]
        assert list(zhao.menu()) == list(anna.menu())
        assert "工单" in zhao.menu()["new"]
        assert "claim" in wang.menu(stage.staff)
        assert "认领" in wang.menu(stage.staff)["claim"]
        assert set(wang.menu(stage.staff)) | set(anna.menu()) <= set(WORDS)

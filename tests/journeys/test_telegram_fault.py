"""The life of a fault in Telegram, as the people in it live it: from what they read, by what they tap and press."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.telegram_stage import Seat, TelegramStage, play_in_telegram


@pytest.mark.parametrize(
    ("way", "database"), [("polling", "sqlite"), pytest.param("webhook", "postgres", marks=pytest.mark.postgres)]
)
async def test_a_fault_from_the_first_word_to_the_rating(
    request: pytest.FixtureRequest, tmp_path: Path, way: str, database: str
) -> None:
    """Steps and an answer come first; then a form asked in steps, an engineer in the topic, and a rating."""
    url = request.getfixturevalue(f"{database}_url")
    async with play_in_telegram(url, tmp_path, way=way) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await anna.says("The wifi on my laptop drops every few minutes since this morning")
        await skip_to_the_answer(anna)
        await anna.presses("Open a ticket")
        await anna.fills({"How bad is it": "Work has stopped", "Who is affected": "My team"})
        await anna.sees("first response by")

        await wang.presses("Claim", on="T-1")
        await anna.sees("has taken T-1")
        await wang.writes_in("T-1", "Please restart the client")
        await anna.sees("Please restart the client")
        await wang.writes_in("T-1", "/hold requester")
        await anna.sees("on hold")
        await anna.says("I did, it still drops", reply_to="Please restart the client")
        await wang.sees("I did, it still drops")
        assert (await stage.ticket(1)).status == "claimed"

        await wang.writes_in("T-1", "/resolve")
        await wang.fills({"Cause": "The tunnel's certificate had expired", "What was done": "Renewed it"})
        await anna.sees("Renewed it")
        await anna.presses("Still broken", on="T-1 is resolved")
        await wang.sees("还是不行")
        await wang.presses("Claim", on="T-1")
        await wang.writes_in("T-1", "/resolve 1 Old client / Updated the client")
        await anna.presses("It works", on="T-1 is resolved")
        await anna.presses("★ 2")
        await stage.seat("zhang.wei").sees("2 分")
        await anna.presses("Add a comment", on="★★")
        await anna.fills({"Your words": "It took long"})
        assert (await stage.ticket(1)).rating_comment == "It took long"
        nothing_spins(stage)


def nothing_spins(stage: TelegramStage) -> None:
    """Every press was answered: no button still turns."""
    assert stage.telegram.unanswered() == []


async def skip_to_the_answer(person: Seat) -> None:
    """Skip the guided steps until an answer, or the form, is on the table."""
    for _ in range(8):
        if any(person.reads(f"[{person.word(label)}]") for label in ("Open a ticket", "Submit")):
            return
        await person.presses("Skip")
    raise AssertionError(f"no answer came; sees:\n{person.hands.screen()}")


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_the_same_life_in_chinese(sqlite_url: str, tmp_path: Path, way: str) -> None:
    """Every sentence, button and question in Chinese, down to the rating; the group has no topics."""
    async with play_in_telegram(sqlite_url, tmp_path, way=way, topics=False) as stage:
        zhao, wang = stage.seat("zhao.min"), stage.seat("wang.fang")
        assert zhao.language == "zh"
        await zhao.says("笔记本电脑的无线网络今天早上开始一直掉线")
        await skip_to_the_answer(zhao)
        if zhao.reads(f"[{zhao.word('Open a ticket')}]"):  # when nothing is known about it, the form comes at once
            await zhao.presses("Open a ticket")
        await zhao.fills({"How bad is it": "Work has stopped", "Who is affected": "My team"})
        await zhao.sees("T-1")
        await wang.presses("Claim", on="T-1")
        await zhao.sees("王芳")
        (card,) = stage.cards(1)
        await wang.says("请重启客户端", reply_to=card)
        await zhao.sees("请重启客户端")
        await zhao.says("还是掉线", reply_to="请重启客户端")
        await wang.sees("还是掉线")
        await wang.says("/resolve 1")
        await wang.fills({"Cause": "证书过期", "What was done": "已更新证书"})
        await zhao.sees("已更新证书")
        await zhao.presses("It works", on="已更新证书")
        await zhao.presses("★ 5")
        assert (await stage.ticket(1)).rating == 5
        ours = [m.text for m in stage.telegram.messages(zhao.hands) if m.by_bot]
        english = [text for text in ours if any(word in text for word in ("the ", "You ", "Ticket", "ticket", " is "))]
        assert english == []
        nothing_spins(stage)


async def test_checks_are_seen_at_work(sqlite_url: str, tmp_path: Path) -> None:
    """We are shown as typing while they run; one list tells how each ended, edited in place."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.says("The VPN drops every few minutes since this morning")
        await anna.sees("VPN gateway")
        assert [call["action"] for call in stage.telegram.calls_to("sendChatAction", anna.hands.id)]
        lists = [m for m in stage.telegram.messages(anna.hands) if m.by_bot and "VPN gateway" in m.text]
        assert len(lists) == 1
        assert lists[0].edited
        assert "…" not in lists[0].text

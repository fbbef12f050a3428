"""The life of a fault in Slack, as the people in it live it: from what they read, by what they press."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.slack_stage import ROOM, Seat, play_in_slack, tell_button

WAYS = ["socket", "http"]


@pytest.mark.parametrize(
    ("way", "database"), [("socket", "sqlite"), pytest.param("http", "postgres", marks=pytest.mark.postgres)]
)
async def test_a_fault_from_the_first_word_to_the_rating(
    request: pytest.FixtureRequest, tmp_path: Path, way: str, database: str
) -> None:
    """Steps and an answer come first; then a half-filled modal, an engineer in the channel, and a rating."""
    async with play_in_slack(request.getfixturevalue(f"{database}_url"), tmp_path, way=way) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")

        await anna.says("The wifi on my laptop drops every few minutes since this morning")
        await skip_to_the_answer(anna)
        await anna.presses("Open a ticket")
        await anna.fills({"How bad is it": "Work has stopped", "Who is affected": "My team"})
        await anna.sees("first response by")

        await wang.presses("Claim", on="T-1")
        await anna.sees("has taken T-1")
        await wang.runs("reply 1 Please restart the client")
        await anna.sees("Please restart the client")
        await wang.runs("hold 1 requester", channel=ROOM)
        await anna.sees("on hold")
        await anna.says("I did, it still drops")
        await wang.sees("I did, it still drops")
        assert (await stage.ticket(1)).status == "claimed"

        await wang.runs("resolve 1")
        await wang.fills({"Cause": "The tunnel's certificate had expired", "What was done": "Renewed it"})
        await anna.sees("Renewed it")
        await anna.presses("Still broken", on="T-1 is resolved")
        await wang.sees("还是不行")
        await wang.presses("Claim", on="还是不行")
        await wang.runs("resolve 1 Old client / Updated the client")
        await anna.presses("It works", on="T-1 is resolved")
        await anna.sees("★ 2")
        await anna.presses("★ 2")
        await stage.seat("zhang.wei").sees("2 分")
        await anna.presses("Add a comment", on="★★")
        await anna.fills({"Your words": "It took long"})
        assert (await stage.ticket(1)).rating_comment == "It took long"


async def skip_to_the_answer(person: Seat) -> None:
    """Skip the guided steps until an answer, or the form, is on the table."""
    for _ in range(8):
        if any(person.reads(f"[{tell_button(label, person.language)}]") for label in ("Open a ticket", "Submit")):
            return
        await person.presses("Skip")
    raise AssertionError(f"no answer came; sees:\n{person.hands.screen()}")


@pytest.mark.parametrize("way", WAYS)
async def test_the_same_life_in_chinese(sqlite_url: str, tmp_path: Path, way: str) -> None:
    """Every sentence, button and field in Chinese, down to the rating."""
    async with play_in_slack(sqlite_url, tmp_path, way=way) as stage:
        zhao, wang = stage.seat("zhao.min"), stage.seat("wang.fang")
        assert zhao.language == "zh"
        await zhao.says("笔记本电脑的无线网络今天早上开始一直掉线")
        await skip_to_the_answer(zhao)
        await zhao.presses("Open a ticket")
        await zhao.fills({"How bad is it": "Work has stopped", "Who is affected": "My team"})
        await zhao.sees("T-1")
        await wang.presses("Claim", on="T-1")
        await zhao.sees("王芳")
        await wang.runs("reply 1 请重启客户端")
        await zhao.sees("请重启客户端")
        await wang.runs("resolve 1")
        await wang.fills({"Cause": "证书过期", "What was done": "已更新证书"})
        await zhao.sees("已更新证书")
        await zhao.presses("It works", on="已更新证书")
        await zhao.presses("★ 5")
        assert (await stage.ticket(1)).rating == 5
        assert "first response" not in zhao.hands.screen()

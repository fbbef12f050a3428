"""Whoever is on call wears a title beside their name in the group's room: it follows the rota, once each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.checking import check_all
from bot.settings import TelegramSettings
from tests.fakes.telegram.model import BOT
from tests.journeys.telegram_stage import FAST, TelegramStage, account, play_in_telegram

WANG, LI, CHEN = account("wang.fang"), account("li.qiang"), account("chen.jie")


def with_title(text: dict[str, Any]) -> None:
    text["groups"]["network"]["badge"] = {"telegram": "值班 on call"}


def worn(stage: TelegramStage) -> dict[int, str]:
    return {user: title for user, title in stage.staff.titles.items() if title}


async def test_it_follows_the_shifts_and_leaves_other_titles_alone(sqlite_url: str, tmp_path: Path) -> None:
    """A regular member wears it as a tag. Telegram asks us to wait when the shift changes: it is made up for, once."""
    async with play_in_telegram(sqlite_url, tmp_path, changes=with_title) as stage:
        stage.staff.rights[BOT].add("can_manage_tags")
        stage.staff.titles[CHEN] = "second line"
        await stage.settle()
        assert worn(stage) == {CHEN: "second line", WANG: "值班 on call"}
        await stage.pass_time(days=5, hours=22, minutes=50)  # Monday 8:50
        assert stage.staff.title_changes == 1
        stage.telegram.faults.rate_limited("setChatMemberTag", times=2, retry_after=5)
        await stage.pass_time(minutes=11)
        assert worn(stage) == {CHEN: "second line", WANG: "值班 on call"}
        await stage.pass_time(minutes=1)
        assert worn(stage) == {CHEN: "second line", LI: "值班 on call"}
        assert stage.staff.title_changes == 3, "taken from one, given to the other"
        stage.staff.titles[LI] = "on a diet"
        await stage.pass_time(days=7)
        assert worn(stage) == {CHEN: "second line", WANG: "值班 on call", LI: "on a diet"}, "what people wrote stays"


async def test_an_administrator_wears_it_only_where_the_bot_may_give_it(sqlite_url: str, tmp_path: Path) -> None:
    """One whom the bot appointed does; one whom people appointed keeps their own, and `firstline check` says why."""
    async with play_in_telegram(sqlite_url, tmp_path, changes=with_title) as stage:
        stage.staff.rights |= {WANG: set(), LI: set()}
        stage.staff.appointed.add(LI)
        stage.staff.titles[WANG] = "head of all"
        await stage.settle()
        assert worn(stage) == {WANG: "head of all"}
        await stage.pass_time(days=6)
        assert worn(stage) == {WANG: "head of all", LI: "值班 on call"}
        given = TelegramSettings(stage.telegram.token, stage.telegram.url, "", "", FAST)
        settings = replace(stage.app.settings, telegram=given)
        (trouble,) = await check_all(settings)
        assert trouble.startswith("group network: wang.fang cannot wear the title '值班 on call'")
        del stage.staff.rights[WANG]
        (trouble,) = await check_all(settings)
        assert "let it change the tags of members" in trouble
        stage.staff.rights[BOT].add("can_manage_tags")
        assert await check_all(settings) == ()

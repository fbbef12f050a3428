"""Whoever is on call is found behind one name in Slack: a user group kept in step with the rota, once each time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.channels.slack.manifest import manifest
from storage import outbox
from tests.fakes.mishaps import Trouble
from tests.fakes.slack.model import UserGroup
from tests.journeys.slack_stage import SlackStage, play_in_slack, user_id
from tests.journeys.stage import listening

WANG, LI = user_id("wang.fang"), user_id("li.qiang")


def with_badge(text: dict[str, Any]) -> None:
    text["groups"]["network"]["badge"] = {"slack": "@network-on-call"}


@asynccontextmanager
async def a_company_with_a_user_group(url: str, folder: Path) -> AsyncIterator[tuple[SlackStage, UserGroup]]:
    """Tuesday morning; Wang Fang is on call until Monday, 9:00, and Li Qiang after her."""
    async with play_in_slack(url, folder, changes=with_badge) as stage:
        stage.workspace.install(manifest(user_groups=True))
        yield stage, stage.workspace.user_group("network-on-call")


async def test_it_follows_the_shifts_once_each(sqlite_url: str, tmp_path: Path) -> None:
    """At the start, and on Monday at nine; nothing in between, however often one looks, nor after a restart."""
    async with a_company_with_a_user_group(sqlite_url, tmp_path) as (stage, group):
        await stage.settle()
        assert (group.members, group.changes) == ([WANG], 1)
        await stage.pass_time(days=3)
        await stage.pass_time(days=2, hours=22, minutes=50)  # Monday 8:50
        assert (group.members, group.changes) == ([WANG], 1)
        await stage.pass_time(minutes=11)
        assert (group.members, group.changes) == ([LI], 2)
        await stage.app.reload()
        await stage.pass_time(minutes=2)
        assert group.changes == 2
        before = len(stage.workspace.calls_to("usergroups.list"))
        await stage.pass_time(days=1)
        assert len(stage.workspace.calls_to("usergroups.list")) == before, "nobody asks Slack while nothing changes"


async def test_a_swap_that_is_accepted_counts_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Asked and answered in chat; declined swaps and questions change nothing."""
    async with a_company_with_a_user_group(sqlite_url, tmp_path) as (stage, group):
        wang, li = stage.seat("wang.fang"), stage.seat("li.qiang")
        await wang.runs("oncall network")
        await wang.presses("Swap a shift")
        form = await wang.hands.has_form()
        shift = next(block for block in form.content["blocks"] if block.get("block_id") == "0:shift")
        mine = shift["element"]["options"][0]["text"]["text"]
        await wang.fills({"Your shift": mine, "Who takes it": "李强"})
        assert group.members == [WANG]
        await li.presses("Accept")
        assert (group.members, group.changes) == ([LI], 2)


async def test_slack_is_down_when_the_shift_changes(sqlite_url: str, tmp_path: Path) -> None:
    """It is made up for afterwards, once, and as it is by then: what came and went meanwhile is passed over."""
    async with a_company_with_a_user_group(sqlite_url, tmp_path) as (stage, group):
        await stage.settle()
        await stage.pass_time(days=5, hours=22, minutes=50)
        await stage.workspace.goes_down(Trouble.SERVER_ERROR)
        await stage.pass_time(minutes=15)
        assert group.members == [WANG]
        stage.workspace.comes_back()
        await stage.pass_time(minutes=2)
        assert (group.members, group.changes) == ([LI], 2)
        stage.workspace.faults.server_error("usergroups.users.update", applied=True)
        await stage.pass_time(days=7)
        await stage.pass_time(minutes=2)
        assert (group.members, group.changes) == ([WANG], 3), "unclear whether it was done: asked first, not done twice"


async def test_nobody_to_put_in_leaves_it_and_says_so(sqlite_url: str, tmp_path: Path) -> None:
    """A user group cannot be empty, and whoever wore it last is better than nobody; `/readyz` tells why."""

    def nobody_next(text: dict[str, Any]) -> None:
        with_badge(text)
        away = {"start": "2026-11-25 09:00", "end": "2026-11-26 09:00"}
        rota = text["groups"]["network"]["tiers"][0]["rota"]
        rota["absences"] = [{"person": person, **away} for person in ("wang.fang", "li.qiang")]

    async with play_in_slack(sqlite_url, tmp_path, changes=nobody_next) as stage:
        stage.workspace.install(manifest(user_groups=True))
        group = stage.workspace.user_group("network-on-call")
        await stage.settle()
        await stage.pass_time(days=1, hours=1)
        assert (group.members, group.changes) == ([WANG], 1)
        async with listening(stage.app) as address, httpx.AsyncClient() as web:
            told = (await web.get(f"{address}/readyz")).json()
        assert told["on_call"] == {"network in slack": "nobody is on call: network-on-call stays as it is"}


async def test_a_user_group_that_is_not_there_is_a_dead_letter(sqlite_url: str, tmp_path: Path) -> None:
    """`firstline stuck` shows it, and it can be sent again once somebody has made the group."""
    async with play_in_slack(sqlite_url, tmp_path, changes=with_badge) as stage:
        stage.workspace.install(manifest(user_groups=True))
        await stage.settle()
        async with stage.app.database.reading() as tx:
            (letter,) = await outbox.dead_letters(tx)
        assert "there is no user group network-on-call" in letter.error
        group = stage.workspace.user_group("network-on-call")
        async with stage.app.database.transaction() as tx:
            assert await outbox.redrive(tx, letter.id, stage.clock())
        await stage.settle()
        assert group.members == [WANG]

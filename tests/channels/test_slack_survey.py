"""`firstline check` and Slack: every trouble is named before it is needed, with what to do about it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.channels.slack.manifest import manifest
from bot.checking import check_all
from bot.settings import Settings, SettingsError, SlackSettings, from_environment
from tests.fakes.slack import Workspace, fake_workspace
from tests.journeys.slack_stage import ROOM, company, user_id


def settings(
    url: str, folder: Path, workspace: Workspace, *, token: str = "", per_second: float = 1000.0, **company_has: Any
) -> Settings:
    slack = SlackSettings(
        token or workspace.bot_token, app_token=workspace.app_token, api_url=workspace.api_url, per_second=per_second
    )
    return Settings(database_url=url, config=company(folder, **company_has), slack=slack)


def staff(workspace: Workspace, folder: Path) -> None:
    """Everybody of the sample company has an account."""
    import yaml

    for key in yaml.safe_load(company(folder).read_text(encoding="utf-8"))["people"]:
        workspace.person(user_id(key), key)


async def test_a_workspace_in_order_gives_no_trouble(sqlite_url: str, tmp_path: Path) -> None:
    """Token, scopes, socket, channel and people."""
    async with fake_workspace() as workspace:
        workspace.install(manifest())
        staff(workspace, tmp_path)
        workspace.channel("network", identifier=ROOM)
        assert await check_all(settings(sqlite_url, tmp_path, workspace)) == ()


async def test_every_trouble_is_named_with_what_to_do(sqlite_url: str, tmp_path: Path) -> None:
    """A scope not granted, a channel without the bot, somebody deactivated, and somebody who is not there."""
    async with fake_workspace(tolerant=True) as workspace:
        workspace.install(manifest())
        staff(workspace, tmp_path)
        workspace.scopes.discard("files:read")
        workspace.channel("network", identifier=ROOM, with_app=False)
        workspace.users[user_id("sun.hao")].deleted = True
        del workspace.users[user_id("li.qiang")]
        troubles = "\n".join(await check_all(settings(sqlite_url, tmp_path, workspace)))
        assert "files:read is missing" in troubles
        assert "/invite @firstline" in troubles
        assert "sun.hao: the Slack account U0SUNHAO is deactivated" in troubles
        assert "li.qiang: the Slack account U0LIQIANG cannot be found" in troubles
        assert len(troubles.splitlines()) == 4


async def test_120_people_are_looked_up_together(sqlite_url: str, tmp_path: Path) -> None:
    """In one call, at Slack's own rates; only whoever is not of the workspace is asked for alone."""
    async with fake_workspace() as workspace:
        workspace.install(manifest())
        staff(workspace, tmp_path)
        workspace.channel("network", identifier=ROOM)
        workspace.users[user_id("li.qiang")].is_stranger = True
        workspace.users[user_id("sun.hao")].deleted = True
        workspace.rates.enforced = True
        at_slacks_pace = settings(sqlite_url, tmp_path, workspace, per_second=1.0)
        async with asyncio.timeout(30):
            (trouble,) = await check_all(at_slacks_pace)
        assert "sun.hao: the Slack account U0SUNHAO is deactivated" in trouble
        assert [call.arguments["user"] for call in workspace.calls_to("users.info")] == [user_id("li.qiang")]
        assert len(workspace.calls_to("users.list")) == 1


async def test_the_user_group_of_whoever_is_on_call_is_looked_at(sqlite_url: str, tmp_path: Path) -> None:
    """Its scopes, whether it is there and switched on, and whether anybody can be put into it."""
    async with fake_workspace() as workspace:
        workspace.install(manifest(user_groups=True))
        staff(workspace, tmp_path)
        workspace.channel("network", identifier=ROOM)
        given = settings(sqlite_url, tmp_path, workspace, changes=with_badge)
        (trouble,) = await check_all(given)
        assert "the user group network-on-call does not exist: create it in Slack" in trouble
        group = workspace.user_group("network-on-call")
        assert await check_all(given) == ()
        group.disabled = True
        (trouble,) = await check_all(given)
        assert "network-on-call is switched off" in trouble
        group.disabled = False
        nobody = settings(sqlite_url, tmp_path, workspace, changes=with_badge, linked=False)
        (trouble,) = await check_all(nobody)
        assert "nobody who is on call now has a Slack account that Firstline knows" in trouble
        workspace.install(manifest())
        troubles = await check_all(given)
        assert [trouble.split(" (")[0] for trouble in troubles] == [
            "Slack: the scope usergroups:read is missing",
            "Slack: the scope usergroups:write is missing",
        ]


def with_badge(text: dict[str, Any]) -> None:
    text["groups"]["network"]["badge"] = {"slack": "network-on-call"}


async def test_a_wrong_token_is_said_first(sqlite_url: str, tmp_path: Path) -> None:
    """And nothing else, since nothing else can be known."""
    async with fake_workspace(tolerant=True) as workspace:
        (trouble,) = await check_all(settings(sqlite_url, tmp_path, workspace, token="xoxb-wrong"))
        assert "SLACK_BOT_TOKEN (invalid_auth)" in trouble


def test_slack_is_on_when_its_credentials_are_there() -> None:
    """Socket Mode, HTTP or both; without any, off."""
    assert from_environment({}).slack is None
    both = from_environment({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"})
    assert both.slack == SlackSettings("xoxb-1", "xapp-1", "s")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_APP_TOKEN": "xapp-1"}, "xoxb-"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-1"}, "xapp-"),
    ],
)
def test_half_a_credential_is_refused_with_what_is_missing(given: dict[str, str], said: str) -> None:
    """Before anything starts."""
    with pytest.raises(SettingsError, match=said):
        from_environment(given)

"""One ticket, three channels: opened in Telegram, claimed in Slack, answered in the web desk, all seen in Telegram."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.channels.slack.manifest import manifest
from bot.messages import Commanded, Identity, Place
from bot.settings import SlackSettings
from tests.fakes.slack import TEAM, fake_workspace
from tests.fakes.telegram import PIXEL
from tests.journeys.slack_stage import ROOM, user_id
from tests.journeys.telegram_stage import play_in_telegram


def in_slack_too(file: dict[str, Any]) -> None:
    """The network group has a channel in Slack as well, and its people accounts there."""
    file["groups"]["network"]["rooms"]["slack"] = ROOM
    for key in ("wang.fang", "li.qiang"):
        account = {"channel": "slack", "workspace": TEAM, "user": user_id(key)}
        file["people"][key].setdefault("identities", []).append(account)


async def test_opened_in_telegram_claimed_in_slack_answered_on_the_web(sqlite_url: str, tmp_path: Path) -> None:
    """The employee never leaves Telegram and misses nothing; both rooms' cards say the same."""
    async with fake_workspace() as workspace:
        workspace.install(manifest(address=""))
        slack = SlackSettings(
            workspace.bot_token, app_token=workspace.app_token, api_url=workspace.api_url, per_second=10_000.0
        )
        async with play_in_telegram(sqlite_url, tmp_path, slack=slack, changes=in_slack_too) as stage:
            assert await workspace.until(lambda: workspace.inbound.sockets.connections)
            wang = workspace.person(user_id("wang.fang"), "Wang Fang")
            li = workspace.person(user_id("li.qiang"), "Li Qiang")
            workspace.channel("network", [wang, li], identifier=ROOM)

            anna = stage.seat("anna.weber")
            await anna.says("/new The Wi-Fi in Berlin drops")
            await anna.fills({"Service": "Wi-Fi"})
            await wang.sees("T-1")
            await wang.presses("认领", on="T-1")
            await stage.settle()
            await anna.sees("Wang Fang has taken T-1")
            await stage.seat("li.qiang").sees("由王芳处理")

            web = Identity("web", "", "wang.fang")
            event = Commanded("web-1", web, Place.direct(web), "reply", "1 Please restart the laptop")
            await stage.app.conversation.handle(event)
            await stage.settle()
            await anna.sees("Please restart the laptop")

            await anna.sends_photo(PIXEL, "It says this", reply_to="Please restart the laptop")
            await wang.sees("It says this")
            assert any(file.content == PIXEL for file in workspace.files.values())
            await anna.says("It still drops", reply_to="Please restart the laptop")
            await wang.sees("It still drops")
            (card,) = stage.cards(1)
            assert "由王芳处理" in card.text
            await stage.seat("wang.fang").writes_in("T-1", "/resolve 1 Old client / Updated it")
            await anna.presses("It works", on="Updated it")
            await stage.settle()
            assert (await stage.ticket(1)).status == "closed"
            await wang.sees("Updated it")

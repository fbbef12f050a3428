"""What an organisation decides about its Slack, and what Slack knows of people: emoji, the command, time zones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from tests.fakes.slack import BOT_USER
from tests.fixtures.company import Changes
from tests.journeys.slack_stage import GENERAL, ROOM, company, play_in_slack

OURS = {"command": "/desk", "emoji": {"new": ["sos", "ticket"], "claim": ":raised_hand:", "resolve": []}}


def changed(**sections: object) -> Changes:
    """The company with these sections of its file."""
    return lambda text: text.update(sections)


async def test_the_command_and_the_emoji_are_the_organisations(sqlite_url: str, tmp_path: Path) -> None:
    """`/desk` instead of `/it`; an engineer's raised hand claims, and eyes are only eyes again."""
    async with play_in_slack(sqlite_url, tmp_path, changes=changed(slack=OURS)) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await anna.hands.slash("/desk", "new The Wi-Fi in Berlin drops")
        await anna.fills({"Service": "Wi-Fi"})
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app)
        await wang.hands.reacts("eyes", on=card)
        await stage.settle()
        assert (await stage.ticket(1)).assignee == ""
        await wang.hands.reacts("raised_hand", on=card)
        await stage.settle()
        assert (await stage.ticket(1)).assignee == "wang.fang"


async def test_only_engineers_emoji_mean_anything(sqlite_url: str, tmp_path: Path) -> None:
    """Anybody may put a ticket or a pair of eyes under a message: nothing happens, and nothing is said."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, lukas = stage.seat("anna.weber"), stage.seat("lukas.becker")
        said = await lukas.hands.says(GENERAL, "The printer on the 2nd floor eats paper")
        await anna.hands.reacts("ticket", on=said)
        await stage.settle()
        assert all(message.user != BOT_USER for message in stage.workspace.messages(GENERAL))
        assert not stage.workspace.messages(stage.workspace.direct_messages(anna.hands.id))
        await lukas.hands.reacts("ticket", on=said)
        await stage.settle()
        await lukas.presses("New ticket")
        assert "eats paper" in str((await lukas.hands.has_form()).content)


async def test_clocks_are_shown_in_the_zone_of_the_profile(sqlite_url: str, tmp_path: Path) -> None:
    """For whom desk.yaml names none; whoever has one there keeps it."""

    def two_zones(text: dict[str, Any]) -> None:
        text["people"]["lukas.becker"]["zone"] = "Europe/Berlin"

    async with play_in_slack(sqlite_url, tmp_path, changes=two_zones) as stage:
        anna, lukas = stage.seat("anna.weber"), stage.seat("lukas.becker")
        for seat in (anna, lukas):
            stage.workspace.users[seat.hands.id].tz = "America/New_York"
            await seat.runs("help")
        async with stage.app.database.reading() as tx:
            zones = [(await stage.app.conversation.world(tx, seat.key)).reader.zone for seat in (anna, lukas)]
        assert zones == ["America/New_York", "Europe/Berlin"]


def test_the_manifest_has_the_command_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another one is asked for."""
    file = company(tmp_path, changes=changed(slack=OURS))
    monkeypatch.setenv("FIRSTLINE_CONFIG", str(file))
    for arguments, wanted in (([], "/desk"), (["--command", "/help-me"], "/help-me")):
        printed = CliRunner().invoke(main, ["slack", "manifest", *arguments])
        assert json.loads(printed.output)["features"]["slash_commands"][0]["command"] == wanted


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"command": "it"}, "expected a slash command"),
        ({"command": "/It"}, "expected a slash command"),
        ({"emoji": {"claim": "ticket"}}, "the emoji 'ticket' stands for 'new' already"),
        ({"emoji": {"claim": "👀"}}, "expected the name of an emoji"),
        ({"emoji": {"close": "x"}}, "close"),
    ],
)
def test_a_mistake_in_the_section_is_named(section: object, complaint: str, tmp_path: Path) -> None:
    """With its line, as everywhere in the file."""
    file = company(tmp_path)
    text = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**text, "slack": section}, allow_unicode=True), encoding="utf-8")
    printed = CliRunner(env={"FIRSTLINE_CONFIG": str(file)}).invoke(main, ["slack", "manifest"])
    assert printed.exit_code == 1
    assert complaint in printed.output

"""What is confidential stays between two, wherever in Slack it was asked for."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.slack import BOT_USER
from tests.journeys.slack_stage import GENERAL, play_in_slack

SECRET = "Paul leaves on Friday"


async def test_a_confidential_ticket_asked_for_in_a_room_is_shown_in_private(sqlite_url: str, tmp_path: Path) -> None:
    """By name in a thread or by the command in a channel: nobody else there reads a word of it."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, everybody = stage.seat("anna.weber"), stage.seat("lukas.becker")
        await anna.runs(f"new {SECRET}")
        await anna.fills({"Service": "New starters and leavers"})
        assert (await stage.ticket(1)).confidential
        direct = stage.workspace.direct_messages(anna.hands.id)

        for ask in ("mention", "command"):
            before = len(direct.messages)
            if ask == "mention":
                await anna.hands.mentions(GENERAL, "show 1")
                await stage.settle()
            else:
                await anna.runs("show 1", channel=GENERAL)
            assert any(SECRET in message.text + str(message.blocks) for message in direct.messages[before:]), ask
            assert not everybody.reads(SECRET)
        said = [message.text for message in stage.workspace.messages(GENERAL) if message.user == BOT_USER]
        assert said == ["That is confidential, so I have sent it to you in private."]


async def test_what_is_not_confidential_is_answered_where_it_was_asked(sqlite_url: str, tmp_path: Path) -> None:
    """In the thread of whoever called us by name."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.runs("new The Wi-Fi in Berlin drops")
        await anna.fills({"Service": "Wi-Fi"})
        await anna.hands.mentions(GENERAL, "show 1")
        await stage.settle()
        assert any(message.user == BOT_USER and message.thread_ts for message in stage.workspace.messages(GENERAL))

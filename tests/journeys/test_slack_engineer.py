"""A ticket's whole life by an engineer who never leaves Slack: from the channel's card, and from a page."""

from __future__ import annotations

from pathlib import Path

from bot.phrases import tell
from tests.fakes.slack import Message
from tests.journeys.slack_stage import ROOM, Seat, SlackStage, play_in_slack


def card(stage: SlackStage) -> Message:
    """The ticket's live card in the group's channel."""
    return next(m for m in stage.workspace.messages(ROOM) if m.by_app and not m.only_for)


async def open_ticket(anna: Seat, **more: str) -> None:
    await anna.runs("new The Wi-Fi in Berlin drops")
    await anna.fills({"Service": "Wi-Fi", **more})


async def test_from_the_channels_card(sqlite_url: str, tmp_path: Path) -> None:
    """Claim, reply, note, hold, resume, priority, assign, resolve: each by a button of the one card."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang, li = stage.seat("anna.weber"), stage.seat("wang.fang"), stage.seat("li.qiang")
        await open_ticket(anna)
        live = card(stage)
        await wang.presses("Claim", on=live)
        await wang.presses("Reply", on=live)
        await wang.fills({"Your words": "Coming over now"})
        await anna.sees("Coming over now")
        await wang.presses("Note", on=live)
        await wang.fills({"Your words": "Antenna 3 again"})
        await wang.presses("Hold", on=live)
        await wang.fills({"Waiting for": "A part"})
        assert (await stage.ticket(1)).status == "on_hold"
        await wang.presses("Resume", on=live)
        await wang.presses("More", on=live)
        await wang.presses("Priority")
        await wang.fills({"Priority": f"P2 · {tell('priority.P2', 'zh')}"})
        assert (await stage.ticket(1)).priority == "P2"
        await wang.presses("More", on=live)
        await wang.presses("Release")
        await wang.presses("Assign", on=live)
        await wang.fills({"Who": "李强"})
        assert (await stage.ticket(1)).assignee == "li.qiang"
        await li.presses("Resolve", on=live)
        await li.fills({"Cause": "Antenna", "What was done": "New antenna"})
        await anna.sees("New antenna")
        assert card(stage) is live
        log = [m.text for m in stage.workspace.messages(ROOM) if m.thread_ts == live.ts]
        assert sum("Coming over now" in text for text in log) == 1
        assert sum("Antenna 3 again" in text for text in log) == 1
        assert not anna.reads("Antenna 3 again")


async def test_from_the_direct_message_of_a_page(sqlite_url: str, tmp_path: Path) -> None:
    """Acknowledge, look, claim and resolve, in the private chat with the bot alone."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, chen = stage.seat("anna.weber"), stage.seat("chen.jie")
        await open_ticket(anna, **{"Who is affected": "Everyone", "How bad is it": "Work has stopped"})
        page = next(m for m in stage.workspace.messages(stage.workspace.direct_messages(chen.hands.id)) if m.by_app)
        await chen.presses("Acknowledge", on=page)
        await chen.presses("View", on=page)
        await chen.presses("Claim", on=page)
        assert (await stage.ticket(1)).assignee == "chen.jie"
        await chen.runs("resolve 1")
        await chen.fills({"Cause": "Power", "What was done": "Switched on"})
        await anna.presses("It works", on="Switched on")
        assert (await stage.ticket(1)).status == "closed"

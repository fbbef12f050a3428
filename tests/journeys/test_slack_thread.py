"""Somebody asks in a channel: the whole ticket is told in that thread, and what they write there arrives."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.slack import BOT_USER, Message
from tests.journeys.slack_stage import GENERAL, ROOM, Seat, SlackStage, play_in_slack


async def asks_in_the_channel(anna: Seat, words: str = "my Wi-Fi drops all the time") -> Message:
    """The root of the thread in which Anna opens a ticket, from the first question."""
    root = await anna.hands.mentions(GENERAL, words)
    await anna.stage.settle()
    await anna.presses("Talk to a human")
    await anna.fills({"Service": "Wi-Fi"})
    return root


def told(stage: SlackStage, root: Message) -> str:
    """What we said in the thread, as it stands now."""
    ours = [m for m in stage.workspace.messages(GENERAL) if m.user == BOT_USER and m.thread_ts == root.ts]
    return "\n".join(f"{m.text} {m.blocks} {m.attachments}" for m in ours)


def in_private(anna: Seat) -> str:
    direct = anna.stage.workspace.direct_messages(anna.hands.id)
    return "\n".join(f"{m.text} {m.blocks}" for m in direct.messages if m.by_app)


async def test_every_public_step_stands_in_the_thread(sqlite_url: str, tmp_path: Path) -> None:
    """Taken, answered, resolved, confirmed, on one card that is edited there; only how it was is asked in private."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang, colleague = (stage.seat(key) for key in ("anna.weber", "wang.fang", "lukas.becker"))
        root = await asks_in_the_channel(anna)
        await wang.presses("Claim", on="T-1")
        await wang.runs("reply 1 Coming over now")
        await wang.runs("note 1 antenna 3 again")
        await anna.hands.says(GENERAL, "It is worst in the kitchen", thread=root)
        await stage.settle()
        log = [message.text for message in stage.workspace.messages(ROOM) if message.by_app and message.thread_ts]
        assert any("It is worst in the kitchen" in text for text in log)
        await colleague.hands.says(GENERAL, "Mine drops as well, by the way", thread=root)
        await stage.settle()
        assert not [m for m in stage.workspace.messages(ROOM) if "Mine drops" in m.text], "others talk among themselves"
        await wang.runs("resolve 1 Old antenna / New antenna")
        for words in ("Wang Fang has taken T-1", "Coming over now", "New antenna"):
            assert words in told(stage, root)
            assert words not in in_private(anna)
        assert "antenna 3 again" not in told(stage, root)
        await anna.presses("It works", on="T-1 is resolved")
        assert "closed" in told(stage, root)
        assert "waiting for an engineer" not in told(stage, root), "the card of the beginning is the card of the end"
        assert "How did we do" not in told(stage, root)
        await anna.presses("★ 5")
        assert (await stage.ticket(1)).rating == 5


async def test_out_of_the_channel_it_goes_on_in_private(sqlite_url: str, tmp_path: Path) -> None:
    """We were thrown out: nothing is lost."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        root = await asks_in_the_channel(anna)
        stage.workspace.room(GENERAL).members.discard(BOT_USER)
        await wang.runs("reply 1 Coming over now")
        await stage.pass_time(minutes=1)
        assert "Coming over now" in in_private(anna)
        assert "Coming over now" not in told(stage, root)


async def test_nothing_confidential_is_told_there(sqlite_url: str, tmp_path: Path) -> None:
    """Asked in the channel or not."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, song = stage.seat("anna.weber"), stage.seat("song.yu")
        root = await anna.hands.mentions(GENERAL, "new Paul starts on Monday")
        await stage.settle()
        await anna.hands.mentions(GENERAL, "new", thread=root)
        await stage.settle()
        await anna.presses("New ticket")
        await anna.fills({"In one line": "Paul leaves", "Service": "New starters and leavers"})
        assert (await stage.ticket(1)).confidential
        await song.runs("claim 1")
        assert "T-1" not in told(stage, root)
        assert "T-1" in in_private(anna)


async def test_in_its_own_thread_a_ticket_is_what_one_writes_about(sqlite_url: str, tmp_path: Path) -> None:
    """With another one open elsewhere, nobody is asked which is meant; in private one is."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        root = await asks_in_the_channel(anna)
        await anna.runs("new The projector in room 3 stays dark")
        await anna.fills({"Service": "Meeting rooms"})
        await anna.hands.says(GENERAL, "It does that in room 3 as well", thread=root)
        await stage.settle()
        assert "Added to T-1" in told(stage, root)
        assert "Which one do you mean" not in told(stage, root)

"""Files in Slack, both ways: what one side sends stands before the other, as a file."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.slack import Message, Trouble
from tests.journeys.slack_stage import ROOM, Seat, SlackStage, play_in_slack

PICTURE, LOG = b"\x89PNG a picture", "访问日志 line 1".encode()


async def open_ticket(anna: Seat) -> None:
    await anna.runs("new The Wi-Fi in Berlin drops")
    await anna.fills({"Service": "Wi-Fi"})


def files_by_us(messages: list[Message]) -> dict[str, tuple[bytes, str]]:
    """The content of every file we shared, and the thread it stands in, by its name."""
    return {file.name: (file.content, m.thread_ts) for m in messages if m.by_app for file in m.files}


def in_private(stage: SlackStage, seat: Seat) -> dict[str, tuple[bytes, str]]:
    return files_by_us(stage.workspace.messages(stage.workspace.direct_messages(seat.hands.id)))


async def test_a_file_reaches_the_other_side(sqlite_url: str, tmp_path: Path) -> None:
    """An employee's stands in the thread under the ticket's card and before its engineer, an engineer's before the
    employee; and nobody is sent their own."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app)
        await wang.presses("Claim", on=card)

        await anna.hands.uploads("screen.png", PICTURE, text="this is what I see")
        await stage.settle()
        assert files_by_us(stage.workspace.messages(ROOM)) == {"screen.png": (PICTURE, card.ts)}
        assert in_private(stage, wang) == {"screen.png": (PICTURE, "")}
        assert in_private(stage, anna) == {}
        await wang.sees("安娜·韦伯为 T-1 发来一个文件")

        await wang.hands.uploads("access.log", LOG, place=ROOM, thread=card.ts)
        await stage.settle()
        assert in_private(stage, anna) == {"access.log": (LOG, "")}
        assert "access.log" not in files_by_us(stage.workspace.messages(ROOM))


async def test_an_answer_under_a_file_is_about_its_ticket(sqlite_url: str, tmp_path: Path) -> None:
    """Of several, that one: nobody is asked which they mean."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        await anna.runs("new The VPN asks for a code")
        await anna.fills({"Service": "VPN"})
        assert await stage.count_tickets() == 2
        for number in (1, 2):
            await wang.runs(f"claim {number}")
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app and "T-1" in str(m.blocks))
        await wang.hands.uploads("access.log", LOG, place=ROOM, thread=card.ts)
        await stage.settle()
        direct = stage.workspace.direct_messages(anna.hands.id)
        shared = next(m for m in stage.workspace.messages(direct) if m.files)
        await anna.hands.says(direct.id, "Line seven looks odd to me", thread=shared)
        await stage.settle()
        log = [m.text for m in stage.workspace.messages(ROOM) if m.thread_ts == card.ts]
        assert any("Line seven looks odd to me" in text for text in log)


async def test_a_file_sent_before_the_ticket_stands_under_its_card(sqlite_url: str, tmp_path: Path) -> None:
    """It came with the conversation that led to the ticket."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.hands.uploads("screen.png", PICTURE)
        await open_ticket(anna)
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app)
        assert files_by_us(stage.workspace.messages(ROOM)) == {"screen.png": (PICTURE, card.ts)}


async def test_an_unclear_share_is_seen_once(sqlite_url: str, tmp_path: Path) -> None:
    """Slack shared the file and did not say so: it is found by the block beside it, and not shared again."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app)
        await wang.presses("Claim", on=card)
        stage.workspace.faults.server_error("files.completeUploadExternal", applied=True)
        await wang.hands.uploads("access.log", LOG, place=ROOM, thread=card.ts)
        await stage.settle()
        await stage.pass_time(minutes=1)
        shared = [m for m in stage.workspace.messages(stage.workspace.direct_messages(anna.hands.id)) if m.files]
        assert [file.name for m in shared for file in m.files] == ["access.log"]
        calls = stage.workspace.calls_to("files.completeUploadExternal")
        assert [call.fault for call in calls] == [Trouble.SERVER_ERROR.value]

"""What people change in Slack after they sent it: understood once, never lost, never done twice."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.slack import Message, payloads
from tests.journeys.slack_stage import GENERAL, ROOM, Seat, play_in_slack


async def edits(seat: Seat, message: Message, text: str) -> None:
    """Change a message, and let the desk hear of it."""
    await seat.hands.edits(message, text)
    await seat.stage.settle()


def heard(seat: Seat) -> list[Message]:
    """What the bot wrote to them in private."""
    direct = seat.stage.workspace.direct_messages(seat.hands.id)
    return [message for message in direct.messages if message.by_app]


async def test_words_changed_before_there_is_a_ticket_are_heard_anew(sqlite_url: str, tmp_path: Path) -> None:
    """The right trouble begins in the place of the wrong one; once something followed, the change goes along."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        first = await anna.hands.dm("the scaner eats my sandwich")
        await stage.settle()
        await edits(anna, first, "the scanner eats paper")
        await anna.sees("Does a copy come out well?")
        await anna.presses("Copying works")
        await edits(anna, first, "the scanner on floor 3 eats paper")
        await anna.sees("I have noted your change")
        await anna.presses("Talk to a human")
        await anna.fills({})
        ticket = await stage.ticket(1)
        assert ticket.service == "scanning"
        assert "sandwich" not in f"{ticket.summary}{ticket.description}"
        assert "Corrected: the scanner on floor 3 eats paper" in f"{ticket.summary}\n{ticket.description}"
        assert await stage.count_tickets() == 1

        so_far = len(heard(anna))
        room = stage.workspace.conversations[first.channel]
        unfolded = payloads.message_changed(stage.workspace, room, first, first.text)
        await stage.workspace.inbound.event(unfolded)  # a link in it was unfolded
        await stage.settle()
        assert len(heard(anna)) == so_far


async def test_words_on_a_ticket_are_followed_by_the_corrected_ones(sqlite_url: str, tmp_path: Path) -> None:
    """To the employee from the thread under the card, and back; a note stays a note, and colleagues' talk is theirs."""
    async with play_in_slack(sqlite_url, tmp_path, way="http") as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await anna.runs("new The Wi-Fi in Berlin drops")
        await anna.fills({"Service": "Wi-Fi"})
        await wang.presses("Claim", on="T-1")
        card = next(message for message in stage.workspace.messages(ROOM) if message.by_app)
        sent = await wang.hands.says(ROOM, "I come at ten", thread=card)
        noted = await wang.hands.says(ROOM, "note: antena 3", thread=card)
        await stage.settle()
        await edits(wang, sent, "I come at eleven")
        await edits(wang, noted, "note: antenna 3")
        await anna.sees("I come at eleven")
        assert "corrected" in " ".join(f"{m.text} {m.blocks}" for m in heard(anna) if "eleven" in f"{m.text}{m.blocks}")
        assert not anna.reads("antenna 3")
        answer = await anna.hands.dm("second floor", thread="I come at eleven")
        await stage.settle()
        await edits(anna, answer, "third floor")
        assert any("third floor" in message.text for message in stage.workspace.messages(ROOM) if message.by_app)

        chatter = await wang.hands.says(GENERAL, "who is coming to lunch?")
        before = [len(stage.workspace.messages(room)) for room in (GENERAL, ROOM)]
        await edits(wang, chatter, "who is coming to dinner?")
        assert [len(stage.workspace.messages(room)) for room in (GENERAL, ROOM)] == before

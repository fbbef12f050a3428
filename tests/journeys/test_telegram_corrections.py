"""What people change after they sent it, and photos sent together: understood once, never lost, never done twice."""

from __future__ import annotations

from pathlib import Path

from storage import attachments
from tests.fakes.telegram import BOT, PIXEL, Message
from tests.journeys.telegram_stage import Seat, TelegramStage, play_in_telegram


def heard(stage: TelegramStage, seat: Seat) -> list[Message]:
    """What the bot wrote to them in private."""
    return [message for message in stage.telegram.messages(seat.hands) if message.by_bot]


async def edits(seat: Seat, message: Message, text: str) -> None:
    """Change a message, and let the desk hear of it."""
    await seat.hands.edits(message, text)
    await seat.stage.settle()


async def test_words_changed_before_there_is_a_ticket_are_heard_anew(sqlite_url: str, tmp_path: Path) -> None:
    """The form begins with the corrected words, an answer is corrected in its summary, and one ticket comes of it."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        first = await anna.says("/new The Wi-Fi in Belrin drops")
        await edits(anna, first, "/new The Wi-Fi in Berlin drops")
        summary = anna.question()
        assert "The Wi-Fi in Berlin drops" in summary.text
        assert [m for m in heard(stage, anna) if "Belrin" in m.text and m.buttons] == []
        await anna.presses("Change…")
        await anna.presses("In one line")
        answer = await anna.says("Wi-Fi drops since yestreday")
        so_far = len(heard(stage, anna))
        await edits(anna, answer, "Wi-Fi drops since yesterday")
        assert "In one line: Wi-Fi drops since yesterday" in anna.question().text
        assert len(heard(stage, anna)) == so_far  # in its place
        await anna.presses("Change…")
        await anna.presses("Call-back number")
        await edits(anna, answer, "Wi-Fi drops since Monday")  # something followed: it goes along
        await anna.sees("I have noted your change")
        await anna.presses("Back")
        await anna.presses("Submit")
        ticket = await stage.ticket(1)
        assert ticket.summary == "Wi-Fi drops since yesterday"
        assert "Corrected: Wi-Fi drops since Monday" in ticket.description
        assert await stage.count_tickets() == 1

        await edits(anna, first, "/new The Wi-Fi in Berlin drops in room 3")
        await edits(anna, first, "/new The Wi-Fi in Berlin drops in room 3")  # nothing changed any more
        assert sum("drops in room 3" in m.text for m in stage.telegram.messages(stage.staff)) == 1
        await wang.sees("安娜·韦伯更正说\nThe Wi-Fi in Berlin drops in room 3")
        await edits(wang, await wang.writes_in("T-1", "/claim"), "/resolve A / B")
        assert (await stage.ticket(1)).status == "claimed"
        await wang.sees("请再发一次")


async def test_words_on_a_ticket_are_followed_by_the_corrected_ones(sqlite_url: str, tmp_path: Path) -> None:
    """In the language of whoever reads them; a note that is changed stays a note."""
    async with play_in_telegram(sqlite_url, tmp_path, way="webhook") as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await anna.says("/new The Wi-Fi in Berlin drops")
        await anna.fills({"Service": "Wi-Fi"})
        await wang.writes_in("T-1", "/claim")
        sent = await wang.writes_in("T-1", "I come at ten")
        noted = await wang.writes_in("T-1", "note: antena 3")
        await edits(wang, sent, "I come at eleven")
        await anna.sees("Wang Fang on T-1, corrected:\n\nI come at eleven")
        await edits(wang, noted, "antenna 3")
        assert not anna.reads("antenna 3")
        assert [m.reactions.get(BOT) for m in (sent, noted)] == [["👍"], ["✍"]]
        answer = await anna.says("second floor", reply_to="I come at eleven")
        await edits(anna, answer, "third floor")
        await wang.sees("安娜·韦伯更正说\nthird floor")
        await anna.presses("Withdraw", on="T-1 · The Wi-Fi")
        await anna.presses("Withdraw", on="Withdraw")
        await edits(anna, answer, "fourth floor")
        assert "fourth floor" not in wang.hands.screen() or (await stage.ticket(1)).status != "new"

        lost = stage.telegram.post(anna.hands.chat, anna.hands.id, "an old message")
        await edits(anna, lost, "a changed message")
        await anna.sees("no longer know what it was about")
        chatter = await wang.says_in_group("who is coming to lunch?")
        before = len(stage.telegram.messages(stage.staff))
        await edits(wang, chatter, "who is coming to dinner?")
        assert len(stage.telegram.messages(stage.staff)) == before


async def test_photos_sent_together_are_answered_once(sqlite_url: str, tmp_path: Path) -> None:
    """Before a ticket, with words about it, and on an open one: all of them are kept, and nothing else is said."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        zhao = stage.seat("zhao.min")
        await zhao.hands.sends_album(PIXEL, PIXEL, PIXEL)
        await stage.settle()
        (kept,) = heard(stage, zhao)
        assert "文件收到了" in kept.text
        await zhao.says("/new 三楼的打印机卡纸")
        await zhao.presses("Submit")
        async with stage.app.database.reading() as tx:
            assert len(await attachments.of_ticket(tx, 1)) == 3
        so_far = len(heard(stage, zhao))
        await zhao.hands.sends_album(PIXEL, PIXEL, caption="还有这两张，卡在这里")
        await stage.settle()
        async with stage.app.database.reading() as tx:
            assert len(await attachments.of_ticket(tx, 1)) == 5
        assert len(heard(stage, zhao)) == so_far + 1

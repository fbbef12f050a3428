"""Who may do what with what is on the screen, and what people write, exactly as they wrote it."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.telegram import BOT, Message
from tests.journeys.telegram_stage import Seat, TelegramStage, play_in_telegram

JOINER = "\u2060"
MARKUP = "<b>5 < 6 & 7</b> &lt;i&gt; _x_ *y* `z` [a](https://evil.example) @channel <a href='tg://user?id=1'>you</a>"


async def open_ticket(anna: Seat, words: str = "The Wi-Fi in Berlin drops", **more: str) -> None:
    await anna.says(f"/new {words}")
    await anna.fills({"Service": "Wi-Fi", **more})


def ours(stage: TelegramStage) -> list[Message]:
    """What we said in the staff group."""
    return [m for m in stage.telegram.messages(stage.staff) if m.sender == BOT and not m.service]


async def test_chatter_is_none_of_our_business(sqlite_url: str, tmp_path: Path) -> None:
    """Neither in the group nor in a topic of somebody's own; nor do commands to other bots concern us."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        wang = stage.seat("wang.fang")
        stage.telegram.privacy = False
        for words in ("Lunch at noon?", "/claim@other_bot 1", "a/b", "12"):
            await wang.says_in_group(words)
        # Another group, which desk.yaml does not name.
        other = stage.telegram.group("Football", [wang.hands, stage.person("anna.weber")])
        await wang.hands.says("my printer is broken", chat=other)
        await stage.settle()
        assert ours(stage) == []
        assert [m for m in stage.telegram.messages(other) if m.by_bot] == []


async def test_markup_from_people_appears_as_typed(sqlite_url: str, tmp_path: Path) -> None:
    """In every field, on every surface of Telegram: no style, no link, no mention of theirs."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna, MARKUP)
        await wang.presses("Claim", on="T-1")
        await anna.says(f"more: {MARKUP}", reply_to="has taken T-1")
        await wang.writes_in("T-1", f"answer: {MARKUP}")
        await wang.writes_in("T-1", f"/note 1 noted: {MARKUP}")
        await wang.writes_in("T-1", f"/resolve 1 {MARKUP} / {MARKUP}")
        await wang.says_in_group("/queue")
        said = [m for chat in stage.telegram.chats.values() for m in chat.messages if m.by_bot]
        every = [m for m in said if "<b>5 < 6" in m.text]
        # The joiner that nobody sees keeps a name from being one that Telegram rings for.
        assert any(f"answer: {MARKUP}" in m.text.replace(JOINER, "") for m in every if m.chat == anna.hands.id)
        assert any(f"more: {MARKUP}" in m.text.replace(JOINER, "") for m in every if m.chat != anna.hands.id)
        assert len(every) > 6
        for message in every:
            kinds = {entity["type"] for entity in message.entities}
            assert not kinds & {"text_link", "text_mention", "mention", "underline", "strikethrough"}, message
            assert message.preview is False
        for topic in stage.staff.topics.values():
            assert "<b>5 < 6 & 7" in topic.name


async def test_a_card_that_somebody_deleted_comes_back(sqlite_url: str, tmp_path: Path) -> None:
    """The ticket is not lost with it: the next change makes another, in the same topic."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        (card,) = stage.cards(1)
        await wang.hands.deletes(card)
        await wang.says("/claim 1")
        (again,) = stage.cards(1)
        assert again.id != card.id
        assert (again.topic, again.pinned) == (card.topic, True)


async def test_several_tickets_of_one_person(sqlite_url: str, tmp_path: Path) -> None:
    """An answer goes to the ticket of the message it answers; without one the person is asked which is meant."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna, "The Wi-Fi in Berlin drops")
        await open_ticket(anna, "The VPN asks for a code")
        for number in (1, 2):
            await wang.says(f"/claim {number}")
            await wang.says(f"/reply {number} Question about {number}")
        await anna.says("For the first", reply_to="Question about 1")
        await wang.sees("For the first")
        topic = stage.telegram.topic(stage.staff, "T-1")
        assert [m.topic for m in ours(stage) if "For the first" in m.text] == [topic.id]
        await anna.says("For one of them")
        await anna.presses("T-2 · The VPN asks for a code")
        assert await stage.telegram.until(lambda: any("For one of them" in m.text for m in ours(stage)))


async def test_somebody_pressing_another_persons_button_may_do_no_more_than_they_may(
    sqlite_url: str, tmp_path: Path
) -> None:
    """What a button carries is checked against whoever presses; a made-up one does nothing."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, zhao, wang = stage.seat("anna.weber"), stage.seat("zhao.min"), stage.seat("wang.fang")
        await anna.says("/new A secret of Anna's")
        await anna.fills({"Service": "Wi-Fi"})
        (card,) = stage.cards(1)
        own = anna.hands.message("T-1 · A secret")
        carried = [button["callback_data"] for button in (*card.buttons, *own.buttons)]
        await zhao.says("/help")
        for data in (*carried, "#" + "0" * 32, "t:claim:1", "t:show:1", "\x00"):
            zhao.hands.press(zhao.hands.message("Firstline"), data)
        assert await stage.telegram.until(lambda: not stage.telegram.updates.waiting)
        await stage.settle()
        assert (await stage.ticket(1)).status == "new"
        assert not zhao.reads("secret of Anna's")
        await wang.presses("Claim", on=card)
        assert (await stage.ticket(1)).assignee == "wang.fang"

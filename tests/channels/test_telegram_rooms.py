"""A staff group: a topic for each ticket, or one card and the answers to it; and the words engineers work with."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from bot.channels.telegram.markup import JOINER
from escalation.ticket import Status
from tests.fakes.telegram import Topic
from tests.fakes.telegram.topic_methods import remove_topic
from tests.journeys.telegram_stage import NUMBER, Seat, TelegramStage, play_in_telegram

MARKUP = "<b>VPN</b> &amp; *drops* @helen /claim_9 [x](tg://u/1)"


async def opens(anna: Seat, words: str) -> None:
    """A ticket, by the shortest way."""
    await anna.says(f"/new {words}")
    await anna.presses("Submit")


def topic(stage: TelegramStage, ticket: int) -> Topic:
    return stage.telegram.topic(stage.staff, f"T-{ticket} ")


async def test_a_ticket_lives_and_ends_in_its_topic(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, fang, lukas = stage.seat("anna.weber"), stage.seat("wang.fang"), stage.seat("lukas.becker")
        await opens(anna, f"Wi-Fi {MARKUP}")
        first = topic(stage, 1)
        assert first.name.startswith("T-1 · P4 · 等待工程师认领 · Wi-Fi <b>VPN</b>")
        (card,) = stage.cards(1)
        assert (card.topic, card.pinned) == (first.id, True)
        assert f"Wi-Fi {MARKUP}" in card.text.replace(JOINER, "")
        assert not [e for e in card.entities if e["type"] in ("mention", "bot_command", "text_link")]

        await fang.presses("Claim", on=card)
        assert fang.hands.reads("(shown for a moment) T-1 由您处理")
        assert "由王芳处理" in first.name
        await lukas.presses("Reply", on=card)
        await lukas.writes_in(first, "That is my answer to you")
        await lukas.presses("Reply", on="Your words: That is my answer")
        await anna.sees("That is my answer to you")

        await fang.writes_in(first, "I am on it")
        await anna.sees("I am on it")
        await fang.presses("Reply", on=card)
        await fang.writes_in(first, "/cancel")
        await fang.writes_in(first, "note: she is nice")
        assert not anna.reads("she is nice")
        await fang.presses("Resolve", on=card)
        await fang.writes_in(first, "Cable broken")
        await lukas.writes_in(first, "Meanwhile I ask you something")
        await anna.sees("Meanwhile I ask you something")
        await fang.writes_in(first, "Cable replaced")
        await fang.presses("Resolve", on="Cable replaced")
        await anna.sees("Cable replaced")
        assert not first.closed

        await anna.presses("It works")
        assert first.closed
        assert (await stage.ticket(1)).status is Status.CLOSED
        await anna.presses("★ 2")
        await fang.sees("2 星" if fang.reads("2 星") else "T-1")
        assert first.closed
        await anna.says("/reopen 1")
        assert not first.closed
        assert len(stage.cards(1)) == 1
        assert card.topic == first.id


async def test_a_topic_that_somebody_deleted_is_opened_again(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, fang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await opens(anna, "Wi-Fi drops in the Berlin office")
        remove_topic(stage.telegram, stage.staff, topic(stage, 1))
        await fang.says_in_group("/claim 1")
        assert "由王芳处理" in topic(stage, 1).name
        (card,) = stage.cards(1)
        assert card.pinned


async def test_without_the_right_to_open_topics_the_group_gets_cards(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        stage.staff.rights = {next(iter(stage.staff.rights)): {"can_pin_messages"}}
        anna, fang = stage.seat("anna.weber"), stage.seat("wang.fang")
        with capture_logs() as logs:
            await opens(anna, "Wi-Fi drops in the Berlin office")
        assert [each["event"] for each in logs if "topics" in each["event"]] == ["telegram.no_topics"]
        (card,) = stage.cards(1)
        assert card.topic == 0
        await fang.presses("Claim", on=card)
        assert "由王芳处理" in card.text


async def test_in_a_group_without_topics_one_answers_the_card(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path, topics=False) as stage:
        anna, fang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await opens(anna, "Wi-Fi drops in the Berlin office")
        (card,) = stage.cards(1)
        await fang.says("/claim", reply_to=card)
        assert "由王芳处理" in card.text
        log = next(m for m in stage.telegram.messages(stage.staff) if "认领了工单" in m.text)
        assert log.reply_to == card.id

        await fang.says("I am on it", reply_to=card)
        await anna.sees("I am on it")
        await fang.says("And I am still", reply_to=log)
        await anna.sees("And I am still")
        await fang.presses("Resolve", on=card)
        question = fang.question()
        await fang.says("Cable broken", reply_to=question)
        await fang.says("Cable replaced", reply_to=fang.question())
        await fang.presses("Resolve", on="Cable replaced")
        await anna.sees("Cable replaced")
        await fang.says_in_group("Lunch?")
        assert not anna.reads("Lunch?")


async def test_lists_are_tapped_and_private_things_answered_in_private(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, fang, stranger = stage.seat("anna.weber"), stage.seat("wang.fang"), stage.seat("somebody")
        await opens(anna, "Wi-Fi drops in the Berlin office")
        await opens(stage.seat("zhao.min"), "会议室的无线网络很慢")
        await fang.says_in_group("/queue@firstline_bot")
        await fang.taps("/claim_2", on="T-2 · P4")
        assert (await stage.ticket(2)).assignee == "wang.fang"
        await fang.taps("/show_2", on="T-2 · P4")
        newest = stage.telegram.messages(stage.staff)[-1]
        assert "最近进展" in newest.text
        await fang.says_in_group("@firstline_bot claim 1")
        assert (await stage.ticket(1)).assignee == "wang.fang"

        before = len(stage.telegram.messages(stage.staff))
        for word in ("/my", "/mine", "/settings", "/show 99", "/help", "@firstline_bot hello"):
            await fang.says_in_group(word)
        said = stage.telegram.messages(stage.staff)[before:]
        assert not [message.text for message in said if message.by_bot]
        assert "T-2" in stage.telegram.messages(fang.hands)[-5].text or fang.reads("设置")
        await fang.says_in_group("/claim@another_bot 1")
        assert len(stage.telegram.messages(stage.staff)) == before + 7

        # Whoever never opened our chat is asked to, in the group, in their own language.
        stage.staff.members.add(stranger.hands.id)
        await stranger.says_in_group("/queue")
        answer = stage.telegram.messages(stage.staff)[-1]
        assert answer.text.startswith("I answer this in private")
        assert answer.buttons[0]["url"] == "https://t.me/firstline_bot"
        (card, *_) = stage.cards(1)
        await stranger.hands.presses("回复", on=card)
        assert stranger.reads("(shown for a moment) I answer this in private")
        assert (await stage.ticket(1)).assignee == "wang.fang"


async def test_a_group_that_becomes_a_supergroup_is_followed(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path, topics=False) as stage:
        stage.staff.kind = "group"
        anna, fang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await opens(anna, "Wi-Fi drops in the Berlin office")
        with capture_logs():
            new = stage.telegram.migrate(stage.staff)
            await opens(stage.seat("zhao.min"), "会议室的无线网络很慢")
            assert stage.app.telegram is not None
            assert await stage.telegram.until(lambda: not stage.telegram.updates.waiting)
        await stage.settle()
        moved, stage.staff = stage.staff, new
        (card,) = stage.cards(2)
        await fang.presses("Claim", on=card)
        await fang.says("I am on it", reply_to=card)
        await stage.seat("zhao.min").sees("I am on it")
        await fang.says_in_group("/claim 1")
        (first,) = stage.cards(1)
        assert "由王芳处理" in first.text
        assert moved.id == NUMBER

        # It is remembered: another process of the same desk writes to the new number at once.
        rooms = stage.app.telegram.channel.rooms
        assert await type(rooms)(stage.app.telegram.channel.account, stage.app.telegram.channel.memory).now_at(
            str(NUMBER)
        ) == str(new.id)

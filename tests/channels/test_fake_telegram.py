"""The fake Telegram, driven by the real python-telegram-bot: what people and a bot do reaches the other side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest

from tests.fakes.telegram import PIXEL, CannotDo, Chat, Person, Telegram, fake_telegram
from tests.fakes.telegram.sample_bot import bot_of

KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("✋ Claim", callback_data="t1"), InlineKeyboardButton("More", callback_data="t2")]]
)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with fake_telegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    """The real client, told where this Telegram is."""
    async with bot_of(telegram) as bot:
        yield bot


@pytest.fixture
def anna(telegram: Telegram) -> Person:
    return telegram.person(2001, "Anna Weber", met=True, language="en")


class Ear:
    """Long polling by hand: every update once."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.offset = 0

    async def hears(self, timeout: int = 0) -> Sequence[Update]:
        updates = await self.bot.get_updates(offset=self.offset, timeout=timeout)
        if updates:
            self.offset = updates[-1].update_id + 1
        return updates


@pytest.fixture
def ear(bot: Bot) -> Ear:
    return Ear(bot)


async def test_words_reach_the_bot_and_its_answer_is_read(bot: Bot, ear: Ear, anna: Person) -> None:
    """Marks are read as marks, and what is escaped as it was typed."""
    await anna.says("vpn drops <again> & again")
    [update] = await ear.hears()
    assert update.message is not None
    assert (update.message.text, update.message.chat.type) == ("vpn drops <again> & again", "private")
    await bot.send_message(anna.id, "<b>You</b> said &lt;again&gt; &amp; <code>again</code>", parse_mode="HTML")
    await anna.sees("You said <again> & again")
    assert [e["type"] for e in anna.message("You said").entities] == ["bold", "code"]


async def test_an_update_comes_until_it_is_confirmed(bot: Bot, anna: Person) -> None:
    await anna.says("one")
    await anna.says("two")
    first, second = await bot.get_updates()
    assert [u.update_id for u in await bot.get_updates()] == [first.update_id, second.update_id]
    assert [u.update_id for u in await bot.get_updates(offset=second.update_id)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == ()
    assert [u.update_id for u in await bot.get_updates(offset=first.update_id)] == []


async def test_a_long_poll_waits_and_somebody_who_speaks_waits_for_the_bot(ear: Ear, anna: Person) -> None:
    """`says` comes back once the update is confirmed."""
    assert await ear.hears() == ()
    listening = asyncio.create_task(ear.hears(timeout=5))
    await anna.telegram.until(lambda: anna.telegram.updates.listened_to)
    speaking = asyncio.create_task(anna.says("hello"))
    assert len(await listening) == 1
    assert not speaking.done()
    await ear.hears()
    await speaking


async def test_a_press_is_answered_once_and_its_words_are_seen_for_a_moment(bot: Bot, ear: Ear, anna: Person) -> None:
    await bot.send_message(anna.id, "Ticket T-1 waits", reply_markup=KEYBOARD)
    await bot.send_message(anna.id, "Ticket T-2 waits", reply_markup=KEYBOARD)
    await anna.presses("Claim", on="T-1")
    [update] = await ear.hears()
    press = update.callback_query
    assert press is not None
    assert press.message is not None
    assert (press.data, press.from_user.id, press.message.message_id) == ("t1", 2001, anna.message("T-1").id)
    assert len(anna.telegram.unanswered()) == 1
    await press.answer("It is yours")
    await anna.sees("It is yours")
    with pytest.raises(BadRequest, match="Query is too old"):
        await press.answer("Again")
    await anna.presses("more", on="T-2")
    [late] = await ear.hears()
    anna.telegram.advance(151)
    assert late.callback_query is not None
    with pytest.raises(BadRequest, match="Query is too old"):
        await late.callback_query.answer()
    with pytest.raises(CannotDo, match="Ticket T-2"):
        await anna.presses("Release")


async def test_a_card_is_edited_in_place(bot: Bot, anna: Person) -> None:
    card = await bot.send_message(anna.id, "new", reply_markup=KEYBOARD)
    await bot.edit_message_text("claimed", anna.id, card.message_id)
    assert not anna.reads("new")
    with pytest.raises(CannotDo):
        await anna.presses("Claim")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("claimed", anna.id, card.message_id)
    await bot.delete_message(anna.id, card.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("gone", anna.id, card.message_id)


async def test_files_go_both_ways(bot: Bot, ear: Ear, anna: Person) -> None:
    await anna.sends_photo(PIXEL, "the screen")
    await anna.sends_document("log.txt", b"line 1", media_type="text/plain")
    photo, document = [update.message for update in await ear.hears()]
    assert photo is not None
    assert document is not None
    assert document.document is not None
    assert (photo.caption, document.document.file_name) == ("the screen", "log.txt")
    kept = await bot.get_file(photo.photo[-1].file_id)
    assert bytes(await kept.download_as_bytearray()) == PIXEL
    assert bytes(await (await document.document.get_file()).download_as_bytearray()) == b"line 1"
    await bot.send_document(anna.id, b"a,b", filename="report.csv", caption="Your <i>report</i>", parse_mode="HTML")
    await anna.sees("<report.csv> Your report")
    await bot.send_photo(anna.id, PIXEL, reply_markup=KEYBOARD)
    assert anna.message("[✋ Claim]").file is not None


async def test_an_album_is_several_messages_of_one_group(ear: Ear, anna: Person) -> None:
    await anna.sends_album(PIXEL, PIXEL, caption="both sides")
    first, second = [update.message for update in await ear.hears()]
    assert first is not None
    assert second is not None
    assert first.media_group_id == second.media_group_id
    assert (first.caption, second.caption) == ("both sides", None)


async def test_start_carries_a_code_and_opens_the_way(telegram: Telegram, bot: Bot, ear: Ear) -> None:
    """By hand or by a link in a button; without it the bot cannot begin."""
    zhao = telegram.person(2002, "Zhao Min", language="zh-hans")
    with pytest.raises(CannotDo, match="has not pressed Start"):
        await zhao.says("hello?")
    await zhao.starts("c0de")
    link = InlineKeyboardMarkup([[InlineKeyboardButton("Link", url="https://t.me/firstline_bot?start=c0de2")]])
    await bot.send_message(zhao.id, "Link your account", reply_markup=link)
    await zhao.presses("Link")
    texts = [update.message.text for update in await ear.hears() if update.message]
    assert texts == ["/start c0de", "/start c0de2"]


async def test_a_ticket_has_a_topic_of_its_own(telegram: Telegram, bot: Bot, ear: Ear, anna: Person) -> None:
    staff = telegram.group("Network", [anna], forum=True)
    topic = await bot.create_forum_topic(staff.id, "T-1 · new · P2")
    thread = topic.message_thread_id
    card = await bot.send_message(staff.id, "The card of T-1, /claim_1", message_thread_id=thread)
    await bot.pin_chat_message(staff.id, card.message_id)
    await bot.edit_forum_topic(staff.id, thread, name="T-1 · claimed · P2")
    assert "── Network › T-1 · claimed · P2" in anna.screen()
    assert "Firstline 📌: The card of T-1" in anna.screen()
    await anna.writes_in("T-1", "looking at it")
    await anna.taps("/claim_1")
    await anna.says("as an answer", reply_to="The card of T-1")
    heard = [update.message for update in await ear.hears() if update.message]
    spoken = [message for message in heard if message.from_user and message.from_user.id == anna.id]
    assert [m.text for m in spoken] == ["looking at it", "/claim_1@firstline_bot", "as an answer"]
    assert {(m.message_thread_id, m.is_topic_message) for m in spoken} == {(thread, True)}
    # What answers nothing is shown as an answer to the making of the topic.
    assert [m.reply_to_message.message_id for m in spoken if m.reply_to_message] == [thread, thread, card.message_id]
    await bot.close_forum_topic(staff.id, thread)
    with pytest.raises(CannotDo, match="closed"):
        await anna.writes_in("T-1", "too late")
    await bot.send_message(staff.id, "administrators may still", message_thread_id=thread)
    await bot.reopen_forum_topic(staff.id, thread)
    await anna.writes_in("T-1", "in time")
    await bot.delete_forum_topic(staff.id, thread)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(staff.id, "nobody", message_thread_id=thread)


async def test_in_a_supergroup_without_topics_an_answer_has_a_thread_that_is_no_topic(
    telegram: Telegram, bot: Bot, ear: Ear, anna: Person
) -> None:
    staff = telegram.group("Network", [anna])
    await bot.send_message(staff.id, "the card")
    await anna.says("looking", reply_to="the card")
    [update] = await ear.hears()
    assert update.message is not None
    assert update.message.message_thread_id == anna.message("the card").id
    assert not update.message.is_topic_message


@pytest.mark.parametrize(
    ("rights", "privacy", "heard"),
    [
        (None, True, ["/mine", "/mine@firstline_bot", "an answer"]),
        (None, False, "all"),
        ({"can_pin_messages"}, True, "all"),
    ],
)
async def test_in_a_group_the_bot_hears_what_its_privacy_lets_it_hear(
    telegram: Telegram, bot: Bot, ear: Ear, anna: Person, rights: set[str] | None, privacy: bool, heard: object
) -> None:
    """With privacy: commands that may be its own and answers to it; without, or as an administrator: everything."""
    telegram.privacy = privacy
    staff: Chat = telegram.group("Network", [anna], rights=rights)
    await bot.send_message(staff.id, "the card")
    said = ["just talk", "/mine", "/mine@firstline_bot", "/mine@other_bot"]
    for text in said:
        await anna.says(text, chat=staff)
    await anna.says("an answer", reply_to="the card")
    texts = [update.message.text for update in await ear.hears() if update.message]
    assert texts == ([*said, "an answer"] if heard == "all" else heard)


async def test_commands_are_offered_by_scope_and_language(telegram: Telegram, bot: Bot, anna: Person) -> None:
    staff = telegram.group("Network", [anna])
    zhao = telegram.person(2002, "Zhao Min", met=True, language="zh-hans")
    private, groups = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
    await bot.set_my_commands([BotCommand("new", "Open a ticket")], scope=private)
    await bot.set_my_commands([BotCommand("new", "新建工单")], scope=private, language_code="zh")
    await bot.set_my_commands([BotCommand("claim", "Take a ticket")], scope=groups)
    assert anna.menu() == {"new": "Open a ticket"}
    assert zhao.menu() == {"new": "新建工单"}
    assert anna.menu(staff) == {"claim": "Take a ticket"}


async def test_who_blocks_the_bot_is_told_of_and_comes_back_with_start(
    telegram: Telegram, ear: Ear, anna: Person
) -> None:
    await anna.blocks_bot()
    with pytest.raises(CannotDo, match="has not pressed Start"):
        await anna.says("hello?")
    await anna.starts()
    blocked, back, start = await ear.hears()
    assert blocked.my_chat_member is not None
    assert back.my_chat_member is not None
    assert start.message is not None
    statuses = [blocked.my_chat_member.new_chat_member.status, back.my_chat_member.new_chat_member.status]
    assert statuses == ["kicked", "member"]

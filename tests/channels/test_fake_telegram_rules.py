"""The fake Telegram refuses what Telegram refuses, in its words, and holds every call against the published Bot API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from tests.fakes.telegram import Chat, Person, Telegram, fake_telegram, markup
from tests.fakes.telegram.refusals import Refused
from tests.fakes.telegram.sample_bot import bot_of
from tests.fakes.telegram.specification import Specification, published
from tests.fixtures.specification import taken

TO_ANNA: dict[str, Any] = {"chat_id": 2001, "text": "x"}
needs_the_specifications = pytest.mark.skipif(not published().present, reason="the specifications are not there")


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """One that is to be broken."""
    async with fake_telegram(tolerant=True) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    async with bot_of(telegram) as bot:
        yield bot


@pytest.fixture
def anna(telegram: Telegram) -> Person:
    return telegram.person(2001, "Anna Weber", met=True)


@pytest.fixture
def staff(telegram: Telegram, anna: Person) -> Chat:
    """A forum where the bot may do everything."""
    return telegram.group("Network", [anna], forum=True)


async def refusal(call: Any) -> str:
    with pytest.raises((BadRequest, Forbidden)) as refused:
        await call
    return refused.value.message.lower()  # the library changes the case of some letters


async def raw(telegram: Telegram, method: str, **sent: Any) -> tuple[int, dict[str, Any]]:
    """A call as no library makes it."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{telegram.url}/bot{telegram.token}/{method}", json=sent) as answer,
    ):
        return answer.status, await answer.json()


@needs_the_specifications
@pytest.mark.parametrize(
    ("method", "sent", "complaint"),
    [
        ("sendMessage", TO_ANNA | {"colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {"chat_id": 2001}, "text is missing"),
        ("sendMessage", {"chat_id": 2001, "text": ["x"]}, "text should be String, not ['x']"),
        ("sendMessage", TO_ANNA | {"reply_markup": "{"}, "reply_markup should be "),
        (
            "sendMessage",
            TO_ANNA | {"reply_markup": {"inline_keyboard": [{}]}},
            "[0] should be Array",
        ),
        (
            "sendMessage",
            TO_ANNA | {"reply_markup": {"inline_keyboard": [[{"text": "a", "data": "b"}]]}},
            "is a InlineKeyboardButton, which has no data",
        ),
        (
            "sendMessage",
            TO_ANNA | {"reply_parameters": {}},
            "reply_parameters.message_id is missing",
        ),
        ("setMyCommands", {"commands": [], "scope": {"type": "everybody"}}, "scope.type should be"),
        ("sendMesage", {}, "no such method"),
        ("sendDice", {"chat_id": 2001}, "not faked"),
    ],
)
async def test_a_call_that_is_not_in_the_book_is_refused_and_complained_of(
    method: str, sent: dict[str, Any], complaint: str
) -> None:
    """At the gate of the whole run, not only here."""
    async with fake_telegram() as strict:
        strict.person(2001, met=True)
        status, answer = await raw(strict, method, **sent)
        assert (status in (400, 404), answer["ok"]) == (True, False)
    [found] = taken()
    assert complaint in found.words


@needs_the_specifications
async def test_what_the_fake_itself_tells_is_held_against_the_book() -> None:
    async with fake_telegram() as strict:
        strict.updates.tell("message", {"message_id": 1, "date": 1, "chat": {"id": 1}, "mood": "good"})
    assert sorted(each.words.rpartition(": ")[2] for each in taken()) == [
        "Update.message is a Message, which has no mood",
        "Update.message.chat.type is missing",
    ]


@needs_the_specifications
def test_the_book_knows_a_family_by_its_kind() -> None:
    """A member that is an administrator is complained of as one."""
    member = {"status": "administrator", "user": {"id": 1, "is_bot": False, "first_name": "A"}}
    assert "x.can_be_edited is missing" in Specification().faults(member, ["ChatMember"], "x")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>bold</i>", 'Unmatched end tag at byte offset 7, expected "</b>", found "</i>"'),
        ("vpn </b>", "Unexpected end tag at byte offset 4"),
        ("äß <script>", 'Unsupported start tag "script" at byte offset 5'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("ends <b", "Unclosed start tag at byte offset 5"),
    ],
)
async def test_broken_markup_is_refused_in_telegrams_words(bot: Bot, anna: Person, html: str, reason: str) -> None:
    said = await refusal(bot.send_message(anna.id, html, parse_mode="HTML"))
    assert said == f"can't parse entities: {reason}".lower()


@given(st.text(max_size=200))
def test_what_is_escaped_is_shown_as_typed(text: str) -> None:
    """Whatever somebody types: no mark of theirs becomes a style."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown, entities = markup.parse(f"<b>{escaped}</b>.", "HTML")
    assert shown.removesuffix(".").strip() == markup.cleaned(text).strip()
    assert {each["type"] for each in entities} <= {"bold", "url", "mention", "bot_command"}


def test_offsets_count_as_telegram_counts() -> None:
    """An emoji is two; what Telegram finds by itself is found."""
    source = '😀 <b>x</b> <a href="https://a.example/?q=1&amp;r=2">a</a> /claim_12 http://b.org'
    text, entities = markup.parse(source, "html")
    assert text == "😀 x a /claim_12 http://b.org"
    bold, link, command, address = entities
    assert (bold["offset"], bold["length"]) == (3, 1)
    assert link["url"] == "https://a.example/?q=1&r=2"
    assert markup.part(text, command) == "/claim_12"
    assert (address["type"], markup.part(text, address)) == ("url", "http://b.org")
    with pytest.raises(Refused, match="unsupported parse_mode"):
        markup.parse("*x*", "Markdown")


async def test_lengths_are_refused_where_telegram_refuses_them(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")
    assert await refusal(bot.send_message(anna.id, "x" * 4097)) == "message is too long"
    assert await refusal(bot.send_message(anna.id, "😀" * 2049)) == "message is too long"
    assert await refusal(bot.send_message(anna.id, " \n ")) == "message text is empty"
    assert await refusal(bot.send_document(anna.id, b"x", caption="x" * 1025)) == "message caption is too long"
    toast = bot.answer_callback_query(anna.telegram.press(anna.id).id, "x" * 201)
    assert await refusal(toast) == "message_too_long"


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        (InlineKeyboardButton("Claim", callback_data="认领" * 11), "button_data_invalid"),
        (InlineKeyboardButton("Open", url="http//desk"), "inline keyboard button url 'http//desk' is invalid"),
        (InlineKeyboardButton("Claim"), "can't parse inline keyboard button: text buttons are unallowed"),
    ],
)
async def test_a_button_telegram_would_not_take(
    bot: Bot, anna: Person, button: InlineKeyboardButton, reason: str
) -> None:
    said = await refusal(bot.send_message(anna.id, "x", reply_markup=InlineKeyboardMarkup([[button]])))
    assert said.startswith(reason)


async def test_who_cannot_be_written_to(telegram: Telegram, bot: Bot, anna: Person, staff: Chat) -> None:
    stranger = telegram.person(2009, "A Stranger")
    assert await refusal(bot.send_message(stranger.id, "x")) == "forbidden: bot can't initiate conversation with a user"
    assert await refusal(bot.send_message(404404, "x")) == "chat not found"
    await anna.blocks_bot()
    assert await refusal(bot.send_message(anna.id, "x")) == "forbidden: bot was blocked by the user"
    telegram.kick(staff)
    assert await refusal(bot.send_message(staff.id, "x")) == "forbidden: bot was kicked from the supergroup chat"


async def test_a_group_that_moved_says_where(telegram: Telegram, bot: Bot, anna: Person) -> None:
    """In both chats, and to whoever still writes into the old one."""
    old = telegram.group("Network", [anna], kind="group")
    new = telegram.migrate(old)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old.id, "x")
    assert moved.value.new_chat_id == new.id
    first, second = [update.message for update in await bot.get_updates()]
    assert first is not None
    assert second is not None
    assert (first.migrate_to_chat_id, second.migrate_from_chat_id) == (new.id, old.id)
    await bot.send_message(new.id, "here")


async def test_rights_are_asked_for(telegram: Telegram, bot: Bot, anna: Person) -> None:
    plain = telegram.group("Plain", [anna], rights=set())
    forum = telegram.group("Forum", [anna], forum=True, rights={"can_pin_messages"})
    said = await bot.send_message(plain.id, "x")
    assert await refusal(bot.create_forum_topic(plain.id, "T-1")) == "the chat is not a forum"
    assert await refusal(bot.create_forum_topic(forum.id, "T-1")) == "not enough rights to create a topic"
    pin = bot.pin_chat_message(plain.id, said.message_id)
    assert await refusal(pin) == "not enough rights to manage pinned messages in the chat"
    me = await bot.get_chat_member(forum.id, bot.id)
    assert (me.status, getattr(me, "can_manage_topics", None)) == ("administrator", False)


async def test_what_a_topic_refuses(bot: Bot, staff: Chat) -> None:
    thread = (await bot.create_forum_topic(staff.id, "T-1")).message_thread_id
    assert await refusal(bot.edit_forum_topic(staff.id, thread, name="T-1")) == "topic_not_modified"
    assert await refusal(bot.create_forum_topic(staff.id, "x" * 129)) == "topic_title_too_long"
    assert await refusal(bot.edit_forum_topic(staff.id, 999, name="x")) == "topic_id_invalid"
    # The general topic has no number one may send to.
    assert await refusal(bot.send_message(staff.id, "x", message_thread_id=1)) == "message thread not found"
    said = await bot.send_message(staff.id, "in general")
    assert await refusal(bot.send_message(staff.id, "x", reply_to_message_id=999)) == "message to be replied not found"
    answer = bot.send_message(staff.id, "x", message_thread_id=thread, reply_to_message_id=said.message_id)
    assert await refusal(answer) == "the message to be replied is in another topic"
    staff.rights[bot.id].discard("can_manage_topics")
    staff.topics[thread].closed = True
    assert await refusal(bot.send_message(staff.id, "x", message_thread_id=thread)) == "topic_closed"


async def test_only_its_own_words_can_be_edited(bot: Bot, anna: Person) -> None:
    said = await anna.says("mine")
    assert await refusal(bot.edit_message_text("yours", anna.id, said.id)) == "message can't be edited"
    photo = await bot.send_photo(anna.id, b"\x89PNG", caption="x")
    edit = bot.edit_message_text("words", anna.id, photo.message_id)
    assert await refusal(edit) == "there is no text in the message to edit"
    await bot.edit_message_caption(anna.id, photo.message_id, caption="other words")


async def test_webhooks_commands_and_files_have_rules(telegram: Telegram, bot: Bot, anna: Person) -> None:
    assert await refusal(bot.set_webhook("http://desk.example/")) == (
        "bad webhook: an https url must be provided for webhook"
    )
    assert "ports 80, 88, 443 or 8443" in await refusal(bot.set_webhook("https://desk.example:9000/telegram"))
    long = [BotCommand(f"c{n}", "x") for n in range(101)]
    status, answer = await raw(telegram, "setMyCommands", commands=[c.to_dict() for c in long])
    assert (status, answer["description"]) == (400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    status, answer = await raw(telegram, "setMyCommands", commands=[{"command": "New", "description": "x"}])
    assert (status, answer["description"]) == (400, "Bad Request: BOT_COMMAND_INVALID")
    big = telegram.keep_file("film.mp4", b"x" * (20 * 2**20 + 1), "video/mp4")
    assert await refusal(bot.get_file(big.id)) == "file is too big"
    assert await refusal(bot.send_photo(anna.id, b"no picture")) == "image_process_failed"


async def test_a_wrong_token_opens_nothing(telegram: Telegram) -> None:
    wrong = Bot(telegram.token[:-3] + "xyz", base_url=f"{telegram.url}/bot")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()

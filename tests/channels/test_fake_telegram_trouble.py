"""The fake Telegram breaks in the ways Telegram breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict, NetworkError, RetryAfter, TimedOut

from tests.fakes.telegram import Person, Telegram, Trouble, fake_telegram
from tests.fakes.telegram.sample_bot import bot_of

CLAIM = InlineKeyboardButton("Claim", callback_data="x")
PUBLIC = "https://desk.example"


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with fake_telegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """The real client, which gives its waits as lengths of time."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with bot_of(telegram) as bot:
        yield bot


@pytest.fixture
def anna(telegram: Telegram) -> Person:
    return telegram.person(2001, "Anna Weber", met=True)


@dataclass
class Door:
    """An HTTP server that notes what is posted to it, and answers as it is told."""

    answers: list[int] = field(default_factory=list)
    heard: list[tuple[str, int]] = field(default_factory=list)

    async def post(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        self.heard.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), body["update_id"]))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def door(telegram: Telegram) -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/telegram/webhook", door.post)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    telegram.leads(PUBLIC, f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield door
    await runner.cleanup()


async def test_a_webhook_is_posted_to_in_order_until_it_says_200(
    telegram: Telegram, bot: Bot, anna: Person, door: Door
) -> None:
    """With its secret; what waited before comes too; polling is refused meanwhile, and works again afterwards."""
    telegram.pace.redelivery = 0.01
    await anna.says("before")
    door.answers = [500, 404, 200]
    await bot.set_webhook(f"{PUBLIC}/telegram/webhook", secret_token="s3cret")
    await anna.says("after")
    assert await telegram.until(lambda: not telegram.updates.waiting)
    secrets, numbers = zip(*door.heard, strict=True)
    assert set(secrets) == {"s3cret"}
    assert list(numbers) == [numbers[0]] * 3 + [numbers[0] + 1]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    await anna.says("polled")
    assert len(await bot.get_updates()) == 1


async def test_a_press_overtakes_words_that_are_not_taken(
    telegram: Telegram, bot: Bot, anna: Person, door: Door
) -> None:
    """They travel in lines of their own."""
    telegram.pace.redelivery = 0.5
    await bot.send_message(anna.id, "card", reply_markup=InlineKeyboardMarkup.from_button(CLAIM))
    await bot.set_webhook(f"{PUBLIC}/telegram/webhook")
    door.answers = [503]
    words = telegram.in_background(anna.says("first"))
    assert await telegram.until(lambda: door.heard)
    pressed = anna.press(anna.message("card"), "x")
    assert await telegram.updates.handled(pressed)
    assert not words.done()
    await words


async def test_a_second_poller_ends_the_first(bot: Bot, anna: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await anna.telegram.until(lambda: anna.telegram.updates.polls == 1)
    second = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    await anna.telegram.until(lambda: anna.telegram.updates.polls == 2)
    speaking = asyncio.create_task(anna.says("hello"))
    assert len(await second) == 1
    await bot.get_updates(offset=10**10)
    await speaking


def wait(error: RetryAfter) -> int:
    """The seconds it asks for."""
    assert isinstance(error.retry_after, timedelta)
    return int(error.retry_after.total_seconds())


async def test_faults_come_as_planned_for_one_method_and_one_chat(telegram: Telegram, bot: Bot, anna: Person) -> None:
    """Applied or not."""
    boris = telegram.person(2002, "Boris", met=True)
    telegram.faults.rate_limited("sendMessage", target=anna.id, retry_after=35)
    telegram.faults.server_error("sendMessage", target=anna.id, applied=True)
    telegram.faults.cut("sendMessage", target=anna.id)
    telegram.faults.silence("sendMessage", target=anna.id, applied=True)
    telegram.faults.error("sendMessage", "Forbidden: user is deactivated", target=anna.id)
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(anna.id, "1")
    assert wait(limited.value) == 35
    await bot.send_message(boris.id, "nothing is wrong here")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(anna.id, "2")
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "3")
    with pytest.raises(TimedOut):
        await bot.send_message(anna.id, "4", read_timeout=0.2)
    with pytest.raises(Exception, match="user is deactivated"):
        await bot.send_message(anna.id, "5")
    await bot.send_message(anna.id, "6")
    assert [message.text for message in telegram.messages(anna)] == ["2", "4", "6"]
    telegram.goes_down(Trouble.SERVER_ERROR)
    with pytest.raises(NetworkError):
        await bot.get_me()
    telegram.comes_back()
    await bot.get_me()


async def test_a_flood_in_one_chat_is_no_flood_in_another(telegram: Telegram, bot: Bot, anna: Person) -> None:
    """Until its time is over, whoever asks again too soon."""
    staff = telegram.group("Network", [anna])
    telegram.floods(staff, 35)
    with pytest.raises(RetryAfter):
        await bot.send_message(staff.id, "1")
    await bot.send_message(anna.id, "2")
    telegram.advance(20)
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(staff.id, "3")
    assert wait(limited.value) in (14, 15)
    telegram.advance(16)
    await bot.send_message(staff.id, "4")


async def test_rates_hold_when_asked_for(telegram: Telegram, bot: Bot, anna: Person) -> None:
    """A few at once and then one a second into a chat, twenty a minute into a group."""
    staff = telegram.group("Network", [anna])
    telegram.limits.enforced = True
    for number in range(4):
        await bot.send_message(anna.id, f"{number}")
    with pytest.raises(RetryAfter):
        await bot.send_message(anna.id, "5")
    telegram.advance(1.1)
    await bot.send_message(anna.id, "6")
    telegram.advance(60)
    for number in range(20):
        await bot.send_message(staff.id, f"{number}")
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(staff.id, "21")
    assert wait(limited.value) > 55
    assert telegram.limits.refused == 2


async def test_everything_can_come_three_times(telegram: Telegram, bot: Bot, anna: Person, door: Door) -> None:
    """By polling although it was confirmed, by webhook although it was answered."""
    telegram.updates.copies = 3
    await anna.says("one")
    seen: list[int] = []
    for _ in range(5):
        updates = await bot.get_updates(offset=seen[-1] + 1 if seen else 0)
        seen += [update.update_id for update in updates]
    assert len(seen) == 3
    await bot.set_webhook(f"{PUBLIC}/telegram/webhook")
    await anna.says("two")
    assert [number for _, number in door.heard] == [seen[0] + 1] * 3


async def test_something_that_is_no_update_can_be_told(telegram: Telegram, bot: Bot) -> None:
    """As the next version of the Bot API might."""
    told = telegram.updates.tell_anything({"message": {"surprise": True}})
    with pytest.raises(Exception, match="date"):
        await bot.get_updates()
    assert telegram.updates.waiting == [told]

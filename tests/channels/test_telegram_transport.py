"""Calls to Telegram: what a failure means for a message, and that nobody reads the token in it."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import transport
from bot.channels.telegram.failures import BROKEN, failure
from bot.channels.telegram.transport import Account
from bot.messages import Rejected, SendFailed, TryLater, Unclear, Unreachable
from tests.fakes.telegram import Telegram, fake_telegram


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with fake_telegram() as telegram:
        telegram.person(5, "Anna", met=True)
        yield telegram


@pytest.fixture
async def account(telegram: Telegram) -> AsyncIterator[Account]:
    account = Account(telegram.token, telegram.url)
    yield account
    await account.close_connections()


async def outcome(account: Account, telegram: Telegram, chat: int = 5) -> SendFailed:
    """What sending something comes to; the token is in no part of it."""
    with pytest.raises(BROKEN) as failed:
        await account.send_message(chat, "hello")
    assert telegram.token not in "".join(traceback.format_exception(failed.value))
    return failure(failed.value)


async def test_each_failure_has_its_meaning(
    account: Account, telegram: Telegram, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Certainly unsent, perhaps sent, never to be sent, later, or nobody there."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(transport, "CALL_WITHIN", 0.2)
    telegram.faults.server_error("sendMessage")
    assert isinstance(await outcome(account, telegram), Unclear)
    telegram.faults.cut("sendMessage", applied=True)
    assert isinstance(await outcome(account, telegram), Unclear)
    telegram.faults.silence("sendMessage")
    assert isinstance(await outcome(account, telegram), Unclear)
    telegram.faults.rate_limited("sendMessage", retry_after=7)
    later = await outcome(account, telegram)
    assert isinstance(later, TryLater)
    assert later.seconds == 7
    telegram.accounts[5].blocked = True
    assert isinstance(await outcome(account, telegram), Unreachable)
    telegram.accounts[5].blocked = False
    assert isinstance(await outcome(account, telegram, chat=6), Unreachable)
    telegram.faults.error("sendMessage", "Bad Request: message text is odd")
    assert isinstance(await outcome(account, telegram), Rejected)
    assert telegram.token not in caplog.text

    stranger = Account(f"{telegram.token}x", telegram.url)
    refused = await outcome(stranger, telegram)
    await stranger.close_connections()
    assert type(refused) is SendFailed
    assert "TELEGRAM_BOT_TOKEN" in str(refused)


async def test_a_telegram_that_is_not_there_has_surely_sent_nothing(telegram: Telegram) -> None:
    nowhere = Account(telegram.token, "http://127.0.0.1:9")
    unsent = await outcome(nowhere, telegram)
    await nowhere.close_connections()
    assert type(unsent) is SendFailed


async def test_many_calls_share_one_session(account: Account, telegram: Telegram) -> None:
    await asyncio.gather(*(account.send_message(5, f"hello {number}") for number in range(40)))
    assert len(telegram.messages(telegram.person(5))) == 40


async def test_a_broken_update_does_not_block_the_raw_ones(account: Account, telegram: Telegram) -> None:
    """The library's own method would read them all at once, and raise."""
    telegram.updates.tell_anything({"message": {"message_id": "five"}})
    telegram.updates.tell_anything({"message": None})
    first, second = await account.raw_updates(None, seconds=0, allowed=("message",))
    assert second["update_id"] == first["update_id"] + 1
    assert await account.raw_updates(second["update_id"] + 1, seconds=0, allowed=("message",)) == []

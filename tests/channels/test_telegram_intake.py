"""What comes from Telegram: bad updates stop nobody, one is enough of a copy, and nobody else may take ours."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.channels.telegram.transport import Account
from bot.channels.telegram.webhook import BODY_AT_MOST, PATH, SECRET_HEADER, webhook_route
from bot.messages import Answer, Event
from escalation.errors import Stale
from storage import attachments, inbox
from storage.errors import DatabaseUnavailable
from tests.fakes.telegram import PIXEL
from tests.journeys.telegram_stage import PUBLIC, TelegramStage, play_in_telegram

SECRET = "s3cret-of-the-stage"
A_SECOND = 10.0  # on a machine that does much else


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[TelegramStage]:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        yield stage


async def page(stage: TelegramStage, path: str) -> str:
    """What the desk's own web server says there."""
    async with aiohttp.ClientSession() as browser, browser.get(stage.telegram.route(f"{PUBLIC}{path}")) as answer:
        return await answer.text()


async def parked(stage: TelegramStage) -> list[str]:
    async with stage.app.database.reading() as tx:
        return [each.error for each in await inbox.parked(tx)]


async def test_what_cannot_be_read_or_handled_is_put_aside_and_the_next_is_handled_within_a_second(
    stage: TelegramStage,
) -> None:
    telegram, anna, lukas = stage.telegram, stage.seat("anna.weber"), stage.seat("lukas.becker")
    await anna.says("/settings")
    broken: list[dict[str, Any]] = [
        {"message": {"message_id": "five", "date": [], "chat": 7}},
        {"message": {"message_id": 5}},
        {"callback_query": {"id": 1}},
        {"message": None, "callback_query": []},
    ]
    with capture_logs():  # a traceback drawn with everything in it takes longer than the second
        for content in broken:
            telegram.updates.tell_anything(content)
        began = time.monotonic()
        await anna.hands.says("/settings zh")
        assert time.monotonic() - began < A_SECOND
        assert len(await parked(stage)) == 4
        async with stage.app.database.transaction() as tx:  # a second try makes them no more readable
            for each in await inbox.parked(tx):
                assert await inbox.try_again(tx, each.event_id)
        await stage.settle()
        assert len(await parked(stage)) == 4

        knowledge, stage.app.conversation.knowledge = stage.app.conversation.knowledge, None  # type: ignore[assignment]
        await anna.hands.says("The Wi-Fi is slow")
        began = time.monotonic()
        await lukas.hands.says("/settings")
        assert time.monotonic() - began < A_SECOND
        stage.app.conversation.knowledge = knowledge
    await stage.settle()
    await anna.sees("Something went wrong on our side")
    await lukas.sees("In which language")
    assert len(await parked(stage)) == 5
    assert "firstline_parked_events 5" in await page(stage, "/metrics")

    telegram.updates.copies = 3
    await lukas.says("/new The scanner eats paper")
    await lukas.presses("Submit")
    assert lukas.hands.screen().count("T-1 is open") == 1
    assert await stage.count_tickets() == 1


async def test_a_second_poller_is_an_alarm_and_we_go_on_when_it_is_gone(stage: TelegramStage) -> None:
    telegram, anna = stage.telegram, stage.seat("anna.weber")
    bot = stage.app.telegram
    assert bot is not None
    intruder = Account(telegram.token, telegram.url)
    try:
        for _ in range(2):  # it takes the place of our poll, and of the one after
            await intruder.raw_updates(None, seconds=0, allowed=("message",))
        assert await telegram.until(lambda: "409" in bot.trouble)
        assert "409" in json.loads(await page(stage, "/readyz"))["troubles"]["telegram"]
    finally:
        await intruder.close_connections()
    assert await telegram.until(lambda: not bot.trouble)
    await anna.says("Hello")
    await anna.sees("how can I help")


async def test_photos_and_files_become_evidence_and_what_cannot_be_kept_is_said(stage: TelegramStage) -> None:
    anna = stage.seat("anna.weber")
    await anna.says("/new The scanner eats paper")
    await anna.presses("Submit")
    await anna.sends_photo(PIXEL, "this is the error", reply_to="T-1 · The scanner")
    await anna.hands.sends_document("log.txt", b"line", reply_to="T-1 · The scanner", media_type="text/plain")
    await stage.settle()
    async with stage.app.database.reading() as tx:
        kept = await attachments.of_ticket(tx, 1)
    assert [(each.name, each.size) for each in kept] == [("photo.jpg", len(PIXEL)), ("log.txt", 4)]

    await anna.hands.sends_document("dump.bin", bytes(11 * 1024 * 1024))
    await stage.settle()
    await anna.sees("could not find the file")

    who = {"id": anna.hands.id, "is_bot": False, "first_name": "Anna"}
    chat = {"id": anna.hands.id, "type": "private", "first_name": "Anna"}
    place = {"location": {"latitude": 52.5, "longitude": 13.4}}
    update = stage.telegram.updates.tell_anything(
        {"message": {"message_id": 9, "date": 1, "chat": chat, "from": who} | place}
    )
    assert await stage.telegram.updates.handled(update)
    await stage.settle()
    await anna.sees("could not make out any words")


# -- the webhook -----------------------------------------------------------------------------------


class Taking:
    """An intake that takes everything and counts it."""

    taken = 0

    async def take(self, raw: Any) -> None:
        self.taken += 1


async def knock(method: str, body: bytes, headers: dict[str, str]) -> int:
    """The status our route answers with."""
    app = Starlette(routes=[webhook_route(Taking(), SECRET)])  # type: ignore[arg-type]
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://desk.example") as client:
        answer = await client.request(method, PATH, content=body, headers=[*encoded.items()])  # type: ignore[arg-type]
    return answer.status_code


GOOD = {SECRET_HEADER: SECRET, "content-type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (GOOD, b'{"update_id": 1}', 200),
        ({**GOOD, "content-type": "application/json; charset=utf-8"}, b'{"update_id": 1}', 200),
        ({"content-type": "application/json"}, b'{"update_id": 1}', 401),
        ({**GOOD, SECRET_HEADER: "wrong"}, b'{"update_id": 1}', 403),
        ({**GOOD, SECRET_HEADER: "\u00e9"}, b'{"update_id": 1}', 403),
        ({SECRET_HEADER: SECRET, "content-type": "text/plain"}, b'{"update_id": 1}', 415),
        (GOOD, b"{", 400),
        (GOOD, b"[]", 400),
        (GOOD, b"\xff", 400),
        (GOOD, b'{"update_id": true}', 400),
        (GOOD, b'{"update_id": "1"}', 400),
        (GOOD, b'{"update_id": 1, "x": ' + b"[" * 100_000, 400),
        (GOOD, b'{"update_id": 1, "x": "' + b"[" * 100 + b'"}', 200),
        (GOOD, b" " * (BODY_AT_MOST + 1), 413),
    ],
)
async def test_a_request_is_looked_at_before_it_is_believed(headers: dict[str, str], body: bytes, status: int) -> None:
    assert await knock("POST", body, headers) == status


async def test_only_posting_is_possible() -> None:
    assert await knock("GET", b"", GOOD) == 405


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=60), st.text(max_size=40).map(lambda text: json.dumps({"update_id": text}).encode()))
)
def test_no_bad_request_is_our_fault(body: bytes) -> None:
    assert asyncio.run(knock("POST", body, GOOD)) == 400


async def test_by_webhook_an_update_is_committed_before_it_is_acknowledged(sqlite_url: str, tmp_path: Path) -> None:
    """What cannot be committed now is not acknowledged, and Telegram delivers it again."""
    async with play_in_telegram(sqlite_url, tmp_path, way="webhook") as stage:
        anna, updates = stage.seat("anna.weber"), stage.telegram.updates
        assert stage.app.telegram is not None
        assert stage.app.telegram.intake is not None
        assert updates.webhook is not None
        assert updates.webhook.secret == SECRET
        core = stage.app.telegram.intake.core
        failures = iter([DatabaseUnavailable("away"), Stale("changed")])

        async def handle(event: Event) -> Answer:
            if failure := next(failures, None):
                raise failure
            return await core.handle(event)

        stage.app.telegram.intake.core = replace(core, handle=handle)
        stage.telegram.updates.tell_anything({"message": {"message_id": 5}})
        await anna.says("/new The scanner eats paper")
        await anna.presses("Submit")
        await anna.sees("T-1 is open")
        assert sorted(set(updates.webhook.posted)) == [200, 503]
        assert updates.webhook.posted.count(503) == 2
        assert len(await parked(stage)) == 1

"""Slack misbehaving, and people misusing our door: nothing is lost, nothing happens twice, nothing falls over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.channels.slack import parse
from bot.channels.slack.http import Refused, check
from bot.channels.slack.parse import Context
from bot.messages import Commanded, Identity, Place
from tests.fakes.mishaps import mutated
from tests.fakes.slack import Trouble, Workspace
from tests.journeys.slack_stage import ROOM, Seat, SlackStage, play_in_slack


async def open_ticket(anna: Seat) -> None:
    await anna.runs("new The Wi-Fi in Berlin drops")
    await anna.fills({"Service": "Wi-Fi"})


def said_to(stage: SlackStage, person: Seat, words: str) -> int:
    """How many of this person's direct messages hold these words."""
    direct = stage.workspace.messages(stage.workspace.direct_messages(person.hands.id))
    return sum(words in message.text + str(message.blocks) for message in direct if message.by_app)


STEPS = ("first step", "second step", "third step")


@pytest.mark.parametrize(
    "trouble", [Trouble.SERVER_ERROR, Trouble.RATE_LIMITED, Trouble.CUT, Trouble.SILENCE], ids=lambda each: each.value
)
async def test_slack_is_away_for_five_minutes(sqlite_url: str, tmp_path: Path, trouble: Trouble) -> None:
    """Nothing is lost, and it comes in order: afterwards one digest for each ticket and reader instead of a storm.

    Every call fails, time-outs included, and every socket is closed; the five minutes are the desk's clock's.
    """
    async with play_in_slack(sqlite_url, tmp_path, call_within=1.0) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        await wang.presses("Claim", on="T-1")
        room = stage.workspace.room(ROOM)
        before = {place.id: len(place.messages) for place in stage.workspace.conversations.values()}
        await stage.workspace.goes_down(trouble, retry_after=2)
        for words in STEPS:
            await on_the_web(stage, words)
            stage.clock.now += timedelta(seconds=80)
        stage.clock.now += timedelta(seconds=60)
        stage.workspace.comes_back()
        await stage.pass_time(minutes=2)

        await anna.sees("third step")
        for place in (stage.workspace.direct_messages(anna.hands.id), room):
            news = place.messages[before.get(place.id, 0) :]
            held = [message for message in news if any(words in str(message.blocks) for words in STEPS)]
            said = "".join(str(message.blocks) for message in held)
            assert [said.count(words) for words in STEPS] == [1, 1, 1]
            assert [said.index(words) for words in STEPS] == sorted(said.index(words) for words in STEPS)
            assert len(held) <= 2, "what was on its way already, and one digest of everything behind it"
            assert len(news) <= 3, "no storm"
        assert stage.workspace.violations == []

        assert await stage.workspace.until(lambda: stage.workspace.inbound.sockets.connections, 30.0)
        await anna.says("status")
        await anna.sees("T-1")


async def on_the_web(stage: SlackStage, words: str) -> None:
    """Wang Fang writes from the web desk while Slack is away."""
    identity = Identity("web", "", "wang.fang")
    event = Commanded(f"web-{words}", identity, Place.direct(identity), "reply", f"1 {words}")
    await stage.app.conversation.handle(event)
    await stage.settle()


@pytest.mark.parametrize("applied", [True, False])
async def test_an_unclear_send_is_seen_once(sqlite_url: str, tmp_path: Path, applied: bool) -> None:
    """Whether Slack took it before it failed or not."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        stage.workspace.faults.server_error("chat.postMessage", times=2, applied=applied)
        await wang.runs("reply 1 exactly once")
        await stage.pass_time(minutes=1)
        await anna.sees("exactly once")
        assert said_to(stage, anna, "exactly once") == 1


async def test_an_answer_under_a_card_that_nobody_knows_yet_is_heard_later(sqlite_url: str, tmp_path: Path) -> None:
    """Slack took the group's card and did not say so: what stands in its thread is not ours to throw away."""
    async with play_in_slack(sqlite_url, tmp_path, way="http") as stage:
        stage.workspace.pace = replace(stage.workspace.pace, retry_delays=(0.2,) * 100)
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        stage.workspace.faults.server_error("chat.postMessage", times=3, applied=True)
        await open_ticket(anna)
        card = next(message for message in stage.workspace.messages(ROOM) if message.by_app)
        speaking = asyncio.create_task(wang.hands.says(ROOM, "Which floor is it?", thread=card.ts))
        assert not await stage.workspace.until(speaking.done, 0.3)
        await stage.pass_time(minutes=2)
        await speaking
        await anna.sees("Which floor is it?")
        assert stage.workspace.undelivered == []
        assert said_to(stage, anna, "Which floor is it?") == 1


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_everything_three_times_happens_once(sqlite_url: str, tmp_path: Path, way: str) -> None:
    """Words, presses, commands and forms, each delivered three times."""
    async with play_in_slack(sqlite_url, tmp_path, way=way) as stage:
        stage.workspace.inbound.copies = 3
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await anna.says("I want a new ticket, please, a human")
        await open_ticket(anna)
        await wang.presses("Claim", on="T-1")
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app and not m.only_for)
        await wang.answers("Only this once", thread=card)
        await anna.says("Understood, thank you for that")
        assert await stage.count_tickets() == 1
        assert said_to(stage, anna, "Only this once") == 1
        claims = [m for m in stage.workspace.messages(ROOM) if m.only_for == wang.hands.id]
        assert len(claims) <= 1


async def test_a_form_that_slack_opens_too_late_is_left_as_a_button(sqlite_url: str, tmp_path: Path) -> None:
    """The trigger is gone after three seconds; the form is not."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        stage.workspace.faults.error("views.open", "expired_trigger_id")
        await anna.runs("new The Wi-Fi in Berlin drops")
        await anna.sees("[New ticket]")
        await anna.presses("New ticket")
        await anna.fills({"Service": "Wi-Fi"})
        await anna.sees("T-1")


@pytest.mark.parametrize("payloads", [60, pytest.param(3000, marks=pytest.mark.slow)])
async def test_no_payload_makes_the_door_fall_over(sqlite_url: str, tmp_path: Path, payloads: int) -> None:
    """Signed payloads with parts missing or of other types: never 5xx, and a good one still gets through."""
    async with play_in_slack(sqlite_url, tmp_path, way="http") as stage:
        anna = stage.seat("anna.weber")
        await open_ticket(anna)
        await anna.presses("Withdraw", on="T-1")
        recorded = list(stage.workspace.inbound.sent)
        url, chance = stage.workspace.inbound.http_url, random.Random(7)
        assert url is not None
        worst = 0
        for number in range(payloads):
            kind, payload = chance.choice(recorded)
            broken = mutated(payload, chance)
            body, content_type = encoded(kind, broken)
            headers = {"Content-Type": content_type, **stage.workspace.inbound.http.signed(body)}
            status, _, _ = await stage.workspace.inbound.http.post(url, body, headers)
            assert status < 500, f"{status} for {kind} {broken}"
            worst = max(worst, status)
            if number % 50 == 0:
                await anna.says(f"status of all things {number}")
        assert worst in (400, 404)
        assert stage.workspace.undelivered == []
        for _ in range(10_000):
            kind, payload = chance.choice(recorded)
            is_refused_or_read(kind, mutated(payload, chance), stage.workspace)


def is_refused_or_read(kind: str, payload: Any, workspace: Workspace) -> None:
    """The same without the way through sockets: refused with a status, or read as an event, or as nothing."""
    body, content_type = encoded(kind, payload)
    headers = {name.lower(): value for name, value in workspace.inbound.http.signed(body).items()}
    try:
        check(body, {"content-type": content_type, **headers}, workspace.signing_secret, time.time())
    except Refused:
        return
    reads = {"events_api": parse.event, "slash_commands": parse.command}.get(kind)
    with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):  # what `understood` takes for nothing
        if reads is not None:
            reads(payload, Context())
        elif payload["type"] == "block_actions":
            parse.press(payload) or parse.changed(payload)
        elif payload["type"] == "view_submission":
            parse.submission(payload)
        elif payload["type"] in ("shortcut", "message_action"):
            parse.shortcut(payload, Context())


async def test_slack_is_answered_when_it_asks_whose_door_this_is(sqlite_url: str, tmp_path: Path) -> None:
    """As it does when the address is written into the manifest; an unsigned question is refused."""
    async with play_in_slack(sqlite_url, tmp_path, way="http") as stage:
        inbound = stage.workspace.inbound
        assert inbound.http_url is not None
        assert await inbound.http.verify(inbound.http_url)
        question = b'{"type": "url_verification", "token": "t", "challenge": "a challenge"}'
        status, _, answer = await inbound.http.post(inbound.http_url, question, {"Content-Type": "application/json"})
        assert status == 401
        assert "a challenge" not in str(answer)


def encoded(kind: str, payload: Any) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode({str(k): str(v) for k, v in fields.items()}).encode(), "application/x-www-form-urlencoded"

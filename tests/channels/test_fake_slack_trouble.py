"""The fake Slack workspace breaks in the ways Slack breaks, and its own tests see how much survives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Trouble, Workspace
from tests.fakes.slack.sample_app import (
    bolt_by_http,
    bolt_by_socket,
    client_of,
    impatient,
    refusal,
)
from tests.fakes.slack.specification import published

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """A workspace with little patience, so that its retries come soon."""
    async with impatient() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with client_of(slack) as client:
        yield client


async def test_faults_come_as_planned_applied_or_not(slack: Workspace, client: AsyncWebClient) -> None:
    client.timeout = 1
    slack.faults.rate_limited("chat.postMessage", retry_after=7)
    slack.faults.server_error("chat.postMessage", applied=True)
    slack.faults.cut("chat.postMessage")
    slack.faults.silence("chat.postMessage", applied=True)
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel="C1", text="1")
    assert limited.value.response.headers["Retry-After"] == "7"
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C1", text="2")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="3")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.chat_postMessage(channel="C1", text="4"), 0.3)
    await client.chat_postMessage(channel="C1", text="5")
    assert [message.text for message in slack.messages("help")] == ["2", "4", "5"]


async def test_rates_hold_when_asked_for(slack: Workspace, client: AsyncWebClient) -> None:
    if not published().present:
        pytest.skip("No platform specifications: set FIRSTLINE_SPECS to the folder that has them")
    slack.rates.enforced = True
    await client.chat_postMessage(channel="C1", text="x")
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "ratelimited"
    await client.chat_postMessage(channel="U1", text="another channel")
    slack.advance(1.1)
    await client.chat_postMessage(channel="C1", text="x")
    await asyncio.gather(*(client.conversations_list() for _ in range(20)))
    assert await refusal(client.conversations_list()) == "ratelimited"


@pytest.mark.parametrize("how", ["refreshed", "closed", "cut", "frozen"])
async def test_an_event_survives_the_loss_of_its_socket(slack: Workspace, how: str) -> None:
    ann, sockets = slack.person("U1"), slack.inbound.sockets
    heard: list[str] = []
    async with bolt_by_socket(slack, ping_interval=0.2) as app:

        @app.event("message")
        async def note(event: Json) -> None:
            heard.append(event["text"])

        match how:
            case "refreshed":
                await sockets.disconnect("refresh_requested")
            case "frozen":
                sockets.freeze()
            case _:
                await sockets.close_all(abruptly=how == "cut")
        await ann.dm("still there?")
        assert await slack.until(lambda: heard)
    assert heard == ["still there?"]
    assert sockets.opened >= 2
    assert slack.undelivered == []


async def test_an_unanswered_event_comes_again_by_socket_and_by_http(slack: Workspace) -> None:
    ann = slack.person("U1")
    tries: list[str] = []

    async def stumble(event: Json, body: Json) -> None:
        tries.append(body["event_id"])
        if len(tries) % 3:
            raise RuntimeError("not yet")

    for way in (bolt_by_http, bolt_by_socket):
        tries.clear()
        async with way(slack) as app:
            app.event("message")(stumble)
            await ann.dm("hello")
        assert len(tries) == 3
        assert len(set(tries)) == 1


async def test_every_event_can_arrive_three_times(slack: Workspace) -> None:
    ann = slack.person("U1")
    slack.inbound.copies = 3
    seen: list[str] = []
    async with bolt_by_http(slack) as app:

        @app.event("message")
        async def note(body: Json) -> None:
            seen.append(body["event_id"])

        await ann.dm("hello")
    assert (len(seen), len(set(seen))) == (3, 1)


async def test_a_service_that_is_down_refuses_calls_and_sockets_until_it_is_back(slack: Workspace) -> None:
    async with bolt_by_socket(slack, ping_interval=0.2) as app:
        await slack.goes_down(Trouble.SERVER_ERROR)
        with pytest.raises(SlackApiError):
            await app.client.chat_postMessage(channel="C1", text="lost")
        assert not await slack.inbound.sockets.connected(within=0.3)
        slack.comes_back()
        assert await slack.inbound.sockets.connected()
        await app.client.chat_postMessage(channel="C1", text="found")
    assert [message.text for message in slack.messages("help")] == ["found"]


async def test_a_dead_app_is_told_of_in_the_words_of_slack(slack: Workspace) -> None:
    ann = slack.person("U1")
    async with bolt_by_socket(slack):
        await ann.slash("/it", "help")
    assert ann.reads("/it failed with the error")
    assert [lost.kind for lost in slack.undelivered] == ["slash_commands"]


async def test_an_eleventh_socket_is_turned_away_and_a_url_opens_one_socket_only(
    slack: Workspace, client: AsyncWebClient
) -> None:
    assert client.session is not None

    async def first_words(url: str) -> tuple[aiohttp.ClientWebSocketResponse, str]:
        assert client.session is not None
        socket = await client.session.ws_connect(url)
        return socket, (await socket.receive_json())["type"]

    async def new_url() -> str:
        return str((await client.apps_connections_open(app_token=slack.app_token))["url"])

    url = await new_url()
    sockets = [await first_words(url)]
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.session.ws_connect(url)
    sockets += [await first_words(await new_url()) for _ in range(10)]
    assert [said for _, said in sockets] == ["hello"] * 10 + ["disconnect"]
    for socket, _ in sockets:
        await socket.close()


async def test_http_delivery_is_signed_and_its_url_verified(slack: Workspace) -> None:
    async with bolt_by_http(slack):
        url = slack.inbound.http_url
        assert url is not None
        assert await slack.inbound.http.verify(url)
        body = b'{"type": "url_verification", "challenge": "c"}'
        kind = {"Content-Type": "application/json"}
        late = slack.inbound.http.signed(body, at=1_700_000_000)
        forged = slack.inbound.http.signed(body + b" ")
        statuses = [(await slack.inbound.http.post(url, body, kind | headers))[0] for headers in (late, forged)]
    assert statuses == [401, 401]

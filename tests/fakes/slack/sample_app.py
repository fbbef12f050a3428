"""A real Bolt app for the fake's own tests, and the few blocks it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.refusals import Json
from tests.fakes.slack.workspace import Pace, Workspace, fake_workspace


def section(text: str, **more: Any) -> Json:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str, action: str, value: str = "1") -> Json:
    """A button."""
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}


def actions(*elements: Json, block: str = "actions") -> Json:
    """A row of buttons and menus."""
    return {"type": "actions", "block_id": block, "elements": list(elements)}


def menu(action: str, *options: str) -> Json:
    """A menu of options whose values are their labels."""
    return {"type": "static_select", "action_id": action, "options": [option(label) for label in options]}


def option(label: str) -> Json:
    """An option whose value is its label."""
    return {"text": {"type": "plain_text", "text": label}, "value": label}


def question(block: str, label: str, element: Json | None = None, **more: Any) -> Json:
    """An input block, of plain text unless another element is given."""
    element = element or {"type": "plain_text_input", "action_id": "value"}
    return {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        **more,
    }


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    """A modal with a button to send it."""
    words = {"title": title, "submit": "Send"}
    texts = {part: {"type": "plain_text", "text": text} for part, text in words.items()}
    return {"type": "modal", **texts, "blocks": list(blocks), **more}


@asynccontextmanager
async def client_of(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    """A Web API client with one session and no retries of its own."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@asynccontextmanager
async def impatient() -> AsyncIterator[Workspace]:
    """A workspace with one person and one channel, whose retries come soon and whose rules may be broken."""
    async with fake_workspace(Pace(retry_delays=(0.0, 0.05, 0.05), acknowledge=1.0), tolerant=True) as workspace:
        workspace.person("U1", "Ann Lee")
        workspace.channel("help", ["U1"], identifier="C1")
        yield workspace


async def refusal(call: Awaitable[Any]) -> str:
    """By what word Slack refuses this call."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


def running(slack: Workspace, way: str) -> AbstractAsyncContextManager[AsyncApp]:
    """A Bolt app that hears by "socket" or by "http"."""
    return bolt_by_socket(slack) if way == "socket" else bolt_by_http(slack)


@asynccontextmanager
async def bolt_by_socket(slack: Workspace, *, ping_interval: float = 1) -> AsyncIterator[AsyncApp]:
    """A Bolt app connected in Socket Mode; register listeners inside the block."""
    async with client_of(slack) as client:
        app = AsyncApp(client=client, process_before_response=True)
        handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        assert await slack.inbound.sockets.connected()
        try:
            yield app
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def bolt_by_http(slack: Workspace) -> AsyncIterator[AsyncApp]:
    """A Bolt app behind a URL, to which the workspace delivers."""
    async with client_of(slack) as client:
        app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)
        runner = web.AppRunner(app.web_app("/slack/events"))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        try:
            yield app
        finally:
            slack.deliver_to(None)
            await runner.cleanup()

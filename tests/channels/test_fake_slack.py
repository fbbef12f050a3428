"""The fake Slack workspace is held to what the real one does, by Slack's own libraries over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import BOT_USER, CannotDo, Pace, Person, Workspace, fake_workspace

Json = dict[str, Any]


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str, action: str, value: str = "1") -> Json:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action,
        "value": value,
    }


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks),
        **more,
    }


def question(block: str, label: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "value"}
    return {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        **more,
    }


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with fake_workspace() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@asynccontextmanager
async def bolt(slack: Workspace) -> AsyncIterator[AsyncApp]:
    """A real Bolt app; it connects in Socket Mode when the block is entered, so register listeners on it later."""
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    assert await slack.inbound.sockets.connected()
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_message_is_posted_seen_edited_and_found_again_by_its_metadata(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ann = slack.person("U1", "Ann Lee")
    room = (await client.conversations_open(users="U1"))["channel"]["id"]
    metadata = {"event_type": "outbox", "event_payload": {"id": 7}}
    posted = await client.chat_postMessage(channel=room, text="Hello *Ann*", metadata=metadata)
    assert await ann.sees("Firstline: Hello Ann")
    await client.chat_update(channel=room, ts=posted["ts"], text="Goodbye")
    assert await ann.sees("Goodbye")
    assert not ann.reads("Hello")
    found = await client.conversations_history(channel=room, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == metadata


async def test_a_message_to_the_app_reaches_bolt_and_its_answer_is_seen(slack: Workspace) -> None:
    ann = slack.person("U1", "Ann Lee")
    async with bolt(slack) as app:

        @app.event("message")
        async def answer(event: Json, say: Any) -> None:
            await say(text=f"You said {event['text']}")

        await ann.dm("my <vpn> & <!channel> drop")
        assert await ann.sees("You said my <vpn> & <!channel> drop")
    assert slack.pings == []
    assert slack.undelivered == []


async def test_a_button_opens_a_form_whose_answers_come_back(slack: Workspace) -> None:
    ann = slack.person("U1", "Ann Lee")
    heard: list[Json] = []
    async with bolt(slack) as app:

        @app.command("/it")
        async def command(ack: Any, body: Json) -> None:
            await ack(blocks=[section(f"Menu for {body['text']}", accessory=button("New ticket", "new"))], text="Menu")

        @app.action("new")
        async def pressed(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            view = modal("Report", question("summary", "What happens?"), question("place", "Where?", optional=True))
            await client.views_open(trigger_id=body["trigger_id"], view={**view, "callback_id": "report"})

        @app.view("report")
        async def submitted(ack: Any, body: Json) -> None:
            values = body["view"]["state"]["values"]
            if values["summary"]["value"]["value"] == "?":
                await ack(response_action="errors", errors={"summary": "A few words more, please."})
            else:
                heard.append(values)
                await ack()

        await ann.slash("/it", "12")
        await ann.presses("New ticket", on="Menu for 12")
        await ann.fills({"What happens?": "?"})
        await ann.submits()
        assert await ann.sees("A few words more, please.")
        await ann.fills(summary="VPN drops")
        await ann.submits()
        with pytest.raises(CannotDo):
            _ = ann.modal
    assert heard[0]["summary"]["value"]["value"] == "VPN drops"
    assert heard[0]["place"]["value"]["value"] is None


_ = (BOT_USER, Pace, Person, refusal)

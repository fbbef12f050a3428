"""The fake Slack workspace behaves as the real one towards Slack's own libraries: what people do, and what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import BOT_USER, CannotDo, Ping, Workspace, fake_workspace
from tests.fakes.slack.sample_app import (
    actions,
    bolt_by_socket,
    button,
    client_of,
    menu,
    running,
    section,
)

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with fake_workspace() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with client_of(slack) as client:
        yield client


both_ways = pytest.mark.parametrize("way", ["socket", "http"])


async def test_a_message_is_posted_seen_edited_and_found_again_by_its_metadata(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ann = slack.person("U1", "Ann Lee")
    room = (await client.conversations_open(users="U1"))["channel"]["id"]
    metadata = {"event_type": "outbox", "event_payload": {"id": 7}}
    posted = await client.chat_postMessage(channel=room, text="Hello *Ann*", metadata=metadata)
    assert await ann.sees("Firstline: Hello Ann")
    await client.chat_update(channel=room, ts=posted["ts"], text="Goodbye")
    assert await ann.no_longer_sees("Hello")
    found = await client.conversations_history(channel=room, include_all_metadata=True)
    assert (found["messages"][0]["text"], found["messages"][0]["metadata"]) == ("Goodbye", metadata)


@both_ways
async def test_what_is_typed_reaches_the_app_escaped_and_comes_back_as_typed(slack: Workspace, way: str) -> None:
    ann = slack.person("U1", "Ann Lee")
    heard: list[str] = []
    async with running(slack, way) as app:

        @app.event("message")
        async def answer(event: Json, say: Any) -> None:
            heard.append(event["text"])
            await say(text=f"You said {event['text']}", blocks=[section(f"You said {event['text']}")])

        await ann.dm("<!channel> <@U1> a&b &lt; <https://a|b>")
        assert await ann.sees("You said <!channel> <@U1> a&b &lt; <https://a|b>")
    assert heard == ["&lt;!channel&gt; &lt;@U1&gt; a&amp;b &amp;lt; &lt;https://a|b&gt;"]
    assert slack.pings == []


async def test_a_real_mention_is_shown_by_name_and_written_down_as_a_ping(
    slack: Workspace, client: AsyncWebClient
) -> None:
    bob = slack.person("U2", "Bob Roe", name="bob")
    room = slack.channel("servers", [bob])
    posted = await client.chat_postMessage(channel=room.id, text="<@U2> and <!here>: see <https://x.example|the page>")
    assert await bob.sees("@bob and @here: see the page")
    assert slack.pings == [Ping("U2", room.id, posted["ts"]), Ping("here", room.id, posted["ts"])]


@both_ways
async def test_an_engineer_works_a_card_in_a_channel_by_what_is_visible(slack: Workspace, way: str) -> None:
    bob = slack.person("U2", "Bob Roe")
    room = slack.channel("servers", [bob])
    presses: list[Json] = []
    async with running(slack, way) as app, client_of(slack) as client:

        @app.action("claim")
        async def claim(ack: Any, body: Json, client: AsyncWebClient, respond: Any) -> None:
            await ack()
            presses.append(body)
            where = body["channel"]["id"], body["container"]["message_ts"]
            done = f"{body['actions'][0]['value']} claimed"
            await client.chat_update(channel=where[0], ts=where[1], text=done, blocks=[section(done)], attachments=[])
            await respond("It is yours", response_type="ephemeral")

        for ticket in ("T-1", "T-2"):
            colour = {"color": "#d00", "blocks": [section(ticket), actions(button("Claim :eyes:", "claim", ticket))]}
            blocks = [section(ticket), actions(button("Claim", "claim", ticket), menu("move", "P1", "P2"))]
            shape = {"attachments": [colour]} if ticket == "T-2" else {"blocks": blocks}
            await client.chat_postMessage(channel=room.id, text=ticket, **shape)
        await bob.presses("Claim", on="T-1")
        assert await bob.sees("T-1 claimed")
        assert await bob.sees("Firstline (only visible to you): It is yours")
        await bob.presses("Claim", on="T-2")
        with pytest.raises(CannotDo, match="no button 'Claim' on 'T-1'"):
            await bob.presses("Claim", on="T-1")
    assert [press["actions"][0]["value"] for press in presses] == ["T-1", "T-2"]
    assert [press["container"]["type"] for press in presses] == ["message", "message_attachment"]


@both_ways
async def test_threads_mentions_reactions_files_shortcuts_and_home_reach_the_app(slack: Workspace, way: str) -> None:
    ann = slack.person("U1", "Ann Lee")
    room = slack.channel("help", [ann], private=True)
    events: list[Json] = []
    async with running(slack, way) as app, client_of(slack) as client:
        for kind in ("message", "app_mention", "reaction_added", "file_shared", "app_home_opened"):

            @app.event(kind)
            async def note(event: Json) -> None:
                events.append(event)

        @app.shortcut("save")
        async def save(ack: Any, body: Json) -> None:
            await ack()
            events.append(body)

        first = await ann.mentions(room, "my disk is full")
        await ann.says(room, "still", thread="disk is full")
        await ann.reacts("ticket", on="disk is full")
        await ann.message_shortcut("save", on="disk is full")
        file = await ann.uploads("log.txt", b"all of it", text="the log", place=room, thread=first)
        await ann.opens_home()
        await client.views_publish(user_id="U1", view={"type": "home", "blocks": [section("My tickets")]})
        assert await ann.sees("── Home\nMy tickets")
        await ann.opens_home()
        info = await client.files_info(file=file.id)
        assert info["file"]["size"] == 9
    by_kind = {event["type"]: event for event in events}
    assert by_kind["app_mention"]["text"] == f"<@{BOT_USER}> my disk is full"
    assert by_kind["message"]["subtype"] == "file_share"
    assert by_kind["message"]["thread_ts"] == first.ts
    assert by_kind["reaction_added"]["item"]["ts"] == first.ts
    assert by_kind["message_action"]["message"]["ts"] == first.ts
    assert by_kind["app_home_opened"]["view"]["blocks"][0]["text"]["text"] == "My tickets"


async def test_the_app_uploads_a_file_which_people_see_and_only_a_token_downloads(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ann = slack.person("U1", "Ann Lee")
    room = slack.channel("help", [ann])
    told = await client.files_upload_v2(channel=room.id, filename="report.pdf", content="figures", title="Week 7")
    assert await ann.sees("[file: Week 7]")
    url = slack.files[told["files"][0]["id"]].url
    assert client.session is not None
    async with client.session.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"}) as answer:
        assert await answer.read() == b"figures"
    async with client.session.get(url) as answer:
        assert answer.content_type == "text/html"


async def test_a_slash_command_carries_references_and_a_manifest_decides_what_exists(slack: Workspace) -> None:
    ann = slack.person("U1", "Ann Lee")
    slack.person("U2", "Bob Roe", name="bob")
    slack.install(
        {
            "features": {"slash_commands": [{"command": "/it", "should_escape": True}], "shortcuts": []},
            "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
            "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
        }
    )
    heard: list[str] = []
    async with bolt_by_socket(slack) as app:

        @app.command("/it")
        async def command(ack: Any, body: Json) -> None:
            heard.append(body["text"])
            await ack(text="done")

        await ann.slash("/it", "new @bob <b>")
        assert await ann.sees("done")
        await ann.dm("nobody subscribed to this")
    assert heard == ["new <@U2|bob> &lt;b&gt;"]
    with pytest.raises(CannotDo, match="/itt is not a valid command"):
        await ann.slash("/itt", "help")
    with pytest.raises(CannotDo, match="no message with"):
        await ann.message_shortcut("Save", on="something")

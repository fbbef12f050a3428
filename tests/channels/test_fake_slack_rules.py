"""The fake Slack workspace refuses what Slack refuses, and breaks in the ways Slack breaks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import BOT_USER, Conversation, Workspace
from tests.fakes.slack.model import User
from tests.fakes.slack.mrkdwn import shown
from tests.fakes.slack.sample_app import (
    actions,
    bolt_by_http,
    button,
    client_of,
    impatient,
    menu,
    modal,
    question,
    refusal,
    section,
)
from tests.fakes.slack.specification import Specification, published

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """A workspace whose rules these tests break on purpose."""
    if not published().present:
        pytest.skip("No platform specifications: set FIRSTLINE_SPECS to the folder that has them")
    async with impatient() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with client_of(slack) as client:
        yield client


BAD_BLOCKS = {
    "51 blocks": [section("x")] * 51,
    "an unknown block": [{"type": "sektion"}],
    "an empty text": [section("")],
    "a long text": [section("x" * 3001)],
    "a section without words": [{"type": "section"}],
    "a block_id twice": [section("x", block_id="a"), section("y", block_id="a")],
    "an action_id twice": [actions(button("A", "a"), button("B", "a"))],
    "a long button": [actions(button("x" * 76, "a"))],
    "a long value": [actions(button("A", "a", "x" * 2001))],
    "26 buttons": [actions(*(button("A", f"a{n}") for n in range(26)))],
    "no buttons": [actions()],
    "101 options": [actions(menu("m", *(str(n) for n in range(101))))],
    "a long field": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
    "mrkdwn in a header": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "an input": [question("a", "A")],
    "an unknown property": [section("x", colour="red")],
}


@pytest.mark.parametrize("blocks", BAD_BLOCKS.values(), ids=BAD_BLOCKS.keys())
async def test_a_message_with_faulty_blocks_is_refused_and_written_down(
    slack: Workspace, client: AsyncWebClient, blocks: list[Json]
) -> None:
    assert await refusal(client.chat_postMessage(channel="C1", text="x", blocks=blocks)) == "invalid_blocks"
    assert slack.violations
    assert slack.messages("help") == []


BAD_VIEWS = {
    "101 blocks": modal("T", *([section("x")] * 101)),
    "a long title": modal("x" * 25, section("x")),
    "a long button": modal("T", section("x"), submit={"type": "plain_text", "text": "x" * 25}),
    "an input without submit": {k: v for k, v in modal("T", question("a", "A")).items() if k != "submit"},
    "a block_id twice": modal("T", question("a", "A"), question("a", "B")),
    "long metadata": modal("T", section("x"), private_metadata="x" * 3001),
    "an unknown property": modal("T", section("x"), colour="red"),
    "a home": {"type": "home", "blocks": []},
}


@pytest.mark.parametrize("view", BAD_VIEWS.values(), ids=BAD_VIEWS.keys())
async def test_a_faulty_view_is_refused(slack: Workspace, client: AsyncWebClient, view: Json) -> None:
    trigger = slack.interactions.new_trigger("U1")
    assert await refusal(client.views_open(trigger_id=trigger, view=view)) == "invalid_arguments"
    assert slack.violations


async def test_errors_have_slacks_names(slack: Workspace, client: AsyncWebClient) -> None:
    slack.channel("elsewhere", identifier="C2", with_app=False)
    slack.person("U9", "Gone", deleted=True)
    assert await refusal(client.chat_postMessage(channel="C0", text="x")) == "channel_not_found"
    assert await refusal(client.chat_postMessage(channel="C2", text="x")) == "not_in_channel"
    assert await refusal(client.conversations_open(users="U9")) == "user_disabled"
    assert await refusal(client.users_info(user="U0")) == "user_not_found"
    assert await refusal(client.reactions_add(channel="C1", name="eyes", timestamp="1.2")) == "message_not_found"
    assert await refusal(client.api_call("chat.sendMessage")) == "unknown_method"
    slack.scopes.remove("chat:write")
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "missing_scope"
    client.token = "xoxb-wrong"
    assert await refusal(client.auth_test()) == "invalid_auth"
    client.token = slack.app_token
    assert await refusal(client.auth_test()) == "not_allowed_token_type"


async def test_empty_and_endless_texts_unknown_and_missing_arguments_are_refused(
    slack: Workspace, client: AsyncWebClient
) -> None:
    empty = client.api_call("chat.postMessage", json={"channel": "C1", "text": " "})
    assert await refusal(empty) == "no_text"
    assert await refusal(client.chat_postMessage(channel="C1", text="x" * 40_001)) == "msg_too_long"
    assert await refusal(client.chat_postMessage(channel="C1", text="x", colour="red")) == "invalid_arguments"
    assert await refusal(client.api_call("conversations.info", params={})) == "invalid_arguments"
    assert [call.violations != () for call in slack.calls] == [True] * 4


async def test_query_form_and_json_are_the_same_to_slack(slack: Workspace) -> None:
    sent = {"channel": "C1", "text": "x", "blocks": json.dumps([section("hello")])}
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    url = f"{slack.api_url}chat.postMessage"
    async with aiohttp.ClientSession(headers=headers) as session:
        for how in ({"params": sent}, {"data": sent}, {"json": sent}):
            async with session.post(url, **how) as answer:  # type: ignore[arg-type]
                assert (await answer.json())["ok"]
    assert [call.carried for call in slack.calls] == ["query", "form", "json"]
    assert [message.blocks[0]["text"]["text"] for message in slack.messages("help")] == ["hello"] * 3
    assert slack.violations == []


async def test_an_ephemeral_message_is_private_and_cannot_be_edited(slack: Workspace, client: AsyncWebClient) -> None:
    bob = slack.person("U2", "Bob Roe")
    slack.room("help").members.add("U2")
    sent = await client.chat_postEphemeral(channel="C1", user="U1", text="for you")
    assert slack.person("U1").reads("for you")
    assert not bob.reads("for you")
    edit = client.chat_update(channel="C1", ts=sent["message_ts"], text="changed")
    assert await refusal(edit) == "message_not_found"
    assert await refusal(client.chat_postEphemeral(channel="C1", user="U7", text="x")) == "user_not_in_channel"


async def test_a_trigger_works_once_and_for_three_seconds_and_three_views_stack(
    slack: Workspace, client: AsyncWebClient
) -> None:
    new = slack.interactions.new_trigger
    view = modal("T", section("x"))
    used = new("U1")
    await client.views_open(trigger_id=used, view=view)
    assert await refusal(client.views_open(trigger_id=used, view=view)) == "exchanged_trigger_id"
    old = new("U1")
    slack.advance(3.1)
    assert await refusal(client.views_open(trigger_id=old, view=view)) == "expired_trigger_id"
    pushed = [await client.views_push(trigger_id=new("U1", in_modal=True), view=view) for _ in range(2)]
    fourth = client.views_push(trigger_id=new("U1", in_modal=True), view=view)
    assert await refusal(fourth) == "push_limit_reached"
    update = client.views_update(view_id=pushed[0]["view"]["id"], hash="old", view=view)
    assert await refusal(update) == "hash_conflict"


async def test_a_response_url_answers_five_times_within_half_an_hour(slack: Workspace) -> None:
    async with aiohttp.ClientSession() as session:

        async def statuses(url: str, times: int) -> list[int]:
            found = []
            for _ in range(times):
                async with session.post(url, json={"text": "x"}) as answer:
                    found.append(answer.status)
            return found

        first, second = (slack.interactions.new_response_url(slack.room("help"), "U1") for _ in range(2))
        assert await statuses(first, 6) == [200] * 5 + [404]
        slack.advance(1801)
        assert await statuses(second, 1) == [404]


async def test_strangers_of_slack_connect_are_marked_and_hide_their_address(
    slack: Workspace, client: AsyncWebClient
) -> None:
    sue = slack.person("U5", "Sue Far", is_stranger=True)
    room = slack.channel("shared", [sue], shared=True)
    user = (await client.users_info(user="U5", include_locale=True))["user"]
    assert user["is_stranger"]
    assert "email" not in user["profile"]
    assert await refusal(client.chat_postMessage(channel="U5", text="x")) == "channel_not_found"
    async with bolt_by_http(slack) as app:
        heard: list[Json] = []

        @app.event("app_mention")
        async def note(body: Json) -> None:
            heard.append(body)

        await sue.mentions(room, "hello")
    assert heard[0]["is_ext_shared_channel"]
    assert heard[0]["event"]["user_team"] != heard[0]["team_id"]


async def test_a_thread_is_read_back_page_by_page(slack: Workspace, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C1", text="root")
    for number in range(3):
        await client.chat_postMessage(channel="C1", text=str(number), thread_ts=root["ts"])
    first = await client.conversations_replies(channel="C1", ts=root["ts"], limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_replies(channel="C1", ts=root["ts"], limit=3, cursor=cursor)
    assert [m["text"] for page in (first, rest) for m in page["messages"]] == ["root", "0", "1", "2"]
    assert (await client.conversations_history(channel="C1"))["messages"][0]["reply_count"] == 3
    assert (await client.conversations_members(channel="C1"))["members"] == [BOT_USER, "U1"]


async def test_without_the_specifications_the_rules_by_hand_remain() -> None:
    slack = Workspace(specification=Specification(Path("nowhere")), tolerant=True)
    await slack.start()
    async with client_of(slack) as client:
        slack.person("U1")
        await client.chat_postMessage(channel="U1", text="x", blocks=[section("x")])
        assert await refusal(client.chat_postMessage(channel="U1", text="x", blocks=[section("x")] * 51))
    await slack.stop()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*bold* _slanted_ ~gone~ `code`", "bold slanted gone code"),
        ("2 * 3 * 4, snake_case_name", "2 * 3 * 4, snake_case_name"),
        ("&lt;!channel&gt; &amp;lt; a&amp;b", "<!channel> &lt; a&b"),
        ("`<@U1>` <https://x.example/a_b_c|the page> <https://y.example/_z_>", "@ann the page https://y.example/_z_"),
        ("<!date^1700000000^{date}|14 November> <#C1> <!subteam^S1|@servers>", "14 November #help @servers"),
    ],
)
def test_mrkdwn_is_read_as_slack_shows_it(written: str, read: str) -> None:
    users, rooms = {"U1": User("U1", "ann", "Ann Lee")}, {"C1": Conversation("C1", "help", "channel")}
    assert shown(written, users, rooms) == read


async def test_the_scopes_an_app_needs_are_counted(slack: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C1", text="x")
    await client.users_info(user="U1")
    told = await client.auth_test()
    assert slack.scopes_used == {"chat:write", "users:read", "users:read.email"}
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")

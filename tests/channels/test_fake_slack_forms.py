"""Forms in the fake Slack workspace: buttons open them, answers change them, menus tell the app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import CannotDo, Workspace, fake_workspace
from tests.fakes.slack.sample_app import (
    actions,
    bolt_by_socket,
    button,
    client_of,
    menu,
    modal,
    option,
    question,
    running,
    section,
)

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with fake_workspace() as workspace:
        yield workspace


both_ways = pytest.mark.parametrize("way", ["socket", "http"])


@both_ways
async def test_a_button_opens_a_form_whose_answers_come_back(slack: Workspace, way: str) -> None:
    ann = slack.person("U1", "Ann Lee")
    heard: list[Json] = []
    async with running(slack, way) as app:

        @app.command("/it")
        async def command(ack: Any, body: Json) -> None:
            await ack(blocks=[section(f"Menu for {body['text']}", accessory=button("New ticket", "new"))], text="Menu")

        @app.action("new")
        async def pressed(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            kinds = question("kind", "Kind", {**menu("kind", "Fault", "Wish"), "initial_option": option("Fault")})
            place = question("place", "Where?", optional=True)
            view = modal("Report", question("summary", "What happens?"), kinds, place, callback_id="report")
            await client.views_open(trigger_id=body["trigger_id"], view=view)

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
        assert await ann.submits() is None
        assert await ann.sees("Please complete this required field.")
        await ann.fills({"What happens?": "?"})
        await ann.submits()
        assert await ann.sees("A few words more, please.")
        await ann.fills(summary="VPN drops", kind="Wish")
        await ann.submits()
        with pytest.raises(CannotDo, match="no modal open"):
            _ = ann.modal
    assert heard[0]["summary"]["value"]["value"] == "VPN drops"
    assert heard[0]["kind"]["kind"]["selected_option"]["value"] == "Wish"
    assert heard[0]["place"]["value"]["value"] is None


@both_ways
async def test_forms_are_updated_pushed_and_cleared_by_the_answer(slack: Workspace, way: str) -> None:
    ann = slack.person("U1", "Ann Lee")
    closed: list[bool] = []
    async with running(slack, way) as app:

        @app.shortcut("start")
        async def start(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            view = modal("One", question("name", "Name"), callback_id="one", notify_on_close=True)
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        @app.view("one")
        async def one(ack: Any) -> None:
            view = modal("Two", question("name", "Name"), section("Nearly there"), callback_id="two")
            await ack(response_action="update", view=view)

        @app.view("two")
        async def two(ack: Any) -> None:
            await ack(response_action="push", view=modal("Three", section("Sure?"), callback_id="three"))

        @app.view("three")
        async def three(ack: Any) -> None:
            await ack(response_action="clear")

        @app.view_closed("one")
        async def gone(ack: Any, body: Json) -> None:
            closed.append(body["is_cleared"])
            await ack()

        await ann.global_shortcut("start")
        await ann.fills(name="Ann")
        await ann.submits()
        assert await ann.sees("« Two »\nName: [Ann]\nNearly there")
        await ann.submits()
        assert await ann.sees("« Three »")
        await ann.submits()
        assert await ann.no_longer_sees("Modal")
        await ann.global_shortcut("start")
        await ann.closes()
    assert closed == [False]


@both_ways
async def test_menus_pickers_and_edits_tell_the_app_what_was_chosen(slack: Workspace, way: str) -> None:
    ann = slack.person("U1", "Ann Lee")
    chosen: list[Json] = []
    edited: list[Json] = []
    async with running(slack, way) as app, client_of(slack) as client:
        for action in ("priority", "owner", "more"):

            @app.action(action)
            async def note(ack: Any, body: Json) -> None:
                chosen.append(body)
                await ack()

        @app.event("message")
        async def changed(event: Json) -> None:
            if event.get("subtype") == "message_changed":
                edited.append(event)

        people = {"type": "users_select", "action_id": "owner"}
        more = {"type": "overflow", "action_id": "more", "options": [option("Hold"), option("Transfer")]}
        blocks = [section("T-1", accessory=more), actions(menu("priority", "P1", "P2"), people)]
        await client.views_publish(user_id="U1", view={"type": "home", "blocks": blocks})
        await client.chat_postMessage(channel="U1", text="T-1", blocks=blocks)
        await ann.chooses("P2", on="T-1")
        await ann.chooses("Transfer", on="T-1")
        await ann.picks("U1", on="T-1")
        assert ann.reads("[P2] [Ann Lee]")
        message = await ann.dm("helo")
        await ann.edits(message, "hello")
    values = [press["actions"][0] for press in chosen]
    assert [value.get("selected_option", {}).get("value") for value in values] == ["P2", "Transfer", None]
    assert values[2]["selected_user"] == "U1"
    assert chosen[2]["state"]["values"]["actions"]["priority"]["selected_option"]["value"] == "P2"
    assert edited[-1]["message"]["text"] == "hello"


async def test_a_field_that_dispatches_redraws_its_form_and_keeps_what_was_typed(slack: Workspace) -> None:
    ann = slack.person("U1", "Ann Lee")
    async with bolt_by_socket(slack) as app:

        def form(*more: Json) -> Json:
            kind = question("kind", "Kind", menu("kind", "Fault", "Wish"), dispatch_action=True)
            return modal("Report", question("summary", "What happens?"), kind, *more)

        @app.shortcut("start")
        async def start(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form())

        @app.action("kind")
        async def redraw(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            view = form(question("why", "Why?"))
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

        await ann.global_shortcut("start")
        await ann.fills(summary="A second screen", kind="Wish")
        assert await ann.sees("What happens?: [A second screen]\nKind: [Wish]\nWhy?: […]")

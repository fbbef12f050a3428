"""Whoever nobody knows yet: offered to link their account, and given what they wanted once they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Commanded, Identity, Place, Text
from tests.fakes.slack import Person
from tests.journeys.slack_stage import GENERAL, ROOM, SlackStage, play_in_slack


async def code_for(stage: SlackStage, key: str) -> str:
    """A code from the web desk, where this person is signed in."""
    web = Identity("web", "", key)
    number = len(stage.workspace.calls)
    answer = await stage.app.conversation.handle(Commanded(f"web-{key}-{number}", web, Place.direct(web), "connect"))
    (given,) = answer.replies
    assert isinstance(given, Text)
    return given.text.rpartition(" ")[2]


async def a_ticket_in_the_channel(stage: SlackStage) -> None:
    """Anna opens one, whose live card stands there."""
    anna = stage.seat("anna.weber")
    await anna.runs("new The Wi-Fi in Berlin drops")
    await anna.fills({"Service": "Wi-Fi"})


async def unlinked(stage: SlackStage, user: str = "U0PRIVATE") -> Person:
    """An account of our workspace with an address that nobody of the company has."""
    person = stage.workspace.person(user, "Somebody", email=f"{user.lower()}@private.example")
    for room in (ROOM, GENERAL):
        stage.workspace.room(room).members.add(person.id)
    return person


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_press_is_replayed_after_linking_by_a_code(sqlite_url: str, tmp_path: Path, way: str) -> None:
    """*Claim* by nobody offers *Link account*: a wrong code is refused at its field, a good one claims the ticket."""
    async with play_in_slack(sqlite_url, tmp_path, way=way, linked=False) as stage:
        await a_ticket_in_the_channel(stage)
        wang = await unlinked(stage)
        await wang.presses("认领", on="T-1")
        await stage.settle()
        assert (await stage.ticket(1)).assignee == ""
        await wang.sees("I do not know you here yet")
        await wang.presses("Link account · 绑定账号")
        await stage.settle()
        await wang.has_form()
        await wang.fills({"Code · 绑定码": "x" * 22})
        await wang.submits()
        await stage.settle()
        assert "已经失效" in str(wang.modal.errors)
        assert (await stage.ticket(1)).assignee == ""
        await wang.fills({"Code · 绑定码": await code_for(stage, "wang.fang")})
        await wang.submits()
        await stage.settle()
        assert (await stage.ticket(1)).assignee == "wang.fang"
        await wang.sees("王芳，您好")
        assert [m for m in stage.workspace.messages(ROOM) if m.only_for == wang.id and "T-1" in m.text]
        assert stage.workspace.undelivered == []


async def test_a_wish_that_needs_a_form_opens_it_after_linking(sqlite_url: str, tmp_path: Path) -> None:
    """`/it new …` by nobody: the code's modal becomes the ticket's form, with the words that were typed."""
    async with play_in_slack(sqlite_url, tmp_path, linked=False) as stage:
        anna = await unlinked(stage)
        await anna.slash("/it", "new My Wi-Fi is slow")
        await stage.settle()
        await anna.presses("Link account · 绑定账号")
        await stage.settle()
        await anna.has_form()
        await anna.fills({"Code · 绑定码": await code_for(stage, "anna.weber")})
        await anna.submits()
        await stage.settle()
        assert "My Wi-Fi is slow" in str(anna.modal.content)
        await anna.fills({"Service": "Wi-Fi"})
        await anna.submits()
        await stage.settle()
        assert (await stage.ticket(1)).requester == "anna.weber"


async def test_words_are_answered_after_a_code_in_the_private_chat(sqlite_url: str, tmp_path: Path) -> None:
    """What was written to the bot before the code is what it answers after it, once; a refused wish is said."""
    async with play_in_slack(sqlite_url, tmp_path, linked=False) as stage:
        anna = await unlinked(stage)
        await anna.dm("show 99")
        await anna.slash("/it", "show 99")
        await stage.settle()
        code = await code_for(stage, "anna.weber")
        await anna.dm(code)
        await stage.settle()
        await anna.sees("Welcome, Anna Weber")
        await anna.sees("99")
        before = len(stage.workspace.calls_to("chat.postMessage"))
        await anna.dm("thanks")
        await stage.settle()
        assert len(stage.workspace.calls_to("chat.postMessage")) == before + 1


async def test_linking_by_the_address_gives_what_was_pressed(sqlite_url: str, tmp_path: Path) -> None:
    """Their address at Slack is put right meanwhile: *Link account* is enough."""
    async with play_in_slack(sqlite_url, tmp_path, linked=False) as stage:
        await a_ticket_in_the_channel(stage)
        wang = await unlinked(stage)
        await wang.presses("认领", on="T-1")
        await stage.settle()
        stage.workspace.users[wang.id].email = stage.app.desk.organisation.people["wang.fang"].email
        assert stage.app.slack is not None
        assert stage.app.slack.intake is not None
        stage.app.slack.intake.ask_again_after = 0.0
        await wang.presses("Link account · 绑定账号")
        await stage.settle()
        assert (await stage.ticket(1)).assignee == "wang.fang"


async def test_somebody_of_another_company_is_politely_refused(sqlite_url: str, tmp_path: Path) -> None:
    """In a shared channel, whatever address they bear; nothing of ours is linked, and nothing is done."""
    async with play_in_slack(sqlite_url, tmp_path, linked=False) as stage:
        await a_ticket_in_the_channel(stage)
        stranger = stage.workspace.person("U0STRANGER", "Some Body", is_stranger=True, email="wang.fang@haihe.example")
        stage.workspace.room(ROOM).members.add(stranger.id)
        stage.workspace.room(ROOM).shared = True
        await stranger.presses("认领", on="T-1")
        await stage.settle()
        await stranger.sees("Please ask your IT desk")
        assert (await stage.ticket(1)).assignee == ""
        assert not [call for call in stage.workspace.calls_to("users.info") if call.arguments["user"] == stranger.id]

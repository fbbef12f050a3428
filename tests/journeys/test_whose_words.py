"""Whom words reach: the engineer who has the ticket, somebody new, or only the colleagues."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.messages import Pressed, Text
from storage import tickets
from tests.journeys.stage import Somebody, Stage, play, reply_text


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    """Anna has a Wi-Fi ticket, and an engineer has taken it."""
    async with play(sqlite_url) as stage:
        await opens(stage.person("anna.weber"), "wifi")
        await stage.person("lukas.becker").commands("/claim 1")
        yield stage


async def opens(person: Somebody, service: str) -> None:
    await person.commands("/new Something in my room is slow")
    await person.fills(service=service)


async def test_a_question_about_something_else_is_not_the_engineers(stage: Stage) -> None:
    """The network engineer does not read about e-mail; the person is helped with it."""
    await stage.person("anna.weber").says("How do I set up e-mail on my phone?")
    await stage.person("lukas.becker").does_not_see("e-mail")
    await stage.person("anna.weber").does_not_see("Added to T-1")


async def test_more_words_about_the_same_thing_reach_who_has_it(stage: Stage) -> None:
    """Without another service in them they are meant for the engineer."""
    await stage.person("anna.weber").says("It happens in the kitchen as well")
    await stage.person("lukas.becker").sees("It happens in the kitchen as well")


async def test_an_employee_may_begin_with_note(stage: Stage) -> None:
    """Only an engineer's "note:" keeps words from the employee; an employee's is an ordinary word."""
    await stage.person("anna.weber").says("Note: in the kitchen it works", reply_to="T-1")
    await stage.person("lukas.becker").sees("Note: in the kitchen it works")


async def test_the_note_along_with_a_transfer_is_for_engineers(stage: Stage) -> None:
    """The employee hears where the ticket went; the other group reads why."""
    anna, lukas, guo = (stage.person(key) for key in ("anna.weber", "lukas.becker", "guo.peng"))
    await lukas.commands("/transfer 1")
    await lukas.fills(group="servers", note="the access point is fine, look at the DHCP server")
    await anna.sees("has gone to Servers")
    await anna.commands("/show 1")
    await anna.does_not_see("DHCP")
    await guo.commands("/show 1")
    await guo.sees("DHCP")


async def test_an_emergency_cried_twice_is_one_emergency(stage: Stage) -> None:
    """In a panic people repeat themselves: the second cry reaches whoever was alerted by the first."""
    anna = stage.person("anna.weber")
    await anna.says("Emergency! the whole office is offline")
    await anna.says("Emergency! nobody can work")
    await anna.sees("already been alerted to T-2")
    async with stage.app.database.reading() as tx:
        assert await tickets.load(tx, 3) is None


# -- what makes no sense ---------------------------------------------------------------------------


async def test_a_link_to_nothing_is_refused_beside_its_field(stage: Stage) -> None:
    """A ticket that is not there, or not yours to see, cannot be linked to; nothing is changed."""
    lukas, before = stage.person("lukas.becker"), await stage.ticket(1)
    await opens(stage.person("anna.weber"), "onboarding")
    for other in ("77", "2"):
        await lukas.commands("/link 1")
        answer = await lukas.fills(other=other)
        assert f"no ticket {other}" in reply_text(answer.replies[0])
    assert await stage.ticket(1) == before


@pytest.mark.parametrize("until", ["9999-12-31 23:59-12:00", "9999-12-31", "0001-01-01", "2040-01-01"])
async def test_a_hold_until_the_end_of_time_is_asked_about(stage: Stage, until: str) -> None:
    """Nobody waits ten years for a part."""
    lukas = stage.person("lukas.becker")
    await lukas.commands("/hold 1")
    answer = await lukas.fills(reason="vendor", until=until)
    assert lukas.form is not None, answer
    assert {field.name for field in lukas.form.fields if field.error} == {"until"}


@pytest.mark.parametrize("command", ["note 1", "reply 1", "resolve 1 because /", "new", "faq"])
async def test_a_command_has_a_longest_length_too(stage: Stage, command: str) -> None:
    """What is too long for a message is too long after a command word."""
    before = await stage.ticket(1)
    answer = await stage.person("lukas.becker").commands(f"/{command} {'x' * 20_000}")
    assert "8000" in reply_text(answer.replies[0])
    assert await stage.ticket(1) == before


@pytest.mark.parametrize("words", ["pick:²", "to:²", "to:" + "9" * 40, "pick:" + "9" * 40, "step:²"])
async def test_a_forged_choice_of_the_present_question_is_stale(sqlite_url: str, words: str) -> None:
    """Digits no keyboard has, and numbers no database holds, change nothing."""
    async with play(sqlite_url) as stage:
        anna = stage.person("anna.weber")
        await anna.says("My printer does not print")
        event = Pressed(stage.next_id(), anna.identity, anna.place, f"d:1:{words}")
        answer = await stage.app.conversation.handle(event)
        assert answer.replies


async def test_an_admins_queue_is_the_same_in_the_chat_and_on_the_page(stage: Stage) -> None:
    """An admin looks over every group, an employee over none."""
    answer = await stage.person("emma.fischer").commands("/queue")
    assert "T-1" in reply_text(answer.replies[0])
    answer = await stage.person("anna.weber").commands("/queue")
    assert isinstance(answer.replies[0], Text)

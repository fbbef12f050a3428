"""Whom words reach: the engineer who has the ticket, somebody new, or only the colleagues."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.dialogue.places import conversation_key
from bot.messages import Said, Submitted, Text
from storage import dialogues, tickets
from tests.journeys.stage import Somebody, Stage, play, rehearsed, reply_text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def begun(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna has a Wi-Fi ticket, and an engineer has taken it."""

    async def beginning(stage: Stage) -> None:
        await opens(stage.person("anna.weber"), "wifi")
        await stage.person("lukas.becker").commands("/claim 1")

    return await rehearsed(sqlite_template, tmp_path_factory.mktemp("begun"), beginning)


async def opens(person: Somebody, service: str) -> None:
    await person.commands("/new Something in my room is slow")
    if person.form is None:  # asked whether it is the same as last time
        await person.presses("Open a new ticket")
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
        assert f"find T-{other} among" in reply_text(answer.replies[0])
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


async def test_an_admins_queue_is_the_same_in_the_chat_and_on_the_page(stage: Stage) -> None:
    """An admin looks over every group, an employee over none."""
    answer = await stage.person("emma.fischer").commands("/queue")
    assert "T-1" in reply_text(answer.replies[0])
    answer = await stage.person("anna.weber").commands("/queue")
    assert isinstance(answer.replies[0], Text)


async def test_a_requester_who_escalates_is_told_what_really_happened(stage: Stage) -> None:
    """Escalating is asking for more speed; nobody is told of a tier the ticket did not go to."""
    anna = stage.person("anna.weber")
    await anna.commands("/escalate 1")
    await anna.does_not_see("next tier")
    assert (await stage.ticket(1)).tier == 1


async def test_rate_and_reopen_without_a_number_mean_the_ticket_that_is_done(stage: Stage) -> None:
    """Nobody has to remember a number to say how it was."""
    anna, lukas = stage.person("anna.weber"), stage.person("lukas.becker")
    await lukas.commands("/resolve 1 a / b")
    await anna.presses("It works")
    answer = await anna.commands("/rate")
    assert "How did we do on T-1" in reply_text(answer.replies[-1])
    await anna.commands("/reopen")
    assert (await stage.ticket(1)).status == "new"


async def test_the_words_behind_the_stars_are_a_step_of_their_own(stage: Stage) -> None:
    """Nobody reads twice that somebody gave two stars."""
    anna, lukas = stage.person("anna.weber"), stage.person("lukas.becker")
    await lukas.commands("/resolve 1 a / b")
    await anna.presses("It works")
    await anna.presses("★ 2")
    await stage.app.conversation.handle(
        Submitted(stage.next_id(), anna.identity, anna.place, "t:rate:1", {"text": "slow"})
    )
    shown = reply_text((await lukas.commands("/show T-1")).replies[-1])
    assert shown.count("rated it with 2 of 5") == 1
    assert "Anna Weber added a comment to the rating" in shown


async def test_a_comment_on_a_rating_that_is_void_is_refused(stage: Stage) -> None:
    """Reopening voids the stars, and with them the form that asked for words."""
    anna = stage.person("anna.weber")
    form = Submitted(stage.next_id(), anna.identity, anna.place, "t:rate:1", {"text": "slow"})
    answer = await stage.app.conversation.handle(form)
    assert "0 of 5" not in reply_text(answer.replies[0])
    assert (await stage.ticket(1)).rating_comment == ""


async def test_a_conversation_nobody_can_read_does_not_hold_up_the_others(sqlite_url: str) -> None:
    """Checks that were cut off are taken up again for everybody but the one who left and the broken one."""
    async with play(sqlite_url) as stage:
        broken, gone, waiting = (stage.person(key) for key in ("anna.weber", "paul.wagner", "lukas.becker"))
        for person in (broken, gone, waiting):
            await stage.app.conversation.handle(Said(stage.next_id(), person.identity, person.place, "The VPN drops"))
        await stage.app.conversation.stop()
        async with stage.app.database.transaction() as tx:
            stored = await dialogues.load(tx, conversation_key(broken.place))
            assert stored is not None
            await dialogues.save(tx, replace(stored, state={"evidence": [1]}))
        known = stage.app.desk.organisation
        people = {key: person for key, person in known.people.items() if key != gone.key}
        stage.app.desk.organisation = replace(known, people=people)
        await stage.sleep_through(seconds=20)
        assert await waiting.count("Checking VPN") == 0
        async with stage.app.database.reading() as tx:
            assert conversation_key(broken.place) in await dialogues.due(tx, stage.clock() + timedelta(hours=1), 10)

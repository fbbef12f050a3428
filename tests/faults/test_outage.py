"""A channel is away for a while: afterwards there is one digest per ticket and reader, and nothing is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.messages import Card, Lane, Outgoing, SendFailed, TryLater, Unclear
from storage import outbox
from tests.faults.radio import OnTheAir, Radio, on_the_air, radio_of
from tests.fixtures.company import sample_company, write_company
from tests.journeys.stage import Somebody, Stage, reply_text

ROOM = "C0NETWORK1"


@pytest.fixture
def with_a_room(tmp_path: Path) -> Path:
    """The sample company whose network group has a room on the air."""
    text = sample_company()
    text["groups"]["network"]["rooms"] = {"slack": ROOM}
    path = tmp_path / "desk.yaml"
    write_company(text, path)
    return path


def away(error: SendFailed) -> Radio:
    """A radio that takes nothing."""
    return Radio(before=lambda outgoing: error)


def comes_back(stage: Stage) -> None:
    radio_of(stage).before = lambda outgoing: None
    radio_of(stage).after = lambda outgoing: None


async def busy_ticket(stage: Stage) -> None:
    """Wang Fang works on T-1 from the web desk, a step a minute."""
    wang = Somebody(stage, "wang.fang")
    for words in ("/claim 1", "/reply 1 first step", "/reply 1 second step", "/hold 1 vendor", "/resume 1"):
        await wang.commands(words)
        await stage.pass_time(minutes=1)


@pytest.mark.parametrize("error", [SendFailed("503"), TryLater(7), Unclear("time-out")], ids=str)
async def test_after_an_outage_there_is_one_digest_for_each_ticket_and_reader(
    sqlite_url: str, with_a_room: Path, error: SendFailed
) -> None:
    """Five steps became one message with all of them, in order and with its words; each card was edited once."""
    async with on_the_air(sqlite_url, config=with_a_room) as stage:
        anna = OnTheAir(stage, "anna.weber")
        await anna.commands("/new The wifi is slow")
        await anna.fills(service="wifi")
        radio, before = radio_of(stage), len(await anna.chat())
        radio.before = lambda outgoing: error
        await busy_ticket(stage)
        assert len(await anna.chat()) == before
        edits, posts = radio.edits, radio.posts
        comes_back(stage)
        await stage.pass_time(minutes=2)

        (digest,) = (await anna.chat())[before:]
        said = reply_text(digest)
        steps = ["has taken T-1", "first step", "second step", "on hold", "goes on"]
        assert sorted(steps, key=said.index) == steps, said
        (log,) = [reply for reply in radio.room(ROOM) if not (isinstance(reply, Card) and reply.key)]
        assert reply_text(log).count("first step") == reply_text(log).count("second step") == 1
        assert radio.posts - posts == 2, "the digest, and the one in the room's thread"
        assert radio.edits - edits == 3, "the requester's card, the room's and the page's, each once"
        await anna.sees("claimed by")


async def test_a_digest_whose_answer_is_lost_stands_once_and_later_steps_still_come(sqlite_url: str) -> None:
    """The first message after the outage is unclear again: it is looked for, and nothing is told twice."""
    async with on_the_air(sqlite_url) as stage:
        anna = OnTheAir(stage, "anna.weber")
        await anna.commands("/new The wifi is slow")
        await anna.fills(service="wifi")
        radio = radio_of(stage)
        radio.before = lambda outgoing: SendFailed("503")
        await busy_ticket(stage)
        lost = iter([Unclear("reset")])
        radio.before = lambda outgoing: None
        radio.after = lambda outgoing: next(lost, None) if outgoing.lane is Lane.ANSWER else None
        await stage.pass_time(minutes=2)
        await Somebody(stage, "wang.fang").commands("/reply 1 third step")
        await stage.pass_time(minutes=2)
        for words in ("first step", "second step", "third step"):
            assert radio.count("anna.weber", words) == 1, await anna.screen()


async def test_a_short_trouble_makes_no_digest(sqlite_url: str) -> None:
    """What waits for some seconds only comes as it is, in its order."""
    async with on_the_air(sqlite_url) as stage:
        anna, wang = OnTheAir(stage, "anna.weber"), Somebody(stage, "wang.fang")
        await anna.commands("/new The wifi is slow")
        await anna.fills(service="wifi")
        radio = radio_of(stage)
        radio.before = lambda outgoing: SendFailed("503")
        await wang.commands("/claim 1")
        await wang.commands("/reply 1 first step")
        comes_back(stage)
        before = len(await anna.chat())
        await stage.pass_time(seconds=30)
        said = [reply_text(reply) for reply in (await anna.chat())[before:]]
        assert [("taken T-1" in each, "first step" in each) for each in said] == [(True, False), (False, True)]


async def test_no_page_is_swallowed_by_an_outage_and_other_places_ring_meanwhile(sqlite_url: str) -> None:
    """The pages wait for the radio, each of them; until then the web desk shows them."""
    async with on_the_air(sqlite_url) as stage:
        anna = OnTheAir(stage, "anna.weber")
        radio = radio_of(stage)
        radio.before = lambda outgoing: SendFailed("503") if outgoing.lane is Lane.PAGE else None
        await anna.commands("/new Nobody in the company can reach the wifi")
        await anna.fills(affected="everyone", severity="blocked", service="wifi")
        await stage.pass_time(minutes=1)
        async with stage.app.database.reading() as tx:
            waiting = [row.facts for row in await outbox.waiting(tx) if row.lane <= Lane.PAGE]
        paged = await paged_people(stage)
        assert waiting
        assert paged
        for person in paged:
            assert await Somebody(stage, person).count("T-1") >= 1, "the web desk shows it while the radio is away"
            assert radio.count(person, "T-1") == 0
        comes_back(stage)
        await stage.pass_time(minutes=1)
        for person in paged:
            assert radio.count(person, "T-1") >= 1


async def paged_people(stage: Stage) -> set[str]:
    async with stage.app.database.reading() as tx:
        from storage import pages

        return set(await pages.paged(tx, 1, (await stage.ticket(1)).climb.generation))


async def test_what_fails_for_a_day_becomes_a_dead_letter_that_can_be_sent_again(sqlite_url: str) -> None:
    """Bounded tries; the next message goes through; a person may look and send it again."""
    async with on_the_air(sqlite_url) as stage:
        anna, wang = OnTheAir(stage, "anna.weber"), Somebody(stage, "wang.fang")
        await anna.commands("/new The wifi is slow")
        await anna.fills(service="wifi")
        radio = radio_of(stage)
        tries: Iterator[int] = iter(range(10**6))
        tried: list[int] = []

        def refuses_claims(outgoing: Outgoing) -> SendFailed | None:
            if "taken T-1" not in reply_text(outgoing.reply):
                return None
            tried.append(next(tries))
            return SendFailed("no")

        radio.before = refuses_claims
        await wang.commands("/claim 1")
        for _ in range(30):
            stage.clock.advance(hours=1)
            await stage.settle()
        async with stage.app.database.reading() as tx:
            (dead,) = await outbox.dead_letters(tx)
        assert dead.error == "SendFailed: no"
        assert len(tried) <= 30
        comes_back(stage)
        async with stage.app.database.transaction() as tx:
            assert await outbox.redrive(tx, dead.id, stage.clock() + timedelta(seconds=0))
        await stage.pass_time(seconds=5)
        await anna.sees("taken T-1")

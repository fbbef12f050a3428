"""Several people, several deliveries or several processes at the same moment: one effect, and everybody is told."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.messages import Answer, Commanded, Identity, Place, Pressed, Said, Submitted
from bot.organisation_file import sample_path
from bot.settings import Settings
from storage import tickets
from tests.journeys.stage import Clock, Somebody, Stage, play, reply_text

TEAM = tuple(f"engineer.{number:02}" for number in range(50))


@pytest.fixture
def big_company(tmp_path: Path) -> Path:
    """The sample company with fifty engineers more in the first tier of its network group."""
    text = sample_path().read_text()
    tier = "- people: [wang.fang, li.qiang]"
    people = "".join(
        f"  {key}: {{name: Engineer {key[-2:]}, title: Engineer, office: berlin, roles: [engineer]}}\n" for key in TEAM
    )
    assert tier in text
    text = text.replace(tier, f"- people: [wang.fang, li.qiang, {', '.join(TEAM)}]")
    path = tmp_path / "desk.yaml"
    path.write_text(text.replace("\npeople:\n", f"\npeople:\n{people}"))
    return path


async def open_tickets(stage: Stage, many: int) -> None:
    """Anna opens so many tickets about the Wi-Fi."""
    anna = stage.person("anna.weber")
    for number in range(1, many + 1):
        await anna.commands(f"/new The wifi in room {number} is slow")
        if anna.form is None:
            await anna.presses("Open a new ticket")
        await anna.fills(service="wifi")


def claim(stage: Stage, person: str, ticket: int) -> Pressed:
    """This person's press on *Claim*."""
    identity = Identity("web", "", person)
    return Pressed(stage.next_id(), identity, Place.direct(identity), f"t:claim:{ticket}")


def words(answer: Answer) -> str:
    return "\n".join(map(reply_text, answer.replies))


async def test_two_engineers_claim_at_the_same_moment_and_the_second_is_told_who_was_first(database_url: str) -> None:
    async with play(database_url) as stage:
        await open_tickets(stage, 1)
        both = await asyncio.gather(
            *(stage.app.conversation.handle(claim(stage, person, 1)) for person in ("wang.fang", "li.qiang"))
        )
        winner = (await stage.ticket(1)).assignee
        name = {"wang.fang": "王芳", "li.qiang": "李强"}[winner]
        said = sorted(map(words, both))
        assert sum("T-1 由您处理" in each for each in said) == 1, said
        assert sum(f"{name}抢先一步" in each for each in said) == 1, said


async def test_fifty_engineers_claim_each_ticket_and_49_are_told_who_has_it(
    database_url: str, big_company: Path
) -> None:
    async with play(database_url, config=big_company) as stage:
        await open_tickets(stage, 3)
        for ticket in (1, 2, 3):
            presses = [stage.app.conversation.handle(claim(stage, person, ticket)) for person in TEAM]
            answers = dict(zip(TEAM, await asyncio.gather(*presses), strict=True))
            winner = (await stage.ticket(ticket)).assignee
            told = Counter(words(answer).splitlines()[0] for person, answer in answers.items() if person != winner)
            assert words(answers[winner]).startswith(f"T-{ticket} is yours.")
            assert told == {f"Engineer {winner[-2:]} was first: T-{ticket} is already claimed.": 49}
        await stage.settle()
        assert await stage.person("anna.weber").count("has taken T-2") == 1


async def test_an_event_delivered_again_in_order_has_one_effect_and_the_same_answer(database_url: str) -> None:
    async with play(database_url) as stage:
        anna = stage.person("anna.weber")
        await anna.commands("/new The wifi is slow")
        assert anna.form is not None
        values = {field.name: field.value for field in anna.form.fields}
        submit = Submitted("the-same", anna.identity, anna.place, anna.form.key, values)
        first, *again = [await stage.app.conversation.handle(submit) for _ in range(3)]
        assert not first.repeated
        assert [(each.replies, each.repeated) for each in again] == [(first.replies, True)] * 2
        await only_one_ticket(stage)


async def test_an_event_delivered_three_times_at_once_has_one_effect_and_the_same_answer(database_url: str) -> None:
    async with play(database_url) as stage:
        anna = stage.person("anna.weber")
        await anna.commands("/new The wifi is slow")
        assert anna.form is not None
        values = {field.name: field.value for field in anna.form.fields}
        submit = Submitted("the-same", anna.identity, anna.place, anna.form.key, values)
        answers = await asyncio.gather(*(stage.app.conversation.handle(submit) for _ in range(3)))
        assert len({answer.replies for answer in answers}) == 1
        assert sorted(answer.repeated for answer in answers) == [False, True, True]
        await only_one_ticket(stage)


async def test_a_refusal_delivered_again_is_the_same_refusal(database_url: str) -> None:
    """Even when what was refused would be possible by now."""
    async with play(database_url) as stage:
        await open_tickets(stage, 1)
        await stage.app.conversation.handle(claim(stage, "wang.fang", 1))
        late = claim(stage, "li.qiang", 1)
        refused = await stage.app.conversation.handle(late)
        await stage.person("wang.fang").commands("/release 1")
        again = await stage.app.conversation.handle(late)
        assert again.repeated
        assert words(again) == words(refused)
        assert not (await stage.ticket(1)).assignee


async def test_an_event_delivered_again_after_a_restart_gets_the_same_answer(database_url: str) -> None:
    said = Said("the-same", Identity("web", "", "anna.weber"), Place("web", "", "@anna.weber"), "The wifi is slow")
    async with play(database_url) as stage:
        first = await stage.app.conversation.handle(said)
    async with play(database_url) as stage:
        again = await stage.app.conversation.handle(said)
        await stage.settle()
        assert (again.replies, again.repeated) == (first.replies, True)
        assert await stage.person("anna.weber").count(reply_text(first.replies[-1])) == 1


async def test_words_of_one_person_at_the_same_moment_are_all_kept(database_url: str) -> None:
    """Five comments on a ticket at once, as from a phone that was offline: each is kept once."""
    async with play(database_url) as stage:
        await open_tickets(stage, 1)
        anna = stage.person("anna.weber")
        said = [
            Said(stage.next_id(), anna.identity, anna.place, f"Detail number {number}", "T-1") for number in range(5)
        ]
        await asyncio.gather(*map(stage.app.conversation.handle, said))
        async with stage.app.database.reading() as tx:
            events = await tickets.events(tx, 1, public_only=True)
        kept = sorted(str(event.facts["text"]) for event in events if event.action.value == "comment")
        assert kept == [f"Detail number {number}" for number in range(5)]


@contextlib.asynccontextmanager
async def two_processes(url: str, clock: Clock) -> AsyncIterator[tuple[Stage, Stage]]:
    """Two Firstlines on one database, as two machines run them."""
    async with contextlib.AsyncExitStack() as stack:
        stages = []
        for start in (1, 1001):
            app = await App.build(Settings(database_url=url), clock=clock)
            stack.push_async_callback(app.database.close)
            stack.push_async_callback(app.conversation.stop)
            stages.append(Stage(app, clock, itertools.count(start)))
        yield stages[0], stages[1]


@pytest.mark.postgres
async def test_two_processes_page_each_rung_once(postgres_url: str) -> None:
    """Both tick and deliver at every minute of an hour in which nobody claims a P1."""
    clock = Clock()
    async with two_processes(postgres_url, clock) as (one, two):
        anna = one.person("anna.weber")
        await anna.commands("/new Nobody in the company can reach the wifi")
        await anna.fills(affected="everyone", severity="blocked", service="wifi")
        for _ in range(30):
            clock.now += timedelta(minutes=1)
            await asyncio.gather(*(stage.app.ticker.tick() for stage in (one, two)))
            await asyncio.gather(*(stage.app.delivery.drain() for stage in (one, two)))
        async with one.app.database.reading() as tx:
            log = await tickets.events(tx, 1, public_only=False)
        paged = Counter(
            person for event in log if event.action.value == "page" for person in str(event.facts["people"]).split(",")
        )
        assert sum(paged.values()) >= 4
        for person, many in paged.items():
            assert await Somebody(one, person).count("T-1") >= many
            pages = [r for r in await one.chat_of(person) if getattr(r, "key", "").startswith("page:")]
            assert len(pages) == many, person


@pytest.mark.postgres
async def test_two_processes_share_one_race_for_a_ticket(postgres_url: str) -> None:
    """Claims that arrive at different machines meet in the database: one wins, the other is told who."""
    async with two_processes(postgres_url, Clock()) as (one, two):
        await open_tickets(one, 1)
        answers = await asyncio.gather(
            one.app.conversation.handle(claim(one, "wang.fang", 1)),
            two.app.conversation.handle(claim(two, "li.qiang", 1)),
        )
        assert sum("抢先一步" in words(answer) for answer in answers) == 1, list(map(words, answers))


async def test_a_command_named_twice_by_different_people_is_two_commands(sqlite_url: str) -> None:
    """An event's id counts, not its words."""
    async with play(sqlite_url) as stage:
        identity = Identity("web", "", "wang.fang")
        asked = [Commanded(stage.next_id(), identity, Place.direct(identity), "queue") for _ in range(2)]
        answers = [await stage.app.conversation.handle(each) for each in asked]
        assert [answer.repeated for answer in answers] == [False, False]


async def only_one_ticket(stage: Stage) -> None:
    await stage.settle()
    async with stage.app.database.reading() as tx:
        assert len(await tickets.find(tx, tickets.Filter())) == 1
    assert await stage.person("anna.weber").count("T-1 is open") == 1

"""The real process is killed at every step of the main journey and started again: nothing is lost, nothing repeated.

What the people find at the end is what they find when nothing was killed, down to the last message.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.failpoints import POINTS
from bot.messages import Card, Reply
from bot.reply_json import from_json
from storage import outbox, tickets, transcript
from storage.database import Database
from tests.faults.browsing import Town
from tests.faults.desk_process import DeskProcess, desk_process
from tests.journeys.stage import TUESDAY_MORNING, reply_text

ACTORS = ("anna.weber", "chen.jie", "lukas.becker", "sun.hao", "helen.zhou", "zhang.wei", "wang.fang", "li.qiang")

# Each run is killed at its places one after the other, in the order in which the journey comes by.
PLANS = {
    "while checks run": (
        "web.words_kept:1",
        "probes.started:1",
        "probes.shown:1",
        "probes.before_done:1",
        "probes.done:1",
        "desk.opened:1",
        "desk.paged:1",
    ),
    "while answers are given": (
        "conversation.recorded:1",
        "conversation.decided:1",
        "conversation.committed:1",
        "delivery.claimed:1",
        "desk.saved:1",
        "conversation.refused:1",
        "conversation.committed:1",
    ),
    "while messages leave and alarms ring": (
        "delivery.before_send:1",
        "delivery.after_send:1",
        "delivery.before_report:1",
        "delivery.reported:1",
        "ticker.found:1",
        "ticker.before_commit:1",
        "ticker.committed:1",
        "delivery.after_send:1",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What is left of a journey: every ticket, its log, everybody's chat, and what was never sent."""

    tickets: list[tuple[object, ...]]
    log: list[tuple[str, str]]
    chats: dict[str, Counter[str]]
    unsent: dict[str, int]


async def outcome(database_url: str) -> Outcome:
    """Read it from the database, behind the process's back."""
    database = await Database.open(database_url, clock=lambda: TUESDAY_MORNING, visitor=True)
    try:
        async with database.reading() as tx:
            found = await tickets.find(tx, tickets.Filter(limit=50))
            log = [(e.action.value, e.by) for t in found for e in await tickets.events(tx, t.id, public_only=False)]
            chats = {person: await transcript.last(tx, person, 500) for person in ACTORS}
            unsent = await outbox.counts(tx)
    finally:
        await database.close()
    return Outcome(
        tickets=[(t.id, t.status, t.priority, t.assignee, t.rating, t.cause, t.climb.generation) for t in found],
        log=log,
        chats={
            person: Counter(f"{line.author}: {gist(from_json(line.data['reply']))}" for line in lines)
            for person, lines in chats.items()
        },
        unsent=unsent,
    )


def assert_same(found: Outcome, expected: Outcome) -> None:
    """Fails with what is there once too often or once too seldom."""
    assert found.tickets == expected.tickets
    assert found.log == expected.log
    for person in ACTORS:
        assert not (found.chats[person] - expected.chats[person]), f"{person} sees what nobody should"
        assert not (expected.chats[person] - found.chats[person]), f"{person} misses something"
    assert not any(found.unsent.values())


def gist(reply: Reply) -> str:
    """What a message is about. A card shows the state its ticket has when it is sent, which may be a step later."""
    return reply.title if isinstance(reply, Card) else reply_text(reply)


def live_through(town: Town) -> None:
    """The main journey: a fault checked, opened as a P1, paged twice, claimed, answered, resolved and rated."""
    town.begin()
    anna = town.sit("anna.weber")
    anna.says("The VPN drops every few minutes since this morning")
    anna.sees("Let us look at your side together")
    anna.says("I want to talk to a human")
    anna.fills(affected="everyone", severity="blocked")
    anna.sees("T-1")
    opened_by = town.desk.clock.seconds
    town.settled()
    town.wait_until(opened_by + 6 * 60)
    town.settled()
    chen, lukas = town.sit("chen.jie"), town.sit("lukas.becker")
    chen.says("/claim 1")
    anna.sees("has taken T-1")
    lukas.says("/claim 1")
    lukas.sees("was first")
    chen.says("/reply 1 Please restart the client")
    anna.sees("Please restart the client")
    anna.says("I restarted it and the connection drops again")
    chen.sees("I restarted it and the connection drops again")
    chen.says("/resolve 1 An old certificate / Renewed it")
    anna.presses("It works", on="Renewed it")
    anna.presses("★ 2")
    town.sit("zhang.wei").sees("2 分")
    town.settled()


def play_out(desk: DeskProcess, *plan: str) -> Outcome:
    """The journey with these kills, and what is left of it."""
    with Town(desk, iter(plan)) as town:
        live_through(town)
    assert desk.deaths == [point.partition(":")[0] for point in plan]
    assert desk.stop() == 0, desk.log
    return asyncio.run(outcome(desk.database_url))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What is left of the journey when nothing is killed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with desk_process(f"sqlite+aiosqlite:///{folder / 'firstline.db'}", folder) as desk:
        return play_out(desk)


def test_undisturbed_the_journey_ends_as_the_story_says(undisturbed: Outcome) -> None:
    """One ticket, closed and rated; nothing unsent; nobody was told anything twice but where the story says so."""
    assert [ticket[:5] for ticket in undisturbed.tickets] == [(1, "closed", "P1", "chen.jie", 2)]
    actions = Counter(action for action, _ in undisturbed.log)
    assert actions["open"] == actions["claim"] == actions["resolve"] == actions["rate"] == 1
    assert actions["page"] == 2
    assert not any(undisturbed.unsent.values())


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_killed_anywhere_the_journey_ends_the_same(
    plan: tuple[str, ...], undisturbed: Outcome, sqlite_url: str, tmp_path: Path
) -> None:
    """Seven or eight kills in each run, each at a named place; people only send again what got no answer."""
    with desk_process(sqlite_url, tmp_path) as desk:
        assert_same(play_out(desk, *plan), undisturbed)


@pytest.mark.postgres
def test_on_postgresql_too(undisturbed: Outcome, postgres_url: str, tmp_path: Path) -> None:
    """PostgreSQL forgets the dead process's transaction by itself, SQLite with its file lock: the end is the same."""
    plan = ("conversation.decided:1", "delivery.after_send:1", "ticker.before_commit:1", "desk.saved:1")
    with desk_process(postgres_url, tmp_path) as desk:
        assert_same(play_out(desk, *plan), undisturbed)


@pytest.mark.slow
def test_killed_at_random_the_journey_ends_the_same(undisturbed: Outcome, sqlite_url: str, tmp_path: Path) -> None:
    """Six kills at moments nobody chose."""
    timers: list[threading.Timer] = []
    with desk_process(sqlite_url, tmp_path) as desk:

        def plan() -> Iterator[str]:
            for _ in range(6):
                timers.append(threading.Timer(1.5 + 1.5 * random.random(), desk.kill))
                timers[-1].start()
                yield ""

        with Town(desk, plan()) as town:
            live_through(town)
        for timer in timers:
            timer.cancel()
        assert desk.deaths, "nobody was killed"
        desk.stop()
        assert_same(asyncio.run(outcome(sqlite_url)), undisturbed)


def test_every_named_place_is_one_of_the_plans() -> None:
    """A place nobody is killed at proves nothing."""
    planned = {point.partition(":")[0] for plan in PLANS.values() for point in plan}
    assert planned == POINTS

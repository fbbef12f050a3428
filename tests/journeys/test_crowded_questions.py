"""Two hundred people ask at once, of a desk that knows ten thousand phrasings: nobody holds the others up."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from benchmarks.holding import watched
from bot.dialogue.beside import beside
from bot.dialogue.world import Knowledge, knowledge_of
from bot.messages import Said
from faq.article import Article
from tests.journeys.stage import Clock, Stage, play, reply_text

ASKED, TRIES = 200, 3
LONGEST = 0.020  # seconds the loop may be held
THINGS = ("printer", "laptop", "scanner", "headset", "badge reader", "projector", "docking station", "keyboard")
TROUBLES = ("beeps", "blinks", "smells odd", "shows stripes", "will not wake", "loses settings", "is far too loud")


@cache
def much_knowledge() -> Knowledge:
    """Two thousand articles of five phrasings each, every one about a trouble of its own."""
    return knowledge_of(tuple(_articles(random.Random(7))))


def _articles(dice: random.Random) -> Iterator[Article]:
    for number in range(2_000):
        title = f"{dice.choice(THINGS)} {number} {dice.choice(TROUBLES)}"
        phrasings = tuple(f"{dice.choice(TROUBLES)} again {number} {dice.choice(THINGS)} {place}" for place in range(4))
        yield Article(f"a-{number:04}", "en", title, phrasings, (), "1. Do this.\n", None)


async def ask_at_once(stage: Stage, round: int) -> list[str]:
    """Everybody asks about one of the articles in its own words; what each is told."""
    people = [key for key, one in stage.app.desk.organisation.people.items() if one.language == "en"]
    titles = [article.title for article in much_knowledge().articles.values()][round::TRIES][:ASKED]
    said = []
    for number, title in enumerate(titles):
        somebody = stage.person(people[number % len(people)])
        place = replace(somebody.place, room=f"{somebody.place.room}-{number}")
        said.append(Said(stage.next_id(), somebody.identity, place, f"hi, our {title}"))
    answers = await asyncio.gather(*map(stage.app.conversation.handle, said))
    return ["\n".join(map(reply_text, answer.replies)) for answer in answers]


async def test_the_loop_turns_while_a_message_is_thought_about() -> None:
    """What thinks here waits for what only the loop can do."""
    turned = threading.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    assert await beside(turned.wait, 5.0)


async def test_two_hundred_questions_at_once_do_not_hold_the_event_loop(sqlite_url: str) -> None:
    held = []
    async with play(sqlite_url, Clock()) as stage:
        stage.app.conversation.knowledge = much_knowledge()
        for round in range(TRIES):
            with watched() as watch:
                told = await ask_at_once(stage, round)
            held.append(watch.longest)
            assert len(told) == ASKED
            assert all(told)
            if watch.longest <= LONGEST:  # once more only where the machine itself may have been busy
                return
            stage.clock.advance(minutes=10)
    raise AssertionError(f"each time somebody held the loop: {held} s")

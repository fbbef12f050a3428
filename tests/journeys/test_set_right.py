"""Somebody sets right what they said: the trouble at hand, and its form, follow them, and nothing waits beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.phrases import tell
from tests.journeys.stage import Stage, in_language
from tests.journeys.test_facts_in_forms import rows
from tests.journeys.test_without_forms import AtTheConsole, at_consoles


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with at_consoles(sqlite_url) as stage:
        yield stage


SET_RIGHT = pytest.mark.parametrize(
    ("key", "fault", "instead", "service", "steps"),
    [
        ("anna.weber", "the printer jams", "actually it's the wifi", "Wi-Fi", "Wi-Fi"),
        ("chen.jie", "打印机打不了", "其实是wifi的问题", "无线网", "无线网"),
    ],
)


@SET_RIGHT
async def test_the_form_at_hand_is_about_what_it_is_instead(
    stage: Stage, key: str, fault: str, instead: str, service: str, steps: str
) -> None:
    """It is no other trouble that waits: one ticket comes of it, with every word of theirs."""
    person = AtTheConsole(stage, key)
    await person.commands(f"/new {fault}")
    await person.says(instead)
    assert service in (await rows(person))["service"]
    await person.presses(in_language("Submit", person.language))
    ticket = await stage.ticket(1)
    assert (ticket.service, ticket.summary, ticket.description) == ("wifi", fault, instead)
    await person.does_not_see(tell("several.next", person.language, words=instead))


@SET_RIGHT
async def test_the_steps_go_on_with_what_it_is_instead(
    stage: Stage, key: str, fault: str, instead: str, service: str, steps: str
) -> None:
    """What was said before stands in the ticket as well."""
    person = AtTheConsole(stage, key)
    await person.says(fault)
    await person.says(instead)
    assert steps in (await person.card()).title
    await person.says({"en": "human please", "zh": "转人工"}[person.language])
    await person.presses(in_language("Submit", person.language))
    ticket = await stage.ticket(1)
    assert (ticket.service, ticket.summary) == ("wifi", fault)
    assert instead in ticket.description


@pytest.mark.parametrize(
    ("key", "fault", "instead", "since"),
    [
        ("anna.weber", "the screen flickers since Monday", "no, Tuesday", "tuesday"),
        ("chen.jie", "屏幕从周一开始闪", "不对，是周二", "周二"),
    ],
)
async def test_a_fact_set_right_takes_the_place_of_the_one_before(
    stage: Stage, key: str, fault: str, instead: str, since: str
) -> None:
    """Said again without a "no", another day changes nothing."""
    person, again = AtTheConsole(stage, key), {"en": "since Friday", "zh": "从周五开始"}
    await person.commands(f"/new {fault}")
    await person.says(again[person.language])
    assert since not in (await rows(person))["since"]
    await person.says(instead)
    assert since in (await rows(person))["since"]


@pytest.mark.parametrize(
    ("key", "words", "asks"),
    [
        ("anna.weber", "the printer jams, no sorry i mean the scanner", "Scanning does not work"),
        ("chen.jie", "打印机坏了，说错了，是扫描仪", "扫描不了"),
    ],
)
async def test_what_is_set_right_in_the_same_breath_is_what_it_is_about(
    stage: Stage, key: str, words: str, asks: str
) -> None:
    person = AtTheConsole(stage, key)
    await person.says(words)
    assert (await person.card()).title == asks

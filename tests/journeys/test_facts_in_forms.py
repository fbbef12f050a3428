"""Where somebody is, since when and how badly: said in their own words, it stands in the form, wherever it is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.messages import Facts
from bot.phrases import tell
from tests.journeys.stage import Stage, in_language
from tests.journeys.test_without_forms import AtTheConsole, at_consoles


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with at_consoles(sqlite_url) as stage:
        yield stage


@dataclass(frozen=True)
class Spoken:
    """One story in one language."""

    fault: str
    at_home: str
    first: str
    blocked: str
    since: str
    unknown: str


SPOKEN = {
    "anna.weber": Spoken(
        "the screen flickers", "i am at home", "I'm at home and VPN fails", "it is urgent", "since yesterday", "idk"
    ),
    "chen.jie": Spoken(
        "屏幕一直闪", "我在家", "我在家，VPN 连不上", "很急，没法工作", "从昨天开始的", "不知道"
    ),
}  # fmt: skip
ASK = {"en": "the ", "zh": "改一下"}
both = pytest.mark.parametrize("key", SPOKEN)


async def rows(person: AtTheConsole) -> dict[str, str]:
    """The summary in front of them, by the field's name."""
    (facts,) = (block for block in (await person.card()).blocks if isinstance(block, Facts))
    language = person.language
    names = {tell(f"field.{name}", language): name for name in ("place", "severity", "since", "service")}
    return {names[label]: value for label, value in facts.rows if label in names}


def home(language: str) -> str:
    return {"en": "At home or travelling", "zh": "家中或出差"}[language]


@both
async def test_where_somebody_is_may_be_said_with_the_trouble(stage: Stage, key: str) -> None:
    person = AtTheConsole(stage, key)
    await person.commands(f"/new {SPOKEN[key].first}")
    assert await rows(person) | {"place": home(person.language), "service": "VPN"} == await rows(person)


@both
async def test_a_choice_may_be_answered_in_other_words_than_its_label(stage: Stage, key: str) -> None:
    """And the field to be changed may be named by a part of its label."""
    person, said = AtTheConsole(stage, key), SPOKEN[key]
    await person.commands(f"/new {said.fault}")
    for label, words in (("place", said.at_home), ("severity", said.blocked)):
        await person.presses(in_language("Change…", person.language))
        await person.says(f"{ASK[person.language]}{tell(f'field.{label}', person.language)}")
        await person.says(words)
    blocked = tell("severity.blocked", person.language)
    assert await rows(person) | {"place": home(person.language), "severity": blocked} == await rows(person)
    await person.presses(in_language("Change…", person.language))
    await person.says(tell("field.place", person.language))
    await person.says(said.unknown)
    assert "place" not in await rows(person)


@both
async def test_what_is_said_beside_the_summary_stands_in_it(stage: Stage, key: str) -> None:
    """Also while it is asked what to change; what the person has chosen themselves is not written over."""
    person, said = AtTheConsole(stage, key), SPOKEN[key]
    await person.commands(f"/new {said.fault}")
    await person.says(said.at_home)
    assert (await rows(person))["place"] == home(person.language)
    await person.presses(in_language("Change…", person.language))
    await person.says(said.since)
    assert (await rows(person))["since"]
    await person.presses(in_language("Change…", person.language))
    await person.says(tell("field.severity", person.language))
    await person.presses(tell("severity.question", person.language))
    await person.says(said.blocked)
    assert (await rows(person))["severity"] == tell("severity.question", person.language)
    await person.presses(in_language("Submit", person.language))
    ticket = await stage.ticket(1)
    assert (ticket.details["place"], ticket.details["severity"]) == ("home", "question")
    assert said.at_home in ticket.description


WHERE = pytest.mark.parametrize(
    ("key", "at_home", "fault", "human"),
    [
        ("anna.weber", "I am at home", "my screen is black", "human please"),
        ("chen.jie", "我在家", "vpn连不上", "转人工"),
    ],
)


@WHERE
async def test_a_place_alone_begins_nothing(stage: Stage, key: str, at_home: str, fault: str, human: str) -> None:
    """It is asked what is wrong there, and the place stands in the form of what is said next."""
    person = AtTheConsole(stage, key)
    await person.says(at_home)
    assert await person.asked() == tell("where.title", person.language)
    await person.says(fault)
    await person.says(human)
    assert (await rows(person))["place"] == home(person.language)


@WHERE
async def test_a_place_said_between_two_steps_is_known(
    stage: Stage, key: str, at_home: str, fault: str, human: str
) -> None:
    """It is no other trouble, and no answer."""
    person, printer = AtTheConsole(stage, key), {"en": "the printer jams", "zh": "打印机打不了"}
    await person.says(printer[person.language])
    step = await person.asked()
    await person.says(at_home)
    assert await person.asked() == step
    await person.says(human)
    assert (await rows(person))["place"] == home(person.language)


@pytest.mark.parametrize(
    ("key", "fault", "typed", "dated", "unclear"),
    [
        ("anna.weber", "the screen flickers", "yesterday", "yesterday (2026-11-23)", "since 3/4"),
        ("chen.jie", "屏幕一直闪", "昨天", "昨天（2026-11-23）", "更新以后"),
    ],
)
async def test_a_day_typed_where_it_is_asked_since_when_is_shown_with_its_date(
    stage: Stage, key: str, fault: str, typed: str, dated: str, unclear: str
) -> None:
    """It is another day tomorrow; what can be read in two ways, or in none, stays as it was written."""
    person = AtTheConsole(stage, key)
    await person.commands(f"/new {fault}")
    for words, shown in ((unclear, unclear), (typed, dated)):
        await person.presses(in_language("Change…", person.language))
        await person.says(tell("field.since", person.language))
        await person.says(words)
        assert (await rows(person))["since"] == shown
    stage.clock.advance(days=1)
    await person.presses(in_language("Submit", person.language))
    assert (await stage.ticket(1)).details["since"] == dated


@both
async def test_a_day_in_a_form_drawn_in_full_is_dated_when_it_was_said(stage: Stage, key: str) -> None:
    """What they said keeps its day; what they write over it gets one of its own."""
    person, said = stage.person(key), SPOKEN[key]
    await person.commands(f"/new {said.fault} {said.since}")
    begun = person.written["since"]
    assert "2026-11-23" in begun
    stage.clock.advance(days=1)
    await person.fills(summary="?")
    assert (await stage.ticket(1)).details["since"] == begun
    await person.commands({"en": "/new the printer jams", "zh": "/new 打印机卡纸"}[person.language])
    await person.fills(since={"en": "this morning", "zh": "今天早上"}[person.language])
    assert "2026-11-25" in (await stage.ticket(2)).details["since"]

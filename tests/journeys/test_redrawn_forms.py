"""A form drawn in full is drawn anew where it stands: in another language, or with what was said beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Form
from bot.phrases import tell
from tests.journeys.slack_stage import play_in_slack
from tests.journeys.stage import Somebody, Stage

ANNA, ZHAO = "anna.weber", "zhao.min"
SPOKEN = pytest.mark.parametrize(
    ("key", "fault", "human", "other_language", "at_home"),
    [
        (ANNA, "the scanner eats paper", "human please", "还是用中文吧", "I am at home"),
        (ZHAO, "扫描仪扫不了", "转人工", "in English please", "我在家"),
    ],
)


async def forms(person: Somebody) -> list[Form]:
    """Every form in their chat."""
    return [reply for reply in await person.chat() if isinstance(reply, Form)]


async def drawings(person: Somebody) -> list[int]:
    """Which changes of their chat the forms in it are."""
    lines = await person.stage.app.transcript.last(person.key, 500)
    return [line.revision for line in lines if isinstance(line.reply, Form)]


@SPOKEN
async def test_a_form_follows_the_language(
    stage: Stage, key: str, fault: str, human: str, other_language: str, at_home: str
) -> None:
    """It is one form still, and says what it said; what it leads to is said in the new language, too."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(human)
    before = person.form
    await person.says(other_language)
    now = "zh" if person.language == "en" else "en"
    assert person.form is not None
    assert before is not None
    assert (person.form.key, person.form.title, person.form.submit) == (
        before.key,
        tell("intake.title", now),
        tell("button.submit", now),
    )
    labels = {field.name: field.label for field in person.form.fields}
    assert labels == {name: tell(f"field.{name}", now) for name in labels}
    assert await forms(person) == [person.form]
    assert before.intro.startswith(tell("human.form", person.language))
    assert person.form.intro.startswith(tell("human.form", now))
    assert [field.value for field in person.form.fields] == [field.value for field in before.fields]
    await person.says("never mind" if now == "en" else "算了")
    await person.sees(tell("table.earlier", now))
    await person.does_not_see(tell("intake.title", person.language))


@SPOKEN
async def test_where_somebody_is_said_beside_a_form_stands_in_it(
    stage: Stage, key: str, fault: str, human: str, other_language: str, at_home: str
) -> None:
    """In its field, where it can be changed, and with the ticket; words that tell no such thing leave it alone."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(human)
    assert person.written["place"] != "home"
    await person.says(at_home)
    assert person.written["place"] == "home"
    assert person.form is not None
    assert person.form.intro.startswith(tell("human.form", person.language))
    drawn = await drawings(person)
    await person.says("it hums, too" if person.language == "en" else "还有嗡嗡声")
    assert await drawings(person) == drawn
    await person.fills()
    ticket = await stage.ticket(1)
    assert ticket.details["place"] == "home"
    assert at_home in ticket.description


@pytest.mark.parametrize(
    ("key", "fault", "human", "instead", "another_day"),
    [
        (ANNA, "the scanner eats paper since Monday", "human please", "actually it's the wifi", "no, Friday"),
        (ZHAO, "扫描仪从周一开始扫不了", "转人工", "其实是wifi的问题", "不对，是上周五"),
    ],
)
async def test_what_is_set_right_beside_a_form_is_right_in_it(
    stage: Stage, key: str, fault: str, human: str, instead: str, another_day: str
) -> None:
    """What it is about, and since when; the form is one still, says why it came, and one ticket comes of it."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(human)
    assert "2026-11-23" in person.written["since"]
    await person.says(instead)
    assert (person.written["service"], person.written["category"]) == ("wifi", "network")
    await person.says(another_day)
    assert "2026-11-20" in person.written["since"]
    assert len(await forms(person)) == 1
    assert person.form is not None
    assert person.form.intro.startswith(tell("human.form", person.language))
    await person.fills()
    ticket = await stage.ticket(1)
    assert (ticket.service, await stage.count_tickets()) == ("wifi", 1)
    assert "2026-11-20" in ticket.details["since"]
    assert instead in ticket.description


async def test_what_opens_the_form_in_slack_is_set_right(sqlite_url: str, tmp_path: Path) -> None:
    """The window it opens shows what was meant in the end, and why it came."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat(ANNA)
        await anna.says("the scanner eats paper")
        await anna.says("human please")
        await anna.says("actually it's the wifi")
        await anna.sees(tell("said.set_right", "en", service="Wi-Fi"))
        await anna.presses(tell("intake.title", "en"))
        view = await anna.hands.has_form()
        assert tell("human.form", "en") in str(view.blocks)
        await anna.hands.submits()
        await stage.settle()
        ticket = await stage.ticket(1)
        assert (ticket.service, ticket.description) == ("wifi", "actually it's the wifi")


async def test_what_opens_the_form_in_slack_follows_language_and_facts(sqlite_url: str, tmp_path: Path) -> None:
    """The message that opens it is edited where it stands, and opens it as it reads now."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat(ANNA)
        await anna.says("the scanner eats paper")
        await anna.says("human please")
        await anna.sees(tell("human.form", "en"))
        await anna.says("I am at home")
        await anna.says("还是用中文吧")
        await anna.sees(tell("human.form", "zh"))
        assert not anna.reads(tell("human.form", "en"))
        await anna.presses(tell("intake.title", "zh"))
        view = await anna.hands.has_form()
        assert tell("field.place", "zh") in str(view.blocks)
        await anna.hands.submits()
        await stage.settle()
        assert (await stage.ticket(1)).details["place"] == "home"


async def test_a_form_that_left_nothing_in_the_chat_leaves_nothing_there(sqlite_url: str, tmp_path: Path) -> None:
    """In Slack one that was opened by a command stands by itself: a change of language puts no second one below."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat(ANNA)
        await anna.runs("new the scanner eats paper")
        await anna.hands.has_form()
        await anna.says("还是用中文吧")
        await anna.sees(tell("settings.changed", "zh"))
        assert not anna.reads(tell("intake.intro", "zh"))


@pytest.mark.parametrize(
    ("key", "human", "wish", "more", "angry"),
    [
        (ANNA, "I want to speak to someone", "I need a new headset", "nothing works", "you are useless"),
        (ZHAO, "我要找人工", "我要一个新耳机", "什么都用不了", "你们太没用了"),
    ],
)
async def test_an_empty_form_takes_what_is_said_beside_it(
    stage: Stage, key: str, human: str, wish: str, more: str, angry: str
) -> None:
    """As if they had begun with it: its line, its service, its kind; "nothing works" goes along, too."""
    person = stage.person(key)
    await person.says(human)
    assert person.written["summary"] == ""
    await person.says(wish)
    assert person.form is not None
    assert person.form.intro.startswith(tell("human.form", person.language))
    expected = {"summary": wish, "kind": "request", "service": "video-meetings"}
    assert {name: person.written[name] for name in expected} == expected
    await person.says(more)
    await person.fills()
    ticket = await stage.ticket(1)
    assert (ticket.summary, ticket.description, ticket.service) == (wish, more, "video-meetings")
    await person.says(angry)
    await person.says(more)
    await person.fills()
    assert (await stage.ticket(2)).description == more

"""A conversation moves on, or falls silent: older buttons change nothing, and nobody is nagged or left hanging."""

from __future__ import annotations

import pytest

from bot.messages import Form
from tests.journeys.stage import Stage, in_language, reply_text

PRINTER = {"anna.weber": "the printer is jammed", "zhao.min": "打印机卡纸了"}
ELSEWHERE = {"anna.weber": "oh no, the wifi is gone too", "zhao.min": "糟糕，无线网也连不上了"}
KINDLY = {"anna.weber": "belongs to an earlier question", "zhao.min": "属于之前的问题"}
STILL_HERE = {"anna.weber": "I am still here", "zhao.min": "我一直在"}
PUT_ASIDE = {"anna.weber": "put aside, since I did not hear from you", "zhao.min": "一直没收到您的回复，先放下了"}

both = pytest.mark.parametrize("key", ["anna.weber", "zhao.min"])


@both
async def test_an_older_question_loses_its_buttons(stage: Stage, key: str) -> None:
    """Only one question can be answered at a time; what was said stays readable."""
    person = stage.person(key)
    await person.says(PRINTER[key])
    before = [reply_text(reply) for reply in await person.chat()]
    await person.says(ELSEWHERE[key])
    standing = [reply for reply in await person.chat() if getattr(reply, "buttons", ())]
    assert len(standing) == 1
    assert [reply_text(reply) for reply in await person.chat()][: len(before)] == before


@both
async def test_a_press_on_an_older_question_shows_the_present_one_again(stage: Stage, key: str) -> None:
    """A phone that was slow to load still shows the button; pressing it does no harm."""
    person = stage.person(key)
    await person.says(PRINTER[key])
    old = await person.button("Talk to a human")
    await person.says(ELSEWHERE[key])
    asked = await person.offers()
    stage.clock.advance(minutes=1)
    await person.presses_what_stood_there(old)
    await person.sees(KINDLY[key])
    assert person.form is None
    assert await person.offers(on=KINDLY[key]) == asked
    assert len([reply for reply in await person.chat() if getattr(reply, "buttons", ())]) == 1
    await person.presses("Talk to a human")
    assert isinstance(person.form, Form)


@both
async def test_a_double_click_is_one_press(stage: Stage, key: str) -> None:
    """The second click of two comes too late to mean anything, and nobody is told off for it."""
    person = stage.person(key)
    await person.says(PRINTER[key])
    label = (await person.offers())[1]
    button = await person.button(label)
    await person.presses_what_stood_there(button)
    seen = len(await person.chat())
    answer = await person.presses_what_stood_there(button)
    assert (answer.replies, len(await person.chat())) == ((), seen)


@both
async def test_silence_is_broken_once_and_then_put_aside(stage: Stage, key: str) -> None:
    """Half an hour, one gentle word; a day, and the question is put aside; a press goes on where it stood."""
    person = stage.person(key)
    await person.says(PRINTER[key])
    asked = await person.offers()
    await stage.pass_time(minutes=29)
    await person.does_not_see(STILL_HERE[key])
    await stage.pass_time(minutes=2)
    await person.sees(STILL_HERE[key])
    assert await person.offers() == asked
    await stage.pass_time(hours=23)
    assert await person.count(STILL_HERE[key]) == 1
    await stage.pass_time(hours=2)
    await person.sees(PUT_ASIDE[key])
    seen = len(await person.chat())
    await stage.pass_time(days=3)
    assert len(await person.chat()) == seen
    await person.presses("Go on with it")
    assert await person.offers() == asked
    await person.presses(asked[-1])
    assert isinstance(person.form, Form)


async def test_a_form_left_open_can_be_sent_days_later(stage: Stage) -> None:
    """What somebody typed into a form is not lost because they went home."""
    zhao = stage.person("zhao.min")
    await zhao.commands("/new 投影仪不亮")
    await stage.pass_time(minutes=31)
    await zhao.sees("表单还开着")
    await stage.pass_time(days=2)
    assert await zhao.count("表单还开着") == 1
    await zhao.fills(place="tianjin-jinmen")
    assert (await stage.ticket(1)).summary == "投影仪不亮"


async def test_after_a_day_a_new_trouble_is_a_new_trouble(stage: Stage) -> None:
    """Nobody has to clear away what they left behind before they may speak."""
    anna = stage.person("anna.weber")
    await anna.says("the printer is jammed")
    first = await anna.offers()
    await stage.pass_time(days=2)
    await anna.says("the printer is jammed")
    assert await anna.offers() == first


@pytest.mark.parametrize(
    ("key", "away", "nothing"),
    [("anna.weber", "never mind", "Nothing was opened"), ("zhao.min", "算了", "没有提交任何工单")],
)
async def test_never_mind_leaves_no_button_behind(stage: Stage, key: str, away: str, nothing: str) -> None:
    """Whoever changes their mind halfway is left in peace."""
    person = stage.person(key)
    await person.says(PRINTER[key])
    await person.says(away)
    await person.sees(nothing)
    assert await person.offers() == []
    await stage.pass_time(days=2)
    await person.does_not_see(STILL_HERE[key])


@pytest.mark.parametrize("key", ["anna.weber", "zhao.min"])
async def test_nobody_gets_the_same_answer_twice_or_is_asked_three_times(stage: Stage, key: str) -> None:
    """Said again, what did not help is not shown again; after two questions back, a person looks at it."""
    person = stage.person(key)
    for words in ("asdf qwer zxcv", "qwer zxcv asdf", "zxcv asdf qwer"):
        await person.says(words)
    assert isinstance(person.form, Form)
    asked = {"anna.weber": "I am not sure what you mean", "zhao.min": "没太明白您的意思"}[key]
    assert await person.count(asked) == 2


async def test_an_answer_that_did_not_help_is_not_repeated(stage: Stage) -> None:
    """The same words once more get the next answer, or an honest form."""
    anna = stage.person("anna.weber")
    await anna.says("how do I add a printer?")
    await anna.says("how do I add a printer?")
    await anna.says("how do I add a printer?")
    assert await anna.count("Add a printer to my computer") == 1


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        ("anna.weber", "I need a second monitor"),
        ("anna.weber", "please install Visio"),
        ("zhao.min", "我需要第二个显示器"),
        ("zhao.min", "请帮我安装 Visio"),
    ],
)
async def test_a_wish_goes_to_the_form(stage: Stage, key: str, wish: str) -> None:
    """Somebody who wants something is not sent through articles about faults."""
    person = stage.person(key)
    await person.says(wish)
    assert isinstance(person.form, Form)
    values = {each.name: each.value for each in person.form.fields}
    assert (values["summary"], values["kind"]) == (wish, "request")
    await person.fills()
    assert (await stage.ticket(1)).kind == "request"


async def test_a_question_before_anything_was_tried_offers_no_fixed(stage: Stage) -> None:
    """The VPN drops: the first step only looks, so there is nothing to have fixed it yet."""
    anna = stage.person("anna.weber")
    await anna.says("the vpn drops every few minutes")
    await anna.presses("Go through the steps")
    await anna.sees("keeps dropping")
    first = await anna.offers()
    assert "Fixed" not in first
    assert first[-1] == "Talk to a human"
    await anna.presses("Website opens")
    assert "Fixed" in await anna.offers()


async def test_every_question_has_a_way_to_a_human(stage: Stage) -> None:
    """Whatever is asked, a person is one press away, and only once on each card."""
    zhao = stage.person("zhao.min")
    human = in_language("Talk to a human", "zh")
    for words in ("asdf qwer", "VPN 连不上", "怎么添加打印机", "打印机卡纸了"):
        await zhao.says(words)
        assert (await zhao.offers()).count(human) == 1
        await zhao.says("算了")

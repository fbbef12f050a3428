"""What people write when they do not press: fixed, never mind, something else, not this one, a person please."""

from __future__ import annotations

import pytest

from bot.messages import Form
from storage import tickets
from tests.journeys.stage import Somebody, Stage, in_language


async def open_ticket(person: Somebody, words: str, **values: str) -> None:
    await person.commands(f"/new {words}")
    await person.fills(**values)


@pytest.mark.parametrize(
    ("key", "fault", "fixed", "glad"),
    [
        ("anna.weber", "the printer is jammed", "that fixed it!", "Great."),
        ("zhao.min", "打印机卡纸了", "解决了", "太好了"),
    ],
)
async def test_fixed_can_be_typed(stage: Stage, key: str, fault: str, fixed: str, glad: str) -> None:
    """Words that name a button are as good as the button."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(fixed)
    await person.sees(glad)
    assert not await _tickets(stage)


async def test_never_mind_opens_nothing(stage: Stage) -> None:
    """A person who changes their mind leaves nothing behind."""
    anna = stage.person("anna.weber")
    await anna.says("my screen stays black")
    await anna.says("never mind")
    await anna.sees("Nothing was opened")
    assert not await _tickets(stage)


async def test_a_new_trouble_in_the_middle_of_another_starts_afresh(stage: Stage) -> None:
    """Halfway through the printer the Wi-Fi fails: the Wi-Fi it is."""
    anna = stage.person("anna.weber")
    await anna.says("the printer is jammed")
    await anna.says("oh no, now the wifi is gone too")
    await anna.sees("Wi-Fi does not connect")


async def test_nonsense_is_forgotten_once_a_real_question_comes(stage: Stage) -> None:
    """What was not understood does not cloud what is."""
    anna = stage.person("anna.weber")
    await anna.says("asdf qwer zxcv")
    await anna.says("how do I add a printer?")
    await anna.sees("Add a printer to my computer")
    await anna.does_not_see("Is it this?")


async def test_what_is_said_beside_the_form_reaches_the_ticket(stage: Stage) -> None:
    """The form is drawn already, so that its words and these belong together; politeness is no detail."""
    anna = stage.person("anna.weber")
    await anna.commands("/new the scanner is slow")
    await anna.says("it began at nine")
    await anna.says("thanks")
    await anna.fills()
    ticket = await stage.ticket(1)
    assert (ticket.summary, ticket.description) == ("the scanner is slow", "it began at nine")


async def test_nonsense_gets_an_honest_question_and_no_ticket(stage: Stage) -> None:
    """Nothing is guessed from nothing."""
    anna = stage.person("anna.weber")
    await anna.says("asdf qwer zxcv")
    await anna.sees("I am not sure what you mean")
    await anna.says("🙂🙂")
    await anna.sees("I could not make out any words")
    assert not await _tickets(stage)


async def test_a_human_is_always_one_sentence_away(stage: Stage) -> None:
    """Asking for a person leads straight to the form, with what was said already in it."""
    zhao = stage.person("zhao.min")
    await zhao.says("电脑特别慢")
    await zhao.says("转人工")
    assert isinstance(zhao.form, Form)
    values = {each.name: each.value for each in zhao.form.fields}
    assert (values["summary"], values["description"]) == ("电脑特别慢", "")


async def test_an_emergency_asks_no_questions(stage: Stage) -> None:
    """Smoke in the server room pages tier two and the manager before anything else is said."""
    zhao = stage.person("zhao.min")
    await zhao.says("机房冒烟了")
    await zhao.sees("听起来很紧急")
    ticket = await stage.ticket(1)
    assert (ticket.priority, ticket.tier) == ("P1", 2)
    await stage.person("zhang.wei").sees("机房冒烟了")


async def test_the_same_trouble_twice_is_asked_about_before_a_second_ticket(stage: Stage) -> None:
    """What one has already reported is offered before it is reported again."""
    anna = stage.person("anna.weber")
    await open_ticket(anna, "the wifi is gone", service="wifi")
    await anna.commands("/new the wifi is still gone in my office")
    await anna.sees("You already have T-1 about this")
    await anna.presses("Add to that ticket")
    assert len(await _tickets(stage)) == 1
    await anna.sees("Added to T-1")


async def test_words_go_to_the_ticket_a_person_has_taken(stage: Stage) -> None:
    """Once an engineer has it, the bot keeps quiet; *This is something new* is one press away."""
    anna, wang = stage.person("anna.weber"), stage.person("wang.fang")
    await open_ticket(anna, "the wifi is gone", service="wifi")
    await wang.presses("Claim", on="T-1")
    await anna.says("restarting did not help, a red light is on")
    await anna.sees("Wang Fang will see it")
    await wang.sees("a red light is on")
    await anna.presses("This is something new")
    assert await anna.offers() != ["This is something new"]


@pytest.mark.parametrize(
    ("key", "first", "second", "asked", "guided"),
    [
        (
            "anna.weber",
            "the wifi is gone",
            "now the printer is jammed",
            "Is this about T-1, or something new?",
            "printer",
        ),
        ("zhao.min", "无线网断了", "打印机又卡纸了", "这是 T-1 的事，还是新问题？", "打印机"),
    ],
)
async def test_a_fault_of_another_kind_is_asked_about(
    stage: Stage, key: str, first: str, second: str, asked: str, guided: str
) -> None:
    """An engineer has the Wi-Fi; a jammed printer is not sent to them in silence, and not lost either."""
    person, wang = stage.person(key), stage.person("wang.fang")
    await open_ticket(person, first, service="wifi")
    await wang.commands("/claim 1")
    await person.says(second)
    await person.sees(asked)
    await wang.does_not_see(second)
    await person.presses("This is something new")
    assert await person.offers(on=guided)
    await wang.does_not_see(second)


async def test_about_it_sends_what_waited(stage: Stage) -> None:
    """The other button: all that was written meanwhile goes to the engineer."""
    anna, wang = stage.person("anna.weber"), stage.person("wang.fang")
    await open_ticket(anna, "the wifi is gone", service="wifi")
    await wang.commands("/claim 1")
    await anna.says("the printer is jammed")
    await anna.says("T-1")
    await wang.sees("the printer is jammed")


@pytest.mark.parametrize(
    ("key", "words", "more", "which"),
    [
        ("anna.weber", "same as before here", "and it is urgent", "Which one do you mean?"),
        ("zhao.min", "还是老样子", "有点急", "您说的是哪一个？"),
    ],
)
async def test_with_several_tickets_open_one_is_asked_and_then_remembered(
    stage: Stage, key: str, words: str, more: str, which: str
) -> None:
    """Words that name none of them wait for one press; what follows soon goes the same way; a file, too."""
    person = stage.person(key)
    await open_ticket(person, "the wifi is gone", service="wifi")
    await open_ticket(person, "the projector is dark", service="meeting-rooms")
    await person.says(words)
    await person.sees(which)
    await person.presses((await person.offers(on=which))[0])
    await person.says(more)
    await person.attaches("photo.png", b"png")
    assert await person.count(which) == 0
    assert {await _comments(stage, 2), await _comments(stage, 1)} == {(words, more), ()}
    stage.clock.advance(hours=1)
    await person.attaches("photo.png", b"png")
    assert (await person.offers())[-1] == in_language("This is something new", person.language)


async def _comments(stage: Stage, number: int) -> tuple[str, ...]:
    async with stage.app.database.reading() as tx:
        events = await tickets.events(tx, number, public_only=True)
    return tuple(str(event.facts["text"]) for event in events if event.action == "comment")


async def test_it_works_and_still_broken_can_be_typed(stage: Stage) -> None:
    """The question under a resolution may be answered in words."""
    anna, wang = stage.person("anna.weber"), stage.person("wang.fang")
    await open_ticket(anna, "the wifi is gone", service="wifi")
    await wang.commands("/claim 1")
    await wang.commands("/resolve 1 A loose cable / Plugged it in")
    await anna.says("still broken")
    assert (await stage.ticket(1)).status == "new"
    await wang.commands("/claim 1")
    await wang.commands("/resolve 1 The access point / Replaced it")
    await anna.says("It works")
    assert (await stage.ticket(1)).status == "closed"
    await anna.sees("How did we do on T-1?")


async def test_the_phone_desk_files_for_somebody_else(stage: Stage) -> None:
    """The caller hears of it, sees it, and is asked for the rating; the operator is named as the one who filed it."""
    ma, anna, wang = stage.person("ma.li"), stage.person("anna.weber"), stage.person("wang.fang")
    await ma.commands("/new @anna.weber Wi-Fi drops in meeting room 2")
    await ma.fills(callback="+49 30 5555 12", promise="call back before noon", service="wifi")
    ticket = await stage.ticket(1)
    assert (ticket.requester, ticket.opened_by, ticket.origin) == ("anna.weber", "ma.li", "phone")
    await anna.sees("Ma Li has opened T-1 for you")
    await wang.sees("+49 30 5555 12")
    await wang.commands("/claim 1")
    await wang.commands("/resolve 1 A channel clash / Changed the channel")
    await anna.presses("It works", on="T-1 is resolved")
    await anna.sees("How did we do on T-1?")
    await ma.does_not_see("How did we do")


async def test_an_employee_may_not_file_for_others(stage: Stage) -> None:
    """Names in a chat open no doors."""
    zhao = stage.person("zhao.min")
    await zhao.commands("/new @anna.weber her VPN is broken")
    await zhao.sees("只有电话坐席和 IT 人员")
    assert not await _tickets(stage)


async def test_silence_closes_a_resolved_ticket_after_three_working_days(stage: Stage) -> None:
    """Tuesday morning and silence: closed on Friday, asked to rate then, reminded once."""
    anna, wang = stage.person("anna.weber"), stage.person("wang.fang")
    await open_ticket(anna, "the wifi is gone", service="wifi")
    await wang.commands("/claim 1")
    await wang.commands("/resolve 1 A loose cable / Plugged it in")
    await stage.pass_time(days=2, hours=20)
    assert (await stage.ticket(1)).status == "resolved"
    await stage.pass_time(days=1)
    assert (await stage.ticket(1)).status == "closed"
    await anna.sees("How did we do on T-1?")
    await stage.pass_time(days=5)
    await anna.sees("You have not rated us yet")
    assert await anna.count("You have not rated us yet") == 1


async def _tickets(stage: Stage) -> list[int]:
    found = []
    for number in range(1, 5):
        try:
            found.append((await stage.ticket(number)).id)
        except AssertionError:
            break
    return found


@pytest.mark.parametrize(
    ("key", "fault", "answer", "another"),
    [
        ("anna.weber", "VPN drops", "I restarted the computer, still the same", "the printer is jammed too"),
        ("anna.weber", "VPN drops", "I did, it still drops", "the printer is jammed too"),
        ("anna.weber", "VPN drops", "It works next to the window", "the printer is jammed too"),
        ("zhao.min", "VPN 老是掉线", "重启过了，还是掉", "打印机也卡纸了"),
    ],
)
async def test_an_answer_to_the_engineer_is_an_answer_whatever_it_sounds_like(
    stage: Stage, key: str, fault: str, answer: str, another: str
) -> None:
    """Restarting sounds like a computer's trouble; just after the engineer wrote it is about their ticket."""
    person, engineer = stage.person(key), stage.person("wang.fang")
    await open_ticket(person, fault, service="vpn")
    await engineer.commands("/claim 1")
    await engineer.commands("/reply 1 Please restart once")
    await person.says(answer)
    await engineer.sees(answer)
    await person.says(another)
    await engineer.does_not_see(another)

"""What the bot makes of people's own words: answers, two things at once, danger, nonsense, second thoughts.

Each journey in English (Anna, Hamburg) and in Chinese (Zhao Min, Tianjin).
"""

from __future__ import annotations

import pytest

from bot.phrases import tell
from escalation.priority import Priority
from tests.journeys.stage import Somebody, Stage, in_language

ANNA, ZHAO = "anna.weber", "zhao.min"


async def offered(person: Somebody, label: str) -> bool:
    return in_language(label, person.language) in await person.offers()


@pytest.mark.parametrize(
    ("key", "words", "title"),
    [
        (ANNA, "how do i add the printer on the 4th floor to my laptop", "Add a printer to my computer"),
        (ZHAO, "mac 怎么装打印机驱动", "添加一台打印机"),
    ],
)
async def test_a_sure_answer_that_fixes_it_leaves_no_ticket(stage: Stage, key: str, words: str, title: str) -> None:
    """Asked, answered, pressed *That fixed it*: that is all."""
    person = stage.person(key)
    await person.says(words)
    await person.sees(title)
    await person.presses("That fixed it")
    await person.sees(tell("fixed", person.language))
    assert await stage.count_tickets() == 0


@pytest.mark.parametrize(
    ("key", "words", "status", "trouble"),
    [
        (ANNA, "printer jams again and what about ticket 1?", "T-1", "The printer does not print"),
        (ZHAO, "打印机又卡纸了，另外1号单怎么样了", "T-1", "打印机"),
    ],
)
async def test_a_fault_and_a_question_after_a_ticket_are_both_answered(
    stage: Stage, key: str, words: str, status: str, trouble: str
) -> None:
    """The ticket is shown and the printer's own way begins, from one message."""
    person = stage.person(key)
    await person.commands("/new vpn drops every hour")
    await person.fills()
    before = await person.count(status)
    await person.says(words)
    assert await person.count(status) > before
    await person.sees(trouble)
    assert await offered(person, "Talk to a human")


@pytest.mark.parametrize(
    ("key", "words", "first", "second"),
    [
        (
            ANNA,
            "the printer is jammed and my second monitor stays black as well",
            "The printer does not print",
            "monitor",
        ),
        (ZHAO, "打印机卡纸了，还有我外接显示器也黑了", "打印机", "显示器"),
    ],
)
async def test_two_faults_in_one_message_are_taken_one_after_the_other(
    stage: Stage, key: str, words: str, first: str, second: str
) -> None:
    """The first begins, the second is kept; once the first is over, the second begins by itself."""
    person = stage.person(key)
    await person.says(words)
    await person.sees(first)
    await person.says({"en": "that fixed it", "zh": "解决了"}[person.language])
    await person.sees(tell("fixed", person.language))
    await person.sees(tell("several.next", person.language, words="").split("“")[0])
    await person.sees(second)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (ANNA, "it smells like something is burning in the server room"),
        (ANNA, "water is dripping from the ceiling onto the switch cabinet"),
        (ZHAO, "机房里闻到一股烧焦味"),
        (ZHAO, "天花板漏水滴到机柜上了"),
        (ZHAO, "有人触电了快来人"),
    ],
)
async def test_danger_goes_at_once_to_a_human(stage: Stage, key: str, words: str) -> None:
    """No question, no form: the highest priority, and people are alerted."""
    person = stage.person(key)
    await person.says(words)
    await person.sees(tell("emergency", person.language))
    assert (await stage.ticket(1)).priority is Priority.P1


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (ANNA, "this printer is on fire with errors today"),
        (ANNA, "I fired up Excel and it froze"),
        (ANNA, "how do I burn a DVD on this laptop"),
        (ZHAO, "我很着急，电脑突然黑屏了"),
        (ZHAO, "火狐打不开网页"),
        (ZHAO, "邮箱爆满了，收不到邮件"),
    ],
)
async def test_words_that_only_sound_like_danger_alarm_nobody(stage: Stage, key: str, words: str) -> None:
    """Figures of speech wake nobody at night."""
    person = stage.person(key)
    await person.says(words)
    await person.does_not_see(tell("emergency", person.language))
    assert await stage.count_tickets() == 0


@pytest.mark.parametrize(
    ("key", "words", "facts"),
    [
        (
            ANNA,
            "the badge reader at the side gate rejects my card since this morning, error code 4711, call me on 2214",
            ("since this morning (2026-11-24)", "4711", "2214"),
        ),
        (ZHAO, "门禁从今天早上开始刷卡没反应，错误代码4711，分机2214", ("今天早上开始（2026-11-24）", "4711", "2214")),
    ],
)
async def test_what_nobody_can_answer_goes_straight_to_a_form_filled_from_the_words(
    stage: Stage, key: str, words: str, facts: tuple[str, ...]
) -> None:
    """An honest "I have no answer", and the facts of the sentence shown, each in a field that can be changed."""
    person = stage.person(key)
    await person.says(words)
    if person.form is None:
        await person.presses("Open a ticket")
    assert person.form is not None
    for fact in facts:
        assert fact in person.form.intro
    values = {field.name: field.value for field in person.form.fields}
    assert values["since"] == facts[0]
    assert values["callback"] == "2214"
    await person.fills(callback="4417")
    assert (await stage.ticket(1)).details["callback"] == "4417"


@pytest.mark.parametrize(("key", "words"), [(ANNA, "qwertz uiop yxcv"), (ZHAO, "啊吧啊吧嘎嘎")])
async def test_nonsense_is_asked_about_at_most_twice_and_then_a_person_may_look(
    stage: Stage, key: str, words: str
) -> None:
    """We say that we did not understand; we do not guess, and we do not ask for ever."""
    person = stage.person(key)
    await person.says(words)
    await person.sees(tell("unsure.title", person.language))
    assert await offered(person, "Talk to a human")
    await person.says(words + words)
    await person.says(words + "?")
    assert person.form is not None
    assert await stage.count_tickets() == 0


@pytest.mark.parametrize(
    ("key", "fault", "second_thoughts"),
    [(ANNA, "my laptop is frozen", "never mind, it works now"), (ZHAO, "电脑卡死了", "算了，好了")],
)
async def test_somebody_who_changes_their_mind_leaves_nothing_behind(
    stage: Stage, key: str, fault: str, second_thoughts: str
) -> None:
    """Said in the middle of the guided steps: no ticket, no question left open."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(second_thoughts)
    assert await stage.count_tickets() == 0
    await person.says({"en": "hello", "zh": "你好"}[person.language])
    await person.sees(tell("welcome.body", person.language))


@pytest.mark.parametrize(
    ("key", "words"),
    [(ANNA, "you useless idiots, nobody ever answers"), (ZHAO, "你们一群废物，从来没人管")],
)
async def test_abuse_is_met_calmly_with_a_way_to_complain(stage: Stage, key: str, words: str) -> None:
    """No lecture and no joke: sorry, and the form that goes to those responsible."""
    person = stage.person(key)
    await person.says(words)
    assert person.form is not None
    assert {field.name: field.value for field in person.form.fields}["kind"] == "complaint"


@pytest.mark.parametrize(("key", "words"), [(ANNA, "outlook problem with mails"), (ZHAO, "邮件有问题")])
async def test_a_vague_fault_still_leads_somewhere_and_always_offers_a_human(
    stage: Stage, key: str, words: str
) -> None:
    """Guided steps or suggestions, never silence."""
    person = stage.person(key)
    await person.says(words)
    assert await offered(person, "Talk to a human")
    await person.presses("Talk to a human")
    assert person.form is not None


@pytest.mark.parametrize(
    ("key", "of_it", "of_all", "fault"),
    [
        ("anna.weber", "is the VPN working right now?", "is there an outage?", "The VPN is gone"),
        ("chen.jie", "VPN好了吗", "现在有没有故障", "VPN没了"),
    ],
)
async def test_how_a_service_is_may_be_asked(stage: Stage, key: str, of_it: str, of_all: str, fault: str) -> None:
    """Of one service: what is known to be down, else we check it; of all: what is down, else that nothing is."""
    person, engineer = stage.person(key), stage.person("wang.fang")
    await person.says(of_it)
    await person.sees(tell("probes.done", person.language, service="VPN"))
    await person.does_not_see(tell("list.none", person.language))
    await person.says("never mind" if person.language == "en" else "算了")
    await person.says(of_all)
    await person.sees(tell("outage.none", person.language))
    caller = stage.person("li.xin")
    await caller.commands(f"/new {fault}")
    await caller.fills(service="vpn")
    await engineer.commands("/claim 1")
    await engineer.commands("/major 1")
    await stage.person("zhang.wei").presses("Approve")
    for number, question in enumerate((of_it, of_all), start=1):
        await person.says(question)
        assert await person.count(tell("outage.body", person.language)) == number
        await person.says("never mind" if person.language == "en" else "算了")

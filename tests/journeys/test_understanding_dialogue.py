"""The dialogue around an answer: what was said is in the form, what was tried is remembered, nobody is asked for ever.

In English (Anna, Hamburg) and in Chinese (Zhao Min, Tianjin), typed in every way people type.
"""

from __future__ import annotations

import pytest

from bot.phrases import tell
from escalation.priority import Priority
from tests.journeys.stage import Stage, in_language
from tests.journeys.test_without_forms import AtTheConsole, at_consoles

ANNA, ZHAO = "anna.weber", "zhao.min"


EVERYTHING = {
    "english": (
        ANNA,
        "our printer PRN-0042 in room 312 shows error 0x0000011b since yesterday afternoon, the whole team cannot print"
        " and it is urgent, ip 10.20.30.40, call me on 2214",
        {"since": "since yesterday afternoon (2026-11-23)", "device": "PRN-0042, printer", "place": "room 312"},
    ),
    "chinese": (
        ZHAO,
        "312会议室的打印机 PRN-0042 从昨天下午开始报错误代码 0x0000011b，"
        "我们部门都打不了，很急，IP 10.20.30.40，分机2214",
        {"since": "昨天下午开始（2026-11-23）", "device": "PRN-0042, 打印机", "place": "312会议室"},
    ),
    "traditional": (
        ZHAO,
        "312會議室的打印機 PRN-0042 從昨天下午開始報錯誤代碼 0x0000011b，"
        "我們部門都打不了，很急，IP 10.20.30.40，分機2214",
        {"since": "昨天下午开始（2026-11-23）", "device": "PRN-0042, 打印机", "place": "312会议室"},
    ),
    "full-width": (
        ZHAO,
        "３１２会议室的打印机　ＰＲＮ－００４２　从昨天下午开始报错误代码　０ｘ０００００１１ｂ，"
        "我们部门都打不了，很急，ＩＰ　１０．２０．３０．４０，分机２２１４",
        {"since": "昨天下午开始（2026-11-23）", "device": "PRN-0042, 打印机", "place": "312会议室"},
    ),
    "voice-typed": (
        ANNA,
        "hi so um our printer PRN-0042 in room 312 you know it shows error 0x0000011b since yesterday afternoon and the"
        " whole team cannot print so it is urgent the ip is 10.20.30.40 and call me on 2214 thanks",
        {"since": "since yesterday afternoon (2026-11-23)", "device": "PRN-0042, printer", "place": "room 312"},
    ),
}


@pytest.mark.parametrize("way", EVERYTHING)
async def test_what_was_said_is_in_the_form_and_can_be_changed(stage: Stage, way: str) -> None:
    """Service, device and its tag, place, since when, whom it affects, how badly, error code, IP and telephone."""
    key, words, spoken = EVERYTHING[way]
    person = stage.person(key)
    await person.commands(f"/new {words}")
    found = person.written
    expected = {
        "service": "printing",
        "affected": "team",
        "severity": "blocked",
        "errors": "0x0000011B",
        "ip": "10.20.30.40",
        "callback": "2214",
    }
    assert {name: found[name] for name in (*expected, *spoken)} == expected | spoken
    assert person.form is not None
    for fact in ("PRN-0042", "312", "0x0000011B", "10.20.30.40", "2214"):
        assert fact in person.form.intro
    changes = {
        "service": "scanning",
        "device": "PRN-0043",
        "place": "berlin",
        "since": "-",
        "affected": "me",
        "severity": "slowed",
        "errors": "0x11C",
        "ip": "10.0.0.1",
        "callback": "4417",
    }
    await person.fills(**changes)
    ticket = await stage.ticket(1)
    assert {"service": ticket.service, **ticket.details}.items() >= changes.items()


@pytest.mark.parametrize(
    ("words", "service"),
    [
        ("VPN 连不上 after update", "vpn"),
        ("印表機卡紙了", "printing"),
        ("dayinji ka zhi le", "printing"),
        ("ｏｕｔｌｏｏｋ　打不开了", "email"),
        ("wifi 😭😭 again!!!", "wifi"),
        ("hi so my um the wifi is gone again and i tried turning it off and on and it still does not work", "wifi"),
        ("那个就是说打印机它又卡纸了然后我重启了好几遍还是不行你们快来看看吧", "printing"),
    ],
)
async def test_however_it_is_typed_it_is_understood(stage: Stage, words: str, service: str) -> None:
    """Two languages in one sentence, traditional characters, pinyin, full width, emoji, and dictated run-ons."""
    person = stage.person(ZHAO)
    await person.commands(f"/new {words}")
    assert person.written["service"] == service


@pytest.mark.parametrize(
    ("key", "words", "title"),
    [
        (ANNA, "how do i add the printer on the 4th floor to my laptop", "Add a printer to my computer"),
        (ZHAO, "mac 怎么装打印机驱动", "添加一台打印机"),
    ],
)
async def test_nobody_gets_the_same_answer_twice_and_the_engineer_sees_what_was_tried(
    stage: Stage, key: str, words: str, title: str
) -> None:
    """Asked again in the same conversation it is not shown again, nor offered by its title."""
    person = stage.person(key)
    await person.says(words)
    await person.sees(title)
    await person.says(words)
    await person.says(words + "!")
    shown = [reply for reply in await person.chat() if title in getattr(reply, "title", "")]
    assert len(shown) == 1
    assert title not in await person.offers()
    if person.form is None:
        await person.presses("Talk to a human")
    await person.fills()
    (tried,) = [found for found in (await stage.ticket(1)).evidence if found.kind == "article"]
    assert tried.subject[person.language] == title
    assert tried.finding[person.language] == tell("answer.did_not_help", person.language)


async def test_two_questions_at_most_whatever_kind_they_are(stage: Stage) -> None:
    """Not understood, then up to three titles: a third time there is the form, or an answer, and no question."""
    anna = stage.person(ANNA)
    await anna.says("qwertz uiop yxcv")
    await anna.sees(tell("unsure.title", "en"))
    await anna.says("can I see my mail and voicemail on my phone")
    await anna.sees(tell("suggest.title", "en", count=3))
    await anna.says("where are my files")
    assert await anna.count(tell("suggest.title", "en", count=3)) == 1
    assert anna.form is not None


@pytest.mark.parametrize(
    ("key", "fault"),
    [(ANNA, "the printer jams"), (ZHAO, "打印机卡纸")],
)
async def test_the_steps_gone_through_go_along_to_the_engineer(stage: Stage, key: str, fault: str) -> None:
    """And a human is one press away at each of them."""
    person = stage.person(key)
    await person.says(fault)
    human = in_language("Talk to a human", person.language)
    for _ in range(2):
        assert human in await person.offers()
        choices = [label for label in await person.offers() if label != human]
        await person.presses(choices[-1])
    assert human in await person.offers()
    await person.presses("Talk to a human")
    await person.fills()
    assert sum(found.kind == "step" for found in (await stage.ticket(1)).evidence) == 2


async def test_beside_a_form_asked_in_steps_danger_is_heard_and_nothing_is_lost(sqlite_url: str) -> None:
    """Where forms are asked question by question: more words go to the ticket, second thoughts end it, fire alarms."""
    async with at_consoles(sqlite_url) as stage:
        anna, helen = AtTheConsole(stage, ANNA), AtTheConsole(stage, "helen.zhou")
        await anna.commands("/new The scanner eats paper")
        await anna.says("and it makes a terrible noise")
        await anna.sees(tell("said.form_open", "en"))
        await anna.says("thanks")
        await anna.sees(tell("said.form_waits", "en"))
        await anna.presses("Submit")
        ticket = await stage.ticket(1)
        assert (ticket.summary, ticket.description) == ("The scanner eats paper", "and it makes a terrible noise")

        await anna.commands("/new My chair squeaks")
        await anna.says("never mind")
        await anna.sees(tell("cancelled", "en"))
        assert await stage.count_tickets() == 1

        await helen.commands("/new")
        await helen.says("机房着火了，快来人")
        await helen.sees(tell("emergency", helen.language))
        assert (await stage.ticket(2)).priority is Priority.P1


async def test_a_second_report_is_known_in_another_language_and_another_fault_of_the_same_thing_is_not(
    stage: Stage,
) -> None:
    """Before the form comes: *You already have T-1 about this*, but only if it is about this."""
    anna = stage.person(ANNA)
    await anna.commands("/new paper jam in the printer on floor 3")
    await anna.fills(service="printing")
    await anna.commands("/new 打印机又卡纸了")
    await anna.sees("You already have T-1")
    await anna.says("never mind")
    await anna.commands("/new the printer shows as offline")
    assert anna.form is not None
    assert anna.form.title == tell("intake.title", "en")

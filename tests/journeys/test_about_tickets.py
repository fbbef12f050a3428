"""What people ask about tickets themselves is answered, and is no trouble and no ticket of its own."""

from __future__ import annotations

import pytest

from bot.phrases import tell
from escalation.ticket import Status
from storage import tickets
from tests.journeys.stage import Stage, in_language

ANNA, ZHAO, MA = "anna.weber", "zhao.min", "ma.li"


@pytest.mark.parametrize(
    ("key", "asks", "way"),
    [
        (ANNA, "how do I file a ticket for somebody else?", "for_others"),
        (ANNA, "can I open a ticket for my colleague", "for_others"),
        (ANNA, "how do I cancel my ticket?", "withdraw"),
        (ANNA, "how do I close a ticket", "close"),
        (ANNA, "How can I add a photo to my ticket?", "add"),
        (ANNA, "how to create a ticket", "new"),
        (ZHAO, "怎么替别人提交工单", "for_others"),
        (ZHAO, "能不能替同事报修", "for_others"),
        (ZHAO, "怎么取消工单", "withdraw"),
        (ZHAO, "工單怎麼關閉", "close"),
        (ZHAO, "怎么催单", "hurry"),
        (ZHAO, "怎么报修", "new"),
        (MA, "怎么帮同事提工单", "for_others_staff"),
    ],
)
async def test_how_it_is_done_here_is_told(stage: Stage, key: str, asks: str, way: str) -> None:
    """In the middle of a trouble, too, whose question stays open."""
    person = stage.person(key)
    await person.says("打印机卡纸了" if person.language == "zh" else "the printer jams")
    asked = await person.offers()
    await person.says(asks)
    await person.sees(tell(f"way.{way.removesuffix('_staff')}.title", person.language))
    await person.sees(tell(f"way.{way}", person.language, root="/", **_labels(person.language)))
    await person.presses(asked[0])
    assert await stage.count_tickets() == 0


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (ANNA, "how do I request a laptop for my colleague"),
        (ANNA, "why did you close my ticket"),
        (ANNA, "how do I file a case in SAP"),
        (ZHAO, "怎么取消会议室申请"),
        (ZHAO, "怎么还没处理我的工单"),
    ],
)
async def test_what_only_sounds_like_it_is_taken_for_what_it_is(stage: Stage, key: str, says: str) -> None:
    person = stage.person(key)
    await person.says(says)
    shown = await person.screen()
    assert not [way for way in ("for_others", "withdraw", "close", "new") if _title(way, person.language) in shown]


def _title(way: str, language: str) -> str:
    return tell(f"way.{way}.title", language)


def _labels(language: str) -> dict[str, str]:
    names = ("my_tickets", "withdraw", "confirm", "reopen", "comment", "chase")
    return {name: tell(f"button.{name}", language) for name in names}


@pytest.mark.parametrize(
    ("key", "fault", "calls_off"),
    [
        (ANNA, "the wifi is gone", "please cancel my ticket"),
        (ANNA, "the wifi is gone", "cancel my ticket 1"),
        (ANNA, "the wifi is gone", "never mind"),
        (ANNA, "the wifi is gone", "it works again"),
        (ZHAO, "无线网断了", "取消我的工单"),
        (ZHAO, "无线网断了", "算了不用来了"),
    ],
)
async def test_what_is_no_longer_needed_can_be_taken_back_in_words(
    stage: Stage, key: str, fault: str, calls_off: str
) -> None:
    """Asked once; nobody hears that there is nothing to cancel while an engineer is on the way."""
    person = stage.person(key)
    await person.commands(f"/new {fault}")
    await person.fills()
    await person.says(calls_off)
    await person.sees(tell("sure.cancel", person.language, ticket="T-1"))
    await person.presses("Withdraw")
    assert (await stage.ticket(1)).status is Status.CANCELLED
    await person.says(calls_off)
    assert await person.count(tell("sure.cancel", person.language, ticket="T-1")) == 0


@pytest.mark.parametrize(
    ("key", "says", "else_", "drop"),
    [(ANNA, "cancel my ticket", "my screen stays black", "never mind"), (ZHAO, "取消我的工单", "屏幕黑了", "算了")],
)
async def test_of_several_the_one_just_opened_is_meant_and_otherwise_all_are_shown(
    stage: Stage, key: str, says: str, else_: str, drop: str
) -> None:
    """What was called off in between was a conversation, and no ticket."""
    person = stage.person(key)
    for words in ("the wifi is gone", "the projector is dark"):
        await person.commands(f"/new {words}")
        await person.fills()
    await person.says(says)
    await person.sees(tell("sure.cancel", person.language, ticket="T-2"))
    await person.presses("Keep it")
    await person.says(else_)
    await person.says(drop)
    await person.sees(tell("cancelled", person.language))
    await person.says(says)
    assert await person.offers() == ["T-2", "T-1"]


async def test_good_news_reaches_the_engineer_who_has_it(stage: Stage) -> None:
    anna, wang = stage.person(ANNA), stage.person("wang.fang")
    await anna.commands("/new the wifi is gone")
    await anna.fills()
    await wang.commands("/claim 1")
    await anna.says("it works again")
    await wang.sees("it works again")
    await anna.does_not_see(tell("sure.cancel", "en", ticket="T-1"))


@pytest.mark.parametrize(
    ("key", "fault", "worse"),
    [
        (ANNA, "the wifi is gone", "it got worse, now nobody in Berlin can work"),
        (ZHAO, "无线网断了", "更严重了，现在整个部门都不行"),
    ],
)
async def test_worse_news_goes_to_the_ticket(stage: Stage, key: str, fault: str, worse: str) -> None:
    """Nobody who writes this is told that they are welcome."""
    person = stage.person(key)
    await person.commands(f"/new {fault}")
    await person.fills()
    await person.says(worse)
    await person.sees("T-1")
    assert await person.count(tell("thanks", person.language)) == 0
    async with stage.app.database.reading() as tx:
        said = [
            event.facts["text"] for event in await tickets.events(tx, 1, public_only=True) if event.action == "comment"
        ]
    assert said == [worse]


@pytest.mark.parametrize(
    ("key", "fault", "worse", "other"),
    [
        (
            ANNA,
            "the wifi is gone",
            "it is getting worse, now nobody can open a website",
            "the printer is slower and slower",
        ),
        (ZHAO, "无线网断了", "更严重了，现在谁都上不了网", "打印机越来越慢了"),
    ],
)
async def test_worse_news_that_sounds_like_another_service_is_asked_about(
    stage: Stage, key: str, fault: str, worse: str, other: str
) -> None:
    """Of the ticket it can only be news of; what names another thing is a trouble of its own."""
    person = stage.person(key)
    await person.commands(f"/new {fault}")
    await person.fills()
    await person.says(other)
    assert await person.count(tell("which.or_new", person.language, ticket="T-1")) == 0
    await person.says("never mind" if person.language == "en" else "算了")
    await person.says(worse)
    await person.sees(tell("which.or_new", person.language, ticket="T-1"))
    await person.presses(tell("button.about_it", person.language, ticket="T-1"))
    async with stage.app.database.reading() as tx:
        said = [
            event.facts["text"] for event in await tickets.events(tx, 1, public_only=True) if event.action == "comment"
        ]
    assert said == [worse]


@pytest.mark.parametrize(
    ("key", "danger", "over"),
    [
        (ANNA, "smoke in the server room", "it is fixed now, all good"),
        (ANNA, "smoke in the server room", "sorry, false alarm"),
        (ZHAO, "插座冒火花了！", "没事了，已经断电了"),
        (ZHAO, "插座冒火花了！", "没事了，误报"),
    ],
)
async def test_the_end_of_a_danger_is_told_to_whoever_is_coming(stage: Stage, key: str, danger: str, over: str) -> None:
    """Nobody takes back an alarm by a sentence."""
    person = stage.person(key)
    await person.says(danger)
    await person.says(over)
    assert await person.count(tell("sure.cancel", person.language, ticket="T-1")) == 0
    async with stage.app.database.reading() as tx:
        said = [
            event.facts["text"] for event in await tickets.events(tx, 1, public_only=True) if event.action == "comment"
        ]
    assert said == [over]


@pytest.mark.parametrize(
    ("key", "complains", "more", "takes_back"),
    [
        (
            ANNA,
            "I want to complain about the service",
            "the engineer was rude",
            "sorry I was angry, please cancel the complaint",
        ),
        (ZHAO, "我要投诉", "你们的工程师态度太差了", "撤回投诉"),
        (ZHAO, "我要投诉", "你们的工程师态度太差了", "不投诉了"),
    ],
)
async def test_a_complaint_is_one_however_much_is_said_and_can_be_taken_back(
    stage: Stage, key: str, complains: str, more: str, takes_back: str
) -> None:
    person = stage.person(key)
    await person.says(complains)
    form = person.form
    await person.says(more)
    assert person.form == form
    await person.fills()
    assert (await stage.ticket(1)).description == more
    await person.says(takes_back)
    await person.presses("Withdraw")
    assert (await stage.ticket(1)).status is Status.CANCELLED


async def test_a_trouble_told_as_a_question_is_a_trouble(stage: Stage) -> None:
    """ "Has my computer caught a virus?" is no question after a ticket."""
    zhao = stage.person(ZHAO)
    await zhao.says("我的电脑中毒了吗？弹窗很多")
    await zhao.sees("电脑中毒或不停弹广告")


@pytest.mark.parametrize(
    ("key", "asks"),
    [(ANNA, "is the vpn down for everybody or only me?"), (ZHAO, "vpn是不是挂了"), (ZHAO, "公司VPN现在能用吗？")],
)
async def test_whether_something_works_is_looked_at(stage: Stage, key: str, asks: str) -> None:
    """There are checks for it, and they tell more than an article."""
    person = stage.person(key)
    await person.says(asks)
    await person.sees(tell("probes.done", person.language, service="VPN"))


async def test_anger_beside_a_form_brings_the_same_form_again(stage: Stage) -> None:
    """The trouble in it is what they are angry about, and is not lost to an empty complaint."""
    anna = stage.person(ANNA)
    await anna.says("my laptop is very slow")
    await anna.presses("Talk to a human")
    await anna.says("you are useless")
    assert anna.form is not None
    assert anna.form.intro.startswith(tell("annoyed.form", "en"))
    assert anna.written["summary"] == "my laptop is very slow"


@pytest.mark.parametrize(
    ("key", "says", "human", "summary"),
    [
        (ANNA, "thanks for yesterday! now the scanner is acting up", "human please", "now the scanner is acting up"),
        (ZHAO, "昨天谢谢了，今天邮箱又收不到邮件", "转人工", "今天邮箱又收不到邮件"),
    ],
)
async def test_thanks_before_a_trouble_are_not_its_title(
    stage: Stage, key: str, says: str, human: str, summary: str
) -> None:
    person = stage.person(key)
    await person.says(says)
    await person.says(human)
    assert person.written["summary"] == summary


@pytest.mark.parametrize(("key", "yes"), [(ANNA, "Withdraw"), ("wang.fang", "Cancel ticket")])
async def test_whether_one_is_sure_is_asked_in_the_word_one_pressed(stage: Stage, key: str, yes: str) -> None:
    """Who asked withdraws it; who works on it cancels it."""
    anna, person = stage.person(ANNA), stage.person(key)
    await anna.commands("/new the wifi is gone")
    await anna.fills()
    await person.commands("/show T-1")
    if key != ANNA:
        await person.presses("More")
    await person.presses(yes)
    question = tell("sure.cancel", person.language, ticket="T-1")
    assert (await person.offers(on=question))[0] == in_language(yes, person.language)
    await person.presses(yes, on=question)
    assert (await stage.ticket(1)).status is Status.CANCELLED

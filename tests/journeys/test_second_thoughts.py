"""People change their minds, say half of it, lose patience, and go on talking beside the form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.desk.draft import EMERGENCY
from bot.dialogue.opening import COMES_BACK
from bot.phrases import tell
from escalation.ticket import Kind, Status
from storage import attachments
from tests.journeys.stage import Stage, in_language
from tests.journeys.test_without_forms import AtTheConsole, at_consoles

ANNA, ZHAO = "anna.weber", "zhao.min"


async def files_of(stage: Stage, number: int) -> list[str]:
    """The names of the files on a ticket."""
    async with stage.app.database.reading() as tx:
        return [each.name for each in await attachments.of_ticket(tx, number)]


@pytest.mark.parametrize(
    ("key", "before", "instead", "wish"),
    [
        (ANNA, "my monitor stays black", "forget it, I need a new keyboard instead", "I need a new keyboard instead"),
        (
            ANNA,
            "my monitor stays black",
            "cancel that. I need access to 10.0.0.12, as in plan.v2.xlsx!",
            "I need access to 10.0.0.12, as in plan.v2.xlsx!",
        ),
        (ZHAO, "显示器黑屏了", "算了，给我换个新键盘吧", "给我换个新键盘吧"),
    ],
)
async def test_what_somebody_wants_instead_is_not_lost(
    stage: Stage, key: str, before: str, instead: str, wish: str
) -> None:
    """It is a wish, and a wish is no emergency."""
    person = stage.person(key)
    await person.says(before)
    await person.says(instead)
    found = person.written
    assert (found["summary"], found["kind"], found["severity"]) == (wish, "request", "question")


@pytest.mark.parametrize(
    ("key", "fault", "drops", "after_all"),
    [
        (ANNA, "the scanner eats paper", "never mind", "ok please open a ticket after all"),
        (ANNA, "the scanner eats paper", "That fixed it", "no, still the same"),
        (ZHAO, "扫描仪扫不了", "算了不用了", "还是帮我报修吧"),
        (ZHAO, "扫描仪扫不了", "算了不用了", "转人工"),
    ],
)
async def test_what_was_put_aside_comes_back_with_all_that_was_tried(
    stage: Stage, key: str, fault: str, drops: str, after_all: str
) -> None:
    """With the picture that was sent, too."""
    person = stage.person(key)
    await person.says(fault)
    await person.attaches("jam.png", b"\x89PNG")
    await person.says("没用" if key == ZHAO else "did not help")
    await person.says(drops)
    await person.says(after_all)
    assert (person.written["summary"], person.written["service"]) == (fault, "scanning")
    await person.fills()
    assert any(found.kind == "step" for found in (await stage.ticket(1)).evidence)
    assert await files_of(stage, 1) == ["jam.png"]


async def test_what_was_only_said_beside_a_form_comes_back_too(stage: Stage) -> None:
    anna = stage.person(ANNA)
    for words in ("talk to a human", "my laptop is broken", "never mind", "still broken"):
        await anna.says(words)
    assert (anna.written["summary"], anna.written["service"]) == ("my laptop is broken", "computer")


async def test_what_was_put_aside_long_ago_is_no_longer_meant(stage: Stage) -> None:
    anna = stage.person(ANNA)
    await anna.says("the scanner eats paper")
    await anna.says("never mind")
    stage.clock.now += COMES_BACK + timedelta(minutes=1)
    await anna.says("ok please open a ticket after all")
    assert anna.written["summary"] == ""


async def test_what_an_operator_filed_for_somebody_comes_back_for_them(stage: Stage) -> None:
    """And with what was said beside the form."""
    ma = stage.person("ma.li")
    await ma.commands("/new @anna.weber the scanner eats paper")
    for said in ("it began on Monday", "never mind", "ok please open a ticket after all"):
        await ma.says(said)
    await ma.fills()
    ticket = await stage.ticket(1)
    assert (ticket.requester, ticket.description) == (ANNA, "it began on Monday")


@pytest.mark.parametrize(
    ("key", "fault", "angry", "complains"),
    [
        (ANNA, "my computer is so slow", "this is ridiculous, you are useless", "I want to file a complaint"),
        (ZHAO, "电脑很卡", "你们到底行不行", "我要投诉"),
    ],
)
async def test_anger_in_the_middle_of_a_trouble_brings_a_person_for_the_trouble(
    stage: Stage, key: str, fault: str, angry: str, complains: str
) -> None:
    """What was said and tried goes along; only who says that they complain has a complaint."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(angry)
    assert person.form is not None
    assert person.form.intro.startswith(tell("annoyed.form", person.language))
    await person.fills()
    ticket = await stage.ticket(1)
    assert (ticket.kind, ticket.summary, ticket.description) == (Kind.INCIDENT, fault, angry)
    await person.says({ANNA: "the scanner eats paper", ZHAO: "扫描仪扫不了"}[key])
    await person.sees(tell("flow.progress", person.language, number=1, total=3))
    await person.says(complains)
    assert person.written["kind"] == "complaint"


async def test_another_trouble_beside_the_form_waits_for_its_own_ticket(stage: Stage) -> None:
    """It is not mixed into the first one, and short words are no detail of it."""
    anna = stage.person(ANNA)
    await anna.commands("/new the scanner eats paper")
    await anna.says("my wifi is gone, too")
    await anna.says("nope")
    await anna.says("ok")
    await anna.fills()
    assert (await stage.ticket(1)).description == ""
    await anna.sees(tell("several.next", "en", words="my wifi is gone, too"))
    await anna.sees("Do other people near you have working Wi-Fi right now?")


async def test_of_all_that_is_said_beside_the_form_nothing_is_lost(stage: Stage) -> None:
    """Three troubles may wait; what more there is goes into the ticket at hand."""
    anna = stage.person(ANNA)
    await anna.commands("/new the scanner eats paper")
    others = ("my wifi is gone", "my monitor stays black", "outlook does not open", "the vpn does not connect")
    for words in others:
        await anna.says(words)
    await anna.fills()
    assert (await stage.ticket(1)).description == others[-1]
    for words in others[:-1]:
        await anna.sees(tell("several.next", "en", words=words))
        await anna.says("never mind")


async def test_of_four_troubles_in_one_message_none_is_lost(stage: Stage) -> None:
    """The last two are told as one."""
    anna = stage.person(ANNA)
    await anna.says("My printer jams. I need a new keyboard. Also the wifi is gone. And outlook does not open.")
    for words in ("I need a new keyboard.", "the wifi is gone. outlook does not open."):
        await anna.says("never mind")
        await anna.sees(tell("several.next", "en", words=words))


async def test_danger_comes_before_what_somebody_would_rather_have_first(stage: Stage) -> None:
    anna = stage.person(ANNA)
    await anna.commands("/new the scanner eats paper")
    await anna.says("my printer jams")
    await anna.says("the printer is on fire, that first!")
    await anna.sees(tell("emergency", "en"))
    assert (await stage.ticket(1)).category == EMERGENCY


async def test_beside_a_form_asked_in_steps_it_is_the_same(sqlite_url: str) -> None:
    """Where a form is drawn as questions."""
    async with at_consoles(sqlite_url) as stage:
        anna = AtTheConsole(stage, ANNA)
        await anna.commands("/new The scanner eats paper")
        await anna.says("are you a bot?")
        await anna.sees(tell("who.body", "en"))
        await anna.says("my wifi is gone, too")
        await anna.sees("my wifi is gone, too")
        await anna.says("nope")
        await anna.presses("Submit")
        assert (await stage.ticket(1)).description == ""
        await anna.sees("Do other people near you have working Wi-Fi right now?")


@pytest.mark.parametrize(
    ("key", "name", "says_more", "then"),
    [
        (ANNA, "printer", "it doesn't work", "What does the printer's own display say?"),
        (ANNA, "vpn?", "drops all the time", "Checked VPN"),
        (ANNA, "outlook", "it asks for a password", "Checked E-mail and calendar"),
        (ZHAO, "打印机", "用不了", "打印机自己的屏幕上显示什么？"),
        (ZHAO, "我的密码", "第二个", "忘记密码"),
    ],
)
async def test_a_name_alone_is_asked_about(stage: Stage, key: str, name: str, says_more: str, then: str) -> None:
    """Nothing is checked or explained to somebody who has not said what is wrong; what they say next begins it."""
    person = stage.person(key)
    await person.says(name)
    await person.sees(tell("named.body", person.language))
    offered = await person.offers()
    assert in_language("It does not work", person.language) in offered
    assert in_language("Talk to a human", person.language) in offered
    assert len(offered) <= 5
    await person.says(says_more)
    await person.sees(then)


async def test_after_a_photo_a_person_is_one_press_away(stage: Stage) -> None:
    """Who sends a picture without a word need not find words."""
    zhao = stage.person(ZHAO)
    await zhao.attaches("error.png", b"\x89PNG")
    await zhao.presses("Talk to a human")
    await zhao.fills(summary="屏幕上的错误")
    assert (await stage.ticket(1)).summary == "屏幕上的错误"
    assert await files_of(stage, 1) == ["error.png"]


@pytest.mark.parametrize(
    ("stars", "given"),
    [("5", 5), ("rate 4", 4), ("3 stars", 3), ("两星", 2), ("五星", 5), ("⭐⭐⭐⭐", 4), ("⭐️⭐️⭐️", 3)],
)
async def test_a_rating_may_be_typed(stage: Stage, stars: str, given: int) -> None:
    """The one ticket that waits for it is meant, and not a ticket of that number."""
    anna, han = stage.person(ANNA), stage.person("han.mei")
    await anna.commands("/new mouse dead")
    await anna.fills()
    await han.commands("/claim 1")
    await han.commands("/resolve 1 battery / a new one")
    await anna.says("it works now, thank you")
    await anna.says(stars)
    assert (await stage.ticket(1)).rating == given
    await anna.does_not_see("T-5")


async def test_there_may_be_nothing_to_rate(stage: Stage) -> None:
    """And it is said without the number of a ticket that never was."""
    anna = stage.person(ANNA)
    await anna.says("rate 5")
    await anna.sees(tell("which.none", "en"))
    await anna.does_not_see("T-5")


async def test_a_mistyped_word_is_offered_as_it_was_meant(stage: Stage) -> None:
    """With or without its slash."""
    anna = stage.person(ANNA)
    await anna.says("setings")
    await anna.presses("/settings")
    await anna.sees(tell("settings.body", "en"))


@pytest.mark.parametrize(
    ("key", "fault", "says"), [(ANNA, "the scanner eats paper", "still not working"), (ZHAO, "电脑很卡", "还是不行")]
)
async def test_who_comes_back_a_day_later_goes_on_where_they_were(
    stage: Stage, key: str, fault: str, says: str
) -> None:
    """The question was put aside meanwhile; the answer still counts."""
    person = stage.person(key)
    await person.says(fault)
    for hours in (1, 25):
        await stage.pass_time(hours=hours)
    await person.sees(tell("table.aside", person.language))
    await person.says("?")
    await person.sees(tell("ask.step", person.language))
    await person.says(says)
    await person.sees(tell("flow.progress", person.language, number=2, total=3 if key == ANNA else 4))


async def test_the_same_titles_are_not_offered_twice_running(stage: Stage) -> None:
    """Who adds something that changes nothing needs a person, and not the question once more."""
    qian = stage.person("qian.hong")
    await qian.says("vpn 怎么装")
    titles = await qian.offers()
    await qian.says("没找到那个应用")
    assert qian.form is not None or await qian.offers() != titles
    assert await qian.count(tell("suggest.title", "zh", count=3)) == 1


@pytest.mark.parametrize(
    ("key", "words", "summary"),
    [
        (ANNA, "hi yeah so um basically my scanner eats paper", "my scanner eats paper"),
        (ANNA, "never mind that. My scanner eats paper", "My scanner eats paper"),
        (ANNA, "no network at my desk", "no network at my desk"),
        (ZHAO, "那个你好啊就是我的扫描仪扫不了", "我的扫描仪扫不了"),
        (ZHAO, "不是很急，扫描仪有点慢", "不是很急，扫描仪有点慢"),
    ],
)
async def test_a_dictated_sentence_becomes_a_title_that_says_what_it_is(
    stage: Stage, key: str, words: str, summary: str
) -> None:
    """What stands before the matter is left out of the title; a "no" that matters is not."""
    person = stage.person(key)
    await person.commands(f"/new {words}")
    assert (person.written["summary"], person.written["description"]) == (summary, "")


@pytest.mark.parametrize(
    ("key", "fault", "well"),
    [
        (ANNA, "the door badge reader on floor 2 beeps and stays red", "ah it works again now, thanks"),
        (ZHAO, "道闸从今天早上开始抬不起来", "谢谢，重启之后就好了"),
    ],
)
async def test_what_works_again_before_the_form_was_sent_needs_no_ticket(
    stage: Stage, key: str, fault: str, well: str
) -> None:
    """Nobody has to take back a form for a trouble that is over."""
    person = stage.person(key)
    await person.commands(f"/new {fault}")
    assert person.form is not None
    await person.says(well)
    await person.sees(tell("fixed", person.language))
    await person.says("hi")
    await person.sees(tell("welcome.body", person.language))
    assert await stage.count_tickets() == 0


async def test_setting_a_word_right_takes_nothing_back(stage: Stage) -> None:
    """ "Not the scanner, I meant the copier" goes along with the ticket."""
    zhao = stage.person(ZHAO)
    await zhao.says("扫描仪扫不了")
    await zhao.says("转人工")
    await zhao.says("等下，我说错了，是复印机不是扫描仪")
    await zhao.fills()
    assert "是复印机不是扫描仪" in (await stage.ticket(1)).description


@pytest.mark.parametrize(
    ("key", "begins", "then", "title"),
    [
        (ANNA, ("hi, can you help me", "I have a question"), "the scanner eats paper", "Scanning does not work"),
        (ZHAO, ("我想问一下", "我这边"), "电脑很卡", "电脑很慢、很卡"),
    ],
)
async def test_who_has_only_begun_to_speak_is_listened_to(
    stage: Stage, key: str, begins: tuple[str, ...], then: str, title: str
) -> None:
    """No list of commands, no "I do not understand": what it is about comes next."""
    person = stage.person(key)
    for words in begins:
        await person.says(words)
    assert await person.count(tell("said.go_on", person.language)) == len(begins)
    await person.says(then)
    await person.sees(title)


@pytest.mark.parametrize(("key", "asks"), [(ANNA, "what about my colleague's ticket?"), (ZHAO, "小王的工单处理到哪了")])
async def test_of_somebody_elses_ticket_nothing_is_told(stage: Stage, key: str, asks: str) -> None:
    """And it is said why, instead of showing a list that answers another question."""
    person = stage.person(key)
    await person.says(asks)
    await person.sees(tell("status.somebody_elses", person.language))


@pytest.mark.parametrize(
    ("key", "fault", "refuses"),
    [(ANNA, "my computer is so slow", "just fix it please"), (ZHAO, "打印机打不出来", "你们直接来修吧")],
)
async def test_who_will_not_try_anything_gets_the_form(stage: Stage, key: str, fault: str, refuses: str) -> None:
    """As with the button; and a greeting in the middle only brings the question again."""
    person = stage.person(key)
    await person.says(fault)
    await person.says("hi")
    await person.sees(tell("silence.guiding", person.language))
    await person.says(refuses)
    assert person.form is not None
    assert person.written["summary"] == fault


@pytest.mark.parametrize(
    ("key", "fault", "fixed", "human", "after_all"),
    [
        (ANNA, "the scanner eats paper", "That fixed it", "talk to a human", "no, still the same"),
        (ZHAO, "扫描仪扫不了", "解决了", "转人工", "还是不行"),
    ],
)
async def test_what_is_solved_is_not_what_a_person_is_wanted_for(
    stage: Stage, key: str, fault: str, fixed: str, human: str, after_all: str
) -> None:
    """The form begins empty, and says so; it is filled again for whoever says that it is not solved after all."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(fixed)
    await person.says(human)
    assert person.form is not None
    assert (person.written["summary"], person.written["service"]) == ("", "other")
    assert person.form.intro == tell("human.form_empty", person.language)
    await person.says("算了" if key == ZHAO else "never mind")
    await person.says(fault)
    await person.says(fixed)
    await person.says(after_all)
    assert (person.written["summary"], person.written["service"]) == (fault, "scanning")


@pytest.mark.parametrize(
    ("key", "fault", "drops", "human"),
    [
        (ANNA, "the scanner eats paper", "never mind", "let me talk to a human about my mouse"),
        (ZHAO, "扫描仪扫不了", "算了不用了", "转人工，我的鼠标坏了"),
    ],
)
async def test_whoever_says_what_a_person_is_wanted_for_means_that(
    stage: Stage, key: str, fault: str, drops: str, human: str
) -> None:
    """And not what they have just put aside."""
    person = stage.person(key)
    for words in (fault, drops, human):
        await person.says(words)
    assert person.written["summary"].endswith(("my mouse", "鼠标坏了"))
    assert person.written["service"] != "scanning"


@pytest.mark.parametrize(
    ("key", "fault", "gives_up", "summary"),
    [
        (ANNA, "the scanner eats paper", "I give up, talk to a human, call me on 2214", "the scanner eats paper"),
        (ZHAO, "扫描仪扫不了！！", "转人工，我的电话是2214", "扫描仪扫不了！！"),
    ],
)
async def test_how_to_call_back_is_heard_with_the_wish_for_a_person(
    stage: Stage, key: str, fault: str, gives_up: str, summary: str
) -> None:
    """In the middle of the steps, and beside the form; two exclamation marks are one."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(gives_up)
    found = person.written
    assert (found["summary"], found["callback"], found["description"]) == (summary, "2214", gives_up)


@pytest.mark.parametrize(("key", "calls"), [(ANNA, "is anybody there"), (ZHAO, "在吗？？"), (ZHAO, "有没有人啊")])
async def test_whoever_calls_out_is_greeted(stage: Stage, key: str, calls: str) -> None:
    """They have no tickets yet, and are shown no list of them."""
    person = stage.person(key)
    await person.says(calls)
    await person.sees(tell("welcome.body", person.language))


@pytest.mark.parametrize(
    ("key", "before", "instead", "named"),
    [
        (ANNA, "my laptop is slow", "cancel that, a mouse", "“a mouse”"),
        (ZHAO, "我的电脑很慢", "算了，鼠标", "“鼠标”"),
    ],
)
async def test_a_thing_named_after_a_withdrawal_is_asked_about(
    stage: Stage, key: str, before: str, instead: str, named: str
) -> None:
    """And what was going on is over."""
    person = stage.person(key)
    await person.says(before)
    await person.says(instead)
    await person.sees(tell("named.title", person.language, thing=named))
    assert await person.count(tell("cancelled", person.language)) == 0


@pytest.mark.parametrize(
    ("key", "before", "why"),
    [
        (ANNA, "my laptop is slow", "forget it, I'll restart my laptop"),
        (ANNA, "my laptop is slow", "forget it, it works again, the printer was jammed"),
        (ZHAO, "我的电脑很慢", "算了，我自己重启电脑"),
        (ZHAO, "我的电脑很慢", "算了，好了，刚才风扇卡住了"),
    ],
)
async def test_a_reason_after_a_withdrawal_is_no_wish(stage: Stage, key: str, before: str, why: str) -> None:
    person = stage.person(key)
    await person.says(before)
    await person.says(why)
    assert person.form is None
    await person.sees(tell("cancelled", person.language))
    assert await person.offers() == []


@pytest.mark.parametrize(
    ("key", "before", "instead", "wish"),
    [
        (ANNA, "my laptop is slow", "cancel that, I need a mouse", "I need a mouse"),
        (ZHAO, "我的电脑很慢", "算了，我要个鼠标", "我要个鼠标"),
    ],
)
async def test_what_is_wanted_instead_of_a_ticket_is_no_part_of_it(
    stage: Stage, key: str, before: str, instead: str, wish: str
) -> None:
    """It may be taken back, and what is wanted is a ticket of its own, though of the same service."""
    person = stage.person(key)
    await person.commands(f"/new {before}")
    await person.fills()
    await person.says(instead)
    await person.sees(tell("sure.cancel", person.language, ticket="T-1"))
    await person.presses("Withdraw")
    await person.fills()
    assert ((await stage.ticket(1)).status, (await stage.ticket(2)).summary) == (Status.CANCELLED, wish)


@pytest.mark.parametrize(
    ("key", "before", "instead", "wish"),
    [
        ("anna.weber", "the screen flickers", "cancel that, I need a mouse", "I need a mouse"),
        ("chen.jie", "屏幕一直闪", "算了，我要个鼠标", "我要个鼠标"),
    ],
)
async def test_what_is_wanted_instead_of_a_form_asked_in_steps(
    sqlite_url: str, key: str, before: str, instead: str, wish: str
) -> None:
    async with at_consoles(sqlite_url) as stage:
        person = AtTheConsole(stage, key)
        await person.commands(f"/new {before}")
        await person.says(instead)
        await person.presses(in_language("Submit", person.language))
        assert ((await stage.ticket(1)).summary, (await stage.ticket(1)).kind) == (wish, Kind.REQUEST)

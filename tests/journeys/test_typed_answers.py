"""Whoever types an answer instead of pressing a button is understood all the same, in English and in Chinese."""

from __future__ import annotations

import pytest

from bot.dialogue.talk import ASKED_AT_MOST
from bot.phrases import tell
from escalation.ticket import Action, Status
from storage import tickets
from tests.journeys.stage import Somebody, Stage, in_language, reply_text

ANNA, ZHAO = "anna.weber", "zhao.min"


async def titled(person: Somebody, title: str) -> int:
    """How many cards of this title the person was shown."""
    return sum(getattr(reply, "title", "") == title for reply in await person.chat())


@pytest.mark.parametrize(
    ("key", "fault", "answers", "article"),
    [
        (
            ANNA,
            "my computer is so slow",
            ("no", "did that already", "still slow :(", "I have no idea"),
            "My computer is slow",
        ),
        (ZHAO, "电脑运行很慢", ("没用", "试过了 不行", "還是很卡😭", "不知道"), "可能的答案"),
    ],
)
async def test_no_is_an_answer_however_it_is_said(
    stage: Stage, key: str, fault: str, answers: tuple[str, ...], article: str
) -> None:
    """Each "no" leads on: through the steps, to the answer, to the form; none is asked twice, all is on the ticket."""
    person = stage.person(key)
    await person.says(fault)
    for number, said in enumerate(answers, 1):
        await person.sees(tell("flow.progress", person.language, number=number, total=len(answers)))
        await person.says(said)
    await person.sees(article)
    await person.says(answers[0])
    assert person.form is not None
    assert person.form.intro.startswith(tell("tried.form", person.language))
    await person.says("nope" if key == ANNA else "不行啊")
    await person.fills()
    ticket = await stage.ticket(1)
    assert (ticket.summary, ticket.description) == (fault, "")
    found = [(each.kind, each.finding["en"]) for each in ticket.evidence]
    assert [finding for kind, finding in found if kind == "step"] == ["Still broken"] * 3 + ["Skip"]
    assert ("article", tell("answer.did_not_help", "en")) in found


@pytest.mark.parametrize(
    ("key", "fault", "moment", "well"),
    [
        (ANNA, "my computer is so slow", ("ok thanks, one moment", "👍", "done"), "it works now, thank you"),
        (ZHAO, "电脑很卡", ("好的", "谢谢，我先试试", "重启了"), "好了，谢谢"),
    ],
)
async def test_to_try_something_is_not_yet_success(
    stage: Stage, key: str, fault: str, moment: tuple[str, ...], well: str
) -> None:
    """ "OK" and "thanks" leave the question open; only "it works" ends it."""
    person = stage.person(key)
    await person.says(fault)
    for said in moment[:2]:
        await person.says(said)
        await person.does_not_see(tell("fixed", person.language))
    assert await person.count(tell("said.take_your_time", person.language)) == 2
    await person.says(moment[2])
    await person.sees(tell("ask.and_now", person.language))
    await person.says(well)
    await person.sees(tell("fixed", person.language))
    await person.says("👍")
    await person.sees(tell("said.all_right", person.language))
    assert await stage.count_tickets() == 0


@pytest.mark.parametrize(
    ("key", "fault", "questions", "step"),
    [
        (
            ANNA,
            "outlook cannot search my mails",
            ("what do you mean by that?", "?", "why do you ask?", "which browser?"),
            "Outlook",
        ),
        (ZHAO, "打印机打不出来", ("什么意思", "？？", "看不懂", "怎么看"), "打印机自己的屏幕上显示什么？"),
    ],
)
async def test_a_question_about_our_question_is_no_new_trouble(
    stage: Stage, key: str, fault: str, questions: tuple[str, ...], step: str
) -> None:
    """What is asked is asked once more, with a word of help; nothing is forgotten and no help page unrolls."""
    person = stage.person(key)
    await person.says(fault)
    if step == "Outlook":
        await person.presses("Go through the steps")
        step = "Open your mailbox in the browser"
    for question in questions:
        await person.says(question)
        assert (await person.sees(step)).count(tell("ask.step", person.language)) == 1
    await person.does_not_see(tell("help.title", person.language))
    await person.presses("Talk to a human")
    await person.fills()
    assert (await stage.ticket(1)).summary == fault


async def test_a_choice_is_named_by_its_place_or_by_a_part_of_its_words(stage: Stage) -> None:
    """As people do: "only mine", "the second one", "none of these"."""
    anna, zhao = stage.person(ANNA), stage.person(ZHAO)
    await anna.says("the wifi is gone")
    await anna.says("only mine")
    await anna.sees("step 2")
    await zhao.says("邮箱和语音信箱能在手机上看吗，怎么设置")
    titles = [label for label in await zhao.offers() if label not in ("提交工单", "转人工")]
    assert 1 < len(titles) <= 3
    await zhao.says("第二个")
    assert await titled(zhao, titles[1]) == 1
    await zhao.says("不是这个")
    assert await titled(zhao, titles[0]) == 1
    await zhao.says("都不是")
    assert zhao.form is not None


async def test_places_are_counted_as_the_choices_stand(stage: Stage) -> None:
    """Also where one of them is that it works, or does not."""
    anna = stage.person(ANNA)
    await anna.says("forgot my password")
    await anna.says("the last one")
    assert (await anna.offers())[:3] == ["Cannot do it there", "Fixed", "Still broken"]
    await anna.says("2")
    await anna.sees(tell("fixed", "en"))


async def test_good_news_waits_for_the_ticket_it_is_about(stage: Stage) -> None:
    """Asked which of two tickets is meant, "it works now" is more about that one, and nothing is thrown away."""
    anna = stage.person(ANNA)
    for words in ("mouse dead", "monitor black"):
        await anna.commands(f"/new {words}")
        await anna.fills()
    await anna.says("it still happens all the time")
    await anna.says("it works now")
    await anna.presses("T-1 · mouse dead")
    async with stage.app.database.reading() as tx:
        history = await tickets.events(tx, 1, public_only=False)
    said = [event.facts["text"] for event in history if event.action is Action.COMMENT]
    assert said == ["it still happens all the time\nit works now"]


@pytest.mark.parametrize(("says", "status"), [("yes", Status.CLOSED), ("no", Status.NEW), ("No!", Status.NEW)])
async def test_does_it_work_now_is_answered_by_yes_and_no(stage: Stage, says: str, status: Status) -> None:
    """Both are verdicts, and no words for the engineer."""
    anna, han = stage.person(ANNA), stage.person("han.mei")
    await anna.commands("/new mouse dead")
    await anna.fills()
    await han.commands("/claim 1")
    await han.commands("/resolve 1 battery / a new one")
    await anna.sees("Does it work now?")
    await anna.says(says)
    assert (await stage.ticket(1)).status is status


async def test_nonsense_again_and_again_ends_at_a_person(stage: Stage) -> None:
    """Asked twice at most, each time in other words; then the form, and no third question."""
    anna = stage.person(ANNA)
    for nonsense in ("asdf jkl qwer", "blubb blubb", "florp"):
        await anna.says(nonsense)
    asked = [tell(key, "en") for key in ("unsure.body", "unsure.again_body")]
    assert [await anna.count(question) for question in asked] == [1, 1]
    assert ASKED_AT_MOST == 2
    assert anna.form is not None


async def test_more_about_an_emergency_reaches_those_who_are_on_it(stage: Stage) -> None:
    """Somebody else reported it first: what the second one adds stands on that ticket, and is no trouble of its own."""
    await stage.person(ANNA).says("the server room smells burnt")
    zhao = stage.person(ZHAO)
    await zhao.says("机房着火了")
    await zhao.says("门是开着的")
    await zhao.sees(tell("emergency.passed_on", "zh"))
    await zhao.says("我的工单怎么样了")
    await zhao.sees(tell("list.mine", "zh"))
    await zhao.says("我想申请一个新键盘")
    assert zhao.written["summary"] == "我想申请一个新键盘"
    async with stage.app.database.reading() as tx:
        history = await tickets.events(tx, 1, public_only=False)
    said = [event.facts["text"] for event in history if event.action is Action.COMMENT]
    assert said == ["机房着火了", "门是开着的"]
    assert await stage.count_tickets() == 1
    assert "门是开着的" in "\n".join(reply_text(reply) for reply in await stage.chat_of(ANNA))


async def test_more_about_an_emergency_that_has_ended_alerts_again(stage: Stage) -> None:
    """Who was told that people are on it must know when nobody is any more."""
    anna, zhao = stage.person(ANNA), stage.person(ZHAO)
    await anna.says("the server room smells burnt")
    await zhao.says("机房着火了")
    await anna.commands("/cancel 1")
    await anna.presses("Withdraw")
    await zhao.says("门是开着的")
    await zhao.sees(tell("emergency.over", "zh", ticket="T-1", other=in_language("Mine is different", "zh")))
    await zhao.does_not_see(tell("emergency.passed_on", "zh"))
    await zhao.presses("Mine is different")
    assert (await stage.ticket(2)).summary == "机房着火了"


async def test_it_is_over_is_told_to_those_who_are_on_their_way(stage: Stage) -> None:
    """A false alarm is news for whoever was alarmed."""
    zhao = stage.person(ZHAO)
    await zhao.says("机房漏水了")
    await zhao.says("没事了，虚惊一场")
    async with stage.app.database.reading() as tx:
        history = await tickets.events(tx, 1, public_only=False)
    assert [event.facts["text"] for event in history if event.action is Action.COMMENT] == ["没事了，虚惊一场"]


@pytest.mark.parametrize(
    ("key", "mail", "typed", "label"),
    [
        (ANNA, "I think I clicked on a phishing link", "yes I entered my password", "Typed my password"),
        (ZHAO, "我收到一封可疑邮件", "我已经输了密码", "输入了密码"),
    ],
)
async def test_what_somebody_did_is_heard_as_the_answer_and_not_as_another_trouble(
    stage: Stage, key: str, mail: str, typed: str, label: str
) -> None:
    """Asked whether they have typed anything, their password is no trouble with passwords: its form comes at once."""
    person = stage.person(key)
    await person.says(mail)
    await person.says(typed)
    await person.fills()
    ticket = await stage.ticket(1)
    assert ticket.service == "security"
    assert any(found.alarming for found in ticket.evidence)
    await person.sees(label)


@pytest.mark.parametrize(
    ("key", "vague", "asks"), [(ANNA, "it does not work", "are you a bot?"), (ZHAO, "坏了", "你是机器人吗")]
)
async def test_too_little_is_asked_about_and_a_bot_says_that_it_is_one(
    stage: Stage, key: str, vague: str, asks: str
) -> None:
    """The question stays open meanwhile."""
    person = stage.person(key)
    await person.says(vague)
    await person.sees(tell("unsure.title", person.language))
    await person.says(asks)
    await person.sees(tell("who.body", person.language))
    await person.says("wifi")
    await person.sees(tell("named.body", person.language))


@pytest.mark.parametrize(
    ("key", "vague"), [(ANNA, "it crashed"), (ANNA, "it is stuck"), (ZHAO, "打不开"), (ZHAO, "用不了")]
)
async def test_next_to_nothing_is_asked_about_where_no_title_is_likely(stage: Stage, key: str, vague: str) -> None:
    """Something crashed: a list of what may have is no answer."""
    person = stage.person(key)
    await person.says(vague)
    await person.sees(tell("unsure.title", person.language))
    assert await person.offers() == [tell("button.human", person.language)]


@pytest.mark.parametrize(("key", "vague"), [(ANNA, "it disappeared"), (ZHAO, "卡住了")])
async def test_of_few_words_a_likely_title_is_shown(stage: Stage, key: str, vague: str) -> None:
    person = stage.person(key)
    await person.says(vague)
    await person.does_not_see(tell("unsure.title", person.language))


@pytest.mark.parametrize(
    ("key", "fault", "says", "finding"),
    [
        (ANNA, "the scanner eats paper", "yes", "Copying works"),
        (ANNA, "the scanner eats paper", "no", "Copying fails too"),
        (ZHAO, "扫描仪扫不了", "没有", "Copying fails too"),
    ],
)
async def test_yes_and_no_answer_a_question_that_has_only_these_two(
    stage: Stage, key: str, fault: str, says: str, finding: str
) -> None:
    """Does a copy come out well?"""
    person = stage.person(key)
    await person.says(fault)
    labels = await person.offers()
    await person.says(says)
    await person.sees(labels[0 if finding == "Copying works" else 1])
    await person.sees(tell("flow.progress", person.language, number=2, total=3))


async def test_answers_are_found_for_chinese_in_latin_letters(stage: Stage) -> None:
    """The article is looked up by what was said, however it was spelled."""
    zhao = stage.person(ZHAO)
    await zhao.commands("/faq mima wangji le")
    await zhao.sees("密码可以自己重置")

"""Command words: what follows the number is taken, what is missing is asked, and what wakes others asks first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.messages import Form
from bot.phrases import tell
from escalation.priority import Priority
from tests.journeys.stage import Somebody, Stage, in_language, rehearsed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def begun(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna's Wi-Fi is gone, and Wang Fang has her ticket."""

    async def beginning(stage: Stage) -> None:
        await opens(stage.person("anna.weber"), "the wifi is gone")
        await stage.person("wang.fang").commands("/claim 1")

    return await rehearsed(sqlite_template, tmp_path_factory.mktemp("begun"), beginning)


async def opens(person: Somebody, words: str) -> None:
    await person.commands(f"/new {words}")
    await person.fills(service="wifi")


def values(form: Form | None) -> dict[str, str]:
    assert form is not None
    return {field.name: field.value for field in form.fields}


# -- what follows the number -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "reason", "until"),
    [
        ("T-1 vendor", "vendor", None),
        ("1 vendor tomorrow 9:00", "vendor", datetime(2026, 11, 25, 1, tzinfo=UTC)),
        ("1 waiting for a part until Friday 14:00", "part", datetime(2026, 11, 27, 6, tzinfo=UTC)),
        ("工单1 明天 9:00 等厂商", "vendor", datetime(2026, 11, 25, 1, tzinfo=UTC)),
        ("1 等配件到周五 14:00", "part", datetime(2026, 11, 27, 6, tzinfo=UTC)),
    ],
)
async def test_a_hold_takes_its_reason_and_its_end(
    stage: Stage, words: str, reason: str, until: datetime | None
) -> None:
    """In either order and either language, at once."""
    await stage.person("wang.fang").commands(f"/hold {words}")
    hold = (await stage.ticket(1)).hold
    assert hold is not None
    assert hold.reason == reason
    assert until is None or hold.until == until


@pytest.mark.parametrize("words", ["1 tomorrow 9:00", "1 明天 9:00"])
async def test_a_hold_without_a_reason_asks_for_it(stage: Stage, words: str) -> None:
    """What was typed stands in the form; only the reason is missing."""
    wang = stage.person("wang.fang")
    await wang.commands(f"/hold {words}")
    assert (await stage.ticket(1)).hold is None
    assert values(wang.form) == {"reason": "", "until": words.removeprefix("1 ")}
    await wang.fills(reason="part")
    hold = (await stage.ticket(1)).hold
    assert hold is not None
    assert hold.until == datetime(2026, 11, 25, 1, tzinfo=UTC)


async def test_nothing_typed_is_lost_on_the_way_to_a_form(stage: Stage) -> None:
    """Half a command is half a form: a solution without its cause, a time nobody understands."""
    wang = stage.person("wang.fang")
    await wang.commands("/resolve 1 Replaced the access point")
    assert values(wang.form) == {"cause": "", "solution": "Replaced the access point"}
    await wang.commands("/hold 1 vendor when hell freezes over")
    assert wang.form is not None
    assert values(wang.form) == {"reason": "vendor", "until": "when hell freezes over"}
    assert [field.name for field in wang.form.fields if field.error] == ["until"]
    await wang.commands("/resolve T-1 老化 / 换了接入点")
    assert (await stage.ticket(1)).cause == "老化"


async def test_a_word_with_all_it_needs_acts_at_once(stage: Stage) -> None:
    """Link, priority, assign, note, reply, transfer: names may have several words, in either script."""
    wang, li = stage.person("wang.fang"), stage.person("li.qiang")
    await opens(stage.person("zhao.min"), "无线网断了")
    await wang.commands("/link 2 T-1")
    assert (await stage.ticket(2)).duplicate_of == 1
    await wang.commands("/priority 1 高")
    assert (await stage.ticket(1)).priority == "P2"
    await wang.commands("/note 1 seen this before")
    await wang.commands("/reply 1 please try again")
    await stage.person("anna.weber").sees("please try again")
    await stage.person("anna.weber").does_not_see("seen this before")
    await wang.commands("/assign 1 @Li Qiang")
    await li.sees("把 T-1 指派给了您")
    await li.commands("/transfer t1 服务台 麻烦看一下门户")
    moved = await stage.ticket(1)
    assert (moved.group, moved.assignee) == ("service-desk", "")


async def test_a_name_with_a_slip_of_the_pen_is_not_guessed(stage: Stage) -> None:
    """The nearest one is named; nothing is done meanwhile."""
    wang, before = stage.person("wang.fang"), await stage.ticket(1)
    await wang.commands("/assign 1 @Li Qian")
    await wang.sees(tell("refused.no_such_person_near", "zh", name="Li Qian", near="李强"))
    await wang.commands("/transfer 1 netwrok")
    await wang.sees("您是说网络组吗")
    assert await stage.ticket(1) == before


# -- for somebody else -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "subject", "summary"),
    [
        ("@Anna Weber her VPN drops", "anna.weber", "her VPN drops"),
        ("@anna weber: her VPN drops", "anna.weber", "her VPN drops"),
        ("@赵敏 打印机卡纸", "zhao.min", "打印机卡纸"),
        ("@赵敏打印机卡纸", "zhao.min", "打印机卡纸"),
    ],
)
async def test_a_caller_is_named_in_full(stage: Stage, words: str, subject: str, summary: str) -> None:
    """In Latin letters or Chinese characters, as the phone desk hears it."""
    ma = stage.person("ma.li")
    await ma.commands(f"/new {words}")
    assert values(ma.form)["summary"] == summary
    await ma.fills()
    assert (await stage.ticket(2)).requester == subject


@pytest.mark.parametrize(
    ("words", "label", "subject", "summary"),
    [
        ("@Ana Webber her VPN drops", "安娜·韦伯", "anna.weber", "her VPN drops"),
        ("@赵闵 打印机卡纸", "赵敏", "zhao.min", "打印机卡纸"),
    ],
)
async def test_a_mistyped_caller_is_asked_about_and_the_words_are_kept(
    stage: Stage, words: str, label: str, subject: str, summary: str
) -> None:
    """One press on the right name goes on with what was typed."""
    ma = stage.person("ma.li")
    await ma.commands(f"/new {words}")
    known = stage.app.desk.organisation.name_of(subject, ma.language)
    assert known in await ma.offers(), label
    await ma.presses(known)
    assert values(ma.form)["summary"] == summary
    await ma.fills()
    assert (await stage.ticket(2)).requester == subject


# -- what asks first -------------------------------------------------------------------------------


async def test_escalating_by_a_button_asks_first(stage: Stage) -> None:
    """*No* changes nothing; *Yes* pages the next tier once, however often it is pressed."""
    wang = stage.person("wang.fang")
    await wang.commands("/show 1")
    await wang.presses("Escalate", on="T-1")
    await wang.sees("要把 T-1 交给更资深的工程师吗")
    assert (await stage.ticket(1)).tier == 1
    await wang.presses("No")
    await wang.sees("T-1 保持不变")
    assert await wang.count("要把 T-1 交给") == 0
    await wang.presses("Escalate", on="T-1")
    yes = await wang.button("Yes, escalate")
    await wang.presses_what_stood_there(yes)
    await wang.presses_what_stood_there(yes)
    assert (await stage.ticket(1)).tier == 2
    await wang.sees("没有再操作")


async def test_typed_with_its_number_it_acts_and_without_it_asks(stage: Stage) -> None:
    """Whoever writes `/escalate 1` has thought about it."""
    wang = stage.person("wang.fang")
    manager = stage.person("zhang.wei")
    await wang.commands("/major")
    await wang.sees("要提议把 T-1 定为重大故障吗")
    await manager.does_not_see("是重大故障吗")
    await wang.presses("Yes, propose it")
    await manager.sees("是重大故障吗")
    await wang.commands("/escalate 1")
    assert (await stage.ticket(1)).tier == 2


async def test_a_requester_is_asked_before_people_are_told(stage: Stage) -> None:
    """*Escalate* on one's own ticket asks for more speed, and says so before it does."""
    anna = stage.person("anna.weber")
    await anna.presses("Escalate", on="T-1")
    await anna.sees("Ask for more speed on T-1?")
    assert (await stage.ticket(1)).escalated_at is None
    await anna.presses("Yes, escalate")
    assert (await stage.ticket(1)).escalated_at is not None


# -- without the slash ------------------------------------------------------------------------------


async def test_a_command_is_understood_without_its_slash(stage: Stage) -> None:
    """Whatever is going on, a form that waits as well."""
    wang = stage.person("wang.fang")
    await wang.commands("/new something else")
    await wang.says("priority T-1 P2")
    assert (await stage.ticket(1)).priority is Priority.P2
    await wang.says("hold 1 vendor")
    assert (await stage.ticket(1)).hold is not None
    for words, seen in (("Mine", "T-1"), ("oncall network", tell("oncall.title", "zh")), ("show 1", "安娜")):
        before = await wang.count(seen)
        await wang.says(words)
        assert await wang.count(seen) > before


@pytest.mark.parametrize(
    "words", ["hold on, the printer is stuck", "claim forms are slow", "new laptop", "release notes"]
)
async def test_a_sentence_that_begins_with_a_word_is_a_sentence(stage: Stage, words: str) -> None:
    """It is no order, and no form is asked for it."""
    wang = stage.person("wang.fang")
    before = await stage.ticket(1)
    await wang.says(words)
    assert await stage.ticket(1) == before
    await wang.does_not_see("Which ticket")


async def test_an_engineers_words_are_sentences_from_anybody_else(stage: Stage) -> None:
    """An accountant's "queue" is the printer's, and their "hold 1" gives nothing away."""
    anna = stage.person("anna.weber")
    await anna.says("queue")
    await anna.does_not_see("Queue")
    await anna.says("show 1")
    await anna.sees("the wifi is gone")


async def test_whoever_looks_something_up_sees_the_nearest_titles(stage: Stage) -> None:
    """However often they were unsure before; and a second *It works* is told that nothing has changed."""
    anna = stage.person("anna.weber")
    for _ in range(3):
        await anna.commands("/faq my vpn")
        assert any("VPN" in label for label in await anna.offers())
        assert anna.form is None
    await stage.person("wang.fang").commands("/resolve 1 age / replaced")
    works = await anna.button("It works", on="T-1")
    for _ in range(2):
        await anna.presses_what_stood_there(works)
    await anna.sees("T-1 is closed already, so nothing has changed")


# -- numbers, refusals, help -----------------------------------------------------------------------


@pytest.mark.parametrize("written", ["T-99", "t99", "#99", "99", "ticket 99", "工单99"])
async def test_a_ticket_is_written_one_way(stage: Stage, written: str) -> None:
    """However it was typed, it is answered as T-99."""
    await stage.person("anna.weber").commands(f"/show {written}")
    await stage.person("anna.weber").sees("I cannot find T-99 among the tickets you can see")


@pytest.mark.parametrize(
    ("key", "may", "may_not"),
    [
        ("anna.weber", ("/new", "/list", "/rate T-12 5"), ("/queue", "/claim", "/new @", "/report", "/needs")),
        ("ma.li", ("/new @",), ("/queue", "/claim")),
        ("wang.fang", ("/queue", "/mine", "/claim T-12", "/hold T-12"), ("/needs",)),
        ("zhang.wei", ("/queue", "/report", "/needs", "/escalate T-12"), ("/mine",)),
    ],
)
async def test_help_lists_what_this_person_may_say(
    stage: Stage, key: str, may: tuple[str, ...], may_not: tuple[str, ...]
) -> None:
    """No word that would be refused, none that is missing."""
    person = stage.person(key)
    await person.commands("/help")
    shown = await person.sees("/new")
    assert [word for word in may if word not in shown] == []
    assert [word for word in may_not if word in shown] == []


async def test_an_auditor_is_told_what_they_may_do(stage: Stage) -> None:
    """To look at everything, and to change nothing."""
    person = stage.person("gu.ting")
    await person.commands("/help")
    shown = await person.sees("/new")
    assert all(word in shown for word in ("/queue", "/report", "/show T-12"))
    assert "/claim" not in shown


# -- an engineer's own ticket ----------------------------------------------------------------------


async def test_an_engineer_may_work_on_their_own_ticket_but_not_rate_it(stage: Stage) -> None:
    """Li Qiang's own Wi-Fi fails: he works on it like on any other, and speaks as its requester, too."""
    li = stage.person("li.qiang")
    await opens(li, "我工位的无线网断了")
    await li.presses("Work on it")
    offered = await li.offers(on="最近进展")
    for label in ("Claim", "Resolve", "Add details", "Withdraw"):
        assert in_language(label, "zh") in offered
    assert in_language("Reply", "zh") not in offered
    assert len(offered) == len(set(offered))
    await li.presses("Claim", on="最近进展")
    await li.commands("/resolve 2 接触不良 / 换了网线")
    await li.presses("It works", on="T-2 已解决")
    assert (await stage.ticket(2)).status == "closed"
    await li.does_not_see("处理得怎么样")
    await li.commands("/rate 2 5")
    await li.sees("不用评分")


async def test_an_engineer_of_another_group_is_a_requester_like_anybody(stage: Stage) -> None:
    """Han Mei looks after workplaces, not the network: she sees what any requester sees."""
    han = stage.person("han.mei")
    await opens(han, "我工位的无线网断了")
    offered = await han.offers(on="T-2 · ")
    assert in_language("Claim", "zh") not in offered
    assert in_language("Work on it", "zh") not in offered

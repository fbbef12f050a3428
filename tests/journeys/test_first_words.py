"""What somebody says before we know what it is about: a number, a bare name, a picture without words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.messages import Card, Facts
from bot.phrases import tell
from storage import attachments
from tests.journeys.stage import Stage, in_language
from tests.journeys.test_without_forms import AtTheConsole, at_consoles


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with at_consoles(sqlite_url) as stage:
        yield stage


def values(card: Card) -> set[str]:
    """What stands in the summary of a form."""
    (facts,) = (block for block in card.blocks if isinstance(block, Facts))
    return {value for _, value in facts.rows}


@pytest.mark.parametrize(
    ("key", "nonsense", "fault"),
    [("anna.weber", ("asdf", "qwer"), "no idea, all odd"), ("chen.jie", ("啊啊", "嘎嘎"), "反正不正常")],
)
async def test_a_message_without_a_word_is_no_title(
    stage: Stage, key: str, nonsense: tuple[str, ...], fault: str
) -> None:
    """It is asked what is wrong, however often; whoever wants a person says it in one line, and nothing is lost."""
    person = AtTheConsole(stage, key)
    for words in (*nonsense, "12345", "67890"):
        await person.says(words)
    card = await person.card()
    assert card.title == tell("unsure.again", person.language)
    assert [button.label for button in card.buttons] == [in_language("Talk to a human", person.language)]
    await person.presses(in_language("Talk to a human", person.language))
    assert (await person.card()).title == tell("field.summary", person.language)
    await person.says(fault)
    assert {fault, "67890"} <= values(await person.card())


@pytest.mark.parametrize(("key", "words"), [("anna.weber", "it shows this error"), ("chen.jie", "就是这个报错")])
async def test_words_that_only_point_at_a_picture_belong_to_it(stage: Stage, key: str, words: str) -> None:
    """We say that we have it and cannot read it; it is in the ticket whatever comes next."""
    person = stage.person(key)
    await person.attaches("screen.png", b"\x89PNG\r\n\x1a\n1")
    await person.says(words)
    await person.sees(tell("unsure.file", person.language))
    await person.presses(in_language("Talk to a human", person.language))
    await person.fills()
    assert (await stage.ticket(1)).summary == words
    async with stage.app.database.transaction() as tx:
        assert [file.name for file in await attachments.of_ticket(tx, 1)] == ["screen.png"]


@pytest.mark.parametrize(
    ("key", "thing", "wish", "in_words", "never"),
    [
        ("anna.weber", "a mouse", "I would like one", "I'd like one please", "the network"),
        ("anna.weber", "VPN", "I would like to have it", "I would like to have it", "password"),
        ("chen.jie", "鼠标", "我想要一个", "想要一个", "网络"),
        ("chen.jie", "共享盘", "我想申请", "我想申请", "密码"),
    ],
)
async def test_a_thing_that_is_only_named_may_be_broken_or_wanted(
    stage: Stage, key: str, thing: str, wish: str, in_words: str, never: str
) -> None:
    """Pressed or said, a wish leads to the form of a wish; nobody is offered to be given a network."""
    person = stage.person(key)
    await person.says(thing)
    offered = await person.offers()
    assert offered[:2] == [tell("button.broken", person.language), wish]
    assert len(offered) <= 5
    await person.says(in_words)
    assert person.form is not None
    assert (person.written["kind"], person.form.intro[:6]) == ("request", tell("request.form", person.language)[:6])
    await person.says("never mind" if person.language == "en" else "算了")
    await person.says(thing)
    await person.presses_what_stood_there(await person.button(wish))
    assert person.written["kind"] == "request"
    await person.fills()
    assert (await stage.ticket(1)).kind == "request"
    await person.says(never)
    assert not set(await person.offers(on=tell("named.body", person.language))) & {
        tell(f"button.{word}", person.language) for word in ("want_one", "want_it")
    }


@pytest.mark.parametrize(
    ("key", "fault", "others", "dead", "no", "smell"),
    [
        ("anna.weber", "wifi keeps dropping", "Others have it too", "laptop wont start", "no", "Smell or swelling"),
        ("chen.jie", "无线网连不上", "大家都不行", "笔记本开不了机", "没有", "有焦味或鼓包"),
    ],
)
async def test_what_no_answer_helps_with_goes_to_a_person_at_once(
    stage: Stage, key: str, fault: str, others: str, dead: str, no: str, smell: str
) -> None:
    """Nobody whose colleagues have it, too, or whose battery bulges, is told to try more; and "no" is no light."""
    person = stage.person(key)
    await person.says(fault)
    await person.presses_what_stood_there(await person.button(others))
    assert (person.written["service"], person.written["affected"]) == ("wifi", "team")
    await person.fills()
    await person.says(dead)
    asked = await person.offers()
    await person.says(no)
    await person.sees({"en": "No light at all", "zh": "完全没灯"}[person.language])
    assert await person.offers() != asked
    await person.says({"en": "never mind", "zh": "算了"}[person.language])
    await person.says(dead)
    await person.presses_what_stood_there(await person.button(smell))
    assert person.written["service"] == "computer"


@pytest.mark.parametrize(
    ("key", "fault", "enough", "again"),
    [
        ("anna.weber", "my laptop is slow", "never mind", "actually it's slow again"),
        ("chen.jie", "电脑好慢", "算了", "又慢了"),
    ],
)
async def test_what_was_put_aside_may_come_back_without_its_name(
    stage: Stage, key: str, fault: str, enough: str, again: str
) -> None:
    """It goes on with what was not tried yet; long after, nobody knows what "it" is."""
    person = stage.person(key)
    await person.says(fault)
    await person.says(enough)
    await person.says(again)
    await person.does_not_see(tell("unsure.title", person.language))
    await person.presses("Open a ticket")
    assert person.written["service"] == "computer"
    await person.says(enough)
    stage.clock.advance(hours=2)
    await person.says(again)
    await person.sees(tell("unsure.title", person.language))


@pytest.mark.parametrize(
    ("key", "loss", "clicked", "typed", "nothing", "thing", "mine", "answer"),
    [
        (
            "anna.weber",
            "someone stole my laptop",
            "i think i clicked on a phishing link",
            "Typed my password",
            "it's broken",
            "mouse",
            "mine is broken",
            "Keyboard or mouse does not work",
        ),
        ("chen.jie", "手机丢了", "我好像点了钓鱼邮件", "输入了密码", "不好使了", "鼠标", "我的坏了", "键盘或鼠标失灵"),
    ],
)
async def test_a_loss_is_told_at_once_and_a_bare_it_is_asked_about(
    stage: Stage, key: str, loss: str, clicked: str, typed: str, nothing: str, thing: str, mine: str, answer: str
) -> None:
    """A device that is gone, or a password given away, is nothing to try things on: security gets it, and the person
    reads what to do now. "It is broken" is enough once we know what."""
    person = stage.person(key)
    await person.says(nothing)
    await person.sees(tell("unsure.title", person.language))
    await person.says(thing)
    await person.says(mine)
    await person.sees(answer)
    await person.says("never mind" if person.language == "en" else "算了")
    await person.says(clicked)
    await person.presses_what_stood_there(await person.button(typed))
    await person.sees({"en": "change it at once, from another device", "zh": "请立刻换一台设备改密码"}[person.language])
    assert person.written["service"] == "security"
    await person.says("never mind" if person.language == "en" else "算了")
    await person.says(loss)
    await person.sees(tell("lost.form", person.language))
    assert (person.written["service"], person.written["severity"]) == ("security", "blocked")


@pytest.mark.parametrize(
    ("key", "spill", "everyone"),
    [
        ("anna.weber", "i spilled coffee on my laptop", "the wifi is down for everyone on floor 3"),
        ("chen.jie", "我把咖啡洒电脑上了", "三楼所有人的wifi都连不上"),
    ],
)
async def test_what_cannot_wait_or_was_said_already_is_not_asked(
    stage: Stage, key: str, spill: str, everyone: str
) -> None:
    """Before a wet laptop one reads what to do now; who says that all have it is not asked whether others do."""
    person = stage.person(key)
    await person.says(spill)
    await person.sees(tell("spill.form", person.language))
    assert person.written["severity"] == "blocked"
    await person.fills()
    await person.says(everyone)
    assert (person.written["service"], person.written["affected"]) == ("wifi", "everyone")
    await person.fills()
    assert [each.kind for each in (await stage.ticket(2)).evidence] == ["step"]

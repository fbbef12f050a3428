"""What people say to a step or an answer, in few words and in every way of writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.responses import LONGEST, Response, hinted, named, nth, response

SAID = {
    Response.FAILED: (
        "no that did not help", "still not working", "still slow", "did that already", "doesn't help", "it still drops",
        "nope, still the same", "i already restarted twice", "tried that, no change", "that's not my problem", "👎",
        "bu xing",
        "换了线也不行", "重启过也没用",
        "没用", "还是很卡", "不行啊", "還是不行", "还是连不上啊", "试过了 不行", "都试过了", "一样", "不是这个",
        "ｎｏ， ｓｔｉｌｌ ｂｒｏｋｅｎ", "还是不行😭😭", "no it still does not work",
    ),
    Response.WHO: ("are you a bot?", "am I talking to a human", "who are you", "你是机器人吗", "您是真人吗？"),
    Response.TICKET: (
        "please open a ticket", "ok then file a ticket please", "just report it", "no, still broken, open a ticket",
        "please send somebody now", "快点来人", "派个人来看看吧",
        "还是帮我报修吧", "没用，提交工单吧", "报修", "那就提个工单吧",
    ),
    Response.HELPED: (
        "it works now thanks", "works!", "great, that fixed it", "no, it works now", "all good now 🎉",
        "yes that helped", "thx that was it",
        "好了", "可以了 谢谢", "搞定", "连上了", "能用了，谢谢", "hao le",
    ),
    Response.NONE: ("none of these", "no, none of them", "something else", "neither", "都不是", "其他问题"),
    Response.SKIPPED: ("I don't know", "no idea", "not sure", "skip", "不知道", "看不到", "我不知道怎么弄", "🤷"),
    Response.LOST: (
        "what do you mean by that?", "why do you ask?", "how long does that take?", "?", "？？", "help me please",
        "什么意思", "怎么弄？", "看不懂", "我不太明白", "然后呢",
    ),
    Response.DONE: ("ok done", "I did that", "重启了", "做完了"),
    Response.NO: ("no", "nope", "not really", "没有", "不是"),
    Response.YES: ("yes", "yeah, it does", "是的", "对"),
    Response.TRYING: (
        "ok", "thanks", "ok thanks will try that now", "one moment", "talk to you later", "👍", "Thank you!",
        "好的", "好的谢谢", "我先重启一下", "稍等", "嗯嗯", "谢谢您",
    ),
}  # fmt: skip

HAS_MORE_TO_SAY = (
    "my printer jams", "it works but the sound is gone", "no network", "no sound", "vpn", "ok so my printer is broken",
    "what about my ticket", "the second monitor", "still cannot open the drive since monday and nobody helps",
    "还是转人工吧", "打印机好了但是扫描仪坏了", "房间在三楼", "不行，我的屏幕还是黑的", "算了",
    "it works on my phone, still not on the laptop", "", "🖨️", "no " * 60,
)  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_each_is_heard_for_what_it_is(kind: Response) -> None:
    """The whole message, whatever stands around it."""
    heard = {text: response(text) for text in SAID[kind]}
    assert heard == dict.fromkeys(SAID[kind], kind)


def test_whoever_says_more_is_not_cut_short() -> None:
    """A fault, a wish, a place, a contradiction: none of it is only an answer."""
    assert [text for text in HAS_MORE_TO_SAY if response(text) is not None] == []


def test_one_of_several_is_picked_by_its_place() -> None:
    """As people number what they see."""
    picked = [
        nth(text, 3) for text in ("2", "the first one", "第二个", "option 3", "the last one", "4", "12", "two of us")
    ]
    assert picked == [1, 0, 1, 2, 2, None, None, None]


def test_a_part_of_a_label_names_it() -> None:
    """Only one of them, and not when it is denied."""
    labels = ("Ready, no error", "Paper jam", "Off or dead")
    assert named("there is a paper jam", labels) == 1
    assert named("no paper jam", labels) is None
    assert named("only mine", ("Only mine is broken", "Others have it too")) == 0
    assert named("只有我", ("只有我不行", "大家都不行")) == 0
    assert named("不行", ("只有我不行", "大家都不行")) is None
    assert named("or", labels) is None


def test_a_word_that_only_one_label_has_hints_at_it() -> None:
    """But not at one of two that have it, and not when it is denied."""
    labels = ("No, only read it", "Clicked or opened it", "Typed my password")
    assert hinted("yes I entered my password", labels) == 2
    assert hinted("I did not enter my password", labels) is None
    assert hinted("输了密码", ("只看了没点", "点开了链接", "输入了密码")) == 2
    assert hinted("the password", ("Password is refused", "Forgot the password")) is None


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_at_all_is_read(text: str, labels: list[str]) -> None:
    """Nothing raises whatever stands on the buttons, and what is picked is one of them."""
    assert response(text) is None or len(text) <= LONGEST
    assert {nth(text, len(labels)), named(text, labels), hinted(text, labels)} <= {None, *range(len(labels))}


@pytest.mark.parametrize("text", ["the last one", "the first one", "2", "第二个"])
def test_of_nothing_nothing_is_picked(text: str) -> None:
    assert nth(text, 0) is None

"""The small words by which somebody says what their words are for: each family knows its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from intents import manner

FAMILIES: dict[Callable[[str], bool], tuple[tuple[str, ...], tuple[str, ...]]] = {
    manner.complains: (("I want to COMPLAIN", "我要投诉", "我要投訴"), ("you are useless", "烦死了")),
    manner.corrects: (
        ("not the scanner, I meant the printer", "correction: floor 3", "说错了", "不是扫描仪，是打印机"),
        ("the printer jams", "打印机卡纸"),
    ),
    manner.begins_an_answer: (
        ("only in room 3", "Yes, mine too", "只有我", "对，就我"),
        ("the wifi is slow", "打印机"),
    ),
    manner.affirms: (("yes I did", "ok", "是的", "有"), ("no", "不是", "printer")),
    manner.denies: (("No light at all", "Copying fails too", "不亮"), ("A light comes on", "亮")),
    manner.prefers: (("wifi first", "let's do the printer", "先弄无线网", "还是看打印机"), ("the wifi", "打印机")),
    manner.means_the_other: (("the other one", "另一个"), ("this one", "这个")),
    manner.begins_with_no: (
        ("No light at all", "nothing happens", "没有声音", "完全没灯"),
        ("Ready, no error", "A light comes on", "灯亮了", "Note it"),
    ),
    manner.comes_again: (
        ("it's slow again", "oh no, it is back", "actually it drops again.", "又慢了", "怎么又断了", "還是很卡"),
        ("the wifi is slow again", "thanks again", "it is slow", "又要开会又要打印，怎么办呢请问", "慢了"),
    ),
    manner.only_broken: (
        (
            "mine is broken",
            "it's dead.",
            "my old one stopped working",
            "not working again",
            "坏了",
            "我的坏了",
            "不好使了",
        ),
        ("the printer is broken", "it is slow", "打印机坏了", "好了", "mine works"),
    ),
    manner.tells_of_a_spill: (
        ("i spilled coffee on my laptop", "my phone fell into water", "我把咖啡洒电脑上了", "键盘进水了"),
        ("the coffee machine is broken", "the laptop is dead", "咖啡机坏了", "电脑坏了"),
    ),
    manner.tells_of_a_loss: (
        (
            "someone stole my laptop",
            "I left my phone in a taxi",
            "my work phone was stolen yesterday",
            "my badge is lost",
            "手机丢了",
            "公司的笔记本昨天被偷了",
            "我弄丢了门卡",
            "U盘不见了",
        ),
        (
            "my phone lost signal",
            "I lost my vpn connection",
            "the laptop lost its wifi",
            "I lost my laptop password",
            "文件丢了",
            "电脑里的图标不见了",
            "手机没信号",
        ),
    ),
    manner.worsens: (
        ("it got worse, now nobody can work", "now nobody gets online", "更严重了，谁都上不了网", "现在谁都连不上"),
        ("the printer is worse than before", "nobody answers", "打印机越来越慢了", "谁都没来"),
    ),
    manner.speaks_for_oneself: (("I cannot log in", "can you help"), ("Error 0x80070005 at startup", "access denied")),
    manner.asks_after_somebody_elses: (
        ("what about my colleagues ticket", "小王的工单", "his ticket"),
        ("what about my ticket", "我的工单"),
    ),
}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(getattr(family, "__name__", "")))
def test_a_family_knows_its_own(family: Callable[[str], bool]) -> None:
    its_own, others = FAMILIES[family]
    assert [text for text in its_own if not family(text)] == []
    assert [text for text in others if family(text)] == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hi, um so my printer jams", "my printer jams"),
        ("thanks for yesterday! now the scanner", "now the scanner"),
        ("ok no wait, the VPN drops", "the VPN drops"),
        ("你好，请问一下打印机怎么连", "打印机怎么连"),
        ("算了，是打印机坏了", "打印机坏了"),
        ("昨天谢谢了，邮箱又坏了", "邮箱又坏了"),
        ("also I need 2 monitors", "I need 2 monitors"),
        ("其实是邮箱满了", "邮箱满了"),
        ("also-ran", "also-ran"),
        ("so far so good", "so far so good"),
        ("那台打印机", "那台打印机"),
    ],
)
def test_what_stands_before_the_matter_is_left_out(text: str, rest: str) -> None:
    """Hellos, thanks, false starts; never a word of the matter."""
    assert manner.without_lead_in(text) == rest


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in English please", "en"),
        ("can you write Chinese", "zh"),
        ("还是用中文吧", "zh"),
        ("换成英文", "en"),
        ("English, please", "en"),
        ("speak Chinese instead thanks", "zh"),
        ("可以用英文吗", "en"),
        ("用中文回复好吗", "zh"),
        ("English breakfast", ""),
        ("中文版式乱了", ""),
        ("my English keyboard is broken", ""),
        ("中文输入法打不出来", ""),
    ],
)
def test_a_language_is_asked_for_in_so_many_words(text: str, language: str) -> None:
    """Who says anything besides asks for something else."""
    assert manner.language_wanted(text) == language


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("actually it's the wifi", "the wifi"),
        ("turns out it was the cable", "the cable"),
        ("sorry, in fact that's my phone.", "my phone"),
        ("not the printer, it's the scanner", "the scanner"),
        ("not the mouse but the keyboard", "the keyboard"),
        ("correction: I meant the VPN", "the VPN"),
        ("其实是无线网", "无线网"),
        ("搞错了，是扫描仪", "扫描仪"),
        ("不对，应该是VPN。", "VPN"),
        ("不是打印机，是扫描仪", "扫描仪"),
        ("原来是網線的問題", "網線的問題"),
        ("the printer jams, no sorry i mean the scanner", "the scanner"),
        ("sorry I meant outlook", "outlook"),
        ("I mean the scanner", ""),
        ("actually it's not the wifi", ""),
        ("it's the wifi", ""),
        ("the wifi is not stable", ""),
        ("其实是不是坏了", ""),
        ("打印机是好的", ""),
    ],
)
def test_what_it_is_about_is_set_right(text: str, instead: str) -> None:
    """Only by whoever says that it is so instead, and never to what it is not."""
    assert manner.set_right(text) == instead


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("no, Tuesday", "Tuesday"),
        ("sorry, make that Friday", "Friday"),
        ("since Monday … no wait, it was Tuesday morning", "Tuesday morning"),
        ("actually since 9:30", "9:30"),
        ("不对，是周二", "周二"),
        ("说错了，是从昨天下午", "昨天下午"),
        ("应该是上周五", "上周五"),
        ("since Friday", ""),
        ("nobody knows", ""),
        ("从周五开始", ""),
    ],
)
def test_a_fact_is_set_right(text: str, fact: str) -> None:
    """What follows the correction is the fact; without one, nothing is corrected."""
    assert manner.rather_so(text) == fact

"""What a message means: mixed intents, sloppy writing, and text of any sort at all."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.catalogue import Intent
from intents.classify import Named, Understanding, default_words, understand

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SERVICES = tuple(
    Named(key, default_words(key))
    for key in ("vpn", "wifi", "email", "printing", "computer", "accounts", "video-meetings", "security")
)


def read(text: str, language: str = "en") -> Understanding:
    return understand(text, services=SERVICES, now=NOW, zone="Asia/Shanghai", language=language)


@pytest.mark.parametrize(
    ("text", "intent", "others"),
    [
        ("printer jams again and what about ticket 12?", Intent.FAULT, {Intent.STATUS}),
        ("打印机又卡纸了，另外工单12怎么样了？", Intent.FAULT, {Intent.STATUS}),
        ("hello, outlook is down, thanks!", Intent.FAULT, {Intent.GREETING, Intent.THANKS}),
        ("VPN is down. I want to talk to a human", Intent.HUMAN, {Intent.FAULT}),
        ("outlook won't open and I smell smoke", Intent.EMERGENCY, {Intent.FAULT}),
    ],
)
def test_a_message_may_hold_several_intents(text: str, intent: Intent, others: set[Intent]) -> None:
    understood = read(text)
    assert understood.intent is intent
    assert set(understood.others) == others


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("how do I add a printer?", Intent.QUESTION),
        ("the printer does not print", Intent.FAULT),
        ("please add a printer to my laptop", Intent.REQUEST),
        ("the printer works again", Intent.THANKS),
        ("打印机怎么添加", Intent.QUESTION),
        ("打印机怎么连不上了", Intent.FAULT),
        ("帮我加一下打印机", Intent.REQUEST),
        ("打印机已经好了", Intent.THANKS),
    ],
)
def test_a_question_a_fault_a_request_and_a_success_about_one_thing_are_told_apart(said: str, meant: Intent) -> None:
    assert read(said).intent is meant
    assert read(said).service == "printing"


@pytest.mark.parametrize(
    ("sloppy", "service"),
    [
        ("CANT CONECT TO WIFII", "wifi"),
        ("pritner not wroking", "printing"),
        ("ＶＰＮ　連不上", "vpn"),
        ("滑鼠壞了", "computer"),
        ("dayinji ka zhi", "printing"),
        ("VPN 连不上 after update", "vpn"),
        ("my p\u200brinter is broken", "printing"),
        ("outlok wont opne", "email"),
    ],
)
def test_mistyped_wide_traditional_pinyin_and_mixed_writing_is_read(sloppy: str, service: str) -> None:
    assert read(sloppy).intent is Intent.FAULT
    assert read(sloppy).service == service


@pytest.mark.parametrize(
    "text", ["Firefox is slow", "the firewall blocks my mail", "fire drill at 10?", "he was fired"]
)
def test_fire_in_another_word_is_no_emergency(text: str) -> None:
    assert Intent.EMERGENCY not in (read(text).intent, *read(text).others)


@pytest.mark.parametrize(
    ("text", "burning"),
    [
        ("我的打印机卡纸了，机房冒烟了！", None),
        ("my printer is jammed and there is smoke in the server room", None),
        ("打印机，冒烟了", "printing"),
        ("打印机冒烟了，快来人", "printing"),
    ],
)
def test_only_what_is_in_danger_is_the_service_of_an_emergency(text: str, burning: str | None) -> None:
    assert (read(text).intent, read(text).service) == (Intent.EMERGENCY, burning)


@pytest.mark.parametrize(
    ("text", "own", "language"),
    [("打印机 broken", "en", "zh"), ("printer", "zh", "en"), ("👍", "zh", "zh"), ("", "en", "en"), ("12", "zh", "zh")],
)
def test_the_language_is_that_of_the_letters_else_the_persons_own(text: str, own: str, language: str) -> None:
    assert read(text, own).language == language


def test_only_a_sign_means_thanks_a_greeting_or_nothing() -> None:
    assert [read(sign).intent for sign in ("👍", "👋", "🤷")] == [Intent.THANKS, Intent.GREETING, Intent.UNKNOWN]


def test_a_bare_name_of_a_service_is_taken_for_trouble_with_it_but_not_surely() -> None:
    understood = read("printer")
    assert (understood.intent, understood.service) == (Intent.FAULT, "printing")
    assert understood.confidence < 0.9


def test_the_organisations_own_words_count_like_ours() -> None:
    services = (Named("erp", ("Bluebird", "蓝鸟系统")), *SERVICES)
    for text in ("bluebird is down", "蓝鸟系统打不开"):
        understood = understand(text, services=services, now=NOW, zone="Asia/Shanghai", language="en")
        assert understood.service == "erp"


def test_a_service_the_organisation_does_not_have_is_never_named() -> None:
    understood = understand("vpn is down", services=SERVICES[1:], now=NOW, zone="Asia/Shanghai", language="en")
    assert understood.service is None


def test_an_unknown_key_has_no_default_words() -> None:
    assert default_words("no-such-service") == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="vpn 打印机不连上 cant.?!#12:：0x\n'’", max_size=200))
def test_any_text_is_read_without_error_and_always_the_same_way(text: str) -> None:
    understood = read(text)
    assert understood == read(text)
    assert 0 <= understood.confidence <= 1
    assert understood.intent not in understood.others
    assert understood.service == (understood.services[0] if understood.services else None)


@pytest.mark.parametrize(
    "piece", ["printer broken, ", "打印机坏了，", "((((", "a ", "aaaa", "1.1.1.", "\n", "呢？", "0x0"]
)
def test_twenty_kilobytes_are_read_with_bounded_work(piece: str) -> None:
    understood = read(piece * (20_000 // len(piece)))
    assert len(understood.words) <= 2_400


@pytest.mark.parametrize("text", ["could my " + "a" * 20_000, "can i " + "a " * 9_000, "1" * 20_000, "我" * 20_000])
def test_no_text_can_keep_a_pattern_busy(text: str) -> None:
    read("warm up 你")
    began = time.thread_time()
    read(text)
    assert time.thread_time() - began < 1


@pytest.mark.parametrize("words", ["For one of them", "the other one", "both of these"])
def test_words_that_only_point_at_something_ask_for_nothing_new(words: str) -> None:
    got = read(words)
    assert (got.intent, got.service) == (Intent.UNKNOWN, None)


def test_how_sure_the_service_is_goes_with_the_part_that_names_it() -> None:
    """Not with the question after a ticket, which has none."""
    both, alone = read("any news on 12? also outlook wont start today"), read("outlook wont start today")
    assert both.service == alone.service == "email"
    assert both.certainty == alone.certainty


@pytest.mark.parametrize("words", ["打字很慢，每个字要等两秒", "在电话里跟客户说话断断续续", "跟同事电话里讲话有回音"])
def test_typing_and_talking_on_the_phone_can_be_what_is_broken(words: str) -> None:
    """Only who is tired of typing, or would rather tell it on the phone, asks for a person."""
    assert read(words).intent is Intent.FAULT
    assert read("打字太累了，还是想电话里跟同事讲").intent is Intent.HUMAN


def test_who_wants_something_done_does_not_ask_what_we_can_do() -> None:
    assert read("能帮我重装系统吗").intent is not Intent.HELP
    assert read("你能做什么").intent is Intent.HELP


@pytest.mark.parametrize("text", ["出问题了", "出毛病了", "好卡", "不好使了", "又不能用了", "不管用了"])
def test_a_fault_that_sounds_like_good_news_is_none(text: str) -> None:
    """没问题了 is."""
    assert read(text).intent is not Intent.THANKS
    assert read("没问题了").works

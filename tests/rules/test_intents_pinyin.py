"""Chinese in Latin letters is read as Chinese; English never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.normalise import HAN, normalise
from intents.pinyin import in_chinese, read_aloud


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("diannao hen ka", "电脑很卡"),
        ("wodediannao henka", "我的电脑很卡"),
        ("women de wang luo hen man", "我们的网络很慢"),
        ("vpn lian bu shang le", "vpn 连不上了"),
        ("hai shi bu xing", "还是不行"),
        ("diannao kai bu liao ji", "电脑开不了机"),
        ("gongdan 12 jindu zenmeyang", "工单 12 进度怎么样"),
        ("我的diannao hen man", "我的电脑很慢"),
        ("jianpan anbuliao le", "键盘按不了了"),
        ("shu biao shi ling le", "鼠标失灵了"),
    ],
)
def test_whole_sentences_are_read_however_they_are_spaced(spelled: str, meant: str) -> None:
    assert normalise(spelled) == meant


@pytest.mark.parametrize(
    "english",
    [
        "women and men in a long hall",
        "can you ban he who rang",
        "ask wang luo about it",
        "Chen Gang has a new fan",
        "he",
        "my dayinji jams again and again since the move",
    ],
)
def test_english_stays_english_though_some_of_its_words_sound_chinese(english: str) -> None:
    assert normalise(english) == english.lower()


def test_no_english_message_of_ours_is_taken_for_chinese() -> None:
    lines = Path(__file__).with_name("messages_second.jsonl").read_text("utf-8").splitlines()
    english = [normalise(json.loads(line)["text"]) for line in lines if not HAN.search(json.loads(line)["text"])]
    assert len(english) > 80
    assert [words for words in english if HAN.search(words)] == []


@given(st.lists(st.sampled_from(["diannao", "hen", "ka", "man", "wifi", "the", "x", "le", "xian"]), max_size=8))
def test_what_is_not_read_stays_as_it_is(words: list[str]) -> None:
    """Nothing is half read: a stretch keeps each letter, or every word of it that we know is Chinese."""
    text = " ".join(words)
    read = read_aloud(text)
    assert read == text or HAN.search(read)
    assert read_aloud(read.strip()).split() == read.split()


def test_a_text_without_spelled_chinese_is_left_exactly_as_it_is() -> None:
    """Whoever looks it up sees its capitals and its lines."""
    assert in_chinese("My  PC is\nSLOW") == "My  PC is\nSLOW"
    assert in_chinese("Mima Wangji le") == "密码忘记了"

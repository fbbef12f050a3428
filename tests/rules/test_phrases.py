"""The message catalogues: complete in both languages, and saying only what the code can fill in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.phrases import LANGUAGES, catalogue, moment, placeholders, span, tell
from escalation.ticket import Action, Kind, Status

HOUSE = Path(__file__).parents[2]
SAID = re.compile(r"""(?:tell|paragraph|note)\(\s*(?:talk, world, |reader, )?["']([a-z_]+(?:\.[a-z_.]+)?)["']""")
BUTTON = re.compile(r"""reader\.button\(\s*["']([a-z_]+)["']""")
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_both_languages_say_the_same_things() -> None:
    """A key that stands in one language stands in the other, with the same facts."""
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    different = [key for key in english if placeholders(english[key]) != placeholders(chinese[key])]
    assert different == []


def test_chinese_sentences_are_chinese() -> None:
    """No English sentence was left in the Chinese catalogue, and no Han character in the English one."""
    han, english_words = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
    said_in_chinese = [(key, said) for key, said in catalogue("zh").items() if isinstance(said, str)]
    left = [key for key, said in said_in_chinese if english_words.search(said)]
    assert left == []
    english = [k for k, s in catalogue("en").items() if isinstance(s, str) and han.search(s)]
    assert english == ["language.zh"]


def test_every_sentence_the_code_says_is_in_the_catalogues() -> None:
    """No key is misspelt: the code names only sentences that exist."""
    known = catalogue("en")
    missing = set()
    for path in (HOUSE / "bot").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        missing |= {key for key in SAID.findall(text) if key not in known}
        missing |= {f"button.{word}" for word in BUTTON.findall(text) if f"button.{word}" not in known}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_state_and_kind_has_its_words(language: str) -> None:
    """Whatever the rules can produce can be said."""
    known = catalogue(language)
    wanted = [f"event.{action.value}" for action in Action] + [f"action.{action.value}" for action in Action]
    wanted += [f"state.{status.value}" for status in Status] + [f"kind.{kind.value}" for kind in Kind]
    assert [key for key in wanted if key not in known] == []


@pytest.mark.parametrize(
    ("passed", "english", "chinese"),
    [
        (timedelta(minutes=30), "10:30", "10:30"),
        (timedelta(days=1), "tomorrow 10:00", "明天 10:00"),
        (timedelta(days=-1), "yesterday 10:00", "昨天 10:00"),
        (timedelta(days=3), "Fri 27 Nov 10:00", "11月27日 周五 10:00"),
        (timedelta(days=60), "23 Jan 2027 10:00", "2027年1月23日 10:00"),
    ],
)
def test_a_moment_reads_as_people_say_it(passed: timedelta, english: str, chinese: str) -> None:
    """Today needs no date, tomorrow has a word, and another year is named."""
    at = TUESDAY + passed
    assert moment(at, "en", "Asia/Shanghai", TUESDAY) == english
    assert moment(at, "zh", "Asia/Shanghai", TUESDAY) == chinese


def test_today_is_the_readers_today() -> None:
    """What is still today in Berlin is tomorrow in Tianjin."""
    late = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert moment(late, "en", "Europe/Berlin", TUESDAY) == "18:00"
    assert moment(late, "en", "Asia/Shanghai", TUESDAY) == "tomorrow 01:00"


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(seconds=20), "less than a minute", "不到 1 分钟"),
        (timedelta(minutes=1), "1 min", "1 分钟"),
        (timedelta(hours=2, minutes=5), "2 h 5 min", "2 小时 5 分钟"),
        (timedelta(days=1), "1 day", "1 天"),
        (timedelta(days=3, hours=4, minutes=10), "3 days 4 h", "3 天 4 小时"),
    ],
)
def test_a_length_of_time_says_what_matters(length: timedelta, english: str, chinese: str) -> None:
    """Days do not need minutes, and one day is not "1 days"."""
    assert span(length, "en") == english
    assert span(length, "zh") == chinese


def test_facts_are_put_in_as_typed() -> None:
    """Braces and markup in what people typed are left alone: escaping belongs to the channel."""
    said = tell("command.unknown", "en", word="{x} <b>&lt;", root="/")
    assert "{x} <b>&lt;" in said

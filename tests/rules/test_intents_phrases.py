"""Very many phrases looked for at once: nothing is found but what one pattern of them all would find."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.cues import cues
from intents.normalise import normalise
from intents.phrases import Spotter, beginnings

PLAIN = [re.compile("|".join(cue.phrases), re.MULTILINE) for cue in cues()]
SPOTTER = Spotter([cue.phrases for cue in cues()])


def as_one_pattern_finds(text: str) -> list[list[tuple[int, int]]]:
    return [[found.span() for found in one.finditer(text) if found.end() > found.start()] for one in PLAIN]


def test_in_messages_of_both_languages_the_same_cues_are_found_as_by_one_pattern_for_each_kind() -> None:
    lines = Path(__file__).with_name("messages_fourth.jsonl").read_text("utf-8").splitlines()
    for line in lines[::3]:
        words = normalise(json.loads(line)["text"])
        assert SPOTTER.find(words) == as_one_pattern_finds(words)


@given(st.text(alphabet="abn't ?!.1#不能开人工单我的\n^ü", max_size=40))
def test_in_any_text_the_same_cues_are_found(text: str) -> None:
    assert SPOTTER.find(text) == as_one_pattern_finds(text)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("wont start", "w"),
        ("(cant|un?able)", "cu"),
        ("(please )?install", "pi"),
        ("^(?!not )yes", "y"),
        (r"\?$", "?"),
        ("[这那]个", "这那"),
        ("(a|)b", ""),
        (r"\w+crypt", ""),
        ("[a-z]+ needed", ""),
    ],
)
def test_what_a_phrase_can_begin_with_is_seen_or_left_open(phrase: str, expected: str) -> None:
    assert beginnings(phrase) == frozenset(expected)


def test_a_bracket_left_open_in_the_data_is_told() -> None:
    with pytest.raises(ValueError, match="close it"):
        beginnings("(never closed")

"""What a browser posts becomes the event its sender meant."""

import pytest

from bot.channels.web import parse
from bot.messages import Commanded, Place, Said


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("/claim 12", "claim", "12"),
        ("/it claim 12", "claim", "12"),
        ("/claim_12", "claim", "12"),
        ("/Claim\t12", "claim", "12"),
        ("/hold 12 vendor until tomorrow\nnine", "hold", "12 vendor until tomorrow\nnine"),
        ("/reply_12 try again", "reply", "12 try again"),
        ("/it", "", ""),
        ("/", "", ""),
        ("/items 3", "items", "3"),
        ("/状态 12", "状态", "12"),
    ],
)
def test_a_slash_makes_a_command(text: str, word: str, rest: str) -> None:
    event = parse.words("lin.wei", "e1", text)
    assert isinstance(event, Commanded)
    assert (event.word, event.rest) == (word, rest)


@pytest.mark.parametrize("text", ["/usr/bin/erp crashes", "//", "VPN /claim", "/my_printer is broken", "😕"])
def test_a_slash_inside_words_does_not(text: str) -> None:
    event = parse.words("lin.wei", "e1", text, "T-12")
    assert isinstance(event, Said)
    assert (event.text, event.reply_to) == (text, "T-12")


def test_a_person_speaks_from_their_own_private_place() -> None:
    event = parse.press("lin.wei", "e1", "t:claim:12")
    assert event.place == Place("web", "", "@lin.wei")
    assert event.sender.user == "lin.wei"


def test_an_event_id_holds_its_person_so_that_nobody_repeats_anothers() -> None:
    assert parse.event_id("lin.wei", "a" * 32) != parse.event_id("chen.jie", "a" * 32)


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "a b c d e f g h", "web:chen.jie:1", "é" * 12])
def test_an_event_id_of_another_shape_is_none(given: str) -> None:
    assert parse.event_id("lin.wei", given) is None


def test_typed_text_keeps_its_lines_and_loses_what_no_keyboard_makes() -> None:
    assert parse.typed("a\r\nb\rc\td\x00\x1b[31m😀") == "a\nb\nc\td[31m😀"

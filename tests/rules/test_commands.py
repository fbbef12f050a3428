"""Command words, however they are typed."""

from __future__ import annotations

import pytest

from bot.dialogue.commands import Command, nearest, parse


@pytest.mark.parametrize(
    ("word", "rest", "meant"),
    [
        ("claim", "12", Command("claim", 12, "")),
        ("/Claim", "T-12", Command("claim", 12, "", outright=True)),
        ("claim_12", "", Command("claim", 12, "")),
        ("claim@firstline_bot", "#12", Command("claim", 12, "", outright=True)),
        ("priority", "12 P2", Command("priority", 12, "P2")),
        ("note", "12 seen it before", Command("note", 12, "seen it before")),
        ("note", "seen it before", Command("note", None, "seen it before")),
        ("new", "12 monitors are dark", Command("new", None, "12 monitors are dark")),
        ("status", "12", Command("show", 12, "")),
        ("status", "", Command("list", None, "")),
        ("start", "", Command("help", None, "")),
        ("", "", Command("help", None, "")),
        ("oncall", "network", Command("oncall", None, "network")),
    ],
)
def test_a_command_is_understood(word: str, rest: str, meant: Command) -> None:
    """Case, slashes, bot names, underscores and ticket names make no difference."""
    assert parse(word, rest) == meant


@pytest.mark.parametrize(("typed", "near"), [("clam", "claim"), ("resovle", "resolve"), ("qeue", "queue")])
def test_a_mistyped_word_gets_the_nearest_one(typed: str, near: str) -> None:
    """A typo costs a sentence, not a search through the manual."""
    assert parse(typed, "12") is None
    assert nearest(typed) == near


def test_a_word_like_none_of_ours_gets_no_guess() -> None:
    """A wild guess would be worse than none."""
    assert nearest("zzzzzzz") is None

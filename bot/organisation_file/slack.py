"""Reads `slack`: what the slash command is called there, and what the emoji stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.organisation import EMOJI, InSlack
from bot.organisation_file.nodes import Fields, Value, Wrong, each
from bot.organisation_file.scalars import text

COMMAND = re.compile(r"/[^\s/]{1,31}")
EMOJI_NAME = re.compile(r"[a-z0-9_+'-]{1,100}")


def read_slack(value: Value) -> InSlack:
    """How Firstline is addressed in Slack."""
    fields = Fields(value, "slack")
    return InSlack(fields.get("command", _command, InSlack().command), fields.get("emoji", _emoji, dict(EMOJI)))


def _command(value: Value) -> str:
    written = text(value)
    if not COMMAND.fullmatch(written) or written != written.lower():
        raise Wrong(value, f"expected a slash command, such as /it, of at most 32 characters, found {written!r}")
    return written


def _emoji(value: Value) -> Mapping[str, str]:
    """The command word by emoji; a word without a line keeps its own, a word with an empty list has none."""
    fields = Fields(value, "emoji")
    usual = {word: tuple(name for name, stands_for in EMOJI.items() if stands_for == word) for word in EMOJI.values()}
    found: dict[str, str] = {}
    for word, names in usual.items():
        for name in fields.get(word, _names(word, found), names):
            found[name] = word
    return found


def _names(word: str, taken: Mapping[str, str]) -> Callable[[Value], tuple[str, ...]]:
    def read(value: Value) -> tuple[str, ...]:
        return each(value, one, "a list of emoji") if value.is_list else (one(value),)

    def one(value: Value) -> str:
        name = text(value).strip(":").lower()
        if not EMOJI_NAME.fullmatch(name):
            raise Wrong(value, f"expected the name of an emoji, such as ticket, found {name!r}")
        if name in taken:
            raise Wrong(value, f"the emoji {name!r} stands for {taken[name]!r} already")
        return name

    return read

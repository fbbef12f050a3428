"""Reads `badge`: what whoever is on call is known by, a user group in Slack and a title in Telegram."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from bot.organisation_file.nodes import Fields, Value, Wrong
from bot.organisation_file.scalars import text

HANDLE = re.compile(r"@?[^\sA-Z@#:<>,|/]{1,80}")
NUMBER = re.compile(r"S[A-Z0-9]{2,20}")
TITLE_AT_MOST = 16  # characters, of a title and of a tag, by Telegram's reference of both
PICTURES = frozenset({"So", "Cs", "Cn", "Co"})  # Unicode's categories of emoji, and of what no font has

Worn = dict[tuple[str, str, str], str]  # (channel, room, badge) -> the group whose it is


def read_badges(value: Value, *, group: str, rooms: Mapping[str, str], worn: Worn) -> Mapping[str, str]:
    """The badge by channel, a user group's without its @. Two groups cannot share one: each would take it away."""
    fields = Fields(value, "badge")

    def its_own(channel: str, room: str, read: Callable[[Value], str]) -> Callable[[Value], str]:
        def reader(at: Value) -> str:
            name = read(at)
            owner = worn.setdefault((channel, room, name), group)
            if owner != group:
                raise Wrong(at, f"{name!r} is the badge of the group {owner!r} already: each needs its own")
            return name

        return reader

    def title(at: Value) -> str:
        if "telegram" not in rooms:
            raise Wrong(at, "a title is worn in the group's Telegram room, and it has none: add telegram to its rooms")
        return _title(at)

    found = {
        "slack": fields.get("slack", its_own("slack", "", _user_group), ""),
        "telegram": fields.get("telegram", its_own("telegram", rooms.get("telegram", ""), title), ""),
    }
    return {channel: name for channel, name in found.items() if name}


def _user_group(value: Value) -> str:
    written = text(value)
    if not (NUMBER.fullmatch(written) or HANDLE.fullmatch(written)):
        wanted = "the handle of a Slack user group, such as network-on-call, or its id, such as S0615G0KT"
        raise Wrong(value, f"expected {wanted}, found {value.shape}")
    return written.removeprefix("@")


def _title(value: Value) -> str:
    written = text(value)
    if len(written) > TITLE_AT_MOST:
        raise Wrong(value, f"a title has at most {TITLE_AT_MOST} characters in Telegram, this one {len(written)}")
    if any(unicodedata.category(sign) in PICTURES for sign in written):
        raise Wrong(value, "Telegram takes no emoji in a title: leave it out")
    return written

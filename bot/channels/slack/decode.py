"""Slack's own markup back into what the person typed or saw.

Slack escapes `&`, `<` and `>` in what people type, and puts what it recognised (people, channels, links) between
angle brackets. So every bracket in an incoming text is Slack's, and every person's bracket is an entity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

TOKEN = re.compile(r"<([^<>\n]*)>")
MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>\n]*)?>")
UNTYPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u200b]")


def mentioned(text: str) -> tuple[str, ...]:
    """The ids of everybody a text mentions, each once, in order."""
    return tuple(dict.fromkeys(MENTION.findall(text)))


def typed(text: str, names: Mapping[str, str]) -> str:
    """The text as typed. `names` are what to call the people it mentions, by user id."""
    plain = TOKEN.sub(lambda found: _token(found[1], names), text)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return UNTYPABLE.sub("", plain.replace("\r\n", "\n").replace("\r", "\n"))


def without_mention(text: str, user: str) -> str:
    """The text without the words that only call us."""
    return re.sub(rf"\s*<@{re.escape(user)}(?:\|[^<>\n]*)?>[\s,:]*", " ", text).strip() if user else text


def _token(inside: str, names: Mapping[str, str]) -> str:
    address, _, label = inside.partition("|")
    match address[:1]:
        case "@":
            return "@" + (names.get(address[1:]) or label or address[1:])
        case "#":
            return f"#{label or address[1:]}"
        case "!":
            word, _, _ = address[1:].partition("^")
            return label or f"@{word}"
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == bare or bare.removeprefix("http://").removeprefix("https://").rstrip("/") == label:
        return label or bare
    return f"{label} ({bare})"

"""How Slack shows mrkdwn, how it escapes what people type, and whom a text pings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.slack.model import User
from tests.fakes.slack.refusals import Json

CONTROL = re.compile(r"<([^<>]+)>")
PINGS = re.compile(r"<(?:@([UW][A-Z0-9]+)|!(channel|here|everyone)|!subteam\^([A-Z0-9]+))(?:\|[^<>]*)?>")
EMPHASIS = re.compile(r"(?<![^\s([{*_~\"'])([*_~])(?=\S)([^\n]*?\S)\1(?![^\s)\]}.,:;!?*_~\"'])")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)


def escape(text: str) -> str:
    """What Slack makes of typed text before an app sees it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The three entities back to themselves."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shown(text: str, users: Mapping[str, User], rooms: Mapping[str, Any]) -> str:
    """The text a person reads: mentions and links by name, emphasis without its marks, entities as signs."""

    def control(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith("@"):
            user = users.get(target[1:])
            return f"@{user.name if user else label or target[1:]}"
        if target.startswith("#"):
            room = rooms.get(target[1:])
            return f"#{room.name if room else label or target[1:]}"
        if target.startswith("!"):
            return label or f"@{target[1:].split('^')[0]}"
        return label or target

    pieces = (_code(p) if index % 2 else _prose(p) for index, p in enumerate(CODE.split(text)))
    return unescape(CONTROL.sub(control, "".join(pieces)))


def _code(piece: str) -> str:
    return piece.strip("`").strip("\n")


def _prose(piece: str) -> str:
    # Emphasis is found outside <…> only, so that a link with underscores stays whole.
    parts = re.split(r"(<[^<>]+>)", piece)
    return "".join(part if index % 2 else _without_marks(part) for index, part in enumerate(parts))


def _without_marks(text: str) -> str:
    for _ in range(3):
        text = EMPHASIS.sub(r"\2", text)
    return text


def pings_in(text: str) -> Iterator[str]:
    """Whom real mentions in this mrkdwn would ping."""
    for user, broadcast, group in PINGS.findall(text):
        yield user or broadcast or group


def mrkdwn_texts(part: Any) -> Iterator[str]:
    """Every mrkdwn text, and every rich-text mention as one, in blocks or attachments."""
    match part:
        case list():
            for item in part:
                yield from mrkdwn_texts(item)
        case {"type": "mrkdwn" | "markdown", "text": str(text)}:
            yield text
        case {"type": "user", "user_id": str(user)}:
            yield f"<@{user}>"
        case {"type": "broadcast", "range": str(target)}:
            yield f"<!{target}>"
        case {"type": "usergroup", "usergroup_id": str(group)}:
            yield f"<!subteam^{group}>"
        case dict():
            yield from _legacy_texts(part)
            for value in part.values():
                yield from mrkdwn_texts(value)


def _legacy_texts(part: Json) -> Iterator[str]:
    if "type" not in part:
        yield from (part[name] for name in ("pretext", "text", "title", "footer") if isinstance(part.get(name), str))

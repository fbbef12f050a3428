"""The Home tab: cards one under another."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.slack import limits
from bot.channels.slack.render import Json, message
from bot.messages import Reply


def home_view(replies: Sequence[Reply]) -> Json:
    """The view of the Home tab that shows these replies, the first ones first."""
    blocks: list[Json] = []
    for number, reply in enumerate(replies):
        drawn = message(reply)
        body = [*drawn["blocks"], *(block for strip in drawn["attachments"] for block in strip["blocks"])]
        body = [
            {**block, "elements": _named(block["elements"], number)} if "elements" in block else block for block in body
        ]
        blocks += [{"type": "divider"}, *body] if blocks else body
    return {"type": "home", "blocks": blocks[: limits.VIEW_BLOCKS]}


def _named(elements: list[Json], number: int) -> list[Json]:
    return [
        {**each, "action_id": f"{each['action_id']}:{number}"} if "action_id" in each else each for each in elements
    ]

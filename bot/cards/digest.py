"""Everything that happened to a ticket while messages could not get through, in one card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.cards.notices import render
from bot.cards.scene import Scene
from bot.messages import Block, Card, Quote, Text, Tone, plain


def digest_card(scene: Scene, lines: Iterable[Mapping[str, Any]]) -> Card:
    """Each missed step with its time, and the words somebody wrote with it, in order.

    A line is a notice, its facts, and "at", the ISO time when it was to be sent.
    """
    reader, ticket = scene.reader, scene.ticket
    blocks: list[Block] = []
    for line in lines:
        sentence, words = _said(scene, line)
        blocks += (plain(f"{reader.moment(datetime.fromisoformat(line['at']))} · {sentence}"), *words)
    buttons = (reader.button("view", f"t:show:{ticket.id}"),) if reader.person else ()
    title = reader.tell("digest.title", ticket=ticket.name)
    return Card(title, Tone.INFO, blocks=tuple(blocks), buttons=buttons, ticket=ticket.id)


def _said(scene: Scene, line: Mapping[str, Any]) -> tuple[str, tuple[Quote, ...]]:
    match render(line["notice"], scene, line["facts"]):
        case Card(title=title, blocks=blocks):
            return title, tuple(block for block in blocks if isinstance(block, Quote))
        case Text(text=text):
            return text, ()
    return "", ()

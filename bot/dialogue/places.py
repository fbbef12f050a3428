"""A place as a conversation knows it: the key it is stored under, and from where something is done."""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.messages import Place


def via_of(place: Place) -> str:
    """From where something is done; a room's thread is told apart, because what is written there stands there."""
    return f"{place.channel}:thread" if place.thread and not place.private else place.channel


def conversation_key(place: Place) -> str:
    """How a conversation is stored: by its place."""
    return json.dumps(asdict(place), sort_keys=True, ensure_ascii=False)


def place_of(key: str) -> Place:
    """The place `conversation_key` wrote."""
    return Place(**json.loads(key))

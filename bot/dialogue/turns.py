"""What a step leads to, and the small words every step needs."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import answers
from bot.dialogue.effects import Doing
from bot.dialogue.talk import Talk
from bot.dialogue.world import World

LONGEST_WORDS = 8000
LONGEST_NUMBER = 18  # digits that fit into 64 bits


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step leads to: the new state, and replies and effects in the order they happen."""

    talk: Talk
    doings: tuple[Doing, ...] = ()


def note(talk: Talk, world: World, key: str, **facts: str | int) -> Turn:
    """One sentence, and nothing else changes."""
    return Turn(talk, (answers.note(key, world.reader, **facts),))


def then(turn: Turn, *before: Doing) -> Turn:
    """The turn with these doings in front."""
    return Turn(turn.talk, (*before, *turn.doings))


def joined(earlier: str, words: str) -> str:
    """What was said so far and these words, cut to what we keep; said again, they add nothing."""
    if words in earlier.splitlines():
        return earlier
    return f"{earlier}\n{words}".strip()[:LONGEST_WORDS]


def is_number(text: str) -> bool:
    """Whether these are digits to read as a number we could store: "²" is a digit, too, and forty nines are many."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER

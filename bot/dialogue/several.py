"""A message that wants several things: what can be said at once is said, the first trouble begins, the rest waits."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.resuming import begun, put_behind
from bot.dialogue.talk import SURELY_ANOTHER, Mode, Talk
from bot.dialogue.turns import Turn, then
from bot.dialogue.world import World
from bot.messages import Text
from intents.catalogue import Intent
from intents.classify import Part, Understanding
from intents.manner import means_the_other, prefers
from intents.responses import response
from intents.things import only_named

LONGEST_CHOICE = 50  # characters; whoever writes more says more than which of two comes first
MOST = 3  # troubles kept from one message; more are one story, told badly
_TROUBLES = frozenset({Intent.FAULT, Intent.REQUEST, Intent.QUESTION, Intent.UNKNOWN})
_NOT_TAKEN_APART = frozenset({Intent.EMERGENCY, Intent.HUMAN, Intent.COMPLAINT, Intent.CANCEL})


def wants_several(talk: Talk, meant: Understanding) -> bool:
    """Whether to answer the message part by part: never while a form stands open, never where one thing comes first."""
    free = talk.mode in (Mode.IDLE, Mode.GUIDING, Mode.ANSWERING)
    return free and len(meant.parts) > 1 and meant.intent not in _NOT_TAKEN_APART


def asked_after(meant: Understanding) -> tuple[Part, ...]:
    """The parts that ask how far something is."""
    return tuple(part for part in meant.parts if part.intent is Intent.STATUS)


def troubles(meant: Understanding) -> tuple[str, ...]:
    """The words of the parts that want something done, in their order; what goes beyond the last stays with it."""
    found = [part.text for part in meant.parts if part.intent in _TROUBLES]
    return tuple(filter(None, (*found[: MOST - 1], "\n".join(found[MOST - 1 :]))))


def another(talk: Talk, meant: Understanding) -> bool:
    """Whether these words beside a form are a trouble of their own, and there is room for one more to wait."""
    if meant.intent not in (Intent.FAULT, Intent.REQUEST) or meant.service is None or not talk.service:
        return False
    return meant.service != talk.service and meant.certainty >= SURELY_ANOTHER and len(talk.later) < MOST


def elsewhere(talk: Talk, meant: Understanding) -> tuple[str, ...]:
    """Several troubles beside a form, none of which is its own, while there is room for them to wait."""
    found = tuple(part for part in meant.parts if part.intent in (Intent.FAULT, Intent.REQUEST))
    others = talk.service and all(part.service not in (None, talk.service) for part in meant.parts)
    room = len(talk.later) + len(found) <= MOST
    return tuple(part.text for part in found) if others and len(found) == len(meant.parts) > 1 and room else ()


def put_off(talk: Talk, *words: str) -> Talk:
    """The talk with these words kept for when the form is sent."""
    return replace(talk, later=tuple(dict.fromkeys((*talk.later, *words))))


def not_forgotten(words: str, world: World) -> str:
    """That these words wait and are not forgotten."""
    return world.reader.tell("several.first", later=_shortened(words))


def one_by_one(turn: Turn, waiting: tuple[str, ...], world: World) -> Turn:
    """The turn the first trouble led to, the others kept for when it is over; said so that nobody fears for them."""
    if not waiting:
        return turn
    told = Text(world.reader.tell("several.first", later=_quoted(waiting)))
    return then(replace(turn, talk=replace(turn.talk, later=(*waiting, *turn.talk.later))), told)


def preferred(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """The trouble that waits and that these words put before the one at hand, which waits instead: "Wi-Fi first"."""
    rather = prefers(words) or (only_named(words) and response(words) is None)
    if not (talk.later and talk.words and rather) or len(words) > LONGEST_CHOICE:
        return None
    if meant.intent is Intent.EMERGENCY:
        return None
    waiting = {world.understand(each).service: each for each in reversed(talk.later)}
    chosen = next((waiting[key] for key in meant.services if key != talk.service and key in waiting), "")
    if not chosen and means_the_other(words):
        chosen = talk.later[0]
    if not chosen:
        return None
    rest = tuple(each for each in talk.later if each != chosen)
    turn = begun(put_behind(talk, rest), chosen, world)
    return then(turn, Text(world.reader.tell("several.instead", later=_shortened(talk.words))))


def resumed(talk: Talk, world: World) -> Turn | None:
    """The next trouble that waits, once the one before it is over."""
    if talk.mode is not Mode.IDLE or talk.aside or not talk.later:
        return None
    following, *rest = talk.later
    turn = begun(replace(talk, later=tuple(rest)), following, world)
    return then(turn, Text(world.reader.tell("several.next", words=_shortened(following))))


def _quoted(waiting: tuple[str, ...]) -> str:
    return " / ".join(map(_shortened, waiting))


def _shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 80 else words[:79] + "…"

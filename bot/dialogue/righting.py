"""What the trouble at hand is about, set right: "actually it's the Wi-Fi". Nothing known of it is lost. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import filling, outages
from bot.dialogue.answering import answer
from bot.dialogue.diagnosing import check
from bot.dialogue.effects import FormAgain, Redraw
from bot.dialogue.facts import of_words
from bot.dialogue.hearing import refilled
from bot.dialogue.intake import intake
from bot.dialogue.opening import about
from bot.dialogue.talk import SURELY_ANOTHER, Mode, Talk
from bot.dialogue.turns import Turn, joined
from bot.dialogue.world import World
from bot.messages import Text
from escalation.ticket import Kind
from intents.classify import Understanding
from intents.manner import set_right

_AT_HAND = frozenset({Mode.PROBING, Mode.GUIDING, Mode.ANSWERING, Mode.FORM})


def righted(talk: Talk, words: str, world: World) -> Turn | None:
    """The same trouble about what these words say it is; None where they set nothing right."""
    instead = set_right(words)
    if not instead or not talk.service or talk.mode not in _AT_HAND:
        return None
    meant = world.understand(instead)
    if meant.service in (None, talk.service) or meant.certainty < SURELY_ANOTHER:
        return None
    return (
        _in_the_form(talk, words, meant, world) if talk.mode is Mode.FORM else _begun_again(talk, words, meant, world)
    )


def _begun_again(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    started = about(talk, joined(talk.words, words), meant, world)
    prefill = {**talk.prefill, **started.prefill}
    started = replace(started, kind=talk.kind, prefill=prefill, evidence=talk.evidence, quoted=talk.quoted)
    started = _moved(started, meant)
    outage = world.outage_of(started.service)
    if outage is not None:
        return outages.known(started, outage, world)
    return answer(started, world) if talk.kind == Kind.REQUEST else check(started, world)


def _in_the_form(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    """The form stands as it is but for this; a service somebody has picked there themselves stays."""
    facts = of_words(meant.entities, world.reader.zone)
    moved = _moved(replace(talk, prefill={**talk.prefill, **facts}, pending=joined(talk.pending, words)), meant)
    told = Text(world.reader.tell("said.set_right", service=world.reader.service(meant.service or "")))
    if moved.filling is None:
        return Turn(moved, (told, FormAgain(), Redraw(intake(moved, world))))
    moved = refilled(talk, moved, {"service", "category", *facts}, world)
    return Turn(moved, (told, filling.question(moved, world.reader)))


def _moved(talk: Talk, meant: Understanding) -> Talk:
    return replace(talk, service=meant.service or "", category="", group="", among=())

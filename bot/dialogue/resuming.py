"""A trouble put behind another: where it stood is kept, so that it goes on there and nothing is tried twice. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace

from bot.dialogue.diagnosing import trouble
from bot.dialogue.effects import AskAgain
from bot.dialogue.opening import form
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, joined
from bot.dialogue.world import World

_OF_THE_TROUBLE = (
    *("mode", "words", "kind", "service", "category", "group", "among", "subject", "prefill", "evidence", "files"),
    *("flow", "step", "number", "offered", "waiting", "shown", "chances", "guided", "unsure", "quoted", "table"),
)


def put_behind(talk: Talk, rest: tuple[str, ...]) -> Talk:
    """The talk with its trouble first among those that wait, before the `rest`, and with where it stood."""
    words, stood = joined(talk.words, talk.pending), asdict(talk)
    held = {**talk.held, words: {name: stood[name] for name in _OF_THE_TROUBLE}}
    return replace(talk, later=(words, *rest), held=held)


def begun(talk: Talk, words: str, world: World) -> Turn:
    """The trouble in these words: from where it stood, if it was put behind another, else from its beginning."""
    stood = talk.held.get(words)
    held = {each: where for each, where in talk.held.items() if each in talk.later and each != words}
    if stood is None:
        return trouble(replace(talk, held=held), words, world)
    was = Talk.from_json(stood)
    again = replace(was, turn=talk.turn + 1, words=words, later=talk.later, held=held)
    match was.mode:
        case Mode.GUIDING | Mode.ANSWERING:
            return Turn(again, (AskAgain(),))
        case Mode.FORM:
            return form(again, world, at_once=True)
    return trouble(replace(talk, held=held), words, world)

"""What is said while the intake form is asked in steps, and is no answer to its question: danger, second thoughts,
and more about the trouble beside the summary. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import filling, minds, replying, step
from bot.dialogue.emergencies import emergency
from bot.dialogue.hearing import choice_meant, told_beside
from bot.dialogue.opening import over
from bot.dialogue.righting import righted
from bot.dialogue.several import another, not_forgotten, preferred, put_off
from bot.dialogue.table import FORM
from bot.dialogue.talk import SURE_TO_END, Talk
from bot.dialogue.turns import LONGEST_WORDS, Turn, joined, note, then
from bot.dialogue.world import World
from bot.messages import FieldKind, Text
from intents.catalogue import Intent
from intents.manner import corrects
from intents.responses import Response, named, response


def aside(talk: Talk, text: str, world: World) -> Turn | None:
    """What these words do besides; None when they answer the question that was asked.

    Who files for somebody else types what the caller says: that raises no alarm of its own.
    """
    words, asked = text.strip(), talk.filling
    if asked is None or talk.subject or len(words) > LONGEST_WORDS or not filling.form_of(asked).key.startswith(FORM):
        return None
    meant = world.understand(words)
    if meant.intent is Intent.EMERGENCY:
        return emergency(replace(talk, filling=None), words, meant, world)
    if filling.names_button(talk, words, world.reader) or not _picks(talk):
        return None
    if response(words) is Response.HELPED or meant.works:
        return Turn(over(talk, world, solved=True), (Text(world.reader.tell("fixed")),))
    wish = "" if corrects(words) else minds.instead(words, meant, world)
    if wish:
        return step.instead(talk, words, wish, meant, world)
    if meant.intent is Intent.CANCEL and meant.confidence >= SURE_TO_END and not corrects(words):
        return Turn(over(talk, world), (Text(world.reader.tell("cancelled")),))
    if response(words) is Response.WHO:
        told = replying.who_we_are(talk, world)
        return Turn(talk, (*told.doings, filling.question(talk, world.reader)))
    rather = preferred(talk, words, meant, world)
    if rather is not None:
        return rather
    if asked.at == filling.PICKING and (fuller := told_beside(talk, meant, world)).filling != asked:
        fuller = filling.summed_up(fuller)
        return Turn(fuller, (filling.question(fuller, world.reader),))
    if not asked.complete:
        return None
    right = righted(talk, words, world)
    if right is not None:
        return right
    if another(talk, meant):
        later = put_off(talk, words)
        return Turn(later, (Text(not_forgotten(words, world)), filling.question(later, world.reader)))
    social = meant.intent in (Intent.GREETING, Intent.THANKS) or response(words) is not None
    kept = talk if social else replace(told_beside(talk, meant, world), pending=joined(talk.pending, words))
    said = note(kept, world, "said.form_waits" if social else "said.form_open")
    return then(Turn(kept, (filling.question(kept, world.reader),)), *said.doings)


def understood(talk: Talk, text: str, world: World) -> str:
    """The answer to the question asked that these words mean, where it is answered by a choice; else the words."""
    asked = talk.filling
    if asked is None or asked.complete or len(text) > LONGEST_WORDS:
        return text
    fields = filling.form_of(asked).fields
    if asked.at == filling.PICKING:
        labels = [field.label for field in fields]
        at = named(text, labels)
        return labels[at] if at is not None else text
    return choice_meant(fields[asked.at], text.strip(), world)


def _picks(talk: Talk) -> bool:
    """Whether the question is answered by a button, so that words are no answer to it."""
    asked = talk.filling
    assert asked is not None
    if asked.complete or asked.at == filling.PICKING:
        return True
    return filling.form_of(asked).fields[asked.at].kind is FieldKind.CHOICE

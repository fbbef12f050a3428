"""Whoever changes their mind, or loses patience: nothing they said before is lost, and nothing is asked twice. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.answering import answer
from bot.dialogue.hearing import told_beside
from bot.dialogue.opening import about, come_back, form, start_form
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, joined
from bot.dialogue.world import World
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.manner import comes_again, complains
from intents.responses import Response, response
from intents.things import only_named
from intents.ways import names_ticket

_TROUBLES = frozenset({Intent.FAULT, Intent.REQUEST})
_WANTED_INSTEAD = _TROUBLES | {Intent.QUESTION, Intent.COMPLAINT}
# A full stop or comma within a number, an address or a name of a file ends nothing.
_CLAUSE = re.compile(r".+?(?:[,.;!?]+(?:\s+|$)|,(?=[^\W\d])|[，。；！？\n]+|$)", re.DOTALL)
_A_WISH = 0.6  # confidence from which words after "forget it" are a wish, and no reason
_MARKS = " ,.;!?，。；！？\n"


def for_a_human(talk: Talk, words: str, meant: Understanding, world: World) -> Talk:
    """What a person is to be told: the trouble under way, the one in these words, or the one just put aside."""
    if talk.words:
        told = told_beside(talk, meant, world)
        return replace(told, words=joined(talk.words, words)) if told != talk else talk
    names_something = meant.service is not None or meant.entities.device
    if names_something or (_TROUBLES & {*meant.others} and response(words) is not Response.TICKET):
        return about(talk, words, meant, world)
    again = None if talk.lately.get("solved") else come_back(talk, world)
    return again or about(talk, "", meant, world)


def instead(words: str, meant: Understanding, world: World) -> str:
    """What somebody wants who takes back what they wanted before; empty for nothing.

    "Forget it, I need a new one" and "cancel that, a mouse" want something; "never mind, it works again" does not.
    """
    clauses = [clause for clause in _CLAUSE.findall(words) if clause.strip(_MARKS)]
    heard = [world.understand(clause.strip(_MARKS)) for clause in clauses]
    taken_back = [each.intent is Intent.CANCEL for each in heard]
    if any(each.works for each in heard) or (meant.intent is not Intent.CANCEL and not any(taken_back[:1])):
        return ""
    said = _WANTED_INSTEAD & {meant.intent, *meant.others}
    if len(clauses) == 1:
        return words if said else ""
    wanted = "".join(clause for clause, back in zip(clauses, taken_back, strict=True) if not back).strip(" ,;，；\n")
    return wanted if said or (wanted and _wants(wanted, world)) else ""


def _wants(words: str, world: World) -> bool:
    """Whether these words, said after something was taken back, are a wish, or name a thing and nothing else: "I will
    restart my laptop" tells why."""
    meant = world.understand(words)
    wish = meant.intent is Intent.REQUEST and meant.confidence >= _A_WISH
    return wish or only_named(words, world.names_of(meant.service or ""))


def calls_off_a_ticket(words: str, meant: Understanding) -> bool:
    """Whether a ticket is taken back and nothing is wanted in its place: "please cancel the complaint"."""
    kinds = {meant.intent, *meant.others}
    return Intent.CANCEL in kinds and not kinds & (_TROUBLES | {Intent.QUESTION}) and names_ticket(words)


def taken_up(talk: Talk, words: str) -> Talk:
    """The talk itself, or, where it was put aside and these words go with it, where it was: "no, still broken"."""
    if not talk.aside or talk.mode is not Mode.IDLE or response(words) not in _STILL_ABOUT_IT:
        return talk
    return replace(talk, mode=Mode(talk.aside), aside="", reminded=True)


_STILL_ABOUT_IT = (
    Response.FAILED,
    Response.HELPED,
    Response.TICKET,
    Response.SKIPPED,
    Response.NONE,
    Response.LOST,
)


def annoyed(talk: Talk, words: str) -> bool:
    """Whether these angry words want the trouble at hand to be over, rather than a complaint to be filed."""
    modes = (Mode.PROBING, Mode.GUIDING, Mode.ANSWERING, Mode.FORM)
    tried = talk.mode in modes and (talk.service or talk.evidence or talk.shown)
    return bool(tried) and not complains(words)


def after_all(talk: Talk, words: str, world: World) -> Turn | None:
    """Words such as "file it after all", "still broken" or "it's slow again", just after the trouble was over."""
    said, again = response(words), come_back(talk, world)
    if said is None and again is not None and comes_again(words):
        meant = world.understand(words)
        same = meant.intent in (Intent.FAULT, Intent.UNKNOWN) and meant.service in (None, again.service)
        return answer(replace(again, words=joined(again.words, words)), world) if same else None
    if said not in (Response.TICKET, Response.FAILED):
        return None
    if again is not None:
        return form(again, world, note="tried.form", at_once=True)
    return start_form(talk, "", talk.subject, world) if said is Response.TICKET else None

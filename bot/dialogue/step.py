"""The employee's way, as a pure function: what was going on, what they wrote, what is known -> what happens next.

Self-diagnosis first, then a fitting answer, and only then the form. A person can always skip to a human.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cards import answers
from bot.desk.draft import EMERGENCY
from bot.dialogue import minds, quoting, replying, ways
from bot.dialogue.aiming import (
    MAY_BE_ABOUT_A_TICKET,
    SURE_OF_ANOTHER,
    awaited,
    meant_ticket,
    to_ticket,
    with_engineer,
)
from bot.dialogue.answering import answer
from bot.dialogue.diagnosing import step_card, trouble
from bot.dialogue.effects import Act, AskAgain, Begin, FormAgain, ListMine, Redraw, Show
from bot.dialogue.emergencies import emergency
from bot.dialogue.hearing import told_beside
from bot.dialogue.helping import help_card
from bot.dialogue.intake import intake
from bot.dialogue.opening import about, form, over, to_a_human
from bot.dialogue.pressing import pressed_button
from bot.dialogue.righting import righted
from bot.dialogue.several import (
    another,
    asked_after,
    elsewhere,
    not_forgotten,
    one_by_one,
    preferred,
    put_off,
    troubles,
    wants_several,
)
from bot.dialogue.standing import just_opened, status, status_of_mine
from bot.dialogue.talk import SURE_TO_END, Mode, Talk
from bot.dialogue.turns import LONGEST_WORDS, Turn, joined, note, then
from bot.dialogue.withdrawing import taken_back, works_again
from bot.dialogue.world import World
from bot.messages import Card, Text
from escalation.ticket import Action, Kind, Status
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.manner import begins_an_answer, corrects, only_broken
from intents.responses import Response, response
from intents.ways import calls_out, names_ticket

_NODS = (Response.TRYING, Response.YES, Response.NO, Response.DONE, Response.HELPED)
_WORKS, _BROKEN_STILL = (Response.HELPED, Response.YES), (Response.FAILED, Response.NO)


# -- somebody writes -------------------------------------------------------------------------------


def said(talk: Talk, text: str, world: World) -> Turn:
    """Free text in a private chat."""
    own, quoted = quoting.apart(talk, text.strip(), world)
    turn = _said(talk, own, world)
    return quoting.kept(turn, own, quoted) if quoted else turn


def _said(talk: Talk, words: str, world: World) -> Turn:
    if len(words) > LONGEST_WORDS:
        return note(talk, world, "said.too_long", longest=LONGEST_WORDS, length=len(words))
    if not any(character.isalnum() for character in words) and not (talk.table and response(words)):
        return _no_words(talk, words, world)
    meant = world.understand(words)
    talk = minds.taken_up(talk, words)
    rather = preferred(talk, words, meant, world)
    if rather is not None:
        return rather
    way = ways.told(talk, words, meant, world)
    if way is not None:
        return way
    told = replying.answered(talk, words, meant, world)
    if isinstance(told, Turn):
        return told
    if told is not None:
        return pressed_button(talk, told, world)
    answering_hold = awaited(talk, words, meant, world)
    if answering_hold is not None:
        return answering_hold
    after_all = minds.after_all(talk, words, world) if talk.mode is Mode.IDLE else None
    if after_all is not None:
        return after_all
    if response(words) is Response.BEGUN and talk.mode is Mode.IDLE and not with_engineer(world):
        return note(talk, world, "said.go_on")
    right = righted(talk, words, world)
    if right is not None:
        return right
    if wants_several(talk, meant):
        return _said_several(talk, meant, world)
    always = _whatever_is_going_on(talk, words, meant, world)
    if always is not None:
        return always
    match talk.mode:
        case Mode.PROBING:
            fuller = told_beside(talk, meant, world)
            return note(replace(fuller, words=joined(talk.words, words)), world, "said.noted")
        case Mode.GUIDING:
            return _said_while_guiding(talk, words, meant, world)
        case Mode.ANSWERING:
            return _said_while_answering(talk, words, meant, world)
        case Mode.FORM:
            return _said_beside_the_form(talk, words, meant, world)
    if talk.mode is Mode.CHOOSING:  # more about what is waiting to be put somewhere
        return _said_idle(replace(talk, mode=Mode.IDLE), joined(talk.pending, words), meant, world)
    return _said_idle(talk, words, meant, world)


def _no_words(talk: Talk, words: str, world: World) -> Turn:
    """What is asked is asked once more; where nothing is, a nod is returned, or how to begin."""
    if response(words) in _NODS:
        return note(talk, world, "said.all_right")
    if talk.mode in (Mode.GUIDING, Mode.ANSWERING, Mode.CHOOSING):
        return Turn(talk, (AskAgain(world.reader.tell("said.no_words_now")),))
    return note(talk, world, "said.no_words")


def _said_several(talk: Talk, meant: Understanding, world: World) -> Turn:
    """Each part gets its answer: how far a ticket is at once, the first trouble now, the next when that is over."""
    shown: list[Show | Text | ListMine] = []
    for part in asked_after(meant):
        shown += status_of_mine(world.understand(part.text).entities.tickets, world)
    if not troubles(meant):
        return Turn(talk, tuple(shown))
    first, *rest = troubles(meant)
    return then(one_by_one(said(talk, first, world), tuple(rest), world), *shown)


def _whatever_is_going_on(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """What is meant the same at any point of a conversation."""
    reader = world.reader
    match meant.intent:
        case Intent.EMERGENCY:
            return emergency(talk, words, meant, world)
        case Intent.HUMAN:
            return to_a_human(minds.for_a_human(talk, words, meant, world), world)
        case Intent.CANCEL if talk.mode is not Mode.IDLE and corrects(words):
            return None
        case Intent.CANCEL | Intent.COMPLAINT if talk.mode is Mode.IDLE and minds.calls_off_a_ticket(words, meant):
            return taken_back(talk, words, meant, world)
        case _ if wish := minds.instead(words, meant, world):
            return instead(talk, words, wish, meant, world)
        case Intent.CANCEL if talk.mode is not Mode.IDLE and meant.confidence >= SURE_TO_END:
            return Turn(over(talk, world), (Text(reader.tell("cancelled")),))
        case Intent.STATUS if talk.mode is Mode.IDLE and not world.open_tickets and calls_out(words):
            return Turn(talk, (welcome_card(world),))
        case Intent.STATUS:
            return status(talk, words, meant, world)
        case Intent.HELP:
            return Turn(talk, (help_card(world),))
        case Intent.COMPLAINT if talk.mode is Mode.IDLE and meant.service is None and meant.confidence < SURE_TO_END:
            return None  # "what a mess": about what, is asked first
        case Intent.COMPLAINT if talk.mode is Mode.FORM and talk.kind == Kind.COMPLAINT:
            return None  # more of the same
        case Intent.COMPLAINT if minds.annoyed(talk, words):
            return form(replace(talk, words=joined(talk.words, words)), world, note="annoyed.form", at_once=True)
        case Intent.COMPLAINT:
            started = replace(about(talk, words, meant, world), kind=Kind.COMPLAINT.value)
            return form(started, world, note="complaint.form", at_once=True)
    return None


def instead(talk: Talk, words: str, wish: str, meant: Understanding, world: World) -> Turn:
    """The wish that takes the place of what was going on; where nothing was, of the ticket just opened."""
    back = taken_back(talk, words, meant, world) if talk.mode is Mode.IDLE else None
    asked = back.doings if back else ()
    going = {doing.ticket for doing in asked if isinstance(doing, Begin)}
    staying = replace(world, open_tickets=tuple(each for each in world.open_tickets if each.id not in going))
    rest = over(talk, world)
    begun = said(rest, wish, staying) if wish != words else trouble(rest, wish, staying)
    return then(begun, *asked)


def _said_idle(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    reader = world.reader
    verdict = _says_whether_it_works(talk, words, world)
    if verdict is not None:
        return verdict
    how_far = just_opened(talk, words, meant, world)
    if how_far is not None:
        return how_far
    match meant.intent:
        case Intent.GREETING:
            return Turn(talk, (welcome_card(world),))
        case Intent.THANKS if meant.works and (news := works_again(talk, words, meant, world)):
            return news
        case Intent.THANKS:
            return Turn(talk, (Text(reader.tell("thanks")),))
        case Intent.CANCEL:
            raised = [ticket for ticket in world.open_tickets if ticket.open and ticket.category == EMERGENCY]
            if raised and not names_ticket(words):  # "it is over": those who are on their way hear it
                return to_ticket(talk, raised[0], words, world)
            if withdrawn := taken_back(talk, words, meant, world):
                return withdrawn
            return Turn(talk, (Text(reader.tell("nothing_to_cancel")),))
    if world.open_tickets and meant.intent in MAY_BE_ABOUT_A_TICKET:
        aimed = meant_ticket(talk, words, meant, world)
        if aimed is not None:
            return aimed
    if response(words) in _NODS:
        return note(talk, world, "said.all_right")
    return trouble(talk, words, world)


def _says_whether_it_works(talk: Talk, words: str, world: World) -> Turn | None:
    """*It works* or *Still broken*, typed instead of pressed, while exactly one ticket asks for it."""
    asking = [ticket for ticket in world.open_tickets if ticket.status is Status.RESOLVED]
    if len(asking) != 1:
        return None
    ticket, said = asking[0], response(words)
    for label, action in (("confirm", Action.CONFIRM), ("fixed_it", Action.CONFIRM), ("reopen", Action.REOPEN)):
        heard = _BROKEN_STILL if action is Action.REOPEN else _WORKS
        if said in heard or replying.same(words, world.reader.tell(f"button.{label}")):
            done = Text(world.reader.tell(f"done.{action.value}", ticket=ticket.name), ticket.id)
            return Turn(talk, (Act(action, ticket.id), done))
    return None


def _said_while_guiding(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    """A new trouble, or more about this one."""
    step = world.knowledge.flows[talk.flow].steps[talk.step]
    if meant.intent is Intent.GREETING:
        return Turn(talk, (AskAgain(world.reader.tell("silence.guiding")),))
    if _something_else(talk, meant) and not begins_an_answer(words):
        return trouble(talk, words, world)
    fuller = told_beside(talk, meant, world)
    talk = replace(fuller, words=joined(talk.words, words), turn=talk.turn + 1)
    return Turn(talk, (Text(world.reader.tell("said.noted")), step_card(talk, step, world)))


def _said_while_answering(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    if meant.intent is Intent.GREETING and (talk.shown or talk.waiting):
        return Turn(talk, (AskAgain(world.reader.tell("silence.answering")),))
    if meant.intent is Intent.GREETING:
        return Turn(talk, (welcome_card(world),))
    if replying.named_only(talk) and (meant.service in (None, talk.service) or meant.certainty < SURE_OF_ANOTHER):
        if only_broken(words):
            return pressed_button(replace(talk, pending=joined(talk.pending, words)), ("broken",), world)
        return trouble(talk, f"{talk.words} {words}", world)  # now comes what is wrong with it
    if _something_else(talk, meant):
        return trouble(talk, words, world)
    if not talk.words or not (talk.service or talk.waiting or talk.shown):
        return trouble(talk, words, world)  # nothing was understood so far: this is the first real sentence
    fuller = told_beside(talk, meant, world)
    return answer(replace(fuller, words=joined(talk.words, words), service=talk.service or meant.service or ""), world)


def _said_beside_the_form(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    """More for this ticket; another trouble waits until the form is sent."""
    if meant.intent in (Intent.GREETING, Intent.THANKS):
        return replying.form_waits(talk, world, "said.form_waits")
    if not talk.words:
        return _said_of_an_empty_form(talk, words, meant, world)
    more = elsewhere(talk, meant)
    if more:
        waiting = replying.form_waits(put_off(talk, *more), world, "said.form_waits")
        return then(waiting, Text(not_forgotten(" / ".join(more), world)))
    if another(talk, meant):
        waiting = replying.form_waits(put_off(talk, words), world, "said.form_waits")
        return then(waiting, Text(not_forgotten(words, world)))
    fuller = told_beside(talk, meant, world)
    waits = replying.form_waits(replace(fuller, pending=joined(talk.pending, words)), world, "said.form_open")
    if fuller == talk:
        return waits
    return replace(waits, doings=(*waits.doings, Redraw(intake(waits.talk, world))))


def _said_of_an_empty_form(talk: Talk, words: str, meant: Understanding, world: World) -> Turn:
    """Whoever wanted a person at once now says what it is about: it stands in the form as if they had begun with it."""
    begun = about(talk, joined(talk.pending, words), meant, world)
    kind = Kind.REQUEST.value if meant.intent is Intent.REQUEST else talk.kind
    why = "human.form" if talk.why == "human.form_empty" else talk.why
    fuller = replace(begun, turn=talk.turn, mode=talk.mode, table=talk.table, why=why, kind=kind)
    return Turn(fuller, (Text(world.reader.tell("said.form_open")), FormAgain(), Redraw(intake(fuller, world))))


def _something_else(talk: Talk, meant: Understanding) -> bool:
    whole = (Intent.FAULT, Intent.REQUEST, Intent.QUESTION)
    return meant.intent in whole and meant.service is not None and meant.service != talk.service


# -- small things ----------------------------------------------------------------------------------


def welcome_card(world: World) -> Card:
    """Hello, with what one can do here."""
    reader = world.reader
    name = world.person.called(reader.language)
    buttons = (reader.button("my_tickets", "m:list"), reader.button("help", "m:help"))
    return answers.choices(reader.tell("welcome.title", name=name), reader.tell("welcome.body"), buttons)

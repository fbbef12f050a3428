"""What a button of the conversation does, as a pure function; one of an earlier question changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import answers
from bot.dialogue import emergencies, filling, outages, replying, routing
from bot.dialogue.aiming import chosen
from bot.dialogue.answering import fixed, next_answer, offer, wanted
from bot.dialogue.diagnosing import check, guide, stepped, trouble
from bot.dialogue.effects import AskAgain
from bot.dialogue.opening import form, start_form, to_a_human
from bot.dialogue.silence import gone_on
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, is_number, note
from bot.dialogue.world import World
from escalation.access import may_file_for_others

DOUBLE_CLICK = timedelta(seconds=10)


def pressed(talk: Talk, turn: int, words: tuple[str, ...], world: World) -> Turn:
    """A button of this conversation. One of an earlier turn changes nothing, and what is asked now is shown again."""
    press, now = f"{turn}:{':'.join(words)}", world.reader.now
    if turn == talk.turn:
        turned = pressed_button(talk, words, world)
        return replace(turned, talk=replace(turned.talk, pressed=f"{press}@{now.isoformat()}"))
    last, _, at = talk.pressed.rpartition("@")
    if last == press and now - datetime.fromisoformat(at) < DOUBLE_CLICK:
        return Turn(talk)
    return earlier(talk, world)


def earlier(talk: Talk, world: World) -> Turn:
    """Kindly: that button is of another question, and this is the one that is open."""
    if talk.filling is not None:
        return Turn(talk, (answers.note("stale.now", world.reader), filling.question(talk, world.reader)))
    if talk.mode is Mode.FORM:
        return replying.form_waits(talk, world, "stale.form")
    if not talk.table or talk.mode is Mode.IDLE:
        return note(talk, world, "stale")
    return Turn(talk, (AskAgain(world.reader.tell("stale.now")),))


def pressed_button(talk: Talk, words: tuple[str, ...], world: World) -> Turn:
    """What a button of the current turn does."""
    match words:
        case ("step", choice) if talk.mode is Mode.GUIDING:
            return stepped(talk, choice, world)
        case ("guide",):
            return guide(talk, world)
        case ("broken",):
            return check(replace(talk, turn=talk.turn + 1, waiting=()), world)
        case ("wish",):
            return wanted(talk, world)
        case ("fixed",):
            return fixed(talk, world)
        case ("next",):
            return next_answer(talk, world)
        case ("pick", number) if is_number(number) and int(number) < len(talk.waiting):
            return offer(replace(talk, turn=talk.turn + 1), talk.waiting[int(number)], world)
        case ("open",):
            return form(talk, world)
        case ("anyway",):
            return form(talk, world, anyway=True)
        case ("follow", number) if is_number(number):
            return outages.follow(talk, int(number), world)
        case ("different",):
            return trouble(talk, talk.words, world, different=True)
        case ("join", number) if is_number(number):
            return emergencies.joined(talk, int(number), world)
        case ("danger",):
            return emergencies.different(talk, world)
        case ("human",):
            return to_a_human(talk, world)
        case ("about", choice) if talk.among:
            return form(routing.chosen(talk, choice), world)
        case ("new",):
            begun = trouble(replace(talk, pending=""), talk.pending or talk.words, world)
            return replace(begun, talk=replace(begun.talk, quoted=talk.quoted))
        case ("to", number) if is_number(number):
            ticket = next((t for t in world.open_tickets if t.id == int(number)), None)
            return chosen(talk, ticket, world) if ticket else earlier(talk, world)
        case ("for", person) if person in world.organisation.people and may_file_for_others(world.actor):
            return start_form(talk, talk.pending, person, world)
        case ("on",) if talk.aside:
            return gone_on(talk, world)
    return earlier(talk, world)

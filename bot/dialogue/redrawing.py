"""The question on the table drawn anew for whoever has just changed their language. Pure.

Its key and its buttons' actions stay what they were, so that it is the same question where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.cards import answers
from bot.cards.majors import known_outage_card
from bot.dialogue import aiming, answering, diagnosing, emergencies, filling, opening, routing, table
from bot.dialogue.effects import Redraw
from bot.dialogue.intake import intake
from bot.dialogue.talk import Filling, Mode, Talk
from bot.dialogue.turns import Turn, is_number
from bot.dialogue.world import World
from bot.messages import Card, Check, Checklist
from bot.reply_json import to_json
from escalation.ticket import Ticket


def anew(talk: Talk, world: World) -> Turn:
    """The talk with its question drawn for this reader; a form drawn in full stands where it stood."""
    if talk.filling is not None:
        return _asked_in_steps(talk, talk.filling, world)
    if talk.mode is Mode.FORM:
        return Turn(talk, (Redraw(intake(talk, world)),))
    standing = table.on(talk)
    card = _card(talk, standing, world) if standing is not None else None
    return Turn(talk, (card,) if card is not None else ())


def _asked_in_steps(talk: Talk, asked: Filling, world: World) -> Turn:
    """What was typed or picked is kept; one about a ticket stays as it was begun."""
    was = filling.form_of(asked)
    if not was.key.startswith(table.FORM):
        return Turn(talk)
    form = replace(intake(talk, world), key=was.key)
    if [field.name for field in form.fields] != [field.name for field in was.fields]:
        return Turn(talk)
    talk = replace(talk, filling=replace(asked, form=to_json(form)))
    return Turn(talk, (filling.question(talk, world.reader),))


def _card(talk: Talk, standing: Card, world: World) -> Card | None:
    reader, language = world.reader, world.reader.language
    presses = [tuple(button.action.split(":")[2:]) for button in standing.buttons]
    kinds = {press[0] for press in presses if press}
    tickets = tuple(_named(presses, "to", world))
    match talk.mode:
        case Mode.GUIDING:
            return diagnosing.step_card(talk, world.knowledge.flows[talk.flow].steps[talk.step], world)
        case Mode.CHOOSING if tickets:
            return aiming.which_card(tickets, talk.turn, reader)
        case Mode.ANSWERING:
            pass
        case _:
            return None
    if talk.shown:
        article = world.knowledge.article(talk.shown, language)
        return answers.article_card(article, talk.turn, reader, more=bool(talk.waiting))
    if "broken" in kinds or "pick" in kinds:
        return answering.titles_card(talk, world, named="broken" in kinds)
    if "about" in kinds:
        return routing.which_card(talk, world)
    if "anyway" in kinds:
        return opening.similar_card(talk, tickets, reader)
    if "join" in kinds:
        return emergencies.reported_card(_number(presses, "join"), talk.turn, reader)
    if "follow" in kinds:
        number = _number(presses, "follow")
        outage = next((each for each in world.outages if each.ticket == number), None)
        return known_outage_card(number, outage.service, outage.update, talk.turn, reader) if outage else None
    if "guide" in kinds:
        return _checked(talk, standing, world)
    return answering.unsure_card(talk, world) if kinds == {"human"} else None


def _checked(talk: Talk, standing: Card, world: World) -> Card:
    """What the checks found is known in both languages; how it went stands on the card."""
    reader = world.reader
    found = [each for each in talk.evidence if each.kind == "probe"]
    states = [item.state for block in standing.blocks if isinstance(block, Checklist) for item in block.items]
    items = [
        Check(reader.say(each.subject), state, reader.say(each.finding))
        for each, state in zip(found, states, strict=False)
    ]
    card = answers.checklist_card(talk.service, items, reader, standing.key)
    return replace(card, buttons=diagnosing.after_checks(talk.turn, reader))


def _named(presses: list[tuple[str, ...]], kind: str, world: World) -> Iterator[Ticket]:
    numbers = [int(press[1]) for press in presses if press[0] == kind and is_number(press[1])]
    yield from (ticket for number in numbers for ticket in world.open_tickets if ticket.id == number)


def _number(presses: list[tuple[str, ...]], kind: str) -> int:
    return next(int(press[1]) for press in presses if press[0] == kind)

"""What is known to be down: whoever writes about it is told so, and may be added instead of reporting it again."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import answers
from bot.cards.majors import known_outage_card
from bot.dialogue.effects import Follow
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, note
from bot.dialogue.world import World
from storage.majors import Outage


def known(talk: Talk, outage: Outage, world: World) -> Turn:
    """People are on it: *Add me*, *Mine is different*, or a human."""
    card = known_outage_card(outage.ticket, outage.service, outage.update, talk.turn, world.reader)
    return Turn(replace(talk, mode=Mode.ANSWERING), (card,))


def overall(talk: Talk, words: str, world: World) -> Turn:
    """What is known to be down at all: the one outage, or the names of several, or that we know of none."""
    services = dict.fromkeys(world.reader.service(each.service) for each in world.outages)
    if len(world.outages) == 1:
        asked = Talk(turn=talk.turn + 1, words=words, service=world.outages[0].service, files=talk.files)
        return known(asked, world.outages[0], world)
    if services:
        return note(talk, world, "outage.several", services=world.reader.tell("list.comma").join(services))
    return note(talk, world, "outage.none")


def follow(talk: Talk, ticket: int, world: World) -> Turn:
    """*Add me*: this person hears of every update, and the conversation is over."""
    outage = next((each for each in world.outages if each.ticket == ticket), None)
    if outage is None:
        return note(talk, world, "outage.gone")
    title = world.reader.tell("outage.title", service=world.reader.service(outage.service))
    done = answers.settled(f"answer:{talk.turn}", title, f"T-{ticket}")
    return Turn(Talk(turn=talk.turn + 1), (done, Follow(ticket)))

"""How far a ticket is, for whoever asks: the one they name, the one they can only mean, else all of theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.desk.draft import EMERGENCY
from bot.dialogue import outages
from bot.dialogue.aiming import focused
from bot.dialogue.effects import HowFar, ListMine, Show
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, note
from bot.dialogue.world import World
from bot.messages import Text
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.responses import Response, response
from intents.things import somebody_elses
from intents.ways import asks_what_now, asks_whether_it_works, names_ticket, wants_all

SHOWN_AT_MOST = 3


def status(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """Somebody asks how far something is; None where they tell of a trouble no ticket of theirs is about."""
    numbers = meant.entities.tickets
    if _is_trouble(talk, words, meant, world) or _asks_of_service(talk, words, meant, world):
        return None
    if _asks_of_everything(talk, words, meant):
        return outages.overall(talk, words, world)
    if numbers:
        return Turn(talk, tuple(Show(number) for number in numbers[:SHOWN_AT_MOST]))
    if somebody_elses(words):
        return note(talk, world, "status.somebody_elses")
    if talk.mode is Mode.PROBING:
        return note(talk, world, "probes.wait")
    if wants_all(words):
        return Turn(talk, (ListMine(),))
    number = only_meant(talk, meant, world)
    if number:
        return Turn(talk, (Show(number),))
    joined = talk.opened if not world.open_tickets else 0
    return Turn(talk, (HowFar(joined) if joined else ListMine(),))


def _is_trouble(talk: Talk, words: str, meant: Understanding, world: World) -> bool:
    """Whether a fault was heard in the question, and nothing of theirs it could be asked of: "has my PC a virus?"."""
    asked_of = meant.entities.tickets or names_ticket(words) or talk.mode is not Mode.IDLE
    theirs = any(ticket.service == meant.service for ticket in world.open_tickets)
    return Intent.FAULT in meant.others and meant.service is not None and not (asked_of or theirs)


def _asks_of_service(talk: Talk, words: str, meant: Understanding, world: World) -> bool:
    """Whether it is asked how a service is, and no ticket of theirs can be meant: "is the VPN working right now?"."""
    if meant.service is None or meant.entities.tickets or names_ticket(words) or talk.mode is not Mode.IDLE:
        return False
    theirs = any(ticket.service == meant.service for ticket in world.open_tickets)
    return not theirs and (not world.open_tickets or asks_whether_it_works(words))


def _asks_of_everything(talk: Talk, words: str, meant: Understanding) -> bool:
    """Whether it is asked if anything at all is out of order: "is there an outage?"."""
    of_a_ticket = meant.entities.tickets or names_ticket(words) or meant.service is not None
    return talk.mode is Mode.IDLE and not of_a_ticket and asks_whether_it_works(words)


def just_opened(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """How far the ticket this conversation led to is, for words that ask nothing else: "and now?"."""
    mine = {ticket.id for ticket in world.open_tickets}
    asks = response(words) is Response.LOST or asks_what_now(words)
    if talk.opened not in mine or meant.service is not None or not asks:
        return None
    return Turn(talk, (Show(talk.opened),))


def only_meant(talk: Talk, meant: Understanding, world: World) -> int:
    """The one of their tickets that can only be meant; 0 where there is none, or a choice."""
    if meant.service is not None:
        return _only(ticket.id for ticket in world.open_tickets if ticket.service == meant.service)
    danger = _only(each.id for each in world.open_tickets if each.open and each.category == EMERGENCY)
    return lately_meant(talk, world) or danger or _only(ticket.id for ticket in world.open_tickets)


def lately_meant(talk: Talk, world: World) -> int:
    """The one of their tickets that this thread is about, that they wrote to last, or that was just opened; else 0."""
    mine = {ticket.id for ticket in world.open_tickets}
    lately = (world.here, focused(talk, world), talk.opened)
    return next((number for number in lately if number in mine), 0)


def _only(numbers: Iterator[int]) -> int:
    found = tuple(numbers)
    return found[0] if len(found) == 1 else 0


def status_of_mine(numbers: tuple[int, ...], world: World) -> list[Show | Text | ListMine]:
    """Beside something else a ticket that is not there is no reason to refuse the rest."""
    mine = {ticket.id for ticket in world.open_tickets}
    found: list[Show | Text | ListMine] = [
        Show(number) if number in mine else Text(world.reader.tell("several.not_yours", ticket=f"T-{number}"))
        for number in numbers[:SHOWN_AT_MOST]
    ]
    return found or [ListMine()]

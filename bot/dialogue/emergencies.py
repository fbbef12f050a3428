"""Smoke, water, an attack under way: people are alerted at once, and only once for the same danger."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import answers
from bot.cards.reader import Reader
from bot.desk.draft import EMERGENCY, Draft
from bot.dialogue.effects import Act, Alert, Doing, Follow, Open
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn
from bot.dialogue.world import World
from bot.messages import Card, Text, Tone
from escalation.priority import Priority
from escalation.ticket import Action, Kind, Origin, Ticket
from intents.classify import Understanding


def emergency(talk: Talk, words: str, meant: Understanding, world: World, *, different: bool = False) -> Turn:
    """At once to a human: no questions, the highest priority. Said again, it is more about the same emergency."""
    raised = next((ticket for ticket in world.open_tickets if _same(ticket, meant)), None)
    if raised is not None and not different:
        again = Text(world.reader.tell("emergency.again", ticket=raised.name), raised.id)
        return Turn(talk, (Act(Action.COMMENT, raised.id, {"text": words}), again))
    place = meant.entities.place
    draft = Draft(
        kind=Kind.INCIDENT,
        origin=Origin.SELF_SERVICE,
        requester=world.person.key,
        opened_by=world.person.key,
        service=meant.service or "",
        summary=words[:120],
        description=words if len(words) > 120 else "",
        priority=Priority.P1,
        details={"affected": "everyone", "severity": "blocked", **({"place": place} if place else {})},
        files=talk.files,
        category=EMERGENCY,
    )
    told = Text(world.reader.tell("emergency"))
    effect: Doing = Open(draft) if different else Alert(draft, words)
    return Turn(talk, (told, effect))


def _same(ticket: Ticket, meant: Understanding) -> bool:
    same = not (meant.service and ticket.service) or meant.service == ticket.service
    return ticket.open and ticket.priority is Priority.P1 and same


ATTACK = "security"  # the service of an attack under way, which no smoke and no water is


def reported(raised: Ticket, draft: Draft, world: World) -> bool:
    """Whether somebody else's emergency may be this one: nothing said of either tells them apart."""
    there, here = (about.details.get("place", "") for about in (raised, draft))
    places = world.organisation.places
    apart = {there, here} <= set(places) and not (there.startswith(here) or here.startswith(there))
    known = (raised.service and draft.service) or ATTACK in (raised.service, draft.service)
    otherwise = known and raised.service != draft.service
    return not (raised.confidential or raised.requester == draft.requester or apart or otherwise)


def already(talk: Talk, raised: Ticket, words: str, world: World) -> tuple[Talk, Card]:
    """People are on it and have these words, too: *Add me* to hear how it goes, *Mine is different* to alert again."""
    turn = talk.turn + 1
    asked = Talk(turn=turn, mode=Mode.ANSWERING, words=words, files=talk.files)
    return asked, reported_card(raised.id, turn, world.reader)


def reported_card(number: int, turn: int, reader: Reader) -> Card:
    """Somebody has reported it already."""
    buttons = (
        reader.button("add_me", f"d:{turn}:join:{number}", "primary"),
        reader.button("different", f"d:{turn}:danger", "danger"),
    )
    title = reader.tell("emergency.reported", ticket=f"T-{number}")
    body = reader.tell("emergency.reported_body", other=buttons[1].label)
    return answers.choices(title, body, buttons, tone=Tone.WARN, key=f"answer:{turn}")


def joined(talk: Talk, number: int, world: World) -> Turn:
    """*Add me*: this person hears who takes it and how it ends."""
    title = world.reader.tell("emergency.reported", ticket=f"T-{number}")
    done = answers.settled(f"answer:{talk.turn}", title, "", Tone.NEUTRAL)
    return Turn(Talk(turn=talk.turn + 1, opened=number), (done, Follow(number)))


def different(talk: Talk, world: World) -> Turn:
    """*Mine is different*: a second danger, and a second alarm."""
    turn = emergency(talk, talk.words, world.understand(talk.words), world, different=True)
    return replace(turn, talk=Talk(turn=talk.turn + 1))

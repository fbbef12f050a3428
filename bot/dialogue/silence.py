"""What silence means: one gentle reminder, and after a day the question is put aside, to be gone on with by a press."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue import filling, table
from bot.dialogue.effects import AskAgain, FormAgain
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn
from bot.dialogue.world import World
from bot.messages import Card, Place, Text

PROBES_GIVEN_UP = timedelta(seconds=12)
REMIND_AFTER = timedelta(minutes=30)  # long enough to restart a computer and to try what an answer says
PUT_ASIDE_AFTER = timedelta(days=1)


def wake_at(talk: Talk, place: Place, now: datetime) -> datetime | None:
    """When to look at this conversation again if nothing is said in it; None when nothing is waited for."""
    if talk.mode is Mode.PROBING:
        return now + PROBES_GIVEN_UP
    if not (talk.table and place.private) or talk.mode is Mode.IDLE:
        return None
    return now + (PUT_ASIDE_AFTER if talk.reminded else REMIND_AFTER)


def reminder(talk: Talk, world: World) -> Turn:
    """The question once more, with a word before it."""
    asked = "helped" if talk.shown else talk.mode.value
    lead, talk = world.reader.tell(f"silence.{asked}"), replace(talk, reminded=True)
    if talk.filling is not None:
        return Turn(talk, (Text(lead), filling.question(talk, world.reader)))
    return Turn(talk, (Text(lead), FormAgain()) if talk.mode is Mode.FORM else (AskAgain(lead),))


def put_aside(talk: Talk, world: World) -> tuple[Talk, Card | None]:
    """The conversation at rest, and what its question says from now on, where it stands."""
    asked = table.on(talk)
    way_back = world.reader.button("go_on", f"d:{talk.turn}:on")
    card = table.put_aside(asked, world.reader, way_back) if asked else None
    return replace(talk, mode=Mode.IDLE, aside=talk.mode.value), card


def gone_on(talk: Talk, world: World) -> Turn:
    """Back where the person left off."""
    talk = replace(talk, mode=Mode(talk.aside or "idle"), aside="", reminded=True)
    if talk.filling is not None:
        return Turn(talk, (filling.question(talk, world.reader),))
    return Turn(talk, (AskAgain(),))

"""How tickets are filed, added to and taken back, told to whoever asks; nothing that is going on changes. Pure."""

from __future__ import annotations

from bot.cards import answers
from bot.dialogue.talk import Talk
from bot.dialogue.turns import Turn
from bot.dialogue.world import World
from escalation.access import may_file_for_others
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.ways import way_asked

_BUTTONS = ("my_tickets", "withdraw", "confirm", "reopen", "comment", "chase")
_TO_A_FORM = ("new", "for_others")


def told(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """How what these words ask about tickets is done here; None where they ask nothing such, or of a service."""
    if meant.intent is Intent.EMERGENCY or meant.service is not None or len(meant.parts) > 1:
        return None
    way = way_asked(words)
    if way is None:
        return None
    reader = world.reader
    staff = way == "for_others" and may_file_for_others(world.actor)
    labels = {name: reader.tell(f"button.{name}") for name in _BUTTONS}
    body = reader.tell(f"way.{way}_staff" if staff else f"way.{way}", root=world.root, **labels)
    goes_on = reader.button("new_ticket", "m:new") if way in _TO_A_FORM else reader.button("my_tickets", "m:list")
    return Turn(talk, (answers.choices(reader.tell(f"way.{way}.title"), body, () if staff else (goes_on,)),))

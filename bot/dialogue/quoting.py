"""A message that quotes somebody else: its own words are what is meant, and the ticket keeps all of them. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.desk.draft import Draft
from bot.dialogue.effects import Act, Alert, Doing, Open, PassOn
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, joined
from bot.dialogue.world import World
from escalation.ticket import Action
from intents import quoting
from intents.catalogue import Intent
from intents.responses import response

_BY_ITSELF = frozenset({Intent.STATUS, Intent.THANKS, Intent.CANCEL, Intent.HUMAN, Intent.COMPLAINT, Intent.EMERGENCY})


def apart(talk: Talk, text: str, world: World) -> tuple[str, str]:
    """The words that tell what is meant, and the quoted ones beside them, if any.

    "Same here" or "what does this mean?" tells nothing by itself: then what is quoted counts as well.
    """
    own, quoted = quoting.apart(text)
    if not quoted:
        return text, ""
    if not own:
        return quoting.unmarked(text), ""
    meant = world.understand(own)
    answers = talk.mode is not Mode.IDLE and response(own) is not None
    if not (answers or meant.service is not None or meant.intent in _BY_ITSELF):
        return quoting.unmarked(text), ""
    if meant.intent is Intent.STATUS and not meant.entities.tickets:  # "any news?" below what we said of a ticket
        named = world.understand(quoting.unmarked(quoted)).entities.tickets[:1]
        own = " ".join((own, *(f"T-{number}" for number in named)))
    return own, quoted


def kept(turn: Turn, own: str, quoted: str) -> Turn:
    """The turn the own words led to, with the quoted ones in whatever is written down of them."""
    talk, doings = turn.talk, tuple(_with(doing, own, quoted) for doing in turn.doings)
    if talk.mode is not Mode.IDLE or talk.pending:
        talk = replace(talk, quoted=joined(talk.quoted, quoted))
    return Turn(talk, doings)


def _with(doing: Doing, own: str, quoted: str) -> Doing:
    match doing:
        case Act(action=Action.COMMENT, facts=facts) if facts.get("text") == own:
            return replace(doing, facts={**facts, "text": joined(own, quoted)})
        case Alert(draft=draft, words=words):
            return Alert(_described(draft, quoted), joined(words, quoted))
        case Open(draft=draft):
            return replace(doing, draft=_described(draft, quoted))
        case PassOn(words=words):
            return replace(doing, words=joined(words, quoted))
    return doing


def _described(draft: Draft, quoted: str) -> Draft:
    return replace(draft, description=joined(draft.description, quoted))

"""Answers drafted at the desk, as cards: to be reviewed, decided about, or listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards.markdown import blocks
from bot.cards.reader import Reader
from bot.messages import Block, Button, Card, Quote, Tone, plain

DECISION_TONES = {"published": Tone.GOOD, "discarded": Tone.NEUTRAL}


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What a card says of a draft. `data` has title, phrasings, services and body."""

    number: int
    ticket: int | None
    by: str
    data: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The article's title to be."""
        return str(self.data["title"])


def draft_card(draft: DraftFacts, reader: Reader) -> Card:
    """The whole draft, with *Publish*, *Change…* and *Discard*."""
    above: list[Block] = []
    if draft.ticket is not None:
        above.append(plain(reader.tell("draft.from_ticket", ticket=f"T-{draft.ticket}")))
    if phrasings := draft.data["phrasings"]:
        above.append(plain(reader.tell("draft.asked_as", phrasings=" · ".join(phrasings))))
    buttons = [
        reader.button("publish", f"k:publish:{draft.number}", "primary"),
        reader.button("change", f"k:change:{draft.number}"),
        reader.button("discard", f"k:discard:{draft.number}", "danger"),
    ]
    if draft.ticket is not None:
        buttons.append(reader.button("view", f"t:show:{draft.ticket}"))
    return Card(
        title=reader.tell("draft.title", title=draft.title),
        tone=Tone.INFO,
        state=reader.tell("draft.state", who=reader.name(draft.by)),
        blocks=(*above, *blocks(str(draft.data["body"]))),
        buttons=tuple(buttons),
        key=card_key(draft.number),
    )


def decided_card(draft: DraftFacts, decision: str, reader: Reader) -> Card:
    """What stays of the card once somebody has decided."""
    return Card(
        title=reader.tell(f"draft.{decision}", title=draft.title),
        tone=DECISION_TONES[decision],
        state=reader.tell(f"draft.state_{decision}"),
        key=card_key(draft.number),
    )


def drafts_card(waiting: Sequence[DraftFacts], reader: Reader) -> Card:
    """What waits for review, each with a button that shows it."""
    shown: tuple[Block, ...] = tuple(Quote(draft.title, reader.name(draft.by)) for draft in waiting)
    buttons = tuple(Button(draft.title[:60], f"k:show:{draft.number}") for draft in waiting)
    return Card(reader.tell("draft.list"), blocks=shown or (plain(reader.tell("draft.none")),), buttons=buttons)


def card_key(number: int) -> str:
    """The key of a draft's card, wherever it stands."""
    return f"draft:{number}"

"""What a notice is drawn from: a ticket as one reader may see it now, and the facts of the outbox row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cards.reader import Reader
from bot.phrases import Fact
from escalation.policy import Policy
from escalation.ticket import Action, Ticket

Given = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket, as one reader may see it now."""

    ticket: Ticket
    policy: Policy
    reader: Reader
    possible: frozenset[Action]

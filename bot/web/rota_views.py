"""What the rota page shows: a week of days, and who is on call on each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's hours of one day, empty for all of it; a `hole` is nobody, and the whole tier is asked."""

    name: str
    hours: str
    mine: bool = False
    now: bool = False
    hole: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one tier."""

    label: str
    today: bool
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class TierWeek:
    """A tier's week; without a rota `everyone` names all of it, and there are no days."""

    label: str
    days: tuple[Day, ...]
    everyone: str = ""


@dataclass(frozen=True, slots=True)
class GroupWeek:
    """A group's week."""

    name: str
    lead: str
    tiers: tuple[TierWeek, ...]


@dataclass(frozen=True, slots=True)
class RotaView:
    """The page. `week` counts from this one; `holes` are sentences about the coming week."""

    title: str
    week: int
    zone: str
    groups: tuple[GroupWeek, ...]
    holes: tuple[str, ...]


class RotaViews(Protocol):
    """What the page reads."""

    async def rota(self, person: str, week: int) -> RotaView | None:
        """The page for this reader; None for those it is not for."""
        ...

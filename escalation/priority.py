"""How urgent a ticket is: from how many people it touches and how badly it stops them.

The scheme (impact x urgency -> priority) is the common one of service management, ITIL's in particular;
which cell gives which priority is ours, and an organisation may give its own table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Priority(StrEnum):
    """P1 is the most urgent. Compare with `more_urgent`, never with `<`."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Impact(StrEnum):
    """Who is affected."""

    ME = "me"
    TEAM = "team"
    EVERYONE = "everyone"


class Urgency(StrEnum):
    """What it does to their work: nothing yet (a question), slows it, or stops it."""

    QUESTION = "question"
    SLOWED = "slowed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Matrix:
    """A priority for each of the nine pairs of impact and urgency.

    Raises ValueError, naming the pairs, when some are missing.
    """

    cells: Mapping[tuple[Impact, Urgency], Priority] = field(hash=False)

    def __post_init__(self) -> None:
        wanted = [(impact, urgency) for impact in Impact for urgency in Urgency]
        missing = [f"{impact}+{urgency}" for impact, urgency in wanted if (impact, urgency) not in self.cells]
        if missing:
            raise ValueError(f"the priority matrix leaves out {', '.join(missing)}: add a priority for each")
        object.__setattr__(self, "cells", MappingProxyType({pair: self.cells[pair] for pair in wanted}))

    def to_json(self) -> dict[str, dict[str, str]]:
        """Plain JSON types in a stable order: `{"me": {"question": "P4", …}, …}`."""
        return {
            impact.value: {urgency.value: self.cells[impact, urgency].value for urgency in Urgency} for impact in Impact
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Matrix:
        """The matrix that `to_json` wrote. Raises ValueError for an unknown or a missing word."""
        return cls(
            {
                (Impact(impact), Urgency(urgency)): Priority(priority)
                for impact, row in data.items()
                for urgency, priority in row.items()
            }
        )


DEFAULT_MATRIX = Matrix(
    {
        (Impact.EVERYONE, Urgency.BLOCKED): Priority.P1,
        (Impact.EVERYONE, Urgency.SLOWED): Priority.P2,
        (Impact.EVERYONE, Urgency.QUESTION): Priority.P3,
        (Impact.TEAM, Urgency.BLOCKED): Priority.P2,
        (Impact.TEAM, Urgency.SLOWED): Priority.P3,
        (Impact.TEAM, Urgency.QUESTION): Priority.P4,
        (Impact.ME, Urgency.BLOCKED): Priority.P3,
        (Impact.ME, Urgency.SLOWED): Priority.P4,
        (Impact.ME, Urgency.QUESTION): Priority.P4,
    }
)


def priority_of(impact: Impact, urgency: Urgency, matrix: Matrix = DEFAULT_MATRIX) -> Priority:
    """The priority of a ticket that affects these people this badly."""
    return matrix.cells[impact, urgency]


def more_urgent(a: Priority, b: Priority) -> bool:
    """Whether `a` is strictly more urgent than `b`: P1 before P2 before P3 before P4."""
    ranks = list(Priority)
    return ranks.index(a) < ranks.index(b)

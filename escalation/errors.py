"""Everything a person can be refused, in one small tree.

A refusal carries a message key and facts; the catalogues turn them into a sentence in the person's language.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """What was asked is not done, and nothing has changed."""

    def __init__(self, key: str, **facts: str | int) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts: Mapping[str, str | int] = facts


class Absent(Refusal):
    """There is no such thing, or it is not yours to see: the answer is the same."""


class Forbidden(Refusal):
    """You may see this but not do that."""


class TooLate(Refusal):
    """Somebody was first; the facts say who."""


class OutOfOrder(Refusal):
    """The ticket's state does not allow this action."""


class Malformed(Refusal):
    """The words or values given do not make sense; the facts say which."""


class Stale(Exception):
    """The row changed between our read and our write: load again and decide again."""

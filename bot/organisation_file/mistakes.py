"""What can be wrong with `desk.yaml`: every mistake with its place, all of them told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

FEW = 8


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to correct. Lines and columns count from 1, as editors do."""

    line: int
    column: int
    message: str


class OrganisationErrors(Exception):
    """The file cannot be used. The text has one line for each mistake: `file:line:column: what is wrong`."""

    def __init__(self, source: str, mistakes: Iterable[Mistake]) -> None:
        self.source = source
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__(source, self.mistakes)

    def __str__(self) -> str:
        return "\n".join(f"{self.source}:{m.line}:{m.column}: {m.message}" for m in self.mistakes)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like this one, or nothing where none does."""
    choices = sorted(known)
    return next(iter(get_close_matches(word, choices, n=1) or get_close_matches(word.lower(), choices, n=1)), "")


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, or all if they are few."""
    choices = sorted(known)
    if close := nearest(word, choices):
        return f": did you mean {close!r}?"
    if 0 < len(choices) <= FEW:
        return f": choose from {', '.join(choices)}"
    return ""

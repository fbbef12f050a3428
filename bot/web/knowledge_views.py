"""What the knowledge page shows: what waits for review, what nobody could answer, and how the answers do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.messages import Card


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article and what became of it. `since` says when somebody last read it over; `stale` when that is long ago.

    `path` is where it is read, below the knowledge page.
    """

    title: str
    language: str
    about: str
    offered: int
    fixed: int
    not_fixed: int
    since: str
    stale: bool
    own: bool  # written at this desk
    path: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked and nobody had an answer for."""

    words: str
    when: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Answers believed in about as much: `believed` and `helped` in percent, `count` of them."""

    believed: int
    helped: int
    count: int


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """Everything on the page. `drafts` are the cards of what waits for this reader's decision."""

    drafts: tuple[Card, ...]
    questions: tuple[Question, ...]
    articles: tuple[ArticleRow, ...]
    bars: tuple[Bar, ...]
    judged: int  # presses the bars are made of
    routing: tuple[str, ...] = ()  # sentences: where tickets belong, and what was learned of it


class KnowledgeViews(Protocol):
    """What the page reads."""

    async def knowledge(self, person: str) -> KnowledgeView | None:
        """The page for this reader; None for those it is not for."""
        ...

    async def article(self, person: str, key: str, language: str) -> Card | None:
        """One article to be read; None for those it is not for, and where there is none."""
        ...

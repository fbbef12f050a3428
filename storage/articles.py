"""Articles written at the desk, every edition of them, and what readers made of any article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.database import Transaction
from storage.tables import article_feedback, article_revisions

FEEDBACK = ("offered", "fixed", "not_fixed", "opened_ticket", "unanswered")


async def publish(tx: Transaction, article: Mapping[str, Any], by: str, at: datetime) -> int:
    """Publish an edition, over any earlier one; its number. `article` has at least "id" and "language"."""
    return await _add(tx, article["id"], article["language"], dict(article), by, at)


async def withdraw(tx: Transaction, article_id: str, language: str, by: str, at: datetime) -> bool:
    """Take an article back; False when it is not published. Its editions stay on record."""
    if not any(_is(article, article_id, language) for article in await published(tx)):
        return False
    await _add(tx, article_id, language, None, by, at)
    return True


async def published(tx: Transaction) -> tuple[dict[str, Any], ...]:
    """The latest edition of everything published, by id and language."""
    c = article_revisions.c
    latest = select(func.max(c.id)).group_by(c.article_id, c.language)
    rows = await tx.all(select(c.data).where(c.id.in_(latest), c.data.is_not(None)).order_by(c.article_id, c.language))
    return tuple(row.data for row in rows)


async def version(tx: Transaction) -> int:
    """A number that changes whenever something is published or withdrawn."""
    return int(await tx.value(select(func.count()).select_from(article_revisions)))


async def feedback(
    tx: Transaction,
    article_id: str,
    language: str,
    person: str,
    event: str,
    at: datetime,
    *,
    probability: float | None = None,
    words: str = "",
) -> None:
    """Note what became of an article that was shown: one of `FEEDBACK`; ValueError for anything else.

    `probability` is what we believed when we showed it. A question nobody had an answer for has no article id,
    and its `words` are kept for whoever writes the next answer.
    """
    if event not in FEEDBACK:
        raise ValueError(f"{event!r} is no feedback: give one of {', '.join(FEEDBACK)}")
    await tx.add(
        article_feedback,
        article_id=article_id,
        language=language,
        person=person,
        event=event,
        at=at,
        probability=probability,
        words=words,
    )


async def labels(tx: Transaction, limit: int = 5000) -> tuple[tuple[float, bool], ...]:
    """The latest presses on shown answers, as (what we believed, whether it helped), the newest first."""
    c = article_feedback.c
    judged = (c.event.in_(("fixed", "not_fixed")), c.probability.is_not(None))
    rows = await tx.all(select(c.probability, c.event).where(*judged).order_by(c.id.desc()).limit(limit))
    return tuple((row.probability, row.event == "fixed") for row in rows)


async def unanswered(tx: Transaction, limit: int) -> tuple[tuple[str, str, datetime], ...]:
    """The latest questions nobody had an answer for: their words, language and time."""
    c = article_feedback.c
    rows = await tx.all(
        select(c.words, c.language, c.at).where(c.event == "unanswered").order_by(c.id.desc()).limit(limit)
    )
    return tuple((row.words, row.language, row.at) for row in rows)


async def feedback_counts(tx: Transaction, since: datetime | None = None) -> dict[tuple[str, str], dict[str, int]]:
    """How often each thing became of each article, by (id, language); what never happened is left out."""
    by = (article_feedback.c.article_id, article_feedback.c.language, article_feedback.c.event)
    statement = select(*by, func.count().label("many")).group_by(*by)
    if since is not None:
        statement = statement.where(article_feedback.c.at >= since)
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in await tx.all(statement):
        counts.setdefault((row.article_id, row.language), {})[row.event] = row.many
    return counts


async def _add(
    tx: Transaction, article_id: str, language: str, data: dict[str, Any] | None, by: str, at: datetime
) -> int:
    row = await tx.add(article_revisions, article_id=article_id, language=language, data=data, by=by, at=at)
    return int(row.id)


def _is(article: Mapping[str, Any], article_id: str, language: str) -> bool:
    return (article["id"], article["language"]) == (article_id, language)

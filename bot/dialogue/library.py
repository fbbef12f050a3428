"""The knowledge in use: the shipped articles, with what was published at this desk over them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.dialogue.conversation import Conversation
from bot.dialogue.world import Knowledge
from faq.article import Article
from faq.verdict import refit
from storage import articles
from storage.database import Database

Key = tuple[str, str]


class Library:
    """Keeps the conversation's knowledge up to date with what this or any other process publishes."""

    def __init__(self, database: Database, conversation: Conversation) -> None:
        self.database = database
        self.conversation = conversation
        self._shipped = conversation.knowledge.articles
        self._version = 0

    async def recalibrate(self) -> None:
        """Learn from what people pressed how sure we may be; too few or one-sided presses change little."""
        async with self.database.reading() as tx:
            labels = await articles.labels(tx)
        platt = await asyncio.to_thread(refit, labels)
        self.conversation.knowledge = replace(self.conversation.knowledge, platt=platt)

    async def refresh(self, version: int | None = None) -> bool:
        """Take up what was published or withdrawn since the last time; whether there was anything.

        `version` is that of `storage.articles`, for whoever has just asked.
        """
        if version == self._version:
            return False
        async with self.database.reading() as tx:
            version = await articles.version(tx)
            if version == self._version:
                return False
            published = await articles.published(tx)
        now, wanted = self.conversation.knowledge, self._shipped | _by_key(map(article_of, published))
        # Beside the event loop, which would stand still meanwhile.
        self.conversation.knowledge = await asyncio.to_thread(changed, now, wanted)
        self._version = version
        await asyncio.to_thread(self.conversation.knowledge.index.warm)
        return True


def changed(knowledge: Knowledge, wanted: Mapping[Key, Article]) -> Knowledge:
    """The knowledge with exactly these articles; its index is changed only where they differ."""
    index = knowledge.index
    for key in knowledge.articles.keys() - wanted.keys():
        index = index.without(*key)
    for key, article in wanted.items():
        if knowledge.articles.get(key) != article:
            index = index.replace(article)
    return replace(knowledge, articles=dict(wanted), index=index)


def article_of(published: Mapping[str, Any]) -> Article:
    """An article as it was published; its `source` says it is the desk's own."""
    return Article(
        id=published["id"],
        language=published["language"],
        title=published["title"],
        phrasings=tuple(published["phrasings"]),
        services=tuple(published["services"]),
        body=published["body"],
        reviewed=date.fromisoformat(published["reviewed"]) if published.get("reviewed") else None,
        source="desk",
    )


def _by_key(found: Iterable[Article]) -> dict[Key, Article]:
    return {(article.id, article.language): article for article in found}

"""What this desk knows, for a command beside it: the articles in use and how sure presses have made it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from bot.app import utc_now
from bot.dialogue.library import article_of
from bot.settings import Settings
from faq.article import Article, shipped_articles
from faq.verdict import AS_SHIPPED, Platt, refit
from storage import articles as stored
from storage.database import Database
from storage.engines import database_url


class Inventory(NamedTuple):
    """The shipped articles with what was published at this desk over them, and the desk's own calibration."""

    articles: tuple[Article, ...]
    platt: Platt


async def opened(settings: Settings) -> Database:
    """The desk's database, for a command that stays only a moment. Raises StorageError."""
    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    await database.migrate()
    return database


def inventory(settings: Settings) -> Inventory:
    """What is in use at this desk; where there is no database yet, what is shipped. Raises StorageError."""
    url = database_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Inventory(shipped_articles(), AS_SHIPPED)
    return asyncio.run(_read(settings))


async def _read(settings: Settings) -> Inventory:
    database = await opened(settings)
    try:
        async with database.reading() as tx:
            own, labels = await stored.published(tx), await stored.labels(tx)
    finally:
        await database.close()
    every = {(article.id, article.language): article for article in (*shipped_articles(), *map(article_of, own))}
    return Inventory(tuple(every[key] for key in sorted(every)), refit(labels))

"""What `firstline erase` does."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.app import load_organisation, utc_now
from bot.settings import Settings
from storage import people
from storage.database import Database
from storage.erasing import Erased, erase, leave_no_trace


async def forget(settings: Settings, person: str, also: Sequence[str]) -> Erased:
    """Forget a person; `also` is what else they were called. Raises LookupError for somebody never heard of."""
    organisation = load_organisation(settings, utc_now())
    known = organisation.people.get(person)
    names = [*also, *((*known.names.values(), known.email) if known else ())]
    database = await Database.open(settings.database_url, clock=utc_now)
    try:
        await database.migrate()
        async with database.transaction() as tx:
            if not await people.known(tx, person):
                raise LookupError(f"nobody called {person!r} is in the database: give their key in desk.yaml")
            done = await erase(tx, person, f"erased-{secrets.token_hex(4)}", [name for name in names if name])
        await leave_no_trace(database)
    finally:
        await database.close()
    return done

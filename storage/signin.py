"""Single-use sign-in links and the sessions they open. Only hashes are stored: a stolen copy opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from storage.database import Transaction
from storage.tables import people, sessions, signin_links

LINKS_AN_HOUR = 5


async def create(tx: Transaction, person: str, token_hash: str, at: datetime, expires: datetime) -> bool:
    """Store a link; False, and nothing stored, when the person got five within the last hour."""
    # The person's row makes two requests at once take turns, so that they count one another.
    await tx.first(select(people.c.key).where(people.c.key == person).with_for_update())
    if await recent(tx, person, at - timedelta(hours=1)) >= LINKS_AN_HOUR:
        return False
    await tx.add(signin_links, token_hash=token_hash, person=person, created_at=at, expires_at=expires, used_at=None)
    return True


async def recent(tx: Transaction, person: str, since: datetime) -> int:
    """How many links the person got after this moment, used or not."""
    mine = (signin_links.c.person == person, signin_links.c.created_at > since)
    return int(await tx.value(select(func.count()).select_from(signin_links).where(*mine)))


async def consume(tx: Transaction, token_hash: str, now: datetime) -> str | None:
    """Use a link up: whose it is, or None when it is unknown, used or too old."""
    good = (
        signin_links.c.token_hash == token_hash,
        signin_links.c.used_at.is_(None),
        signin_links.c.expires_at > now,
    )
    person: str | None = await tx.value(
        update(signin_links).where(*good).values(used_at=now).returning(signin_links.c.person)
    )
    return person


async def open_session(tx: Transaction, session_hash: str, person: str, at: datetime, expires: datetime) -> None:
    """Store a session."""
    await tx.add(sessions, session_hash=session_hash, person=person, opened_at=at, expires_at=expires)


async def session(tx: Transaction, session_hash: str, now: datetime) -> str | None:
    """Whose session this is; None when it is unknown, closed or too old."""
    good = (sessions.c.session_hash == session_hash, sessions.c.expires_at > now)
    person: str | None = await tx.value(select(sessions.c.person).where(*good))
    return person


async def close_session(tx: Transaction, session_hash: str) -> bool:
    """End a session; False when there is none."""
    return bool(await tx.change(delete(sessions).where(sessions.c.session_hash == session_hash)))


async def close_sessions_of(tx: Transaction, person: str) -> int:
    """End every session of a person; how many there were."""
    return await tx.change(delete(sessions).where(sessions.c.person == person))


async def purge(tx: Transaction, now: datetime) -> int:
    """Forget sessions that are over and links too old to count; how many."""
    old = now - timedelta(hours=1)
    links = await tx.change(
        delete(signin_links).where(signin_links.c.expires_at <= old, signin_links.c.created_at <= old)
    )
    return links + await tx.change(delete(sessions).where(sessions.c.expires_at <= now))

"""The web desk's own things in the database: chats, uploaded files, sign-in links and sessions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels.web.adapter import PERSON, TranscriptLine
from bot.messages import Reply, TryLater, Unclear
from bot.reply_json import from_json, to_json
from bot.web.views import NoRoom
from storage import attachments, signin, transcript
from storage.database import Database
from storage.errors import CommitUnclear, DatabaseUnavailable

LINK_BITS, SESSION_BITS = 128, 256
LINK_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(days=14)
MOST_WAITING = 50 * 1024 * 1024  # bytes of files of one person that no ticket has claimed yet
DATABASE_REST = 1.0  # seconds until a database that was away is asked again

Clock = Callable[[], datetime]


class KeptTranscript:
    """People's chats; each call is a transaction of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def say(self, person: str, key: str, author: str, reply: Reply, card_key: str = "") -> int:
        """Write a line, once for each key; a line with the same card key is edited in place. Its id.

        Raises `Unclear` and `TryLater`, as sending does.
        """
        data = to_json(reply) | ({"event": key} if author == PERSON else {})
        try:
            async with self._database.transaction() as tx:
                line = await transcript.say(tx, person, key, author, data, card_key, self._clock())
        except CommitUnclear as unclear:
            raise Unclear(str(unclear)) from unclear
        except DatabaseUnavailable as away:
            raise TryLater(DATABASE_REST) from away
        return line.id

    async def find(self, person: str, key: str) -> int | None:
        """The id of the line that was written with this key, if it was."""
        async with self._database.reading() as tx:
            line = await transcript.line_of(tx, key)
        return line.id if line and line.person == person else None

    async def line(self, person: str, number: int) -> TranscriptLine | None:
        """One line of this person's chat."""
        async with self._database.reading() as tx:
            found = await transcript.last(tx, person, 1, before_id=number + 1)
        return _line(found[0]) if found and found[0].id == number else None

    async def since(self, person: str, revision: int, limit: int) -> tuple[TranscriptLine, ...]:
        """The lines new or edited after this revision, by revision."""
        async with self._database.reading() as tx:
            return tuple(map(_line, await transcript.since(tx, person, revision, limit)))

    async def last(self, person: str, limit: int) -> tuple[TranscriptLine, ...]:
        """The newest lines, in reading order."""
        async with self._database.reading() as tx:
            return tuple(map(_line, await transcript.last(tx, person, limit)))

    async def latest_revision(self, person: str) -> int:
        """The revision of the newest change; 0 for an empty chat."""
        async with self._database.reading() as tx:
            return await transcript.latest_revision(tx, person)


def _line(line: transcript.Line) -> TranscriptLine:
    key = line.data.get("event", "")
    return TranscriptLine(line.id, line.revision, line.author, from_json(line.data), key, line.at)


class KeptFiles:
    """Uploaded files, until a ticket claims them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def stage(self, person: str, name: str, media_type: str, content: bytes) -> str:
        """Keep the file; its reference is its number. `NoRoom` when too many wait."""
        async with self._database.transaction() as tx:
            if await attachments.staged_bytes(tx, person) + len(content) > MOST_WAITING:
                raise NoRoom(f"{person} has {MOST_WAITING} bytes of files waiting for a ticket")
            kept = await attachments.stage(tx, name, media_type, content, person, self._clock())
        return str(kept.id)

    async def content(self, reference: str) -> bytes | None:
        """The bytes; None when there is no such file."""
        async with self._database.reading() as tx:
            found = await attachments.load(tx, int(reference)) if reference.isdecimal() else None
        return None if found is None else found[1]


class KeptDoors:
    """Sign-in links and sessions. The database has their hashes; the plain values leave here once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def new_link(self, person: str) -> str | None:
        """What `/sign-in/…` takes, for this person, once, for ten minutes; None after five in an hour."""
        link, now = secrets.token_urlsafe(LINK_BITS // 8), self._clock()
        async with self._database.transaction() as tx:
            made = await signin.create(tx, person, _hashed(link), now, now + LINK_LASTS)
        return link if made else None

    async def consume(self, link: str) -> str | None:
        """The person a sign-in link is for, once and within its time; None afterwards."""
        async with self._database.transaction() as tx:
            return await signin.consume(tx, _hashed(link), self._clock())

    async def open(self, person: str) -> str:
        """A new session; what its cookie holds."""
        session, now = secrets.token_urlsafe(SESSION_BITS // 8), self._clock()
        async with self._database.transaction() as tx:
            await signin.open_session(tx, _hashed(session), person, now, now + SESSION_LASTS)
        return session

    async def person(self, session: str) -> str | None:
        """Whose session it is, while it lasts."""
        async with self._database.reading() as tx:
            return await signin.session(tx, _hashed(session), self._clock())

    async def close(self, session: str) -> None:
        """End the session."""
        async with self._database.transaction() as tx:
            await signin.close_session(tx, _hashed(session))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()

"""What the web desk stands on in the database: the chat's log, uploaded files, sign-in links and sessions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.channels.web.adapter import DESK, TranscriptLine
from bot.channels.web.parse import identity
from bot.messages import Form, Place, Reply
from bot.parcels import place_key
from bot.reply_json import from_json, to_json
from bot.web.views import NoRoom
from storage import attachments, cards, signin, transcript
from storage.database import Database
from storage.transcript import Line

LINK_BITS, SESSION_BITS = 128, 256
STAGED_AT_MOST = 50 * 1024 * 1024  # bytes one person may have waiting for a ticket
LINK_LASTS, SESSION_LASTS = timedelta(minutes=10), timedelta(days=14)


def digest(secret: str) -> str:
    """How a secret is stored: its SHA-256, so that the database holds nothing one could sign in with."""
    return hashlib.sha256(secret.encode()).hexdigest()


class StoredTranscript:
    """The chat's log, for the channel and the pages."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock

    async def say(
        self, person: str, key: str, author: str, reply: Reply, card_key: str = "", *, anew: bool = False
    ) -> int:
        """Write a line once; its id."""
        async with self.database.transaction() as tx:
            # A person's own line remembers its event id: the page knows by it which words have arrived.
            data = {"reply": to_json(reply), "key": "" if author == DESK else key}
            line = await transcript.say(tx, person, key, author, data, card_key, self.clock(), anew=anew)
            if isinstance(reply, Form):
                # It came with the answer, not by the outbox: who puts it away has to find it.
                await cards.stands(tx, card_key, place_key(Place.direct(identity(person))), str(line.id))
        return line.id

    async def find(self, person: str, key: str) -> int | None:
        """The line written with this key."""
        async with self.database.reading() as tx:
            line = await transcript.line_of(tx, key)
        return line.id if line is not None and line.person == person else None

    async def line(self, person: str, number: int) -> TranscriptLine | None:
        """One line of this person's chat."""
        async with self.database.reading() as tx:
            line = await transcript.line(tx, number)
        return _line(line) if line is not None and line.person == person else None

    async def since(self, person: str, revision: int, limit: int) -> tuple[TranscriptLine, ...]:
        """Lines new or edited after the revision."""
        async with self.database.reading() as tx:
            return _lines(await transcript.since(tx, person, revision, limit))

    async def last(self, person: str, limit: int) -> tuple[TranscriptLine, ...]:
        """The newest lines, in reading order."""
        async with self.database.reading() as tx:
            return _lines(await transcript.last(tx, person, limit))

    async def latest_revision(self, person: str) -> int:
        """The newest revision."""
        async with self.database.reading() as tx:
            return await transcript.latest_revision(tx, person)


def _line(line: Line) -> TranscriptLine:
    return TranscriptLine(line.id, line.revision, line.author, from_json(line.data["reply"]), line.data["key"], line.at)


def _lines(lines: Iterable[Line]) -> tuple[TranscriptLine, ...]:
    return tuple(_line(line) for line in lines)


class StoredFiles:
    """Uploads on their way to a ticket."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock

    async def stage(self, person: str, name: str, media_type: str, content: bytes) -> str:
        """Keep the file until it is bound to a ticket; its reference."""
        async with self.database.transaction() as tx:
            if await attachments.staged_bytes(tx, person) + len(content) > STAGED_AT_MOST:
                raise NoRoom(person)
            kept = await attachments.stage(tx, name, media_type, content, person, self.clock())
        return str(kept.id)

    async def content(self, reference: str) -> bytes | None:
        """The bytes of a staged file."""
        if not reference.isdigit():
            return None
        async with self.database.reading() as tx:
            loaded = await attachments.load(tx, int(reference))
        return loaded[1] if loaded else None


class StoredDoors:
    """Single-use links and sessions. Only hashes are kept."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock

    async def issue(self, person: str) -> str | None:
        """A new sign-in link's secret: 128 bits, ten minutes, once; None after five in an hour."""
        link, now = secrets.token_urlsafe(LINK_BITS // 8), self.clock()
        async with self.database.transaction() as tx:
            issued = await signin.create(tx, person, digest(link), now, now + LINK_LASTS)
        return link if issued else None

    async def consume(self, link: str) -> str | None:
        """Whose link it is, once and in time."""
        async with self.database.transaction() as tx:
            return await signin.consume(tx, digest(link), self.clock())

    async def open(self, person: str) -> str:
        """A new session's secret."""
        session, now = secrets.token_urlsafe(SESSION_BITS // 8), self.clock()
        async with self.database.transaction() as tx:
            await signin.open_session(tx, digest(session), person, now, now + SESSION_LASTS)
        return session

    async def person(self, session: str) -> str | None:
        """Whose session it is."""
        async with self.database.reading() as tx:
            return await signin.session(tx, digest(session), self.clock())

    async def close(self, session: str) -> None:
        """End it."""
        async with self.database.transaction() as tx:
            await signin.close_session(tx, digest(session))

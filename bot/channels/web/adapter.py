"""The chat as a channel: sending is writing a line into the person's transcript, which their pages follow."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Capabilities, Card, File, Form, Outgoing, Rejected, Reply, Sent

NAME = "web"
PERSON, DESK = "person", "desk"  # who may have written a line


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A line of somebody's chat. `revision` grows with every new or edited line of this person.

    `key` is the event id of the person's own words, and empty for the desk's.
    """

    id: int
    revision: int
    author: str
    reply: Reply
    key: str
    at: datetime


class Transcript(Protocol):
    """Where the lines are kept."""

    async def say(
        self, person: str, key: str, author: str, reply: Reply, card_key: str = "", *, anew: bool = False
    ) -> int:
        """Write a line, once for each key. A line with the same card key is edited in place, unless `anew`. Its id."""
        ...

    async def find(self, person: str, key: str) -> int | None:
        """The id of the line that was written with this key, if it was."""
        ...

    async def line(self, person: str, number: int) -> TranscriptLine | None:
        """One line of this person's chat."""
        ...

    async def since(self, person: str, revision: int, limit: int) -> tuple[TranscriptLine, ...]:
        """The lines new or edited after this revision, by revision."""
        ...

    async def last(self, person: str, limit: int) -> tuple[TranscriptLine, ...]:
        """The newest lines, in reading order."""
        ...

    async def latest_revision(self, person: str) -> int:
        """The revision of the newest change; 0 for an empty chat."""
        ...


class StagedFiles(Protocol):
    """Where uploaded files wait."""

    async def content(self, reference: str) -> bytes | None:
        """The bytes; None when there is no such file."""
        ...


class Watchers:
    """Who waits for news of which person in this process."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def wake(self, person: str) -> None:
        """Tell everybody who waits for this person that there is something new."""
        for event in self._waiting.get(person, ()):
            event.set()

    async def wait(self, person: str, seconds: float) -> None:
        """Return when this person is woken, or after so many seconds: another process may have written."""
        event = asyncio.Event()
        self._waiting[person].add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[person].discard(event)
            if not self._waiting[person]:
                del self._waiting[person]


class WebChannel:
    """The web desk's chat, seen from the core."""

    def __init__(self, transcript: Transcript, files: StagedFiles, watchers: Watchers) -> None:
        self._transcript = transcript
        self._files = files
        self._watchers = watchers

    @property
    def name(self) -> str:
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(forms=True, edits=True, reconciles=True, pushes=False)

    async def send(self, outgoing: Outgoing) -> Sent:
        """Write the line; the same key a second time changes nothing."""
        person = person_of(outgoing)
        number = await self._transcript.say(person, outgoing.key, DESK, outgoing.reply, card_key(outgoing.reply))
        self._watchers.wake(person)
        return Sent(str(number), outgoing.place)

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """The line with this message's key, if it was written."""
        number = await self._transcript.find(person_of(outgoing), outgoing.key)
        return None if number is None else Sent(str(number), outgoing.place)

    async def fetch(self, file: File) -> bytes:
        """The bytes of an uploaded file that waits for its ticket."""
        content = await self._files.content(file.reference)
        if content is None:
            raise Rejected(f"the uploaded file {file.reference} is gone")
        return content


def card_key(reply: Reply) -> str:
    """What names the line, so that the next reply of that name takes its place: a card's or a form's key."""
    return reply.key if isinstance(reply, Card | Form) else ""


def person_of(outgoing: Outgoing) -> str:
    """Whose chat a message is for; `Rejected` for a place that is not a person's."""
    room = outgoing.place.room
    if not room.startswith("@") or len(room) == 1:
        raise Rejected(f"the web desk has no room {room!r}, only people's chats")
    return room[1:]

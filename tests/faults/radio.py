"""A channel that rings, edits, has threads and can look up what stands; it fails when told to, in every way.

What was sent is a list of messages by room: an edit changes the message that stands.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import App
from bot.messages import Capabilities, File, Outgoing, Rejected, Reply, SendFailed, Sent
from bot.settings import Settings
from storage import people
from tests.journeys.stage import Clock, Somebody, Stage, reply_text

Mishap = Callable[[Outgoing], SendFailed | None]


@dataclass
class Radio:
    """The channel. `before` may refuse a message, `after` loses the answer to one that stands already."""

    name: str = "slack"  # desk.yaml knows no other names of channels that ring
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(forms=True, edits=True, reconciles=True, threads=True)
    )
    standing: dict[str, Outgoing] = field(default_factory=dict)
    posts: int = 0
    edits: int = 0
    before: Mishap = lambda outgoing: None
    after: Mishap = lambda outgoing: None

    async def send(self, outgoing: Outgoing) -> Sent:
        """Post or edit."""
        if failed := self.before(outgoing):
            raise failed
        if outgoing.message:
            self.edits += 1
            number = outgoing.message
        else:
            self.posts += 1
            number = str(self.posts)
        self.standing[number] = outgoing
        if failed := self.after(outgoing):
            raise failed
        return Sent(number, outgoing.place)

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """The message of this key, if it stands."""
        if failed := self.before(outgoing):
            raise failed
        for number, each in self.standing.items():
            if each.key == outgoing.key:
                return Sent(number, each.place)
        return None

    async def fetch(self, file: File) -> bytes:
        """There are no files here."""
        raise Rejected(file.name)

    def room(self, key: str) -> list[Reply]:
        """What stands in somebody's private room, oldest first."""
        return [each.reply for each in self.standing.values() if each.place.room in (key, f"@{key}")]

    def count(self, key: str, words: str) -> int:
        """How many of the messages there hold these words."""
        return sum(words in reply_text(reply) for reply in self.room(key))


@dataclass
class OnTheAir(Somebody):
    """A person who sees only their radio."""

    channel: str = "slack"

    async def chat(self) -> list[Reply]:
        return radio_of(self.stage).room(self.key)


def radio_of(stage: Stage) -> Radio:
    """The channel of this stage."""
    radio = stage.app.delivery.channels["slack"]
    assert isinstance(radio, Radio)
    return radio


@contextlib.asynccontextmanager
async def on_the_air(
    database_url: str,
    *,
    clock: Clock | None = None,
    config: Path | None = None,
    radio: Radio | None = None,
    linked: Iterable[str] = (),
) -> AsyncIterator[Stage]:
    """The sample company, everybody (or these) at radios; the web desk is there too, but rings for nobody."""
    clock = clock or Clock()
    settings = Settings(database_url=database_url, config=config)
    app = await App.build(settings, clock=clock, channels=(radio or Radio(),))
    async with app.database.transaction() as tx:
        for person in linked or app.desk.organisation.people:
            await people.link(tx, "slack", "", person, person, clock())
    try:
        yield Stage(app, clock)
    finally:
        await app.conversation.stop()
        await app.database.close()

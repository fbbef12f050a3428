"""A stage for journeys: the whole desk on a real database, a clock we turn, and people who read and press.

A person acts by what is visible: the words of a message, the label of a button, the label of a field.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from bot.app import App, Server
from bot.channels.web.adapter import DESK
from bot.messages import (
    Answer,
    Attached,
    Block,
    Button,
    Card,
    Checklist,
    Commanded,
    Document,
    Event,
    Facts,
    File,
    Form,
    Identity,
    Paragraph,
    Picture,
    Place,
    Pressed,
    Quote,
    Reply,
    Said,
    Steps,
    Submitted,
    Text,
)
from bot.phrases import catalogue, tell
from bot.settings import Settings
from escalation.ticket import Ticket
from storage import outbox, tickets

# A Tuesday, 10:00 in Tianjin: everybody's office is open or about to be.
TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Clock:
    """Time that moves only when told."""

    def __init__(self, now: datetime = TUESDAY_MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        """Let time pass: `advance(minutes=16)`."""
        self.now += timedelta(**length)


def in_language(label: str, language: str) -> str:
    """A button's English label as somebody of this language sees it."""
    keys = [key for key, words in catalogue("en").items() if key.startswith("button.") and words == label]
    return tell(keys[0], language) if keys else label


def block_text(block: Block) -> str:
    """What a person reads of a block."""
    match block:
        case Paragraph(line=line):
            return "".join(span.text for span in line)
        case Steps(items=items):
            return "\n".join("".join(span.text for span in item) for item in items)
        case Facts(rows=rows):
            return "\n".join(f"{label}: {value}" for label, value in rows)
        case Checklist(items=items):
            return "\n".join(f"{item.label}: {item.finding}" for item in items)
        case Quote(text=text):
            return text


def reply_text(reply: Reply) -> str:
    """What a person reads of a reply, without its buttons."""
    match reply:
        case Text(text=text):
            return text
        case Card(title=title, state=state, blocks=blocks):
            return "\n".join((title, state, *map(block_text, blocks)))
        case Form(title=title, intro=intro, fields=fields):
            return "\n".join((title, intro, *(f"{f.label}: {f.value} {f.error}" for f in fields)))
        case Picture(title=title, alternative=alternative):
            return f"{title}\n{alternative}"
        case Document(title=title, file=file):
            return f"{title}\n{file.name}"


@dataclass
class Somebody:
    """A person with one private chat."""

    stage: Stage
    key: str
    channel: str = "web"
    form: Form | None = None
    answer: Answer = field(default_factory=Answer)

    @property
    def language(self) -> str:
        return self.stage.app.desk.organisation.people[self.key].language

    @property
    def identity(self) -> Identity:
        return Identity(self.channel, "", self.key)

    @property
    def place(self) -> Place:
        return Place.direct(self.identity)

    @property
    def written(self) -> dict[str, str]:
        """What stands in the fields of the form in front of them."""
        assert self.form is not None
        return {field.name: field.value for field in self.form.fields}

    async def says(self, text: str, *, reply_to: str = "") -> Answer:
        return await self._send(Said(self.stage.next_id(), self.identity, self.place, text, reply_to))

    async def commands(self, text: str) -> Answer:
        word, _, rest = text.removeprefix("/").partition(" ")
        return await self._send(Commanded(self.stage.next_id(), self.identity, self.place, word, rest))

    async def attaches(self, name: str, content: bytes, caption: str = "", *, reply_to: str = "") -> Answer:
        reference = await self.stage.stage_file(self.key, name, content)
        file = File(name, "image/png", len(content), reference)
        return await self._send(Attached(self.stage.next_id(), self.identity, self.place, (file,), caption, reply_to))

    async def presses(self, label: str, *, on: str = "") -> Answer:
        """Press the newest button of that label, on the newest message holding the words `on`."""
        return await self.presses_what_stood_there(await self.button(label, on=on))

    async def presses_what_stood_there(self, button: Button) -> Answer:
        """Press a button seen earlier, whether or not it still stands."""
        return await self._send(Pressed(self.stage.next_id(), self.identity, self.place, button.action))

    async def button(self, label: str, *, on: str = "") -> Button:
        seen = in_language(label, self.language)
        for reply in reversed(await self.chat()):
            if isinstance(reply, Card) and on in reply_text(reply):
                for button in reply.buttons:
                    if button.label == seen:
                        return button
        raise AssertionError(f"{self.key} sees no button {label!r} on {on!r}; sees:\n{await self.screen()}")

    async def fills(self, **values: str) -> Answer:
        """Change some fields of the form on the table, by name, and send it."""
        form = self.form
        assert form is not None, f"{self.key} has no form; sees:\n{await self.screen()}"
        names = {each.name for each in form.fields}
        assert set(values) <= names, f"the form has {sorted(names)}"
        filled = {each.name: values.get(each.name, each.value) for each in form.fields}
        return await self._send(Submitted(self.stage.next_id(), self.identity, self.place, form.key, filled))

    async def _send(self, event: Event) -> Answer:
        self.answer = await self.stage.app.conversation.handle(event)
        forms = [reply for reply in self.answer.replies if isinstance(reply, Form)]
        stays = isinstance(event, Pressed | Said)
        if self.channel == "web":
            await self._draws(event, forms)
        self.form = forms[-1] if forms else self.form if stays else None
        await self.stage.settle()
        if self.form is not None:
            self.form = await self._as_it_stands(self.form)
        return self.answer

    async def _draws(self, event: Event, forms: list[Form]) -> None:
        """As the page does: a form that came with the answer stands in the chat."""
        for number, form in enumerate(forms):
            key, anew = f"{event.id}:form:{number}", not isinstance(event, Submitted)
            await self.stage.app.transcript.say(self.key, key, DESK, form, form.key, anew=anew)

    async def _as_it_stands(self, form: Form) -> Form:
        """The form as it reads now: it may have been drawn anew where it stands."""
        found = [each for each in await self.chat() if isinstance(each, Form) and each.key == form.key]
        return found[-1] if found else form

    async def chat(self) -> list[Reply]:
        """Everything in the person's chat, oldest first."""
        return await self.stage.chat_of(self.key)

    async def offers(self, *, on: str = "") -> list[str]:
        """The labels of the buttons on the newest message that has any and holds these words."""
        for reply in reversed(await self.chat()):
            if isinstance(reply, Card) and reply.buttons and on in reply_text(reply):
                return [button.label for button in reply.buttons]
        return []

    async def screen(self) -> str:
        return "\n---\n".join(reply_text(reply) for reply in await self.chat())

    async def sees(self, words: str) -> str:
        """The newest message that holds these words."""
        for reply in reversed(await self.chat()):
            if words in reply_text(reply):
                return reply_text(reply)
        raise AssertionError(f"{self.key} does not see {words!r}; sees:\n{await self.screen()}")

    async def count(self, words: str) -> int:
        """How many messages hold these words."""
        return sum(words in reply_text(reply) for reply in await self.chat())

    async def does_not_see(self, words: str) -> None:
        assert words not in await self.screen(), f"{self.key} sees {words!r}:\n{await self.screen()}"


@dataclass
class AtWork:
    """The app, and the clock it goes by."""

    app: App
    clock: Clock

    async def settle(self) -> None:
        """Let checks finish, alarms ring and messages arrive."""
        busy = 1
        while busy:
            while self.app.conversation.probing:
                await self.app.conversation.probes_settled()
            busy = await self.app.ticker.tick() + await self.app.delivery.drain()

    async def pass_time(self, **length: float) -> None:
        """Let time pass from alarm to alarm, with everything that happens meanwhile."""
        end = self.clock.now + timedelta(**length)
        while self.clock.now < end:
            self.clock.now = min(end, max(await self._next_alarm(end), self.clock.now + timedelta(seconds=1)))
            await self.settle()

    async def _next_alarm(self, end: datetime) -> datetime:
        async with self.app.database.reading() as tx:
            due, wake = await tickets.next_due(tx), await outbox.next_wakeup(tx, self.clock.now)
        return min((at for at in (due, wake, end) if at is not None), default=end)

    async def ticket(self, number: int) -> Ticket:
        async with self.app.database.reading() as tx:
            ticket = await tickets.load(tx, number)
        assert ticket is not None
        return ticket

    async def count_tickets(self) -> int:
        async with self.app.database.reading() as tx:
            return len(await tickets.find(tx, tickets.Filter(limit=500)))


@dataclass
class Stage(AtWork):
    """The app, the clock, and whoever plays."""

    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def person(self, key: str) -> Somebody:
        return Somebody(self, key)

    def next_id(self) -> str:
        return f"event-{next(self.ids)}"

    async def sleep_through(self, **length: float) -> None:
        """Time passes while the process is down."""
        self.clock.advance(**length)
        await self.settle()

    async def chat_of(self, key: str) -> list[Reply]:
        lines = await self.app.transcript.last(key, 500)
        return [line.reply for line in lines]

    async def stage_file(self, key: str, name: str, content: bytes) -> str:
        return await self.app.files.stage(key, name, "image/png", content)


@contextlib.asynccontextmanager
async def play(database_url: str, clock: Clock | None = None, config: Path | None = None) -> AsyncIterator[Stage]:
    """The desk of the sample company, on this database."""
    clock = clock or Clock()
    app = await App.build(Settings(database_url=database_url, config=config), clock=clock)
    try:
        yield Stage(app, clock)
    finally:
        await app.conversation.stop()
        await app.database.close()


async def rehearsed(empty: Path, folder: Path, beginning: Callable[[Stage], Awaitable[None]]) -> Path:
    """The file of a desk on which this beginning was played, `empty` being one with nothing but its tables."""
    path = folder / "begun.db"
    shutil.copyfile(empty, path)
    async with play(f"sqlite+aiosqlite:///{path}") as stage:
        await beginning(stage)
    return path


@contextlib.asynccontextmanager
async def play_on(begun: Path, folder: Path) -> AsyncIterator[Stage]:
    """What was rehearsed goes on in a copy of one's own: the next to play begins where it began."""
    path = folder / "firstline.db"
    shutil.copyfile(begun, path)
    async with play(f"sqlite+aiosqlite:///{path}") as stage:
        stage.ids = itertools.count(1001)  # nobody said this before
        yield stage


@contextlib.asynccontextmanager
async def listening(app: App) -> AsyncIterator[str]:
    """The desk behind a real HTTP server; yields its address."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    listens = asyncio.Event()
    server = Server(uvicorn.Config(app.web, log_level="warning", access_log=False, lifespan="off"), listens.set)
    serving = asyncio.create_task(server.serve(sockets=[door]))
    await listens.wait()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        door.close()

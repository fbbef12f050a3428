"""A web desk with everything behind it kept in memory: for its tests, and to look at while drawing pages.

`python -m tests.fakes.web_desk` serves it at port 8999.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette

from bot.channels.web.adapter import PERSON, TranscriptLine, Watchers, WebChannel
from bot.messages import (
    Answer,
    Card,
    Choice,
    Commanded,
    Event,
    Form,
    Outgoing,
    Place,
    Pressed,
    Reply,
    Said,
    Submitted,
    Text,
    plain,
)
from bot.web.knowledge_views import KnowledgeView
from bot.web.parts import Limits, Parts
from bot.web.rota_views import RotaView
from bot.web.site import build_web
from bot.web.views import (
    AttachmentFile,
    PageRow,
    QueueChoices,
    QueueFilter,
    Reader,
    Seat,
    TicketRow,
    TicketView,
)
from tests.fakes.web_sample import HINTS, PEOPLE, article, checklist, furnish, in_words, intake, opened, resolving

SECRET = b"a secret for tests only"


class MemoryTranscript:
    """People's chats in a list."""

    def __init__(self) -> None:
        self.lines: dict[str, list[TranscriptLine]] = {}
        self.keys: dict[str, int] = {}
        self.card_keys: dict[tuple[str, str], int] = {}
        self._count = 0

    async def say(
        self, person: str, key: str, author: str, reply: Reply, card_key: str = "", *, anew: bool = False
    ) -> int:
        if key in self.keys:
            return self.keys[key]
        log = self.lines.setdefault(person, [])
        revision = await self.latest_revision(person) + 1
        standing = self.card_keys.get((person, card_key)) if card_key and not anew else None
        if standing is not None:
            index = next(i for i, line in enumerate(log) if line.id == standing)
            log[index] = replace(log[index], reply=reply, revision=revision)
            self.keys[key] = standing
            return standing
        self._count += 1
        own = key if author == PERSON else ""
        log.append(TranscriptLine(self._count, revision, author, reply, own, datetime.now(UTC)))
        self.keys[key] = self._count
        if card_key:
            self.card_keys[person, card_key] = self._count
        return self._count

    async def find(self, person: str, key: str) -> int | None:
        return self.keys.get(key)

    async def line(self, person: str, number: int) -> TranscriptLine | None:
        return next((line for line in self.lines.get(person, []) if line.id == number), None)

    async def since(self, person: str, revision: int, limit: int) -> tuple[TranscriptLine, ...]:
        newer = [line for line in self.lines.get(person, []) if line.revision > revision]
        return tuple(sorted(newer, key=lambda line: line.revision)[:limit])

    async def last(self, person: str, limit: int) -> tuple[TranscriptLine, ...]:
        return tuple(self.lines.get(person, [])[-limit:])

    async def latest_revision(self, person: str) -> int:
        return max((line.revision for line in self.lines.get(person, [])), default=0)


@dataclass
class MemoryFiles:
    """Uploaded files by reference."""

    kept: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)

    async def stage(self, person: str, name: str, media_type: str, content: bytes) -> str:
        reference = str(len(self.kept) + 1)
        self.kept[reference] = (name, media_type, content)
        return reference

    async def content(self, reference: str) -> bytes | None:
        return self.kept[reference][2] if reference in self.kept else None


@dataclass
class MemoryDoors:
    """Sign-in links and sessions by their plain values."""

    links: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    async def consume(self, link: str) -> str | None:
        return self.links.pop(link, None)

    async def open(self, person: str) -> str:
        session = f"session-of-{person}-{len(self.sessions)}"
        self.sessions[session] = person
        return session

    async def person(self, session: str) -> str | None:
        return self.sessions.get(session)

    async def close(self, session: str) -> None:
        self.sessions.pop(session, None)


@dataclass
class MemoryViews:
    """What the pages read: a few people, and tickets a test may change."""

    languages: dict[str, str] = field(default_factory=dict)
    tickets: dict[int, TicketRow] = field(default_factory=dict)
    details: dict[int, TicketView] = field(default_factory=dict)
    waiting: tuple[PageRow, ...] = ()
    files: dict[int, AttachmentFile] = field(default_factory=dict)
    version: int = 1
    shelf: KnowledgeView = field(default_factory=lambda: KnowledgeView((), (), (), (), 0))

    async def reader(self, person: str) -> Reader | None:
        if person not in PEOPLE:
            return None
        language = self.languages.get(person, "en")
        en, zh, title_en, title_zh, works = PEOPLE[person]
        say = in_words(language)
        paged = len(self.waiting) if works else 0
        name, title, chose = say(en, zh), say(title_en, title_zh), person in self.languages
        return Reader(person, name, title, language, "Asia/Shanghai", works, paged, chose=chose)

    async def seats(self, language: str) -> tuple[Seat, ...]:
        say, other = in_words(language), in_words("en" if language == "zh" else "zh")
        return tuple(
            Seat(
                key,
                say(en, zh),
                say(title_en, title_zh),
                say("IT", "信息技术部") if works else say("Headquarters", "总部"),
                other(en, zh),
                say(*HINTS[key]) if key in HINTS else "",
            )
            for key, (en, zh, title_en, title_zh, works) in PEOPLE.items()
        )

    async def my_tickets(self, person: str) -> tuple[TicketRow, ...]:
        return tuple(self.tickets.values())

    async def queue(self, person: str, wanted: QueueFilter) -> tuple[TicketRow, ...]:
        return tuple(
            row
            for row in self.tickets.values()
            if wanted.text.lower() in row.summary.lower()
            and wanted.priority in ("", row.priority)
            and wanted.status in ("", row.status)
            and not (wanted.unclaimed and row.assignee)
        )

    async def queue_choices(self, person: str) -> QueueChoices:
        say = in_words(self.languages.get(person, "en"))
        return QueueChoices(
            (Choice("new", say("New", "新建")), Choice("claimed", say("Claimed", "已认领"))),
            tuple(Choice(f"P{n}", f"P{n}") for n in range(1, 5)),
            (Choice("network", say("Network", "网络组")),),
        )

    async def ticket(self, person: str, number: int) -> TicketView | None:
        return self.details.get(number)

    async def pages(self, person: str) -> tuple[PageRow, ...]:
        return self.waiting

    async def attachment(self, person: str, number: int) -> AttachmentFile | None:
        return self.files.get(number)

    async def queue_version(self, person: str) -> str:
        return str(self.version)

    async def article(self, person: str, key: str, language: str) -> Card | None:
        known = person in PEOPLE and PEOPLE[person][4] and (key, language) == ("vpn-drops", "en")
        return Card("VPN drops", blocks=(plain("Restart <the> client"),)) if known else None

    async def knowledge(self, person: str) -> KnowledgeView | None:
        return self.shelf if PEOPLE[person][4] else None

    async def rota(self, person: str, week: int) -> RotaView | None:
        return RotaView("", week, "UTC", (), ()) if PEOPLE[person][4] else None


class ScriptedConversation:
    """Answers like the core would, with fixed replies, each delivered into the chat as the outbox does."""

    def __init__(self, channel: WebChannel, views: MemoryViews) -> None:
        self.channel = channel
        self.views = views
        self.events: list[Event] = []
        self.failing = 0
        self._answered: dict[str, Answer] = {}

    async def handle(self, event: Event) -> Answer:
        if self.failing:
            self.failing -= 1
            raise RuntimeError("the database is away")
        if event.id in self._answered:
            return replace(self._answered[event.id], repeated=True)
        self.events.append(event)
        answer = Answer(self.replies(event))
        for number, reply in enumerate(answer.replies):
            if isinstance(reply, Form):
                continue  # the channel opens it from the answer
            await self.deliver(event.sender.user, f"{event.id}:{number}", reply)
        self._answered[event.id] = answer
        return answer

    async def deliver(self, person: str, key: str, reply: Reply) -> None:
        """What the outbox does with a reply."""
        await self.channel.send(Outgoing(key, Place("web", "", f"@{person}"), reply))

    def replies(self, event: Event) -> tuple[Reply, ...]:
        say = in_words(self.views.languages.get(event.sender.user, "en"))
        match event:
            case Commanded(word="language", rest=language):
                self.views.languages[event.sender.user] = language
                return (Text(in_words(language)("I will speak English from now on.", "以后我说中文。")),)
            case Pressed(action="ticket:new"):
                return (intake(say),)
            case Pressed(action="t:resolve:12"):
                return (resolving(say),)
            case Pressed(action="t:claim:12"):
                return (Text(say("Wang Fang was first: T-12 is already claimed.", "王芳先认领了 T-12。")),)
            case Submitted(form=key, values=values) if key.startswith("intake") and not values.get("summary"):
                return (intake(say, say("Say in a few words what is wrong.", "请简单说明问题。")),)
            case Submitted(form=key) if key.startswith("intake"):
                return (opened(say),)
            case Said(text=text) if "vpn" in text.lower():
                return (checklist(say), article(say))
            case Said() | Commanded():
                return (Text(say("Thanks, I have got that.", "好的，收到。")),)
            case _:
                return (Text(say("Done.", "好了。")),)


@dataclass
class World:
    """Everything behind one web desk, for a test to look into and to change."""

    transcript: MemoryTranscript = field(default_factory=MemoryTranscript)
    watchers: Watchers = field(default_factory=Watchers)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    doors: MemoryDoors = field(default_factory=MemoryDoors)
    views: MemoryViews = field(default_factory=MemoryViews)
    seats: bool = True
    limits: Limits = field(default_factory=lambda: Limits(poll=0.2))

    def __post_init__(self) -> None:
        self.channel = WebChannel(self.transcript, self.files, self.watchers)
        self.conversation = ScriptedConversation(self.channel, self.views)

    def application(self) -> Starlette:
        """The web desk over this world."""
        return build_web(
            Parts(
                conversation=self.conversation,
                views=self.views,
                knowledge=self.views,
                rota=self.views,
                transcript=self.transcript,
                watchers=self.watchers,
                staging=self.files,
                doors=self.doors,
                secret=SECRET,
                seats_allowed=lambda: self.seats,
                now=lambda: datetime.now(UTC),
                limits=self.limits,
            )
        )


class Server(uvicorn.Server):
    """Uvicorn that leaves the test's signals alone, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(application: Starlette, port: int = 0) -> AsyncIterator[str]:
    """The application on a real socket; its address."""
    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(application, log_level="critical", ws="none", lifespan="off", timeout_graceful_shutdown=1)
    server = Server(config)
    running = asyncio.create_task(server.serve([listening]))
    try:
        await server.listens.wait()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.handle_exit(signal.SIGTERM, None)
        await running
        listening.close()


async def main(language: str) -> None:
    """Serve the sample until interrupted."""
    world = World()
    furnish(world.views, language)
    world.views.languages = dict.fromkeys(PEOPLE, language)
    async with serving(world.application(), 8999):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "en"))

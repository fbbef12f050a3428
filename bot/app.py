"""The composition root: builds everything once, starts it, stops it. Nothing else builds adapters."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

import structlog
import uvicorn
from starlette.applications import Starlette

from bot import failpoints
from bot.channels.web.adapter import Watchers, WebChannel
from bot.delivery import Delivery
from bot.desk.tickets import Desk
from bot.dialogue.conversation import Conversation
from bot.dialogue.library import Library
from bot.dialogue.world import Knowledge, knowledge_of
from bot.joining.slack import join_slack, slack_workspace
from bot.joining.telegram import join_telegram, telegram_bot
from bot.messages import BadgeKeeper, Capabilities, Channel
from bot.organisation import Organisation
from bot.organisation_file import OrganisationErrors, load, sample_path
from bot.settings import Settings
from bot.shelf import DeskShelf
from bot.ticker import Ticker
from bot.web.backing import StoredDoors, StoredFiles, StoredTranscript
from bot.web.health import Health, health_routes
from bot.web.knowledge_reading import DeskKnowledge
from bot.web.parts import Parts
from bot.web.reading import DeskViews
from bot.web.rota_reading import DeskRota
from bot.web.site import build_web
from faq.article import shipped_articles
from storage import desk_keys, people
from storage.database import Database, Transaction
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.channels.slack.workspace import SlackWorkspace
    from bot.channels.telegram.bot import TelegramBot

log = structlog.get_logger()
Clock = Callable[[], datetime]
STOP_WITHIN = 4  # seconds for requests in flight


def utc_now() -> datetime:
    """The wall clock, in UTC; the only place the house reads it."""
    return datetime.now(UTC)


def load_organisation(settings: Settings, now: datetime) -> Organisation:
    """The organisation of these settings, else the sample. Raises `OrganisationErrors` with every mistake."""
    years = range(now.year - 1, now.year + 4)
    return load(settings.config or sample_path(), years=years, self_address=(settings.host, settings.port))


@dataclass
class App:
    """A running Firstline: what it is made of, for the command line and the tests."""

    settings: Settings
    clock: Clock
    database: Database
    desk: Desk
    conversation: Conversation
    delivery: Delivery
    ticker: Ticker
    transcript: StoredTranscript
    files: StoredFiles
    doors: StoredDoors
    health: Health
    web: Starlette
    slack: SlackWorkspace | None = None
    telegram: TelegramBot | None = None

    @classmethod
    async def build(cls, settings: Settings, *, clock: Clock = utc_now, channels: Iterable[Channel] = ()) -> App:
        """Everything, wired; the database is migrated and knows the organisation's people."""
        failpoints.arm(settings.failpoint)
        organisation = load_organisation(settings, clock())
        database = await Database.open(settings.database_url, clock=clock, database_time=clock is utc_now)
        try:
            await database.migrate()
            return await cls._wire(settings, clock, database, organisation, tuple(channels))
        except BaseException:
            await database.close()
            raise

    @classmethod
    async def _wire(
        cls,
        settings: Settings,
        clock: Clock,
        database: Database,
        organisation: Organisation,
        more: tuple[Channel, ...],
    ) -> App:
        async with database.transaction() as tx:
            await _know(tx, organisation, clock())
            secret = settings.secret_key or await desk_keys.keep(tx, "web", secrets.token_hex(32))
        owner = secrets.token_hex(8)
        desk = Desk(organisation, clock)
        transcript, watchers = StoredTranscript(database, clock), Watchers()
        files = StoredFiles(database, clock)
        web_channel = WebChannel(transcript, files, watchers)
        stopwatch = time.monotonic if clock is utc_now else lambda: clock().timestamp()
        slack = slack_workspace(settings.slack, DeskShelf(database), stopwatch) if settings.slack else None
        telegram = await telegram_bot(settings.telegram, database) if settings.telegram else None
        linked = tuple(each.channel for each in (slack, telegram) if each)
        channels: dict[str, Channel] = {channel.name: channel for channel in (web_channel, *linked, *more)}
        conversation = Conversation(database, desk, _knowledge(), _capabilities(channels), linkable=len(channels) > 1)
        doors = StoredDoors(database, clock)
        delivery = Delivery(database, desk, channels, owner=owner)
        library, deadman = Library(database, conversation), settings.deadman_url
        keepers = tuple(name for name, channel in channels.items() if isinstance(channel, BadgeKeeper))
        ticker = Ticker(database, desk, conversation, library, owner=owner, deadman_url=deadman, wear_badges=keepers)
        health = Health(database, clock, delivery, ticker)
        parts = Parts(
            conversation=conversation,
            views=DeskViews(database, desk),
            knowledge=DeskKnowledge(database, desk, lambda: conversation.knowledge),
            rota=DeskRota(database, desk),
            transcript=transcript,
            watchers=watchers,
            staging=files,
            doors=doors,
            secret=secret.encode(),
            seats_allowed=lambda: desk.organisation.sample and settings.on_loopback and len(channels) == 1,
            now=clock,
        )
        if slack:
            join_slack(slack, conversation, files)
            _watch(health, slack)
        if telegram:
            join_telegram(telegram, conversation, files, owner)
            _watch(health, telegram)
        routes = [route for each in (slack, telegram) if each for route in each.routes]
        web = build_web(parts, beside=(*health_routes(health), *routes))
        return cls(
            settings,
            clock,
            database,
            desk,
            conversation,
            delivery,
            ticker,
            transcript,
            files,
            doors,
            health,
            web,
            slack,
            telegram,
        )

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Ticker and delivery running, until the block ends; then everything is put down in order."""
        delivering = asyncio.create_task(self.delivery.run(), name="delivery")
        watching = asyncio.create_task(self.health.watch_loop(), name="loop-lag")
        linked = [each for each in (self.slack, self.telegram) if each]
        hearing = [asyncio.create_task(each.run(), name=each.channel.name) for each in linked]
        self.ticker.start()
        try:
            yield
        finally:
            for task in hearing:
                task.cancel()
            await asyncio.gather(*hearing, return_exceptions=True)
            self.ticker.stop()
            await self.conversation.stop()
            await self.delivery.finish(delivering)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            for each in linked:
                await each.close()
            await self.database.close()

    async def reload(self) -> bool:
        """Read `desk.yaml` again; a file with mistakes is refused whole and the old one stays."""
        try:
            organisation = load_organisation(self.settings, self.clock())
            async with self.database.transaction() as tx:
                await _know(tx, organisation, self.clock())
        except (OrganisationErrors, StorageError) as errors:
            log.error("organisation.refused", kept="the one in use", mistakes=str(errors))
            return False
        self.desk.organisation = organisation
        log.info("organisation.reloaded", source=organisation.source)
        return True

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve the web desk until SIGINT or SIGTERM; SIGHUP reads `desk.yaml` again."""
        server = self.server(ready)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.handle_exit, number, None)
        reloads: set[asyncio.Task[bool]] = set()
        loop.add_signal_handler(signal.SIGHUP, lambda: reloads.add(loop.create_task(self.reload())))
        async with self.working():
            await server.serve()
            await asyncio.gather(*reloads, return_exceptions=True)

    def server(self, ready: Callable[[], None]) -> Server:
        """The web desk's HTTP server, not yet listening."""
        config = uvicorn.Config(
            self.web,
            host=self.settings.host,
            port=self.settings.port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=STOP_WITHIN,
            server_header=False,
        )
        return Server(config, ready)


class Server(uvicorn.Server):
    """Uvicorn under our own signal handlers, telling when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Leave the signals to `App.serve`, so that one Ctrl-C stops everything in order."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; a second time at once."""
        super().handle_exit(sig, frame)


async def _know(tx: Transaction, organisation: Organisation, now: datetime) -> None:
    """Everybody of the file, with the chat accounts it gives them."""
    await people.sync(tx, organisation.people.keys())
    everybody = organisation.people.values()
    accounts = ((i.channel, i.workspace, i.user, person.key) for person in everybody for i in person.identities)
    await people.link_all(tx, accounts, now)


@cache
def _knowledge() -> Knowledge:
    # Reading and indexing it takes most of a start, and it never changes while the process lives.
    return knowledge_of(shipped_articles())


def _watch(health: Health, chat: SlackWorkspace | TelegramBot) -> None:
    health.last_inbound[chat.channel.name] = lambda: chat.last_inbound_at
    health.troubles[chat.channel.name] = lambda: chat.trouble


def _capabilities(channels: dict[str, Channel]) -> Callable[[str], Capabilities]:
    return lambda name: channels[name].capabilities

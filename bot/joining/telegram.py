"""Telegram joined to the house: the bot of these settings, and what its channel asks of everything else."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.dialogue import commands, filling
from bot.dialogue.conversation import Conversation
from bot.dialogue.meeting import Meeting
from bot.dialogue.places import conversation_key
from bot.dialogue.routes import place_string
from bot.dialogue.talk import Talk
from bot.joining.staging import stage_into
from bot.messages import Identity, Place
from bot.organisation import Organisation
from bot.parcels import place_key
from bot.phrases import LANGUAGES, tell
from bot.settings import TelegramSettings
from bot.shelf import DeskShelf
from bot.web.backing import StoredFiles
from escalation.errors import Stale
from storage import cards, desk_keys, dialogues, inbox, leases, people
from storage.database import Database
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.channels.telegram.bot import TelegramBot
    from bot.channels.telegram.memory import Asked, Memory

TELEGRAM = "telegram"
PRIVATE_WORDS = ("start", "new", "my", "status", "faq", "cancel", "help", "settings", "connect")
STAFF_WORDS = (
    *("queue", "mine", "show", "claim", "release", "assign", "transfer", "escalate", "priority", "hold", "resume"),
    *("note", "reply", "resolve", "link", "major", "oncall", "ack", "report", "help"),
)
POLLED_BY_ONE = 30  # seconds; so long another process waits before it asks for updates in the place of one that died


async def telegram_bot(given: TelegramSettings, database: Database) -> TelegramBot:
    """The bot of these settings; loaded only where there is one, because its library is large."""
    from bot.channels.telegram.bot import TelegramBot
    from bot.channels.telegram.commands import Menus

    secret = given.webhook_secret
    if given.webhook_url and not secret:
        async with database.transaction() as tx:
            secret = await desk_keys.keep(tx, "telegram-webhook", secrets.token_urlsafe(32))

    return TelegramBot(
        given.bot_token,
        _memory(database),
        {language: {key: tell(f"telegram.{key}", language) for key in _WORDS} for language in LANGUAGES},
        Menus(_menu(PRIVATE_WORDS), _menu(STAFF_WORDS)),
        api_url=given.api_url,
        webhook_url=given.webhook_url,
        webhook_secret=secret,
        speed=given.speed,
        shelf=DeskShelf(database),
    )


_WORDS = ("repeat", "open_chat", "open_chat_button")


def _menu(words: tuple[str, ...]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    return {
        language: tuple((word, tell(f"telegram.menu.{word}", language)) for word in words) for language in LANGUAGES
    }


# -- what the channel remembers ---------------------------------------------------------------------


def _memory(database: Database) -> Memory:
    """Kept beside the live cards: a topic is where a card stands, too."""
    from bot.channels.telegram.memory import Memory

    async def recall(name: str, room: str) -> str:
        async with database.reading() as tx:
            return await cards.where(tx, f"{TELEGRAM}:{name}", _room(room))

    async def remember(name: str, room: str, value: str) -> None:
        async with database.transaction() as tx:
            await cards.stands(tx, f"{TELEGRAM}:{name}", _room(room), value)

    async def belongs(room: str, message: str, ticket: int) -> None:
        async with database.transaction() as tx:
            await cards.about(tx, ticket, _room(room), message)

    async def ticket_of(room: str, message: str) -> int | None:
        async with database.reading() as tx:
            return await cards.ticket_of(tx, _room(room), message)

    return Memory(recall, remember, belongs, ticket_of)


def _room(room: str) -> str:
    """A room as the live cards name it; what belongs to none has the channel's own name."""
    return place_string(Place(TELEGRAM, "", room, private=False)) if room else TELEGRAM


# -- what the channel asks --------------------------------------------------------------------------


def join_telegram(bot: TelegramBot, conversation: Conversation, files: StoredFiles, owner: str) -> None:
    """From now on what comes from Telegram reaches this conversation. `owner` is this process's name."""
    from bot.channels.telegram.memory import Core

    meeting, database, desk = Meeting(conversation), conversation.database, conversation.desk

    async def language(person: str) -> str:
        async with database.reading() as tx:
            chosen = await people.settings(tx, person)
        known = desk.organisation.people.get(person)
        return str(chosen.get("language", known.language if known else ""))

    async def meet(who: Identity, wanted: str) -> None:
        guest = await meeting.person(who)
        if not desk.organisation.is_guest(guest):
            return
        async with database.transaction() as tx:
            await people.welcome(tx, guest)
            chosen = await people.settings(tx, guest)
            if wanted in desk.organisation.languages and "language" not in chosen:
                await people.save_settings(tx, guest, {**chosen, "language": wanted})

    async def park(event_id: str, payload: object, error: str) -> None:
        async with database.transaction() as tx:
            await inbox.park(tx, event_id, payload, error, desk.clock())

    async def stands(room: str, ticket: int) -> bool:
        async with database.reading() as tx:
            return any(place == _room(room) for _, place, _ in await cards.places(tx, ticket))

    core = Core(
        handle=conversation.handle,
        person=meeting.person,
        language=language,
        asked=_asked(database),
        stage=stage_into(files, meeting),
        meet=meet,
        park=park,
        rooms=lambda: rooms_of(desk.organisation),
        stands=stands,
        may_poll=one_at_a_time(database, desk.clock, owner),
        transient=(StorageError, Stale),
        words=frozenset(commands.WORDS),
    )
    bot.attach(core)
    conversation.doors[TELEGRAM] = lambda: bot.door


def rooms_of(organisation: Organisation) -> Mapping[str, str]:
    """The groups' rooms in Telegram, each with the keys of its groups."""
    found: dict[str, str] = {}
    for key, group in organisation.groups.items():
        room = group.rooms.get(TELEGRAM)
        if room:
            found[room] = f"{found[room]} {key}" if room in found else key
    return found


def _asked(database: Database) -> Callable[[Identity, Place], Awaitable[Asked | None]]:
    """Whether a form waits here for an answer, and in which message its question stands."""
    from bot.channels.telegram.memory import Asked

    async def asked(_: Identity, place: Place) -> Asked | None:
        async with database.reading() as tx:
            stored = await dialogues.load(tx, conversation_key(place))
            talk = Talk.from_json(stored.state) if stored is not None else Talk()
            if talk.filling is None:
                return None
            return Asked(await cards.where(tx, filling.form_of(talk.filling).key, place_key(place)))

    return asked


def one_at_a_time(database: Database, clock: Callable[[], datetime], owner: str) -> Callable[[], Awaitable[bool]]:
    """Whether this process asks for updates now: of several on one database only one may, or Telegram refuses all.

    Whoever has this half-minute takes the next one early, so that it goes on; who dies is followed by another.
    """
    mine: set[str] = set()

    async def may_poll() -> bool:
        if database.dialect == "sqlite":
            return True  # its file belongs to one process
        now = clock()
        period = int(now.timestamp()) // POLLED_BY_ONE
        async with database.transaction() as tx:
            for each in (str(period), str(period + 1)):
                if each not in mine and not await leases.claim_period(tx, "telegram-poll", each, owner, now):
                    return False
                if each not in mine:
                    await leases.forget(tx, "telegram-poll", now - timedelta(minutes=10))
                mine.add(each)
        while len(mine) > 8:
            mine.remove(min(mine))
        return True

    return may_poll

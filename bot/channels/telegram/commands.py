"""The command words Telegram offers while somebody types: by kind of chat, and by language."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog
from telegram import BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden

from bot.channels.telegram.rooms import Rooms
from bot.channels.telegram.transport import Account, Limited

log = structlog.get_logger()
DESCRIPTION_AT_MOST = 256
DEFAULT_LANGUAGE = "en"
LONGEST_PAUSE = 300.0

Menu = Sequence[tuple[str, str]]  # word and what it does


@dataclass(frozen=True, slots=True)
class Menus:
    """The words of a private chat and of a staff group, by language."""

    private: Mapping[str, Menu]
    staff: Mapping[str, Menu]


async def register(account: Account, rooms: Rooms, menus: Menus, groups: Collection[str]) -> None:
    """Tell Telegram all menus, trying again until it has taken them; a group we are not in is left out."""
    pause = 1.0
    while True:
        try:
            await account.name_in_groups()
            await _register(account, BotCommandScopeAllPrivateChats(), menus.private)
            for group in groups:
                await _in_group(account, await rooms.now_at(group), menus)
            return
        except Limited as error:
            await asyncio.sleep(error.seconds)
        except Exception as error:  # Telegram or the database is away; nobody waits for a menu
            log.warning("telegram.menus_not_registered", reason=f"{type(error).__name__}: {error}", again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _in_group(account: Account, chat: str, menus: Menus) -> None:
    try:
        await _register(account, BotCommandScopeChat(int(chat)), menus.staff)
    except (BadRequest, Forbidden) as error:
        log.warning("telegram.group_without_menu", chat=chat, reason=str(error), do="see `firstline check`")


async def _register(account: Account, scope: BotCommandScope, menus: Mapping[str, Menu]) -> None:
    for language, menu in menus.items():
        commands = [BotCommand(word, description[:DESCRIPTION_AT_MOST]) for word, description in menu]
        await account.set_my_commands(
            commands, scope=scope, language_code=None if language == DEFAULT_LANGUAGE else language
        )

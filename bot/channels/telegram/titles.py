"""A title kept in step with the rota: beside the name of whoever is on call, in the group's room.

Telegram has two kinds. A regular member wears a *tag*, which an administrator with that right gives; an administrator
wears a *custom title*, which only whoever appointed them gives. The owner, and administrators whom people appointed,
are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection

import structlog
from telegram import ChatMember, ChatMemberAdministrator, ChatMemberMember, ChatMemberRestricted
from telegram.error import BadRequest

from bot.channels.telegram.failures import says
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.transport import Account
from bot.messages import Badge

log = structlog.get_logger()
NOT_THERE = ("user not found", "member not found", "participant_id_invalid", "user_id_invalid", "invalid user_id")


async def wear(account: Account, memory: Memory, chat: str, badge: Badge) -> None:
    """Give these accounts the title, and take it from whoever wore it before; raises what the library raises.

    Who wears it is remembered before anything is done, so that nobody keeps it after a crash.
    """
    key, wearers = f"badge:{badge.group}", set(badge.wearers)
    name, before = _worn(await memory.recall(key, badge.room), badge.name)
    await memory.remember(key, badge.room, json.dumps([name, sorted(before | wearers)]))
    for user in sorted(before - wearers):
        await _give(account, chat, user, "", instead_of={name, badge.name})
    for user in badge.wearers:
        if not await _give(account, chat, user, badge.name):
            log.warning("telegram.title_not_given", group=badge.group, chat=chat, why="not a member it may be given to")
    await memory.remember(key, badge.room, json.dumps([badge.name, sorted(wearers)]))


def may_be_given(member: ChatMember) -> bool:
    """Whether Telegram lets a bot with the right to do so give this member a title."""
    if isinstance(member, ChatMemberAdministrator):
        return member.can_be_edited
    return isinstance(member, ChatMemberMember | ChatMemberRestricted)


async def _give(account: Account, chat: str, user: str, title: str, instead_of: Collection[str] = ()) -> bool:
    """The title, or "" for none `instead_of` these; False where nobody may give it."""
    try:
        member = await account.get_chat_member(int(chat), int(user))
    except BadRequest as error:
        if not says(error, NOT_THERE):
            raise
        return False
    worn = str(getattr(member, "custom_title", None) or getattr(member, "tag", None) or "")
    if not may_be_given(member):
        return False
    if worn == title or (not title and worn not in instead_of):
        return True
    if isinstance(member, ChatMemberAdministrator):
        return await account.set_chat_administrator_custom_title(int(chat), int(user), title)
    return await account.set_chat_member_tag(int(chat), int(user), title)


def _worn(kept: str, otherwise: str) -> tuple[str, set[str]]:
    name, users = json.loads(kept) if kept else (otherwise, [])
    return name, set(users)

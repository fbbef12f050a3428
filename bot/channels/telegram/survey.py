"""Whether the bot is set up as it should be, and what to press where it is not: for `firstline check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telegram import ChatMember, User
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.telegram.adapter import TelegramChannel
from bot.channels.telegram.titles import may_be_given


@dataclass(frozen=True, slots=True)
class Room:
    """A group of `desk.yaml` with its room, and the Telegram accounts of its people.

    `title` is worn there by whoever of `wearers` is on call; "" for none.
    """

    group: str
    chat: str
    people: Mapping[str, str]
    title: str = ""
    wearers: tuple[str, ...] = ()


async def survey(
    channel: TelegramChannel, webhook: str, rooms: tuple[Room, ...], accounts: Mapping[str, str]
) -> tuple[str, ...]:
    """Every trouble found, one line each, with what to do; empty when all is well.

    `webhook` is the address Telegram should post to, "" when it is asked. `accounts` are user numbers by person.
    """
    try:
        me = await channel.account.get_me()
    except InvalidToken:
        return (
            "Telegram refuses TELEGRAM_BOT_TOKEN: send BotFather /mybots, choose the bot, *API Token*, copy it anew",
        )
    except TelegramError as error:
        return (f"Telegram cannot be asked: {error}",)
    troubles = await _webhook_troubles(channel, webhook)
    for room in rooms:
        troubles += await _room_troubles(channel, me, room)
    for person, user in accounts.items():
        troubles += await _account_troubles(channel, me, person, user)
    return tuple(troubles)


async def _webhook_troubles(channel: TelegramChannel, wanted: str) -> list[str]:
    info = await channel.account.get_webhook_info()
    if wanted and info.url == wanted and info.last_error_message:
        return [f"Telegram could not post to {wanted} lately: {info.last_error_message}"]
    if info.url in ("", wanted):
        return []  # `firstline run` sets its own
    if wanted:
        return [
            f"Telegram posts to {info.url}, not to {wanted}: `firstline run` will change that; is the bot used twice?"
        ]
    return [
        f"Telegram posts to {info.url}, and TELEGRAM_WEBHOOK_URL is not set: `firstline run` will take that away;"
        " is another program using this bot?"
    ]


async def _room_troubles(channel: TelegramChannel, me: User, room: Room) -> list[str]:
    name, group = f"@{me.username}", f"group {room.group}"
    chat = await channel.rooms.now_at(room.chat)
    moved = [f"{group}: its Telegram group is {chat} now: write that number in desk.yaml"] if chat != room.chat else []
    try:
        known = await channel.account.get_chat(int(chat))
        member = await channel.account.get_chat_member(int(chat), me.id)
    except (BadRequest, Forbidden):
        return [*moved, f"{group}: the bot is not in the Telegram group {chat}: open the group, *Add members*, {name}"]
    except TelegramError as error:
        return [*moved, f"{group}: the Telegram group {chat} cannot be looked at ({error})"]
    if member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return [*moved, f"{group}: the bot is not in the Telegram group {chat}: open the group, *Add members*, {name}"]
    missing = await _missing_people(channel, chat, room)
    rights = _right_troubles(member, is_forum=bool(known.is_forum), hears=bool(me.can_read_all_group_messages))
    titles = await _title_troubles(channel, chat, room, member, name) if room.title else []
    told = (*(trouble.format(name=name) for trouble in rights), *titles)
    return [*moved, *(f"{group}: {trouble}" for trouble in told), *missing]


def _right_troubles(member: ChatMember, *, is_forum: bool, hears: bool) -> list[str]:
    administrator = member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER)
    if is_forum:
        wanted = {"can_manage_topics": "*Manage topics*", "can_pin_messages": "*Pin messages*"}
        missing = [label for right, label in wanted.items() if not getattr(member, right, False)]
        if missing:
            return [
                f"the bot may not {' and '.join(missing)}: open the group's settings, *Administrators*,"
                " *Add administrator*, {name}, and switch that on"
            ]
        return []
    if not (administrator or hears):
        return [
            "the bot does not hear what is written there without a command: send BotFather /setprivacy, choose {name},"
            " *Disable*, then take the bot out of the group and add it again; or make it an administrator"
        ]
    return []


async def _title_troubles(channel: TelegramChannel, chat: str, room: Room, me: ChatMember, name: str) -> list[str]:
    """Whoever takes turns being on call, and cannot wear the title. `name` is the bot's."""
    troubles, tags = [], getattr(me, "can_manage_tags", False)
    for person in room.wearers:
        try:
            member = await channel.account.get_chat_member(int(chat), int(room.people[person]))
        except (KeyError, TelegramError):
            continue  # without an account, or not there: told elsewhere
        if not may_be_given(member) and member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER):
            troubles.append(
                f"{person} cannot wear the title {room.title!r}: Telegram lets {name} give it to regular members"
                " and to administrators it appointed itself; make them a regular member of the group"
            )
        elif member.status in (ChatMember.MEMBER, ChatMember.RESTRICTED) and not tags:
            return [
                *troubles,
                f"the bot may not give members the title {room.title!r}: open the group's settings, *Administrators*,"
                f" {name}, and let it change the tags of members",
            ]
    return troubles


async def _missing_people(channel: TelegramChannel, chat: str, room: Room) -> list[str]:
    missing = []
    for person, user in room.people.items():
        try:
            member = await channel.account.get_chat_member(int(chat), int(user))
            there = member.status not in (ChatMember.LEFT, ChatMember.BANNED)
        except TelegramError:
            there = False
        if not there:
            missing.append(f"group {room.group}: {person} is not in its Telegram group {chat}: add them")
    return missing


async def _account_troubles(channel: TelegramChannel, me: User, person: str, user: str) -> list[str]:
    try:
        await channel.account.send_chat_action(int(user), ChatAction.TYPING)
    except Forbidden as error:
        reason = "has blocked the bot" if "blocked" in str(error) else "cannot be written to"
    except BadRequest:
        reason = "has not opened the bot yet"
    except TelegramError as error:
        return [f"person {person}: Telegram cannot be asked about {user} ({error})"]
    else:
        return []
    return [
        f"person {person}: {reason} and cannot be paged there: ask them to open https://t.me/{me.username}, *Start*"
    ]

"""What the bot asks about itself, its webhook, its commands, chats and files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram import payloads
from tests.fakes.telegram.chats import any_chat
from tests.fakes.telegram.model import BOT
from tests.fakes.telegram.refusals import Json, bad, forbidden, malformed
from tests.fakes.telegram.updates import Webhook

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
SCOPES_OF_CHATS = frozenset({"chat", "chat_administrators", "chat_member"})
PORTS = ("443", "80", "88", "8443")
LONGEST_TITLE = 16
MOST_COMMANDS, MOST_DOWNLOADED = 100, 20 * 2**20


def get_me(telegram: Telegram, arguments: Json) -> Json:
    return telegram.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not telegram.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(telegram: Telegram, arguments: Json, gone: Callable[[], bool]) -> list[Any]:
    limit = int(arguments.get("limit") or 100)
    if not 1 <= limit <= 100:
        raise malformed("limit must be from 1 to 100")
    offset, timeout = int(arguments.get("offset") or 0), float(arguments.get("timeout") or 0)
    return await telegram.updates.poll(offset, limit, timeout, arguments.get("allowed_updates"), gone)


def set_webhook(telegram: Telegram, arguments: Json) -> bool:
    url, secret = str(arguments["url"]), str(arguments.get("secret_token") or "")
    if not url:
        telegram.updates.set_webhook(None, forget=bool(arguments.get("drop_pending_updates")))
        return True
    address = re.fullmatch(r"https://([^/:]+)(?::(\d+))?(/.*)?", url)
    if address is None:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if address[2] and address[2] not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not SECRET.fullmatch(secret):
        raise malformed("secret token contains unallowed characters")
    if arguments.get("allowed_updates") is not None:
        telegram.updates.allowed = frozenset(arguments["allowed_updates"])
    most = int(arguments.get("max_connections") or 40)
    telegram.updates.set_webhook(Webhook(url, secret, most), forget=bool(arguments.get("drop_pending_updates")))
    return True


def delete_webhook(telegram: Telegram, arguments: Json) -> bool:
    telegram.updates.set_webhook(None, forget=bool(arguments.get("drop_pending_updates")))
    return True


def get_webhook_info(telegram: Telegram, arguments: Json) -> Json:
    updates, webhook = telegram.updates, telegram.updates.webhook
    facts: Json = {"url": webhook.url if webhook else "", "has_custom_certificate": False}
    facts["pending_update_count"] = len(updates.waiting)
    if webhook:
        facts["max_connections"] = webhook.most
        if webhook.error:
            facts |= {"last_error_date": webhook.error_at, "last_error_message": webhook.error}
    if updates.allowed:
        facts["allowed_updates"] = sorted(updates.allowed)
    return facts


def _scope(telegram: Telegram, arguments: Json) -> tuple[str, str]:
    scope, language = arguments.get("scope") or {}, str(arguments.get("language_code") or "")
    kind = str(scope.get("type") or "default")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise malformed("invalid language code specified")
    if kind in SCOPES_OF_CHATS:
        chat = any_chat(telegram, scope)
        if kind == "chat_administrators" and chat.kind == "private":
            raise malformed("can't use specified scope in a private chat")
        return f"{kind} {chat.id} {scope.get('user_id', '')}".strip(), language
    return kind, language


def set_my_commands(telegram: Telegram, arguments: Json) -> bool:
    commands: list[Json] = arguments["commands"]
    where = _scope(telegram, arguments)
    if len(commands) > MOST_COMMANDS:
        raise malformed("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            raise malformed("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise malformed("BOT_COMMAND_DESCRIPTION_INVALID")
    telegram.commands[where] = commands
    return True


def get_my_commands(telegram: Telegram, arguments: Json) -> list[Json]:
    return telegram.commands.get(_scope(telegram, arguments), [])


def delete_my_commands(telegram: Telegram, arguments: Json) -> bool:
    telegram.commands.pop(_scope(telegram, arguments), None)
    return True


def _describe(name: str, longest: int) -> Any:
    def set_it(telegram: Telegram, arguments: Json) -> bool:
        text, language = str(arguments.get(name) or ""), str(arguments.get("language_code") or "")
        if len(text) > longest:
            raise malformed(f"BOT_{name.upper()}_TOO_LONG")
        telegram.described[name, language] = text
        return True

    return set_it


def set_chat_menu_button(telegram: Telegram, arguments: Json) -> bool:
    telegram.menu_button = arguments.get("menu_button") or {"type": "default"}
    return True


def get_chat(telegram: Telegram, arguments: Json) -> Json:
    chat = any_chat(telegram, arguments)
    if chat.kind != "private" and BOT not in chat.members:
        telegram.chat_with_bot(chat)
    return payloads.full_chat_json(telegram, chat)


def get_chat_member(telegram: Telegram, arguments: Json) -> Json:
    chat = any_chat(telegram, arguments)
    account = telegram.accounts.get(arguments["user_id"])
    if account is None:
        raise bad("invalid user_id specified")
    if chat.kind != "private" and BOT not in chat.members and account.id != BOT:
        telegram.chat_with_bot(chat)
    if BOT in chat.kicked:
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    return payloads.member_json(telegram, chat, account)


def _titled(telegram: Telegram, arguments: Json, name: str) -> tuple[Any, int, str]:
    """The chat, the member and the title of a call, as far as every kind of title is alike."""
    chat, user, title = any_chat(telegram, arguments), int(arguments["user_id"]), str(arguments.get(name) or "")
    telegram.chat_with_bot(chat)
    if user not in chat.members:
        raise bad("user not found" if user not in telegram.accounts else "PARTICIPANT_ID_INVALID")
    if len(title) > LONGEST_TITLE or any(unicodedata.category(sign) == "So" for sign in title):
        raise malformed(f"{name} has at most {LONGEST_TITLE} characters and no emoji")
    return chat, user, title


def set_chat_member_tag(telegram: Telegram, arguments: Json) -> bool:
    chat, user, title = _titled(telegram, arguments, "tag")
    if not chat.may(BOT, "can_manage_tags"):
        raise bad("not enough rights to edit the tag of the user")
    if chat.administrator(user):
        raise bad("user is an administrator of the chat")
    return _title(telegram, chat, user, title)


def set_chat_administrator_custom_title(telegram: Telegram, arguments: Json) -> bool:
    chat, user, title = _titled(telegram, arguments, "custom_title")
    if chat.kind != "supergroup":
        raise bad("method is available only for supergroups")
    if not chat.administrator(user):
        raise bad("user is not an administrator")
    if user not in chat.appointed:
        raise bad("not enough rights to change custom title of the user")
    return _title(telegram, chat, user, title)


def _title(telegram: Telegram, chat: Any, user: int, title: str) -> bool:
    chat.titles[user] = title
    chat.title_changes += 1
    telegram.changed()
    return True


def get_chat_administrators(telegram: Telegram, arguments: Json) -> list[Json]:
    chat = any_chat(telegram, arguments)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    telegram.chat_with_bot(chat)
    return [payloads.member_json(telegram, chat, telegram.accounts[each]) for each in chat.rights]


def get_chat_member_count(telegram: Telegram, arguments: Json) -> int:
    return len(any_chat(telegram, arguments).members)


def leave_chat(telegram: Telegram, arguments: Json) -> bool:
    chat = any_chat(telegram, arguments)
    telegram.chat_with_bot(chat)
    chat.members.discard(BOT)
    return True


def get_file(telegram: Telegram, arguments: Json) -> Json:
    file = telegram.files.get(str(arguments["file_id"]).removesuffix("-small"))
    if file is None:
        raise bad("invalid file_id")
    if len(file.content) > MOST_DOWNLOADED:
        raise bad("file is too big")
    return file.facts() | {"file_path": file.path}


METHODS = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _describe("name", 64),
    "setMyDescription": _describe("description", 512),
    "setMyShortDescription": _describe("short_description", 120),
    "setChatMenuButton": set_chat_menu_button,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "setChatMemberTag": set_chat_member_tag,
    "setChatAdministratorCustomTitle": set_chat_administrator_custom_title,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "getFile": get_file,
}

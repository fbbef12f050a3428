"""The app manifest: what a workspace's administrator pastes into Slack to install Firstline."""

from __future__ import annotations

from typing import Any

from bot.channels.slack.http import PATH
from bot.channels.slack.parse import ADD_NOTE, CREATE_TICKET, NEW_TICKET, SAVE_ANSWER

# Each scope with what needs it. Nothing is asked for that is not used.
SCOPES = {
    "app_mentions:read": "@firstline in a channel",
    "channels:history": "answers in a ticket's thread; looking for a message after an unclear answer",
    "chat:write": "every message",
    "commands": "the slash command and the shortcuts",
    "files:read": "files people send",
    "files:write": "files and pictures that are handed on",
    "groups:history": "the same in private channels",
    "im:history": "direct messages; looking for a message after an unclear answer",
    "im:write": "opening a direct message to page somebody",
    "reactions:read": "claiming and resolving by emoji",
    "users:read": "who is deactivated or a guest; locale",
    "users:read.email": "linking an account to the person with this address",
}
# And these only where `desk.yaml` names a user group for whoever is on call.
USER_GROUP_SCOPES = {
    "usergroups:read": "finding the user group of whoever is on call",
    "usergroups:write": "keeping the user group of whoever is on call in step with the rota",
}
EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "reaction_added")
SHORTCUTS = (
    ("New ticket", "global", NEW_TICKET, "Tell the IT desk about a fault or a wish"),
    ("Create ticket", "message", CREATE_TICKET, "Open a ticket with the words of this message"),
    ("Save as answer", "message", SAVE_ANSWER, "Draft an article from this message or its ticket"),
    ("Add as internal note", "message", ADD_NOTE, "Keep this message as a note on its thread's ticket"),
)


def scopes(*, user_groups: bool = False) -> dict[str, str]:
    """The scopes of an app that keeps user groups in step, or that does not; each with what needs it."""
    return SCOPES | (USER_GROUP_SCOPES if user_groups else {})


def manifest(command: str = "/it", address: str = "", *, user_groups: bool = False) -> dict[str, Any]:
    """The manifest; without a public `address` (https://…) for Socket Mode, with one for HTTP."""
    url = {"request_url": address.rstrip("/") + PATH} if address else {}
    slash: dict[str, Any] = {
        "command": command,
        "description": "The IT desk: new, list, show, queue, claim, resolve… Without a word: what there is.",
        "usage_hint": "new my Wi-Fi drops",
        "should_escape": True,
    }
    return {
        "display_information": {
            "name": "Firstline",
            "description": "The IT help desk that answers first",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "firstline", "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": callback, "description": description}
                for name, kind, callback, description in SHORTCUTS
            ],
            "slash_commands": [slash | ({"url": url["request_url"]} if url else {})],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(user_groups=user_groups))}},
        "settings": {
            "event_subscriptions": {**url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
        },
    }

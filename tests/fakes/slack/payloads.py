"""The payloads Slack sends, in the shape of its published samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.slack.interactions import state_of
from tests.fakes.slack.model import APP, BOT_USER, DOMAIN, TEAM, Conversation, Message, User, View
from tests.fakes.slack.refusals import Json

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

TOKEN = "a verification token nobody should use"


def event_callback(slack: Workspace, event: Json, *, shared: bool = False) -> Json:
    """The envelope of every event."""
    payload: Json = {
        "token": TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": slack.number("Ev"),
        "event_time": int(slack.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": slack.number("4-"),
    }
    return payload


def message_event(slack: Workspace, room: Conversation, message: Message) -> Json:
    """A message event; one with files has the subtype file_share."""
    event = message.as_json()
    event.pop("app_id", None)
    event |= {"channel": room.id, "event_ts": message.ts, "channel_type": room.kind}
    if message.thread_ts and (root := room.message(message.thread_ts)):
        event["parent_user_id"] = root.user
    if message.files:
        event["subtype"] = "file_share"
        for name in ("team", "bot_id"):
            event.pop(name, None)
    elif not message.by_app:
        event["client_msg_id"] = slack.number("c")
    author = slack.users.get(message.user)
    if room.shared and author is not None:
        event |= {"user_team": author.team, "source_team": author.team}
    event.pop("reactions", None)
    return event


def mention_event(slack: Workspace, room: Conversation, message: Message) -> Json:
    """An app_mention event."""
    event = message_event(slack, room, message)
    for name in ("channel_type", "parent_user_id", "files", "subtype"):
        event.pop(name, None)
    return event | {"type": "app_mention", "client_msg_id": slack.number("c")}


def message_changed(slack: Workspace, room: Conversation, message: Message, before: str = "") -> Json:
    """A message event about an edit; `before` is how it read until then."""
    inner = message.as_json()
    for name in ("reactions", "app_id", "metadata"):
        inner.pop(name, None)
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": room.id,
        "hidden": True,
        "message": inner,
        "previous_message": {"type": "message", "user": message.user, "ts": message.ts, "text": before},
        "event_ts": slack.timestamp(),
        "ts": slack.timestamp(),
        "channel_type": room.kind,
    }


def slash(slack: Workspace, user: User, room: Conversation, command: str, text: str) -> Json:
    """A slash command."""
    names = {"im": "directmessage", "group": "privategroup", "mpim": "privategroup", "channel": room.name}
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": room.id,
        "channel_name": names[room.kind],
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": False,
        "response_url": slack.interactions.new_response_url(room, user.id),
        "trigger_id": slack.interactions.new_trigger(user.id),
    }


def _interaction(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": DOMAIN},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": APP,
        "token": TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _room(room: Conversation) -> Json:
    return {"id": room.id, "name": "directmessage" if room.kind == "im" else room.name}


def pressed_in_message(
    slack: Workspace, user: User, room: Conversation, message: Message, action: Json, attachment: int | None
) -> Json:
    """block_actions from a message; an ephemeral message is not quoted."""
    container: Json = {
        "type": "message" if attachment is None else "message_attachment",
        "message_ts": message.ts,
        "channel_id": room.id,
        "is_ephemeral": bool(message.only_for),
    }
    if attachment is not None:
        container |= {"attachment_id": attachment, "is_app_unfurl": False}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction("block_actions", user) | {
        "container": container,
        "trigger_id": slack.interactions.new_trigger(user.id),
        "channel": _room(room),
        "state": {"values": state_of(message)},
        "response_url": slack.interactions.new_response_url(room, user.id, message),
        "actions": [action],
    }
    if not message.only_for:
        payload["message"] = message.as_json()
    return payload


def pressed_in_view(slack: Workspace, user: User, view: View, action: Json) -> Json:
    """block_actions from a modal or the App Home."""
    return _interaction("block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": slack.interactions.new_trigger(user.id, in_modal=view.content["type"] == "modal"),
        "view": view.as_json(),
        "actions": [action],
    }


def submitted(slack: Workspace, user: User, view: View) -> Json:
    """view_submission"""
    trigger = slack.interactions.new_trigger(user.id, in_modal=True)
    return _interaction("view_submission", user) | {"trigger_id": trigger, "view": view.as_json()}


def closed(user: User, view: View, *, cleared: bool) -> Json:
    """view_closed"""
    return _interaction("view_closed", user) | {"view": view.as_json(), "is_cleared": cleared}


def message_shortcut(slack: Workspace, user: User, room: Conversation, message: Message, callback: str) -> Json:
    """A shortcut from a message's menu."""
    quoted = message.as_json()
    payload = _interaction("message_action", user)
    payload["user"].pop("username")
    payload.pop("api_app_id")
    return payload | {
        "callback_id": callback,
        "trigger_id": slack.interactions.new_trigger(user.id),
        "message_ts": message.ts,
        "action_ts": slack.timestamp(),
        "response_url": slack.interactions.new_response_url(room, user.id),
        "channel": _room(room),
        "message": quoted,
    }


def global_shortcut(slack: Workspace, user: User, callback: str) -> Json:
    """A shortcut from the lightning menu: no channel, no message."""
    payload: dict[str, Any] = _interaction("shortcut", user)
    payload.pop("api_app_id")
    return payload | {
        "callback_id": callback,
        "action_ts": slack.timestamp(),
        "trigger_id": slack.interactions.new_trigger(user.id),
    }

"""Slack's payloads as events. Nothing is decided here, and nobody's rights are looked at.

Every event's id is made of what stays the same when Slack delivers it again: a message's own timestamp (its mention
and its plain copy are one event), a press's `action_ts`, a command's `trigger_id`, a modal's id with what was typed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.slack.decode import typed, without_mention
from bot.channels.slack.modals import FORM, values
from bot.messages import Attached, Commanded, Corrected, Event, File, Identity, Place, Pressed, Said, Submitted

NAME = "slack"
HEARD_SUBTYPES = frozenset({None, "", "file_share", "thread_broadcast"})
NEW_TICKET, CREATE_TICKET, ADD_NOTE, SAVE_ANSWER = "new_ticket", "create_ticket", "add_note", "save_answer"


@dataclass(frozen=True, slots=True)
class Inbound:
    """An event, with what Slack needs for the answer.

    `trigger` may open a modal, once and soon. `addressed` is False for words in a thread that call nobody: they are
    ours only when the thread is. `by_emoji`: nothing was said, an emoji was put somewhere. `answers` is the message
    in whose thread the words stand. `quoted` is a message, by conversation and timestamp, whose words belong to it.
    `view` is a modal, by id and hash, whose questions depend on what was chosen in it, and `typed` what stands in it
    so far.
    """

    event: Event
    trigger: str = ""
    addressed: bool = True
    by_emoji: bool = False
    answers: str = ""
    quoted: tuple[str, str] = ("", "")
    view: tuple[str, str] = ("", "")
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What a payload does not say itself: who we are, what the people it mentions are called, our command words, and
    the command word of each emoji."""

    bot: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    emoji: Mapping[str, str] = field(default_factory=dict)


# -- places ----------------------------------------------------------------------------------------


def direct(workspace: str, user: str) -> Place:
    """The private chat with somebody."""
    return Place(NAME, workspace, f"@{user}")


def thread(channel: str, root: str) -> Place:
    """A thread of a channel. Channel ids are Slack's own for ever, so no workspace is named."""
    return Place(NAME, "", channel, root, private=False)


def whisper(channel: str, user: str) -> Place:
    """What only one person sees in a channel."""
    return Place(NAME, "", f"{channel}@{user}", private=False)


def _beside(channel: str, workspace: str, user: str) -> Place:
    """Where to answer one person about something in this conversation."""
    return direct(workspace, user) if channel.startswith("D") or not channel else whisper(channel, user)


# -- events ----------------------------------------------------------------------------------------


def event(body: Mapping[str, Any], context: Context) -> Inbound | None:
    """What an Events API payload means to us; None for what does not concern us."""
    inner = body.get("event") or {}
    match inner.get("type"):
        case "message" if inner.get("subtype") == "message_changed":
            return _correction(body, inner, context)
        case "message" | "app_mention":
            return _message(body, inner, context)
        case "reaction_added":
            return _reaction(body, inner, context)
    return None


def _message(body: Mapping[str, Any], inner: Mapping[str, Any], context: Context) -> Inbound | None:
    user, channel, ts = inner.get("user", ""), inner.get("channel", ""), inner.get("ts", "")
    by_a_bot = inner.get("bot_id") or user == context.bot
    if by_a_bot or inner.get("subtype") not in HEARD_SUBTYPES or not (user and channel and ts):
        return None
    workspace = _workspace(body, inner)
    root = inner.get("thread_ts", "")
    answers = root if root != ts else ""
    text = str(inner.get("text") or "")
    called = inner.get("type") == "app_mention" or bool(context.bot and f"<@{context.bot}" in text)
    private = inner.get("channel_type") == "im" or channel.startswith("D")
    if not (private or called or answers):
        return None
    place = direct(workspace, user) if private else thread(channel, root or ts)
    words = typed(without_mention(text, context.bot), context.names).strip()
    sender, event_id = Identity(NAME, workspace, user), f"slack:{channel}:{ts}"
    if inner.get("files"):
        heard: Event = Attached(event_id, sender, place, _files(inner["files"]), words, answers, ts)
    else:
        commands = context.words if called else frozenset()
        heard = replace(_words(event_id, sender, place, words, answers, commands), message=ts)
    return Inbound(heard, addressed=private or called, answers=answers)


def _correction(body: Mapping[str, Any], inner: Mapping[str, Any], context: Context) -> Inbound | None:
    """What somebody changed in a message of theirs. Slack tells of links unfolded and threads grown in the same way:
    only other words than before are a person's change."""
    now, before = inner.get("message") or {}, inner.get("previous_message") or {}
    edited = (now.get("edited") or {}).get("ts", "")
    if not edited or edited == (before.get("edited") or {}).get("ts") or now.get("text") == before.get("text"):
        return None
    kept = {name: inner[name] for name in ("channel", "channel_type") if name in inner}
    heard = _message(body, {**now, **kept}, context)
    if heard is None:
        return None
    return replace(heard, event=_as_corrected(heard.event, f"{heard.event.id}:{edited}"))


def _as_corrected(event: Event, event_id: str) -> Event:
    match event:
        case Said(sender=who, place=place, message=message, text=text):
            return Corrected(event_id, who, place, message, text)
        case Attached(sender=who, place=place, message=message, caption=text):
            return Corrected(event_id, who, place, message, text, with_file=True)
        case Commanded(sender=who, place=place, message=message, word=word, rest=rest):
            return Corrected(event_id, who, place, message, f"{word} {rest}", word, rest)
    return event


def _words(
    event_id: str, sender: Identity, place: Place, text: str, reply_to: str, commands: frozenset[str]
) -> Said | Commanded:
    """`@firstline claim 12` is a command, `@firstline claim forms are slow` is not."""
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    number = rest.split(" ", 1)[0].upper().removeprefix("T-").removeprefix("#")
    if word.lower() in commands and (not rest or number.isdecimal()):
        return Commanded(event_id, sender, place, word.lower(), rest, reply_to)
    return Said(event_id, sender, place, text, reply_to)


def _files(files: list[Mapping[str, Any]]) -> tuple[File, ...]:
    return tuple(
        File(
            str(file.get("name") or file.get("title") or file.get("id") or "file"),
            str(file.get("mimetype") or "application/octet-stream"),
            int(file.get("size") or 0),
            str(file.get("url_private_download") or file.get("url_private") or ""),
        )
        for file in files
        if file.get("mode") != "tombstone"
    )


def _reaction(body: Mapping[str, Any], inner: Mapping[str, Any], context: Context) -> Inbound | None:
    """An emoji stands for a command: about the ticket of a message of ours, or for a new one with anybody's words.

    The one is answered in the thread, the other in private; its words are still to be read (see `quoted`).
    """
    item, user = inner.get("item") or {}, inner.get("user", "")
    word = context.emoji.get(str(inner.get("reaction", "")).partition("::")[0])
    ours = bool(context.bot) and inner.get("item_user") == context.bot
    if not (word and user) or item.get("type") != "message" or user == context.bot or ours is (word == "new"):
        return None
    workspace, channel, ts = _workspace(body, inner), item.get("channel", ""), item.get("ts", "")
    place = direct(workspace, user) if channel.startswith("D") or word == "new" else thread(channel, ts)
    sender = Identity(NAME, workspace, user)
    given = Commanded(f"slack:{body.get('event_id', '')}", sender, place, word, "", "" if word == "new" else ts)
    return Inbound(given, by_emoji=True, quoted=(channel, ts) if word == "new" else ("", ""))


def _workspace(body: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    return str(inner.get("user_team") or inner.get("team") or body.get("team_id") or "")


# -- commands, presses, forms ----------------------------------------------------------------------


def command(body: Mapping[str, Any], context: Context) -> Inbound:
    """A slash command: its first word is ours, whatever the root is called."""
    user, workspace = str(body["user_id"]), str(body.get("team_id", ""))
    word, _, rest = typed(str(body.get("text") or ""), context.names).strip().partition(" ")
    trigger = str(body.get("trigger_id", ""))
    place = _beside(str(body.get("channel_id", "")), workspace, user)
    given = Commanded(f"slack:command:{trigger}", Identity(NAME, workspace, user), place, word.lower(), rest.strip())
    return Inbound(given, trigger)


def press(body: Mapping[str, Any]) -> Inbound | None:
    """A button of a message, or of the Home tab."""
    action = (body.get("actions") or [{}])[0]
    value = action.get("value")
    if action.get("type") != "button" or not value:
        return None
    user, workspace = _person(body)
    container = body.get("container") or {}
    channel = str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    message = str(container.get("message_ts") or container.get("view_id") or "")
    root = str(container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or "")
    in_thread = root and not channel.startswith("D") and not container.get("is_ephemeral") and root != message
    place = thread(channel, root) if in_thread else _beside(channel, workspace, user)
    event_id = f"slack:press:{user}:{message}:{action.get('action_ts', '')}:{action.get('action_id', '')}"
    pressed = Pressed(event_id, Identity(NAME, workspace, user), place, str(value), message)
    return Inbound(pressed, str(body.get("trigger_id", "")))


def changed(body: Mapping[str, Any]) -> Inbound | None:
    """Something chosen in a modal of ours on which other questions depend: its form is asked for again."""
    view = body.get("view") or {}
    if view.get("callback_id") != FORM:
        return None
    action, (user, workspace) = (body.get("actions") or [{}])[0], _person(body)
    kept = json.loads(view["private_metadata"])
    event_id = f"slack:changed:{user}:{view['id']}:{action.get('action_ts', '')}"
    again = Pressed(event_id, Identity(NAME, workspace, user), Place(**kept["place"]), str(kept["form"]))
    return Inbound(again, view=(str(view["id"]), str(view.get("hash", ""))), typed=values(view["state"]["values"]))


def submission(body: Mapping[str, Any]) -> Inbound:
    """A filled-in modal of ours. Raises ValueError when it is none."""
    view, (user, workspace) = body["view"], _person(body)
    kept = json.loads(view["private_metadata"])
    given = values(view["state"]["values"])
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]
    event_id = f"slack:view:{view['id']}:{view.get('hash', '')}:{digest}"
    submitted = Submitted(
        event_id,
        Identity(NAME, workspace, user),
        Place(**kept["place"]),
        kept["form"],
        {k: _clean(v) for k, v in given.items()},
    )
    return Inbound(submitted, str(body.get("trigger_id", "")))


def _clean(value: str) -> str:
    # A modal's values come unescaped: only the characters no keyboard makes are taken out.
    return typed(value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), {})


def shortcut(body: Mapping[str, Any], context: Context) -> Inbound | None:
    """A shortcut, global or on a message."""
    user, workspace = _person(body)
    sender, name = Identity(NAME, workspace, user), body.get("callback_id")
    event_id = f"slack:shortcut:{user}:{name}:{body.get('action_ts') or body.get('trigger_id', '')}"
    trigger = str(body.get("trigger_id", ""))
    if name == NEW_TICKET:
        return Inbound(Commanded(event_id, sender, direct(workspace, user), "new"), trigger)
    message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id", ""))
    text = typed(str(message.get("text") or ""), context.names).strip()
    root = str(message.get("thread_ts") or message.get("ts") or "")
    beside = _beside(channel, workspace, user)
    if name == CREATE_TICKET:
        # Without "@" in front, which would name a person the ticket is for.
        return Inbound(Commanded(event_id, sender, beside, "new", text.lstrip("@ ")), trigger)
    place = beside if channel.startswith("D") else thread(channel, root)
    if name == ADD_NOTE:
        return Inbound(Said(event_id, sender, place, f"note: {text}", root), trigger)
    if name == SAVE_ANSWER:
        return Inbound(Commanded(event_id, sender, place, "answer", text, root), trigger)
    return None


def _person(body: Mapping[str, Any]) -> tuple[str, str]:
    user = body.get("user") or {}
    return str(user.get("id", "")), str(user.get("team_id") or (body.get("team") or {}).get("id") or "")

"""conversations.* and users.conversations"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.model import BOT_USER, Conversation, Message
from tests.fakes.slack.refusals import Json, Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def visible_room(slack: Workspace, a: Arguments) -> Conversation:
    """The conversation the app may look into; private ones only as a member."""
    room = slack.conversations.get(a.text("channel"))
    if room is None or (room.kind != "channel" and BOT_USER not in room.members):
        raise Refused("channel_not_found")
    return room


def page(a: Arguments, items: list[Any], otherwise: int = 100, most: int = 1000) -> tuple[list[Any], Json]:
    """One page of items and the cursor of the next."""
    limit = a.number("limit", otherwise) or otherwise
    if not 1 <= limit <= most:
        raise malformed("invalid_limit", f"{limit}: 1 to {most}")
    cursor = a.text("cursor")
    if cursor and not cursor.removeprefix("next:").isdigit():
        raise Refused("invalid_cursor")
    start = int(cursor.removeprefix("next:")) if cursor else 0
    more = start + limit < len(items)
    return items[start : start + limit], {"next_cursor": f"next:{start + limit}" if more else ""}


def open_(slack: Workspace, a: Arguments) -> Json:
    if a.text("channel"):
        return {"channel": {"id": visible_room(slack, a).id}}
    people = [user for user in a.text("users").split(",") if user]
    if not people:
        raise malformed("users_list_not_supplied", "users is missing")
    if len(people) > 1:
        raise malformed("too_many_users", "only direct messages with one person are faked")
    user = slack.users.get(people[0])
    if user is None or people[0] == BOT_USER:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    if user.is_stranger:
        raise Refused("user_not_visible")
    room = slack.direct_messages(user.id)
    return {"channel": room.as_json() if a.flag("return_im") else {"id": room.id}}


def _bounded(a: Arguments, messages: list[Message]) -> list[Message]:
    oldest, latest, inclusive = a.text("oldest", "0"), a.text("latest"), a.flag("inclusive")
    for name, value in (("oldest", oldest), ("latest", latest or "0")):
        if not value.replace(".", "", 1).isdigit():
            raise malformed(f"invalid_ts_{name}", value)

    def within(message: Message) -> bool:
        at = float(message.ts)
        after = at > float(oldest) or (inclusive and message.ts == oldest)
        return after and (not latest or at < float(latest) or (inclusive and message.ts == latest))

    return [message for message in messages if within(message)]


def _member_only(room: Conversation) -> None:
    if BOT_USER not in room.members:
        raise Refused("not_in_channel")


def history(slack: Workspace, a: Arguments) -> Json:
    room = visible_room(slack, a)
    _member_only(room)
    roots = [m for m in room.messages if not m.only_for and not m.thread_ts]
    chosen, after = page(a, list(reversed(_bounded(a, roots))))
    return _told(room, chosen, after, a)


def replies(slack: Workspace, a: Arguments) -> Json:
    room = visible_room(slack, a)
    _member_only(room)
    ts = a.text("ts")
    root = room.message(ts)
    if root is None:
        raise Refused("thread_not_found")
    answers = [m for m in room.messages if not m.only_for and m.thread_ts == root.thread and m.ts != root.ts]
    inside = [root, *_bounded(a, answers)] if root.ts == root.thread else [root]
    chosen, after = page(a, inside, otherwise=1000)
    return _told(room, chosen, after, a)


def _told(room: Conversation, chosen: list[Message], after: Json, a: Arguments) -> Json:
    answers = [m.thread_ts for m in room.messages if m.thread_ts and not m.only_for]
    told = []
    for message in chosen:
        facts = message.as_json(with_metadata=a.flag("include_all_metadata"))
        if count := answers.count(message.ts):
            facts |= {"thread_ts": message.ts, "reply_count": count}
        told.append(facts)
    return {"messages": told, "has_more": bool(after["next_cursor"]), "response_metadata": after}


def info(slack: Workspace, a: Arguments) -> Json:
    room = visible_room(slack, a)
    facts = room.as_json()
    if a.flag("include_num_members"):
        facts["num_members"] = len(room.members)
    return {"channel": facts}


def members(slack: Workspace, a: Arguments) -> Json:
    chosen, after = page(a, sorted(visible_room(slack, a).members))
    return {"members": chosen, "response_metadata": after}


def list_(slack: Workspace, a: Arguments) -> Json:
    rooms = [room for room in _of_types(slack, a) if room.kind == "channel" or BOT_USER in room.members]
    chosen, after = page(a, rooms)
    return {"channels": [room.as_json() for room in chosen], "response_metadata": after}


def mine(slack: Workspace, a: Arguments) -> Json:
    user = a.text("user", BOT_USER)
    rooms = [room for room in _of_types(slack, a) if user in room.members and BOT_USER in room.members]
    chosen, after = page(a, rooms)
    return {"channels": [room.as_json() for room in chosen], "response_metadata": after}


def _of_types(slack: Workspace, a: Arguments) -> list[Conversation]:
    types = [name.strip() for name in a.text("types", "public_channel").split(",")]
    if unknown := [name for name in types if name not in KINDS]:
        raise malformed("invalid_types", *unknown)
    kinds = {KINDS[name] for name in types}
    rooms = [room for room in slack.conversations.values() if room.kind in kinds]
    return [room for room in rooms if not (room.archived and a.flag("exclude_archived"))]


def join(slack: Workspace, a: Arguments) -> Json:
    room = visible_room(slack, a)
    if room.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    room.members.add(BOT_USER)
    return {"channel": room.as_json()}


METHODS: dict[str, Any] = {
    "conversations.open": open_,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.list": list_,
    "conversations.join": join,
    "users.conversations": mine,
}

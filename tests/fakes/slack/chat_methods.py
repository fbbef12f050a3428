"""chat.* and reactions.*"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import block_rules
from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.model import BOT_USER, DOMAIN, Conversation, Message
from tests.fakes.slack.mrkdwn import mrkdwn_texts, pings_in
from tests.fakes.slack.refusals import Json, Ping, Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


def posting_room(slack: Workspace, channel: str) -> Conversation:
    """The room a message may go to; a user id means the direct messages with that person."""
    user = slack.users.get(channel)
    if user is not None:
        if user.is_stranger:
            raise Refused("channel_not_found")
        channel = slack.direct_messages(channel).id
    room = slack.conversations.get(channel)
    if room is None:
        raise Refused("channel_not_found")
    if room.archived or any(slack.users[m].deleted for m in room.members if room.kind == "im" and m in slack.users):
        raise Refused("is_archived")
    if BOT_USER not in room.members:
        raise Refused("not_in_channel" if room.kind == "channel" else "channel_not_found")
    return room


def content_of(slack: Workspace, a: Arguments) -> tuple[str, list[Json], list[Json]]:
    """Text, blocks and attachments; refused when empty, too long or malformed."""
    text, blocks, attachments = a.text("text"), a.structure("blocks") or [], a.structure("attachments") or []
    if not text.strip() and not blocks and not attachments:
        raise malformed("no_text", "neither text nor blocks")
    if len(text) > block_rules.MESSAGE_TEXT:
        raise malformed("msg_too_long", f"{len(text)} characters of {block_rules.MESSAGE_TEXT}")
    check_blocks(slack, blocks)
    for attachment in attachments:
        check_blocks(slack, attachment.get("blocks", []))
    if len(attachments) > 100:
        raise malformed("too_many_attachments", f"{len(attachments)} attachments of 100")
    blocks = with_names(slack, blocks)
    numbered = [
        {
            "id": number,
            **attachment,
            **({"blocks": with_names(slack, attachment["blocks"])} if "blocks" in attachment else {}),
        }
        for number, attachment in enumerate(attachments, 1)
    ]
    return text, blocks, numbered


def check_blocks(slack: Workspace, blocks: list[Json]) -> None:
    """Refuse blocks the published types or the rules by hand forbid."""
    if not all(isinstance(block, dict) for block in blocks):
        raise malformed("invalid_blocks_format", "a block is not an object")
    faults = [*block_rules.message_faults(blocks), *slack.specification.block_faults(blocks)]
    if faults:
        raise malformed("invalid_blocks", *faults)


def with_names(slack: Workspace, blocks: list[Json]) -> list[Json]:
    """The blocks with the block and action ids Slack makes up where the app gave none."""
    named: list[Json] = json.loads(json.dumps(blocks))
    for block in named:
        block.setdefault("block_id", slack.number("k"))
        for element in block_rules.elements_of(block):
            element.setdefault("action_id", slack.number("a"))
    return named


def metadata_of(a: Arguments) -> Json | None:
    """Checked metadata: an event_type and a payload of plain values."""
    metadata: Json | None = a.structure("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise malformed("invalid_metadata_format", "metadata wants event_type and event_payload")
    if len(json.dumps(metadata)) > block_rules.METADATA_BYTES:
        raise malformed("metadata_too_large", "metadata is too large")
    return metadata


def note_pings(slack: Workspace, message: Message, a: Arguments | None = None, *, edit: bool = False) -> None:
    """Write down every real mention in what the app said, in the fallback text too."""
    texts = [message.text, *mrkdwn_texts(message.blocks), *mrkdwn_texts(message.attachments)]
    targets = {target for text in texts for target in pings_in(text)}
    if a is not None and (a.flag("link_names") or a.text("parse") == "full"):
        names = {f"@{user.name}": user.id for user in slack.users.values()} | {
            f"@{all_}": all_ for all_ in ("channel", "here", "everyone")
        }
        targets |= {target for name, target in names.items() if name in message.text}
    slack.pings.extend(Ping(target, message.channel, message.ts, edit) for target in sorted(targets))


def post_message(slack: Workspace, a: Arguments) -> Json:
    room = posting_room(slack, a.text("channel"))
    text, blocks, attachments = content_of(slack, a)
    thread = a.text("thread_ts")
    if thread and room.message(thread) is None:
        raise Refused("cannot_reply_to_message")
    message = Message(
        slack.timestamp(),
        room.id,
        BOT_USER,
        text,
        blocks,
        attachments,
        thread_ts=thread,
        metadata=metadata_of(a),
        username=a.text("username"),
    )
    room.messages.append(message)
    note_pings(slack, message, a)
    slack.inbound.echo(message)
    return {"channel": room.id, "ts": message.ts, "message": message.as_json(with_metadata=True)}


def update(slack: Workspace, a: Arguments) -> Json:
    channel, ts = a.text("channel"), a.text("ts")
    room = slack.conversations.get(channel)
    if room and any(m.ts == ts and m.only_for for m in room.messages):
        raise malformed("message_not_found", "an ephemeral message can be edited by its response_url only")
    message = slack.message_of(channel, ts)
    if not message.by_app:
        raise malformed("cant_update_message", "somebody else's message")
    sent = {"text": message.text, **a.sent}
    text, blocks, attachments = content_of(slack, Arguments(sent, a.carried))
    # Text alone replaces the blocks too; attachments stay unless given.
    message.text, message.blocks = text, blocks if "blocks" in a or "text" in a else message.blocks
    message.attachments = attachments if "attachments" in a else message.attachments
    if "metadata" in a:
        message.metadata = metadata_of(a)
    message.edited = slack.timestamp()
    message.edits += 1
    note_pings(slack, message, a, edit=True)
    slack.inbound.echo(message, changed=True)
    return {"channel": channel, "ts": ts, "text": text, "message": message.as_json(with_metadata=True)}


def delete(slack: Workspace, a: Arguments) -> Json:
    message = slack.message_of(a.text("channel"), a.text("ts"))
    if not message.by_app:
        raise malformed("cant_delete_message", "somebody else's message")
    slack.conversations[message.channel].messages.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(slack: Workspace, a: Arguments) -> Json:
    room = posting_room(slack, a.text("channel"))
    text, blocks, attachments = content_of(slack, a)
    user = a.text("user")
    if user not in room.members:
        raise Refused("user_not_in_channel")
    message = ephemeral(slack, room, user, text, blocks, attachments, thread=a.text("thread_ts"))
    return {"message_ts": message.ts}


def ephemeral(
    slack: Workspace,
    room: Conversation,
    user: str,
    text: str,
    blocks: list[Json],
    attachments: list[Json],
    *,
    thread: str = "",
) -> Message:
    """Show a message to one person alone."""
    message = Message(slack.timestamp(), room.id, BOT_USER, text, blocks, attachments, thread_ts=thread, only_for=user)
    room.messages.append(message)
    note_pings(slack, message)
    return message


def permalink(slack: Workspace, a: Arguments) -> Json:
    message = slack.message_of(a.text("channel"), a.text("message_ts"))
    url = f"https://{DOMAIN}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return {"channel": message.channel, "permalink": url}


def add_reaction(slack: Workspace, a: Arguments) -> Json:
    message = slack.message_of(a.text("channel"), a.text("timestamp"))
    users = message.reactions.setdefault(_emoji(a), [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    return {}


def remove_reaction(slack: Workspace, a: Arguments) -> Json:
    message = slack.message_of(a.text("channel"), a.text("timestamp"))
    users = message.reactions.get(_emoji(a), [])
    if BOT_USER not in users:
        raise Refused("no_reaction")
    users.remove(BOT_USER)
    if not users:
        del message.reactions[a.text("name")]
    return {}


def _emoji(a: Arguments) -> str:
    name = a.text("name")
    if not name or ":" in name or not name.isascii():
        raise malformed("invalid_name", f"{name!r} is not an emoji's name")
    return name


METHODS: dict[str, Any] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
}

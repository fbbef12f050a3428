"""files.*: the two-step upload, and what is known of a file."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.chat_methods import check_blocks, note_pings, posting_room, with_names
from tests.fakes.slack.model import BOT_USER, File, Message
from tests.fakes.slack.refusals import Json, Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


def keep_file(slack: Workspace, name: str, content: bytes, user: str) -> File:
    """A file with an address of its own."""
    number = slack.number("F")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(number, name, content, kind, user, f"{slack.url}/files-pri/{number}/{name}")
    slack.files[number] = file
    return file


def upload_url(slack: Workspace, a: Arguments) -> Json:
    if a.number("length", 0) <= 0:
        raise malformed("invalid_arguments", "length must be more than 0")
    file = keep_file(slack, a.text("filename"), b"", BOT_USER)
    return {"upload_url": f"{slack.url}/upload/{file.id}", "file_id": file.id}


def complete_upload(slack: Workspace, a: Arguments) -> Json:
    sent = a.structure("files")
    if not sent:
        raise malformed("invalid_arguments", "files is empty")
    files = []
    for item in sent:
        file = slack.files.get(str(item.get("id")))
        if file is None or not file.content:
            raise Refused("file_not_found")
        file.title = str(item.get("title") or file.name)
        files.append(file)
    channels = [c for c in (a.text("channel_id"), *a.text("channels").split(",")) if c]
    for channel in channels:
        room = posting_room(slack, channel)
        thread = a.text("thread_ts")
        if thread and room.message(thread) is None:
            raise malformed("invalid_arguments", "thread_ts is no message of this channel")
        text, blocks = a.text("initial_comment"), a.structure("blocks") or []
        check_blocks(slack, blocks)
        shown = with_names(slack, blocks) if not text else []  # a comment wins over blocks
        message = Message(slack.timestamp(), room.id, BOT_USER, text, shown, thread_ts=thread, files=files)
        note_pings(slack, message)
        room.messages.append(message)
        slack.inbound.echo(message)
    for file in files:
        file.shared = file.shared or bool(channels)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def info(slack: Workspace, a: Arguments) -> Json:
    file = slack.files.get(a.text("file"))
    if file is None:
        raise Refused("file_not_found")
    return {"file": file.as_json()}


METHODS: dict[str, Any] = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}

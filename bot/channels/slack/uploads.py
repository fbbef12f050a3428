"""Files into Slack: an address is asked for, the bytes go there, and only then the file is shared with its words.

A shared file carries no metadata. Its words stand in a block, whose id says whose message it is: that is how an
unclear share is found again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.slack.client import PacedClient
from bot.channels.slack.limits import ALTERNATIVE, FILE_NAME, cut
from bot.channels.slack.render import words_block
from bot.messages import Document, Picture, Rejected, SendFailed, Shelf

# Where this workspace takes no file, or not this one, its name is told instead. Names as Slack's reference has them.
TAKES_NO_FILE = frozenset(
    {
        "file_type_not_allowed",
        "file_upload_size_restricted",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "missing_scope",
        "storage_limit_reached",
    }
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: its name, its bytes, the words beside it, and words for those who cannot see it."""

    name: str
    content: bytes
    words: str
    alternative: str = ""


async def upload_of(reply: Document | Picture, shelf: Shelf) -> Upload:
    """What is to be uploaded for this reply; a picture that cannot be painted goes as the drawing it is."""
    match reply:
        case Document(title=title, file=file):
            return Upload(file.name, await shelf.content(file), title)
        case Picture(title=title, svg=svg, alternative=alternative):
            try:
                return Upload(f"{title}.png", await shelf.png(reply), title, alternative)
            except Rejected:
                return Upload(f"{title}.svg", svg.encode(), f"{title}\n{alternative}", alternative)


async def share(
    client: PacedClient, session: aiohttp.ClientSession, upload: Upload, *, key: str, channel: str, thread: str
) -> None:
    """The file in this conversation; raises a `SendFailed`, or what the Web API raises."""
    if not upload.content:
        raise Rejected(f"the file {upload.name} is empty, and Slack takes none")
    name = cut(upload.name.replace("/", "_"), FILE_NAME)
    alternative = cut(upload.alternative, ALTERNATIVE) if upload.alternative.strip() else None
    given = await client.files_getUploadURLExternal(filename=name, length=len(upload.content), alt_txt=alternative)
    try:
        async with session.post(str(given["upload_url"]), data=upload.content) as answer:
            if answer.status != 200:
                raise SendFailed(f"Slack answered {answer.status} for the bytes of {name}")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SendFailed(f"the bytes of {name} did not arrive: {type(error).__name__}") from error  # nobody sees them
    await client.files_completeUploadExternal(
        files=[{"id": str(given["file_id"]), "title": name}],
        channel_id=channel,
        thread_ts=thread or None,
        blocks=json.dumps([words_block(upload.words, mark(key))]),
    )


def mark(key: str) -> str:
    """The id of the block that says whose message a shared file is."""
    return f"key:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def marked(message: Mapping[str, Any], key: str) -> bool:
    """Whether this message of a history is the one with this key."""
    blocks = message.get("blocks") or []
    return any(isinstance(block, Mapping) and block.get("block_id") == mark(key) for block in blocks)

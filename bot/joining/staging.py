"""Files that come by chat, kept for whoever sent them until their ticket is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.dialogue.meeting import Meeting
from bot.messages import File, Identity
from bot.web.backing import StoredFiles
from bot.web.views import NoRoom


def stage_into(files: StoredFiles, meeting: Meeting) -> Callable[[Identity, File, bytes], Awaitable[str]]:
    """Keeps one file and gives its reference, or "" when there is no room for it."""

    async def stage(who: Identity, file: File, content: bytes) -> str:
        try:
            return await files.stage(await meeting.person(who), file.name, file.media_type, content)
        except NoRoom:
            return ""

    return stage

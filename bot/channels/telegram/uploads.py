"""Files and pictures on their way to somebody."""

from __future__ import annotations

from telegram import InputFile
from telegram.error import BadRequest

from bot.channels.telegram.markup import CAPTION, cut
from bot.channels.telegram.spot import Spot, under
from bot.channels.telegram.transport import Account
from bot.messages import Document, Picture, Rejected, Shelf

SHOWN = frozenset({"image/jpeg", "image/png"})  # as pictures; anything else is a file to open
PICTURE = "picture.png"


class Uploads:
    """What sends bytes: the desk's copies of files, and pictures painted for it."""

    def __init__(self, account: Account, shelf: Shelf | None) -> None:
        self._account = account
        self._shelf = shelf

    async def put(self, reply: Document | Picture, spot: Spot, caption: str) -> str:
        """The number of the message that holds the file. Raises `Rejected`, and what the library raises."""
        if self._shelf is None:
            raise Rejected("this channel was built without a shelf to take files from")
        caption = cut(caption, CAPTION)
        if isinstance(reply, Picture):
            return await self._picture(PICTURE, await self._shelf.png(reply), spot, caption)
        content = await self._shelf.content(reply.file)
        if reply.file.media_type in SHOWN:
            return await self._picture(reply.file.name, content, spot, caption)
        return await self._file(reply.file.name, content, spot, caption)

    async def _picture(self, name: str, content: bytes, spot: Spot, caption: str) -> str:
        """As a picture; one that Telegram cannot show goes as a file."""
        try:
            sent = await self._account.send_photo(
                int(spot.chat),
                InputFile(content, filename=name),
                caption=caption,
                message_thread_id=spot.topic,
                reply_parameters=under(spot.under) if spot.under else None,
            )
        except BadRequest as error:
            told = str(error).lower()
            if not any(each in told for each in ("photo", "image", "wrong file", "dimensions")):
                raise
            return await self._file(name, content, spot, caption)
        return str(sent.message_id)

    async def _file(self, name: str, content: bytes, spot: Spot, caption: str) -> str:
        sent = await self._account.send_document(
            int(spot.chat),
            InputFile(content, filename=name),
            caption=caption,
            message_thread_id=spot.topic,
            reply_parameters=under(spot.under) if spot.under else None,
        )
        return str(sent.message_id)

"""What a channel that sends files gets them from: the desk's own copies, and pictures painted as PNG."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

from bot.messages import File, Picture, Rejected
from storage import attachments
from storage.database import Database

WIDTH = 1200  # pixels: sharp on a screen of two pixels to the point, where a chat shows pictures 600 wide
FONTS = Path(__file__).parent / "fonts"


class DeskShelf:
    """The files of this desk."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def content(self, file: File) -> bytes:
        """The bytes of a file the desk keeps; raises `Rejected` once it keeps it no more."""
        async with self.database.reading() as tx:
            known = file.reference.isascii() and file.reference.isdecimal()
            loaded = await attachments.load(tx, int(file.reference)) if known else None
        if loaded is None:
            raise Rejected(f"the file {file.name} is gone")
        return loaded[1]

    async def png(self, picture: Picture) -> bytes:
        """The picture, 1200 pixels wide; raises `Rejected` for a drawing that cannot be painted."""
        return await asyncio.to_thread(painted, picture.svg)


def painted(svg: str) -> bytes:
    """An SVG drawing as a PNG image, 1200 pixels wide; raises `Rejected` for what is no drawing."""
    from resvg_py import svg_to_bytes

    try:
        return bytes(svg_to_bytes(svg_string=svg, width=WIDTH, font_files=list(_fonts())))
    except (ValueError, RuntimeError) as error:
        raise Rejected(f"this drawing cannot be painted: {error}") from error


@cache
def _fonts() -> tuple[str, ...]:
    return tuple(sorted(str(path) for path in FONTS.glob("*.ttf")))

"""What a channel that sends files gets them from: the desk's own copies, and pictures painted as PNG."""

from __future__ import annotations

import asyncio
import re
from functools import cache

from bot.messages import File, Picture, Rejected
from storage import attachments
from storage.database import Database

WIDTH = 1200  # pixels: sharp on a screen of two pixels to the point, where a chat shows pictures 600 wide
# What `sans-serif` may stand for, the first that this machine has; signs it lacks are taken from its other fonts.
FAMILIES = (
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Noto Sans CJK SC",
    "WenQuanYi Zen Hei",
)
CHINESE = re.compile("[\u3400-\u9fff]")
LETTER = re.compile(r">[^<]*\w")


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
    """An SVG drawing as a PNG image, 1200 pixels wide.

    Raises `Rejected` for what is no drawing, and where no font of this machine has its words: they would be missing.
    """
    if LETTER.search(svg) and not _family():
        raise Rejected("this machine has no font to paint words with: install one, such as DejaVu Sans")
    if CHINESE.search(svg) and not _differ("中", "国", _family()):
        raise Rejected("no font of this machine has Chinese characters: install one, such as Noto Sans CJK")
    return _painted(svg, WIDTH, _family())


def _painted(svg: str, width: int, family: str) -> bytes:
    from resvg_py import svg_to_bytes

    try:
        return bytes(svg_to_bytes(svg_string=svg, width=width, sans_serif_family=family or None))
    except (ValueError, RuntimeError) as error:
        raise Rejected(f"this drawing cannot be painted: {error}") from error


@cache
def _family() -> str:
    return next((family for family in FAMILIES if _differ("a", "b", family)), "")


@cache
def _differ(one: str, other: str, family: str) -> bool:
    """Whether these signs look different; two that no font has are both left out, or both an empty box."""
    first, second = (
        _painted(
            "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>"
            f"<text x='4' y='30' font-size='24' font-family='sans-serif'>{sign}</text></svg>",
            40,
            family,
        )
        for sign in (one, other)
    )
    return first != second

"""What Slack takes at most, from its Block Kit reference, and the cut that keeps us within it."""

from __future__ import annotations

HEADER = 150
PLAIN = 3000
RICH = 3000
BUTTON = 75
BUTTON_VALUE = 2000
BUTTONS_TOGETHER = 25
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
LABEL = 2000
INPUT = 3000
IDENTIFIER = 255
MODAL_TITLE = 24
METADATA = 3000
FILE_NAME = 200
ALTERNATIVE = 1000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
FALLBACK = 3000
MESSAGE_TEXT = 12_000  # of all blocks together; Slack names no figure for its `msg_blocks_too_long`, so stay well below

BLANK = "\u200b"  # Slack refuses an empty text; this one shows nothing


def cut(text: str, longest: int) -> str:
    """The text, ending in "…" where it had to be shortened; never empty, because Slack refuses that.

    Slack counts in UTF-16 code units, as JavaScript does, so an emoji counts twice.
    """
    text = text.encode("utf-8", "replace").decode() if text else ""
    if not text.strip():
        return BLANK
    if units(text) <= longest:
        return text
    while units(text) > longest - 1:
        text = text[: len(text) - max(1, (units(text) - longest + 1) // 2)]
    return (text.rstrip() or BLANK) + "…"


def units(text: str) -> int:
    """How long Slack thinks the text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

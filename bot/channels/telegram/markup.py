"""Text as Telegram shows it: runs in one style each, written as HTML, and cut into messages at the ends of sentences.

Telegram counts what is left when the markup has been read, in UTF-16 code units.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

MESSAGE = 4096
CAPTION = 1024
STYLES = {"strong": "b", "soft": "i", "code": "code", "quote": "blockquote"}
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udfff]")  # no keyboard makes these, and Telegram refuses some
# Telegram makes links of names and command words by itself, and rings for names. A word joiner, which nobody sees,
# keeps what somebody typed from becoming either.
JOINER = "\u2060"
NAMES = re.compile(r"(?<![\w@])@(?=\w)")
WORDS = re.compile(r"(?<![\w/<.:])/(?=[A-Za-z])")
SENTENCE_ENDS = re.compile(r"\n|[.!?…](?=\s)|[。！？；]")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style: "" or a key of `STYLES`; `link` is an https address or empty."""

    text: str
    style: str = ""
    link: str = ""


def units(text: str) -> int:
    """How long Telegram thinks the text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Without the characters that nobody sees."""
    return UNSEEN.sub("", text)


def quiet(text: str) -> str:
    """Somebody's words, of which Telegram makes neither a call to anybody nor a command."""
    return WORDS.sub("/" + JOINER, NAMES.sub("@" + JOINER, text))


def cut(text: str, longest: int) -> str:
    """The text, ending in "…" where it had to be shortened."""
    if units(text) <= longest:
        return text
    while units(text) > longest - 1:
        text = text[: len(text) - max(1, (units(text) - longest + 1) // 2)]
    return text.rstrip() + "…"


def as_html(runs: Iterable[Run]) -> str:
    """The runs as Telegram's HTML; every sign in them is shown as typed."""
    return "".join(_html(run) for run in runs)


def as_plain(runs: Iterable[Run]) -> str:
    """The runs without any markup."""
    return "".join(run.text for run in runs)


def _html(run: Run) -> str:
    shown = html.escape(run.text, quote=False)
    if run.style and run.text.strip():
        shown = f"<{STYLES[run.style]}>{shown}</{STYLES[run.style]}>"
    return f'<a href="{html.escape(run.link)}">{shown}</a>' if run.link else shown


def parts(runs: Sequence[Run], longest: int = MESSAGE) -> tuple[tuple[Run, ...], ...]:
    """The runs in as many messages as they need, each ending with a sentence where that can be had."""
    found: list[tuple[Run, ...]] = []
    rest = list(runs)
    while rest:
        whole = as_plain(rest)
        if units(whole) <= longest:
            found.append(tuple(rest))
            break
        head, rest = _split(rest, _where(whole, longest))
        found.append(head)
    return tuple(part for part in found if as_plain(part).strip())


def _where(text: str, longest: int) -> int:
    """At which character to cut: after a sentence, else after a word, else wherever it has to be."""
    end, used = 0, 0
    while end < len(text) and used + units(text[end]) <= longest:
        used += units(text[end])
        end += 1
    ends = [match.end() for match in SENTENCE_ENDS.finditer(text, 0, min(len(text), end + 1)) if match.end() <= end]
    if ends and ends[-1] > end // 2:
        return ends[-1]
    space = text.rfind(" ", 0, end)
    return space + 1 if space > end // 2 else end


def _split(runs: Sequence[Run], at: int) -> tuple[tuple[Run, ...], list[Run]]:
    head: list[Run] = []
    for number, run in enumerate(runs):
        if len(run.text) > at:
            kept = [replace(run, text=run.text[:at])] if at else []
            after = run.text[at:].lstrip() if not run.style else run.text[at:]
            return (*head, *kept), [replace(run, text=after), *runs[number + 1 :]]
        head.append(run)
        at -= len(run.text)
    return tuple(head), []

"""Telegram's HTML: text and entities out of marked-up text, or the reason why Telegram would refuse it.

Offsets of entities count UTF-16 code units; offsets in errors count UTF-8 bytes, as Telegram's do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fakes.telegram.refusals import Json, Refused, malformed

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
NAME = re.compile(r"[^\s>/]*")
ATTRIBUTE = re.compile(r"\s*([a-zA-Z0-9-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([a-zA-Z0-9.-]+)))?")
FOUND_IN_TEXT = (
    ("bot_command", re.compile(r"(?<![\w/@<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[a-zA-Z][a-zA-Z0-9_]{2,31}(?!\w)")),
    ("url", re.compile(r"(?i)(?<![\w@.])(?:https?://[^\s<>]+|(?:[a-z0-9-]+\.)+(?:com|org|net|io)\b[^\s<>]*)")),
)
UNMOVED = ("code", "pre", "text_link")  # nothing is found inside these


@dataclass(slots=True)
class Open:
    """A tag not closed yet."""

    tag: str
    start: int
    link: str = ""
    language: str = ""
    known: bool = True


def utf16(text: str) -> int:
    """How long Telegram says a text is."""
    return len(text.encode("utf-16-le")) // 2


def cleaned(text: str) -> str:
    """What Telegram keeps of a text: no carriage returns, no control characters, no overrides of direction."""
    text = text.replace("\r", "")
    text = re.sub(r"[\u2028-\u202e]", "", text)
    return re.sub(r"[\x00-\x09\x0b-\x1f]", " ", text)


def plain(text: str) -> tuple[str, list[Json]]:
    """Text as typed, with the commands, mentions and addresses Telegram itself finds in it."""
    return _finished(cleaned(text), [])


def parse(text: str, mode: str) -> tuple[str, list[Json]]:
    """Text and entities of what a bot sends; refused as Telegram refuses it."""
    match mode.lower():
        case "":
            return plain(text)
        case "html":
            return _finished(*_Html(cleaned(text)).read())
        case _:
            raise malformed(f"unsupported parse_mode {mode} (the fake reads HTML only; the house never uses another)")


class _Html:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text = ""
        self.entities: list[Json] = []
        self.open: list[Open] = []

    def read(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            sign = self.source[self.at]
            if sign == "&" and (found := REFERENCE.match(self.source, self.at)):
                self.text += _referenced(found)
                self.at = found.end()
            elif sign == "<" and self.source.startswith("</", self.at):
                self._close()
            elif sign == "<":
                self._begin()
            else:
                self.text += sign
                self.at += 1
        if self.open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return self.text, self.entities

    def _offset(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _begin(self) -> None:
        begin = self.at
        found = NAME.match(self.source, self.at + 1)
        assert found is not None
        name, end = found.group().lower(), found.end()
        if end >= len(self.source):
            raise _cannot(f"Unclosed start tag at byte offset {self._offset(begin)}")
        if name not in STYLES:
            raise _cannot(f'Unsupported start tag "{name}" at byte offset {self._offset(begin)}')
        attributes: dict[str, str] = {}
        while self.source[end : end + 1] not in (">", "/"):
            if end >= len(self.source):
                raise _cannot(f"Unclosed start tag at byte offset {self._offset(begin)}")
            if self.source[end].isspace() and self.source[end:].lstrip().startswith((">", "/")):
                end = len(self.source) - len(self.source[end:].lstrip())
                continue
            attribute = ATTRIBUTE.match(self.source, end)
            if attribute is None:
                raise _cannot(f'Empty attribute name in the tag "{name}" at byte offset {self._offset(begin)}')
            value = next((part for part in attribute.groups()[1:] if part is not None), "")
            attributes[attribute[1].lower()] = REFERENCE.sub(_referenced, value)
            end = attribute.end()
        if self.source[end] == "/":
            raise _cannot(f'Unsupported start tag "{name}/" at byte offset {self._offset(begin)}')
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {self._offset(begin)}')
        language = attributes.get("class", "").removeprefix("language-") if name == "code" else ""
        self.open.append(Open(name, utf16(self.text), attributes.get("href", ""), language))
        self.at = end + 1

    def _close(self) -> None:
        begin, end = self.at, self.source.find(">", self.at)
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {self._offset(begin)}")
        expected = self.open.pop()
        name = self.source[begin + 2 : end].strip().lower() if end >= 0 else ""
        if end < 0 or name not in ("", expected.tag):
            raise _cannot(
                f"Unmatched end tag at byte offset {self._offset(begin)}, "
                f'expected "</{expected.tag}>", found "</{name}>"'
            )
        self.at = end + 1
        length = utf16(self.text) - expected.start
        kind = STYLES[expected.tag]
        if length == 0 or (kind == "text_link" and not _address(expected.link)):
            return
        entity: Json = {"type": kind, "offset": expected.start, "length": length}
        if kind == "text_link":
            entity["url"] = _address(expected.link)
        if expected.language:
            entity["language"] = expected.language
        self.entities.append(entity)


def _referenced(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 else found.group()


def _address(link: str) -> str:
    return link if re.match(r"(https?|tg|mailto):/{0,2}[^\s]+$", link) else ""


def _cannot(reason: str) -> Refused:
    return malformed(f"can't parse entities: {reason}")


def _finished(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text without white space around it, its entities moved along, and what Telegram finds by itself added."""
    begin = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    end = utf16(text)
    moved = []
    for entity in entities:
        offset = max(0, entity["offset"] - begin)
        length = min(end, entity["offset"] - begin + entity["length"]) - offset
        if length > 0:
            moved.append({**entity, "offset": offset, "length": length})
    taken = [(e["offset"], e["offset"] + e["length"]) for e in moved if e["type"] in UNMOVED]
    for kind, pattern in FOUND_IN_TEXT:
        for found in pattern.finditer(text):
            begins, ends = utf16(text[: found.start()]), utf16(text[: found.end()])
            if not any(begins < b and a < ends for a, b in taken):
                moved.append({"type": kind, "offset": begins, "length": ends - begins})
                taken.append((begins, ends))
    return text, sorted(moved, key=lambda entity: (entity["offset"], -entity["length"]))


def part(text: str, entity: Json) -> str:
    """The words an entity covers."""
    units = text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")

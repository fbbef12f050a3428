"""One way of writing for everything people write: width, case, script, spaces, apostrophes."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol

from intents.pinyin import read_aloud

LONGEST = 2400
"""Characters that are read. Of a longer text the beginning and the end are kept: the middle is quoted mail or a log."""
_HEAD = 1800

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_APOSTROPHES = re.compile("(?<=[a-z])['\u2018\u2019\u02bc`\u00b4](?=[a-z])")
# "laptop's" is a laptop; "it's", "what's" and "let's" stay the one word the lists know.
_OF_A_THING = re.compile(
    "(?<=[a-z])(?<!\\bit)(?<!\\bwhat)(?<!\\bthat)(?<!\\blet)(?<!\\bhe)(?<!\\bshe)(?<!\\bthere)(?<!\\bhere)(?<!\\bwhere)"
    "(?<!\\bwho)(?<!\\bhow)(?<!\\bwhen)(?<!thing)(?<!one)(?<!body)['\u2018\u2019\u02bc`\u00b4]s(?![a-z])"
)
_SPACES = re.compile(r"[^\S\n]+")
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_TOKEN = re.compile(f"[a-z0-9]+(?:[+#]+(?![a-z0-9]))?|[{_HAN}]")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter(name: str) -> _Converter:
    # Loaded at the first Chinese message only: its dictionaries take a moment and some memory.
    from opencc import OpenCC

    converter: _Converter = OpenCC(name)
    return converter


@lru_cache(maxsize=8192)
def _is_traditional(character: str) -> bool:
    return character != "么" and _converter("t2s").convert(character) != character


@lru_cache(maxsize=64)
def simplified(text: str) -> str:
    """Traditional text in simplified characters and mainland words (滑鼠 → 鼠标); simplified text as it is."""
    # Only text that is traditional: taken for Taiwanese, a mainland 文件 would become 文档 and 怎么 would become 怎幺.
    if not any(_is_traditional(character) for character in set(HAN.findall(text))):
        return text
    return _converter("tw2sp").convert(text.replace("么", "麼"))


def shorten(text: str) -> str:
    """The text itself, or of a very long one its beginning and end, so that the work stays bounded."""
    if len(text) <= LONGEST:
        return text
    return text[:_HEAD] + "\n" + text[-(LONGEST - _HEAD - 1) :]


def fold(text: str) -> str:
    """Text of one width and without invisible characters, upper and lower case and line ends kept."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", shorten(text))).replace("\r\n", "\n")


@lru_cache(maxsize=64)
def normalise(text: str) -> str:
    """Lower case, half width, simplified characters (滑鼠 → 鼠标), pinyin as Chinese, no apostrophes, single spaces."""
    words = _APOSTROPHES.sub("", _OF_A_THING.sub("", fold(text).casefold()))
    if HAN.search(words):
        words = simplified(words)
    words = read_aloud(_SPACES.sub(" ", words))
    return _BETWEEN_HAN.sub("", words).strip()


def language_of(text: str, otherwise: str) -> str:
    """``"zh"`` with any Han character in it, ``"en"`` with other letters, else the language given."""
    text = shorten(text)
    if HAN.search(text):
        return "zh"
    return "en" if _LETTER.search(text) else otherwise


@lru_cache(maxsize=64)
def tokens(words: str) -> tuple[tuple[str, int, int], ...]:
    """Latin words and single Han characters of normalised words, each with start and end."""
    return tuple((found.group(), found.start(), found.end()) for found in _TOKEN.finditer(words))

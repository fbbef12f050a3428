"""What people write, brought to one form: width, case, script, words, and how Chinese sounds."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faq.script import mainland

LONGEST_QUERY = 2_000  # characters; more than anyone types, and it bounds the work of one match
DATA = Path(__file__).parent / "data"
HAN_FIRST, HAN_LAST = 0x4E00, 0x9FFF
HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_APOSTROPHE = re.compile(r"['’`´](?<=\w.)(?=\w)")  # the rare thing first: quicker by far than the letter before it
_SHORT_HYPHEN = re.compile(r"\b([a-z]{1,2}-[a-z]+|[a-z]+-[a-z]{1,2})\b")
_TOKEN = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+")


def has_han(text: str) -> bool:
    """Whether any Chinese character stands in the text."""
    return not text.isascii() and _HAN_CHARACTER.search(text) is not None


def language_of(text: str) -> str:
    """ "zh" when any Chinese character stands in the text, else "en"."""
    return "zh" if has_han(text) else "en"


def normalise(text: str) -> str:
    """Runs of letters, digits or Chinese characters, in lower case and mainland script, blanks between.

    Cuts to LONGEST_QUERY characters; apostrophes vanish (can't → cant), short hyphens close (wi-fi → wifi).
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST_QUERY])[:LONGEST_QUERY].lower()
    if has_han(text):
        # As a mainland character 么 is no Taiwanese 幺: 怎么 stays what it is.
        text = mainland(_encodable(text).replace("么", "麼"))
    text = _APOSTROPHE.sub("", text)
    if "-" in text:
        text = _SHORT_HYPHEN.sub(lambda found: found.group().replace("-", ""), text)
    return " ".join(_TOKEN.findall(text))


def spaced(text: str) -> str:
    """A normalised text with every Chinese character a word of its own, for comparisons word by word."""
    return text if text.isascii() else _spaced(text)


@lru_cache(maxsize=10_000)
def _spaced(text: str) -> str:
    return " ".join([" ".join(word) if has_han(word) else word for word in text.split()])


def words(text: str) -> tuple[str, ...]:
    """The Latin (or other alphabetic) words of a normalised text, as written."""
    return tuple(text.split()) if text.isascii() else tuple(word for word in text.split() if not has_han(word))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A light English stem: plurals, -ing, -ed and -ly go; short words and words with digits stay."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed", "ly"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and any(vowel in rest for vowel in "aeiouy"):
            word = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no encoder takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Syllables:
    """The sound of each common Chinese character, toneless, as a number; and Latin text read as sounds."""

    def __init__(self, table: dict[str, str]) -> None:
        self._of_character: NDArray[np.uint32] = np.zeros(HAN_LAST - HAN_FIRST + 2, dtype=np.uint32)
        self._example: dict[str, str] = {}
        for number, (syllable, characters) in enumerate(sorted(table.items()), start=1):
            self._example[syllable] = characters[0]
            codes = np.fromiter((ord(character) for character in characters), dtype=np.int64)
            self._of_character[codes - HAN_FIRST] = number

    def of(self, codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The syllable number of each code point; 0 where it is no known Chinese character."""
        # What is less wraps round to more than the table has, and its last place is nobody's.
        return self._of_character.take(codes - np.uint32(HAN_FIRST), mode="clip")

    def heard(self, text: str) -> str:
        """The syllable number of each character as a code point of its own; 0 where it is no known Chinese one."""
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
        return self.of(codes).tobytes().decode("utf-32-le")

    def read(self, word: str) -> str | None:
        """`dayinji` as one Chinese character for each of its syllables; None when the word is no pinyin."""
        best: list[str | None] = [""] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 6), end):
                before, example = best[start], self._example.get(word[start:end])
                if before is None or example is None:
                    continue
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = before + example
        return best[len(word)]


@cache
def syllables() -> Syllables:
    """The shipped table of sounds (made by benchmarks/build_pinyin.py), loaded on first use."""
    return Syllables(json.loads((DATA / "pinyin.json").read_text(encoding="utf-8")))

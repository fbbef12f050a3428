"""The phrases by which an intent is recognised, read from ``data/cues.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from intents.phrases import WORD_BEGINS

TextLoader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
"""Reads every scalar as the text it is (YAML 1.1 takes `no` for false), by libyaml where PyYAML has it."""
_WEIGHTS = {"strong": 3.0, "fixed": 3.0, "plain": 2.0, "weak": 1.0}
_HAN = "\u4e00-\u9fff"
_GAP = r"[^.!?。！？;；\n]{0,24}?"
_LITERAL = re.compile(r"(?<![\\\w])[a-z]{4,}(?![\w?])")


@dataclass(frozen=True, slots=True)
class Cue:
    """All phrases of one kind ("fault") and one strength, as patterns for normalised words."""

    kind: str
    strength: str
    weight: float
    phrases: tuple[str, ...]


@cache
def read_data(name: str) -> Mapping[str, Any]:
    """One of the package's own data files."""
    text = files("intents").joinpath("data", name).read_text(encoding="utf-8")
    data: Mapping[str, Any] = yaml.load(text, TextLoader)  # nosec B506
    return data


def listed(block: str) -> tuple[str, ...]:
    """The words of a block of a data file, separated by commas and line ends, in their order."""
    return tuple(word.strip() for line in block.splitlines() for word in line.split(", ") if word.strip())


@cache
def cues() -> tuple[Cue, ...]:
    """Every cue, read at the first use."""
    return tuple(
        Cue(kind, strength, _WEIGHTS[strength], tuple(map(_expanded, _split(str(phrases)))))
        for kind, strengths in read_data("cues.yaml").items()
        for strength, phrases in strengths.items()
    )


@cache
def cue_kinds() -> tuple[str, ...]:
    """The kinds of cue, in the order of the data file; "fixed" is one of its own."""
    return tuple(dict.fromkeys("fixed" if cue.strength == "fixed" else cue.kind for cue in cues()))


@cache
def cue_words(*kinds: str) -> frozenset[str]:
    """The Latin words that appear in cues, of some kinds or of all."""
    chosen = (cue for cue in cues() if not kinds or cue.kind in kinds)
    return frozenset(word for cue in chosen for phrase in cue.phrases for word in _LITERAL.findall(phrase))


def compiled(phrases: str) -> re.Pattern[str]:
    """A block of phrases, as they stand in the data files, as one pattern for normalised words."""
    alternatives = "|".join(_expanded(phrase) for phrase in _split(phrases))
    return re.compile(alternatives, re.MULTILINE)


def _split(phrases: str) -> Iterator[str]:
    """The phrases of a block: separated by line ends, or by comma and space outside of any bracket."""
    for line in phrases.splitlines():
        depth, start = 0, 0
        for at, character in enumerate(line):
            depth += character in "([" and line[at - 1 : at] != "\\"
            depth -= character in ")]" and line[at - 1 : at] != "\\"
            if depth == 0 and line.startswith(", ", at):
                yield line[start:at].strip()
                start = at + 2
        yield line[start:].strip()


def _expanded(phrase: str) -> str:
    # A Latin phrase ends where a Latin word ends; in Chinese every place may be a word's end.
    pattern = re.sub(r" ?~ ?", lambda _: _GAP, phrase)
    if re.search(f"[{_HAN}]", phrase):
        return f"(?:{pattern})"
    before = "" if phrase.startswith("\\?") else WORD_BEGINS
    return f"{before}(?:{pattern})(?![a-z0-9])"

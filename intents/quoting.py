"""What somebody else wrote within a message: lines marked with ">", and the mail below "On Monday … wrote:"."""

from __future__ import annotations

import re
from functools import cache
from itertools import dropwhile

from intents.cues import read_data

_MARKED = re.compile(r"\s*(?:>|&gt;)(?!\s*\d)")  # "> 5 minutes" is more than five of them
_MARKS = re.compile(r"^[ \t]*(?:(?:>|&gt;)(?!\s*\d)[ \t]?)+", re.MULTILINE)


def apart(text: str) -> tuple[str, str]:
    """A message's own words, and what it quotes, each line of that marked; either may be empty."""
    lines = text.splitlines()
    theirs = [bool(_MARKED.match(line)) for line in lines]
    for at, line in enumerate(lines):
        if theirs[at]:
            continue
        if _is("introduces", line):
            theirs[at] = True
            if not any(theirs[at + 1 :]):
                theirs[at:] = [True] * len(theirs[at:])
        elif _is("ends", line) or _heads(lines[at : at + 3]):
            theirs[at:] = [True] * len(theirs[at:])
    if not any(theirs):
        return text, ""
    own = "\n".join(line for line, other in zip(lines, theirs, strict=True) if not other)
    quoted = [line for line, other in zip(lines, theirs, strict=True) if other]
    marked = [line if _MARKED.match(line) else f"> {line}".rstrip() for line in dropwhile(_empty, quoted)]
    return own.strip(), "\n".join(marked)


def unmarked(text: str) -> str:
    """The text with the marks of its quoted lines taken off."""
    return _MARKS.sub("", text)


def _heads(lines: list[str]) -> bool:
    """Whether a mail's head begins here: its line, and another one with at most an empty one between."""
    return bool(lines) and _is("head", lines[0]) and any(_is("head", line) for line in lines[1:])


def _empty(line: str) -> bool:
    return not line.strip()


def _is(block: str, line: str) -> bool:
    return len(line) <= 240 and bool(_pattern(block).fullmatch(line.strip()))


@cache
def _pattern(block: str) -> re.Pattern[str]:
    lines = str(read_data("quoting.yaml")[block]).splitlines()
    return re.compile("|".join(f"(?:{line.strip()})" for line in lines if line.strip()), re.IGNORECASE)

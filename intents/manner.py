"""The small words by which somebody says what their words are for, read from ``data/manner.yaml``."""

from __future__ import annotations

import re
from functools import cache

from intents.cues import read_data

_LANGUAGES = {"english": "en", "英文": "en", "英语": "en", "英語": "en"}


def complains(text: str) -> bool:
    """Whether these angry words file a complaint."""
    return bool(_pattern("complains").search(text))


def corrects(text: str) -> bool:
    """Whether these words set right what was said before, rather than take it back: "not the scanner, I meant …"."""
    return bool(_pattern("corrects").search(text))


def set_right(text: str) -> str:
    """What it is about instead of what was said before: "the Wi-Fi" of "actually it's the Wi-Fi"; else nothing."""
    return _after_last("sets_right", text)


def rather_so(text: str) -> str:
    """The fact that takes the place of one said before: "Tuesday" of "no, Tuesday"; else nothing."""
    return _after_last("rather_so", text)


def begins_an_answer(text: str) -> bool:
    """Whether the words begin as an answer does: "only in the meeting room", 是的."""
    return bool(_pattern("answers").match(text))


def affirms(text: str) -> bool:
    """Whether the words begin by saying that it is so."""
    return bool(_pattern("affirms").match(text))


def denies(label: str) -> bool:
    """Whether a choice denies what is asked: *No light at all*."""
    return bool(_pattern("denies").search(label))


def begins_with_no(label: str) -> bool:
    """Whether a choice says "no" before anything else: *No light at all*, and not *Ready, no error*."""
    return bool(_pattern("no_first").match(label))


def prefers(text: str) -> bool:
    """Whether one of two things is wanted first: "Wi-Fi first"."""
    return bool(_pattern("rather").search(text))


def means_the_other(text: str) -> bool:
    """Whether the thing that waits is meant, without its name: "the other one"."""
    return bool(_pattern("the_other").search(text))


def speaks_for_oneself(text: str) -> bool:
    """Whether an English text has a word of a person in it, and is no pasted message."""
    return bool(_pattern("speaks").search(text))


def asks_after_somebody_elses(words: str) -> bool:
    """Whether normalised words ask after a ticket of somebody else."""
    return bool(_pattern("somebody_elses").search(words))


def worsens(words: str) -> bool:
    """Whether normalised words tell how something known before has got worse: "it got worse, now nobody can …"."""
    return bool(_pattern("worsens").search(words))


def comes_again(text: str) -> bool:
    """Whether a text says, without naming it, that something is back: "it's slow again", 又慢了."""
    return bool(_pattern("comes_again").search(text.strip()))


def only_broken(text: str) -> bool:
    """Whether a text says that the thing at hand does not work, and nothing else: "mine is broken", 坏了."""
    return bool(_pattern("only_broken").search(text.strip()))


def tells_of_a_spill(text: str) -> bool:
    """Whether liquid went into a device: what counts is what is done in the next minute."""
    return bool(_pattern("spill").search(text.strip()))


def tells_of_a_loss(text: str) -> bool:
    """Whether a device is lost or stolen, and with it whatever it gives access to."""
    return bool(_pattern("loss").search(text.strip()))


def without_lead_in(text: str) -> str:
    """The text without the hellos, thanks and false starts before it says anything."""
    found = _lead_in().match(text)
    return text[found.end() :] if found else text


def language_wanted(text: str) -> str:
    """The language a text asks for, and nothing else, as "en" or "zh"; nothing where it says anything besides."""
    found = _language().fullmatch(text.strip())
    return _LANGUAGES.get((found["english"] or found["chinese"]).lower(), "zh") if found else ""


def _after_last(block: str, text: str) -> str:
    found = list(_pattern(block).finditer(text))
    return text[found[-1].end() :].strip(" ,.!，。！") if found else ""


def _alternatives(block: str) -> str:
    lines = str(read_data("manner.yaml")[block]).splitlines()
    return "|".join(line.strip() for line in lines if line.strip())


@cache
def _pattern(block: str) -> re.Pattern[str]:
    return re.compile(_alternatives(block), re.IGNORECASE)


@cache
def _lead_in() -> re.Pattern[str]:
    latin, chinese = _alternatives("lead_in"), _alternatives("lead_in_chinese")
    return re.compile(
        rf"(?:(?:{latin})(?:[\s,.!:;…-]+))+|(?:(?:{chinese})[啊呀哦\s,，.。!！、…]*)+",
        re.IGNORECASE,
    )


@cache
def _language() -> re.Pattern[str]:
    before, after, zh_before, zh_after = map(
        _alternatives,
        ("language_before", "language_after", "language_before_chinese", "language_after_chinese"),
    )
    return re.compile(
        rf"(?:{before})*(?P<english>english|chinese)(?:{after})*[.!? ]*"
        rf"|(?:{zh_before})*(?P<chinese>中文|汉语|普通话|英文|英语|英語)(?:{zh_after})*[。！？ ]*",
        re.IGNORECASE,
    )

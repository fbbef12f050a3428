"""The message catalogues: every sentence the bot says, in English and Chinese. Code holds keys and facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import yaml

# Every scalar stays text, as YAML 1.1 takes `no` for false; read by libyaml where PyYAML has it.
TextLoader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent
Fact = str | int

Sentence = str | Mapping[str, str]


@cache
def catalogue(language: str) -> Mapping[str, Sentence]:
    """All sentences of a language by key. A sentence that counts is a mapping with "one" and "other"."""
    sentences: dict[str, Sentence] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.yaml")):
        loaded = yaml.load(path.read_text(encoding="utf-8"), TextLoader)  # nosec B506
        for key, sentence in (loaded or {}).items():
            if key in sentences:
                raise ValueError(f"{path}: the key {key} stands twice")
            sentences[key] = sentence
    return sentences


def known(key: str) -> bool:
    """Whether the catalogues have this sentence."""
    return key in catalogue("en")


def tell(key: str, language: str, **facts: Fact) -> str:
    """The sentence in this language with its facts put in; `count` decides between one and other.

    Facts are put in as they are: escaping belongs to the channel, at its last step.
    """
    sentence = catalogue(language if language in LANGUAGES else "en")[key]
    if not isinstance(sentence, str):
        sentence = sentence["one" if facts.get("count") == 1 and "one" in sentence else "other"]
    return sentence.format_map(facts)


def placeholders(sentence: Sentence) -> frozenset[str]:
    """The names of the facts a sentence wants; the tests compare the two languages with it."""
    texts: Iterable[str] = (sentence,) if isinstance(sentence, str) else sentence.values()
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


def moment(at: datetime, language: str, zone: str, now: datetime) -> str:
    """A point in time as people say it: "14:30" today, "tomorrow 09:00", else with the date."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local:%H:%M}"
    days = (local.date() - today).days
    if days == 0:
        return tell("time.today", language, clock=clock)
    if days in (1, -1):
        return tell("time.tomorrow" if days == 1 else "time.yesterday", language, clock=clock)
    return tell(
        "time.date" if local.year == today.year else "time.date_with_year",
        language,
        clock=clock,
        day=local.day,
        month=tell("time.months", language).split()[local.month - 1],
        weekday=tell("time.weekdays", language).split()[local.weekday()],
        year=local.year,
    )


def span(length: timedelta, language: str) -> str:
    """A length of time in words, rounded to what matters: "2 h 5 min", "3 天"."""
    minutes = round(abs(length.total_seconds()) / 60)
    if minutes < 1:
        return tell("time.moment", language)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        parts = [("time.days", days), ("time.hours", hours)]
    elif hours:
        parts = [("time.hours", hours), ("time.minutes", minutes)]
    else:
        parts = [("time.minutes", minutes)]
    return " ".join(tell(key, language, count=count) for key, count in parts if count)

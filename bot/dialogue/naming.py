"""Who or what somebody names: by key, e-mail or name in either script, however many words it has; else who is near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.organisation import Organisation
from escalation.errors import Malformed

NEAR_ENOUGH = 75  # rapidfuzz ratio from which a mistyped name in letters is worth a question
NEAR_ENOUGH_IN_CHINESE = 50  # one character of two
LONGEST_NAME = 4  # words
SHOWN_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Near:
    """Whom somebody may have meant, the likeliest first, and the words behind the name."""

    keys: tuple[str, ...]
    rest: str


def person_named(words: str, organisation: Organisation) -> tuple[str, str] | None:
    """The key of the person these words begin with, and what follows; None when they begin with nobody's name."""
    return _named(words, _people(organisation))


def group_named(words: str, organisation: Organisation) -> tuple[str, str] | None:
    """The key of the group these words begin with, and what follows; None when they begin with no group's name."""
    return _named(words, _groups(organisation))


def whole_person(words: str, organisation: Organisation) -> str:
    """The key of the one person these words are; `Malformed` that names who is near."""
    return _whole(words, person_named(words, organisation), _people(organisation), "person")


def whole_group(words: str, organisation: Organisation) -> str:
    """The key of the one group these words are; `Malformed` that names which is near."""
    return _whole(words, group_named(words, organisation), _groups(organisation), "group")


def _whole(words: str, found: tuple[str, str] | None, named: Mapping[str, tuple[str, ...]], what: str) -> str:
    if found is not None and not found[1]:
        return found[0]
    near = _near(words, named)
    fact = {"name" if what == "person" else "group": words.strip().lstrip("@")[:60]}
    if near is None:
        raise Malformed(f"refused.no_such_{what}", **fact)
    raise Malformed(f"refused.no_such_{what}_near", near=named[near.keys[0]][-1], **fact)


def people_near(words: str, organisation: Organisation) -> Near | None:
    """Whom a mistyped name at the beginning of these words may mean."""
    return _near(words, _people(organisation))


def _people(organisation: Organisation) -> dict[str, tuple[str, ...]]:
    return {p.key: (p.key, p.email, *p.names.values()) for p in organisation.people.values()}


def _groups(organisation: Organisation) -> dict[str, tuple[str, ...]]:
    return {g.key: (g.key, *g.names.values()) for g in organisation.groups.values()}


def _named(words: str, named: Mapping[str, Iterable[str]]) -> tuple[str, str] | None:
    """The longest name the words begin with."""
    text = words.strip().removeprefix("@")
    lowered, best, longest = text.lower(), "", 0
    for key, names in named.items():
        for name in filter(None, names):
            if len(name) > longest and lowered.startswith(name.lower()) and _ends(text, len(name)):
                best, longest = key, len(name)
    return (best, text[longest:].lstrip(" ,:，：、")) if best else None


def _ends(text: str, at: int) -> bool:
    """Whether a name can end here: not in the middle of a word or an address. Chinese needs no space."""
    if at >= len(text) or not text[at - 1].isascii():
        return True
    return not (text[at].isascii() and (text[at].isalnum() or text[at] in "._-@"))


def _near(words: str, named: Mapping[str, Iterable[str]]) -> Near | None:
    """Everybody about as near as the nearest; None when nobody is."""
    text = words.strip().removeprefix("@")
    found = [
        (score, len(key), key, rest)
        for key, names in named.items()
        for name in filter(None, names)
        for said, rest in _beginnings(text, name)
        if (score := fuzz.ratio(said.lower(), name.lower())) >= _bar(name)
    ]
    if not found:
        return None
    found.sort(key=lambda each: (-each[0], each[1:]))
    best, rest = found[0][0], found[0][3]
    return Near(tuple(dict.fromkeys(key for score, _, key, _ in found if score >= best - 10))[:SHOWN_AT_MOST], rest)


def _bar(name: str) -> int:
    return NEAR_ENOUGH if name.isascii() else NEAR_ENOUGH_IN_CHINESE


def _beginnings(text: str, name: str) -> Iterator[tuple[str, str]]:
    """What of the words could be this name, and what follows."""
    if not name.isascii():
        yield text[: len(name)], text[len(name) :].strip()
        return
    words = text.split()
    for count in range(1, min(LONGEST_NAME, len(words)) + 1):
        yield " ".join(words[:count]), " ".join(words[count:])

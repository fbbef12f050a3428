"""Which service a message is about, by the words people use for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from intents.cues import listed, read_data
from intents.lexicon import Hit, Named, lexicon
from intents.normalise import normalise, tokens

# What a word counts in choosing a service: 1, or less or more by the lists in services.yaml; a further word for the
# same service adds a part of its weight, and what is named first is a little more likely to be what it is about.
_GENERAL, _TELLING = 0.4, 1.5
_FURTHER = 0.3
_EARLY = 0.3
_NOTHING = ""
_PARTICULAR = 1.0  # from a score of this on a service was named by a word of its own


@cache
def default_services() -> Mapping[str, tuple[str, ...]]:
    """The usual services, each with the words people use for it."""
    return {key: listed(words) for key, words in read_data("services.yaml")["services"].items()}


def default_words(key: str) -> tuple[str, ...]:
    """The words people use for one of the usual services ("vpn", "printing" …); none for a key we do not know."""
    return default_services().get(key, ())


def service_keys() -> tuple[str, ...]:
    """The keys of the usual services, for which we know words."""
    return tuple(default_services())


def service_scores(words: str, named: tuple[Named, ...]) -> dict[str, float]:
    """How strongly normalised words name each service, the services in the order they were named.

    Particular words count more than general ones, earlier ones more than later ones; up to about 2.5.
    """
    weights = _weights()
    scores: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for hit in _named_in(words, named):
        if hit.key == _NOTHING or (hit.key, hit.phrase) in seen:
            continue
        seen.add((hit.key, hit.phrase))
        weight = weights.get(hit.phrase, 1.0 + 0.05 * min(len(hit.phrase.split()), 4))
        if hit.key in scores:
            best, weight = max(scores[hit.key], weight), min(scores[hit.key], weight)
            scores[hit.key] = best + _FURTHER * weight
        else:
            scores[hit.key] = weight + _EARLY / (1 + len(scores))
    return scores


@lru_cache(maxsize=64)
def _named_in(words: str, named: tuple[Named, ...]) -> tuple[Hit, ...]:
    """What is named in the words; kept for a moment, as they are asked for what is named and for the rest."""
    return tuple(lexicon((*named, *_about_nothing())).find(words))


def is_elsewhere(words: str, scores: Mapping[str, float]) -> bool:
    """Whether the words name a thing nobody in IT looks after, and none of ours by a word of its own."""
    ours = max(scores.values(), default=0.0) >= _PARTICULAR
    return not ours and bool(lexicon(_things_elsewhere()).find(words))


@cache
def _things_elsewhere() -> tuple[Named, ...]:
    return (Named(_NOTHING, listed(read_data("services.yaml")["elsewhere"])),)


def without_things(words: str, named: tuple[Named, ...]) -> str:
    """The words with a blank word in place of every thing named: what is said about it, whatever it is."""
    pieces: list[str] = []
    kept = 0
    for hit in _named_in(words, named):
        if hit.start >= kept and hit.key != _NOTHING:
            pieces += [words[kept : hit.start], " thg " if words[hit.start].isascii() else "物"]
            kept = hit.end
    return "".join([*pieces, words[kept:]])


@cache
def _weights() -> Mapping[str, float]:
    """The words that count for more or for less than one in choosing a service."""
    words = read_data("services.yaml")
    weights = {_phrase(word): _GENERAL for word in listed(words["general"])}
    return weights | {_phrase(word): _TELLING for word in listed(words["telling"])}


@cache
def _about_nothing() -> tuple[Named, ...]:
    return (Named(_NOTHING, listed(read_data("services.yaml")["nothing"])),)


def _phrase(word: str) -> str:
    return " ".join(token for token, _, _ in tokens(normalise(word)))

"""Understanding a message: what is wanted, about which service, and what facts the words already hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from intents.catalogue import Intent
from intents.cues import cue_words, cues, listed, read_data
from intents.entities import Entities, device_words, extract
from intents.lexicon import Named, corrected, lexicon, singular
from intents.normalise import language_of, normalise, tokens

__all__ = ["Named", "Understanding", "default_words", "understand"]

_TASKS = (Intent.FAULT, Intent.REQUEST, Intent.QUESTION)
_SENTENCE = re.compile(
    r"(?<=[!?。！？;；\n])|(?<=\.)(?=\s|$)|[,，]? (?=(?:and )?also )|(?=另外|还有[,，]|顺便|对了)"
)
_SIGNS = {"👍": Intent.THANKS, "🙏": Intent.THANKS, "❤": Intent.THANKS, "👋": Intent.GREETING}
_GENERAL = 0.4
_LATER = 0.15
_SURE = 3.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, as far as its words tell.

    ``others`` are further intents of the same message, ``services`` the candidates best first (``service`` is the
    first of them), ``words`` the normalised text, ``confidence`` 0 to 1 that the intent is right.
    """

    intent: Intent
    others: tuple[Intent, ...]
    service: str | None
    services: tuple[str, ...]
    language: str
    entities: Entities
    words: str
    confidence: float


def understand(
    text: str,
    *,
    services: Sequence[Named],
    places: Sequence[Named] = (),
    now: datetime,
    zone: str,
    language: str,
) -> Understanding:
    """What a person wants with any text at all; never raises on a text.

    ``language`` is the person's own, used where the text has no letters; ``now`` and ``zone`` date "since yesterday".
    """
    named = tuple(services)
    words = normalise(text)
    read = corrected(words, _known_words(named), _trusted())
    ranked = _services(read, named)
    entities = extract(text, now=now, zone=zone, places=places)
    intents = _intents(
        read, about_something=bool(ranked or entities.device or entities.error_codes), entities=entities
    )
    return Understanding(
        intent=intents[0][0],
        others=tuple(intent for intent, _ in intents[1:]),
        service=ranked[0] if ranked else None,
        services=ranked,
        language=language_of(text, language),
        entities=entities,
        words=words,
        confidence=intents[0][1],
    )


def default_words(key: str) -> tuple[str, ...]:
    """The words people use for one of the usual services ("vpn", "printing" …); none for a key we do not know."""
    return _default_services().get(key, ())


@cache
def _default_services() -> Mapping[str, tuple[str, ...]]:
    return {key: listed(words) for key, words in read_data("services.yaml")["services"].items()}


@cache
def _general_words() -> frozenset[str]:
    return frozenset(_phrase(word) for word in listed(read_data("services.yaml")["general"]))


def _phrase(word: str) -> str:
    return " ".join(singular(token) for token, _, _ in tokens(normalise(word)))


@cache
def _trusted() -> frozenset[str]:
    return frozenset(listed(read_data("english.yaml")["trusted"]))


@lru_cache(maxsize=16)
def _known_words(services: tuple[Named, ...]) -> tuple[str, ...]:
    """Every Latin word of four letters or more that means something to us, to correct typing mistakes against."""
    ours = {token for name in services for word in name.words for token, _, _ in tokens(normalise(word))}
    latin = {token for token in ours if len(token) >= 4 and token.isascii() and token.isalpha()}
    return tuple(sorted(latin | cue_words() | device_words()))


# -- services ---------------------------------------------------------------------------------------------------------


def _services(words: str, named: tuple[Named, ...]) -> tuple[str, ...]:
    """The services a message may be about, best first: particular words before general ones, earlier before later."""
    general = _general_words()
    scores: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for hit in lexicon(named).find(words):
        if (hit.key, hit.phrase) in seen:
            continue
        weight = _GENERAL if hit.phrase in general else 1.0 + 0.1 * min(len(hit.phrase.split()), 5)
        if any(key == hit.key for key, _ in seen):
            weight *= 0.5
        seen.add((hit.key, hit.phrase))
        scores[hit.key] = scores.get(hit.key, _LATER / (1 + len(seen))) + weight
    return tuple(sorted(scores, key=lambda key: -scores[key]))


# -- intents ----------------------------------------------------------------------------------------------------------


def _intents(words: str, *, about_something: bool, entities: Entities) -> list[tuple[Intent, float]]:
    """The intents of a message, the main one first, each with a confidence."""
    if not any(character.isalnum() for character in words):
        return [(next((_SIGNS[sign] for sign in words if sign in _SIGNS), Intent.UNKNOWN), 0.6)]
    found: dict[Intent, float] = {}
    for sentence in _SENTENCE.split(words):
        for intent, score in _sentence_intents(sentence.strip()).items():
            found[intent] = max(found.get(intent, 0.0), score)
    chatter = found.pop(Intent.UNKNOWN, 0.0)
    if chatter and not about_something:
        found = {intent: score for intent, score in found.items() if intent not in _TASKS or score > _SURE}
    if entities.tickets and not found.keys() & {Intent.CANCEL, Intent.COMPLAINT, *_TASKS}:
        found.setdefault(Intent.STATUS, 2.0)
    if (
        not found.keys() - {Intent.GREETING, Intent.THANKS, Intent.HELP}
        and about_something
        and not _answered(found)
    ):
        found[Intent.FAULT] = 1.0
    if not found:
        return [(Intent.UNKNOWN, 0.3)]
    ranked = sorted(found, key=lambda intent: _rank(intent, found[intent]))
    return [(intent, _confidence(found[intent])) for intent in ranked]


def _answered(found: Mapping[Intent, float]) -> bool:
    return found.get(Intent.THANKS, 0.0) > _SURE


def _rank(intent: Intent, score: float) -> tuple[int, float]:
    """What goes first: danger, a wish for a person, strong complaints; then what has to be done, social words last."""
    sure = score >= _SURE
    match intent:
        case Intent.EMERGENCY:
            return 0, -score
        case Intent.HUMAN:
            return 1, -score
        case Intent.CANCEL:
            return 2, -score
        case Intent.COMPLAINT if sure:
            return 3, -score
        case Intent.THANKS if score > _SURE + 1:
            return 4, -score
        case Intent.STATUS if sure:
            return 5, -score
        case Intent.FAULT | Intent.REQUEST | Intent.QUESTION if sure:
            return 5, -score
        case Intent.FAULT | Intent.REQUEST | Intent.QUESTION | Intent.STATUS | Intent.COMPLAINT:
            return 6, -score
        case Intent.HELP:
            return 7, -score
        case Intent.THANKS:
            return 8, -score
        case _:
            return 9, -score


def _confidence(score: float) -> float:
    return min(0.97, 0.25 + 0.22 * score)


def _sentence_intents(sentence: str) -> dict[Intent, float]:
    """Scores of one sentence: the strongest cue of each kind, a little more for every further one."""
    scores: dict[str, float] = {}
    places: dict[str, int] = {}
    for cue in cues():
        hits = [found.start() for found in cue.pattern.finditer(sentence) if found.end() > found.start()]
        if not hits:
            continue
        scores[cue.kind] = max(scores.get(cue.kind, 0.0), cue.weight) + 0.05 * min(len(hits) - 1, 4)
        places[cue.kind] = min(places.get(cue.kind, len(sentence)), hits[0])
        if cue.strength == "fixed":
            scores["fixed"] = scores[cue.kind]
    return _weighed(scores, places, len(sentence))


def _weighed(scores: dict[str, float], places: Mapping[str, int], length: int) -> dict[Intent, float]:
    found: dict[Intent, float] = {}
    fault, fixed = scores.get("fault", 0.0), scores.get("fixed", 0.0)
    if fixed and fault < _SURE:
        found[Intent.THANKS] = _SURE + 1.5
        fault = scores["fault"] = 0.0
    for intent in (
        Intent.EMERGENCY,
        Intent.HUMAN,
        Intent.CANCEL,
        Intent.COMPLAINT,
        Intent.GREETING,
        Intent.HELP,
    ):
        if score := scores.get(intent.value, 0.0):
            found[intent] = score
    if (thanks := scores.get("thanks", 0.0)) and not fixed:
        found[Intent.THANKS] = min(thanks, _SURE)
    if status := scores.get("status", 0.0):
        found[Intent.STATUS] = status
    if task := _task(scores, places):
        intent, score = task
        if not (intent is Intent.QUESTION and found.get(Intent.STATUS, 0.0) >= score):
            found[intent] = score
    if scores.get("chatter"):
        found[Intent.UNKNOWN] = 1.0
    return found


def _task(scores: Mapping[str, float], places: Mapping[str, int]) -> tuple[Intent, float] | None:
    """Fault, request or question: of one sentence only one of the three is meant."""
    fault, request, question = (scores.get(intent.value, 0.0) for intent in _TASKS)
    if question >= _SURE and fault < 2.0:
        return Intent.QUESTION, question
    if question >= _SURE and fault < _SURE and request < _SURE:
        return Intent.QUESTION, question
    if request >= _SURE and (fault < _SURE or places["request"] <= places["fault"]):
        return Intent.REQUEST, request
    if fault >= 2.0 and fault >= request:
        return Intent.FAULT, fault
    if question >= 2.0 and request < _SURE and fault < 2.0:
        return Intent.QUESTION, question
    if request >= 2.0:
        return Intent.REQUEST, request
    return (Intent.FAULT, fault) if fault else None

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
from intents.lexicon import Named, corrected, lexicon
from intents.normalise import language_of, normalise, tokens

__all__ = ["Named", "Understanding", "default_words", "service_keys", "understand"]

_TASKS = (Intent.FAULT, Intent.REQUEST, Intent.QUESTION)
_SENTENCE = re.compile(
    r"(?<=[!?。！？;；\n])|(?<=\.)(?=\s|$)|[,，]? (?=(?:and )?also )"
    r"|(?= and (?:what|can|could|how|please|i need|when))|(?=另外|还有[,，]|顺便|对了)"
)
_SIGNS = {"👍": Intent.THANKS, "🙏": Intent.THANKS, "❤": Intent.THANKS, "👋": Intent.GREETING}
# What a word counts in choosing a service: 1, or less or more by the lists in services.yaml; a further word for the
# same service adds a part of its weight, and what is named first is a little more likely to be what it is about.
_GENERAL, _TELLING = 0.4, 1.5
_FURTHER = 0.3
_EARLY = 0.3
_NOTHING = ""
_SURE, _MEANT = 3.0, 2.0


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
    intents = _intents(read, about_something=bool(ranked or entities.device or entities.error_codes), entities=entities)
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


def service_keys() -> tuple[str, ...]:
    """The keys of the usual services, for which we know words."""
    return tuple(_default_services())


@cache
def _default_services() -> Mapping[str, tuple[str, ...]]:
    return {key: listed(words) for key, words in read_data("services.yaml")["services"].items()}


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


@cache
def _trusted() -> frozenset[str]:
    return frozenset(listed(read_data("english.yaml")["trusted"])) | cue_words()


@lru_cache(maxsize=16)
def _known_words(services: tuple[Named, ...]) -> tuple[str, ...]:
    """Every Latin word of four letters or more that means something to us, to correct typing mistakes against."""
    ours = {token for name in services for word in name.words for token, _, _ in tokens(normalise(word))}
    latin = {token for token in ours if len(token) >= 3 and token.isascii() and token.isalpha()}
    return tuple(sorted(latin | cue_words("fault", "request", "question", "status") | device_words()))


# -- services ---------------------------------------------------------------------------------------------------------


def _services(words: str, named: tuple[Named, ...]) -> tuple[str, ...]:
    """The services a message may be about, best first: particular words before general ones, earlier before later."""
    weights = _weights()
    scores: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for hit in lexicon((*named, *_about_nothing())).find(words):
        if hit.key == _NOTHING or (hit.key, hit.phrase) in seen:
            continue
        seen.add((hit.key, hit.phrase))
        weight = weights.get(hit.phrase, 1.0 + 0.05 * min(len(hit.phrase.split()), 4))
        if hit.key in scores:
            best, weight = max(scores[hit.key], weight), min(scores[hit.key], weight)
            scores[hit.key] = best + _FURTHER * weight
        else:
            scores[hit.key] = weight + _EARLY / (1 + len(scores))
    return tuple(sorted(scores, key=lambda key: -scores[key]))


# -- intents --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """How strongly an intent was said, and where in the message first."""

    score: float
    at: int


def _intents(words: str, *, about_something: bool, entities: Entities) -> list[tuple[Intent, float]]:
    """The intents of a message, the main one first, each with a confidence."""
    if not any(character.isalnum() for character in words):
        return [(next((_SIGNS[sign] for sign in words if sign in _SIGNS), Intent.UNKNOWN), 0.6)]
    found, chatter = _found(words)
    if chatter and not about_something:
        found = {key: what for key, what in found.items() if key not in _TASKS or what.score > _SURE}
    if not about_something and found.get(Intent.QUESTION, _Found(_SURE, 0)).score < _SURE:
        del found[Intent.QUESTION]  # "how are your kids": a question, but none for a help desk
    if entities.tickets and not found.keys() & {Intent.CANCEL, Intent.COMPLAINT, *_TASKS}:
        found.setdefault(Intent.STATUS, _Found(2.0, 0))
    only_social = not found.keys() - {Intent.GREETING, Intent.HELP, Intent.THANKS}
    works_again = Intent.THANKS in found and found[Intent.THANKS].score > _SURE
    if about_something and only_social and not works_again:
        found[Intent.FAULT] = _Found(1.0, 0)  # somebody who only says "hello, printer" has trouble with it
    if not found:
        return [(Intent.UNKNOWN, 0.3)]
    ranked = sorted(found, key=lambda intent: _rank(intent, found[intent]))
    return [(intent, _confidence(found[intent].score)) for intent in ranked]


def _found(words: str) -> tuple[dict[Intent, _Found], bool]:
    """What each sentence says, the strongest of each intent; and whether any of it is mere chatter."""
    found: dict[Intent, _Found] = {}
    chatter, at = False, 0
    for sentence in _SENTENCE.split(words):
        scores, places = _cues_in(sentence.strip())
        chatter = chatter or "chatter" in scores
        for intent, score in _weighed(scores, places).items():
            before = found.get(intent)
            place = at + places.get(intent.value, 0)
            found[intent] = _Found(max(score, before.score), before.at) if before else _Found(score, place)
        at += len(sentence)
    return found, chatter


def _rank(intent: Intent, what: _Found) -> tuple[int, int]:
    """Danger first, then a wish for a person, then anger; then what has to be done, as said; social words last."""
    sure = what.score >= _SURE
    match intent:
        case Intent.EMERGENCY:
            return 0, what.at
        case Intent.HUMAN:
            return 1, what.at
        case Intent.CANCEL:
            return 2, what.at
        case Intent.COMPLAINT if sure:
            return 3, what.at
        case Intent.THANKS if what.score > _SURE:
            return 4, what.at
        case Intent.STATUS if sure:
            return 5, what.at
        case Intent.FAULT | Intent.REQUEST if what.score >= _MEANT:
            return 5, what.at
        case Intent.QUESTION if sure:
            return 6, what.at
        case Intent.FAULT | Intent.REQUEST | Intent.QUESTION | Intent.STATUS | Intent.COMPLAINT:
            return 7, what.at
        case Intent.HELP:
            return 8, what.at
        case Intent.THANKS:
            return 9, what.at
        case _:
            return 10, what.at


def _confidence(score: float) -> float:
    return min(0.97, 0.25 + 0.22 * score)


def _cues_in(sentence: str) -> tuple[dict[str, float], dict[str, int]]:
    """For each kind of cue its strength in a sentence (a little more for every further one) and its place."""
    scores: dict[str, float] = {}
    places: dict[str, int] = {}
    for cue in cues():
        hits = [found.start() for found in cue.pattern.finditer(sentence) if found.end() > found.start()]
        if not hits:
            continue
        kind = "fixed" if cue.strength == "fixed" else cue.kind
        scores[kind] = max(scores.get(kind, 0.0), cue.weight) + 0.05 * min(len(hits) - 1, 4)
        places[kind] = min(places.get(kind, len(sentence)), hits[0])
    return scores, places


def _weighed(scores: Mapping[str, float], places: Mapping[str, int]) -> dict[Intent, float]:
    """The intents of one sentence, where what was said rules out some of what might have been meant."""
    found = {intent: scores[intent.value] for intent in Intent if intent not in _TASKS and intent.value in scores}
    if Intent.THANKS in found:
        found[Intent.THANKS] = min(found[Intent.THANKS], _SURE)
    asked_how_far = found.get(Intent.STATUS, 0.0) >= _SURE
    if "fixed" in scores and not asked_how_far and scores.get("fault", 0.0) < _SURE:
        return found | {Intent.THANKS: _SURE + 1.0}
    task = _task(scores, places)
    if task is None:
        return found
    if task is not Intent.FAULT and (asked_how_far or found.keys() & {Intent.HELP, Intent.HUMAN}):
        return found  # "I want a human" asks for nothing else
    if task is Intent.QUESTION and scores["question"] >= _SURE:
        found.pop(Intent.CANCEL, None)  # "how do I cancel a meeting" takes nothing back
    return found | {task: scores[task.value]}


def _task(scores: Mapping[str, float], places: Mapping[str, int]) -> Intent | None:
    """Fault, request or question: of one sentence only one of the three is meant."""
    fault, request, question = (scores.get(intent.value, 0.0) for intent in _TASKS)
    if question >= _SURE and fault < _SURE and (request < _SURE or places["question"] <= places["request"]):
        return Intent.QUESTION
    if request >= _SURE and (fault < _SURE or "but" not in scores or places["but"] < places["request"]):
        return Intent.REQUEST
    if fault >= _MEANT:
        return Intent.FAULT
    if question >= _MEANT and request <= question:
        return Intent.QUESTION
    if request >= _MEANT:
        return Intent.REQUEST
    return Intent.FAULT if fault else None

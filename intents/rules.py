"""What a message is for, by the phrases in ``data/cues.yaml`` and what one of them rules out of another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from intents.catalogue import Intent
from intents.cues import cues
from intents.entities import Entities
from intents.phrases import Spotter

_TASKS = (Intent.FAULT, Intent.REQUEST, Intent.QUESTION)
_SENTENCE = re.compile(
    r"(?<=[!?。！？;；\n])|(?<=\.)(?=\s|$)|[,，]? (?=(?:and )?also )"
    r"|(?= and (?:what|can|could|how|please|i need|when))|(?=另外|还有[,，]|顺便|对了)"
)
SIGNS = {"👍": Intent.THANKS, "🙏": Intent.THANKS, "❤": Intent.THANKS, "👋": Intent.GREETING}
_SURE, _MEANT = 3.0, 2.0


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules make of a message: its intents, the main one first, and how strongly each kind of cue was said.

    ``cues`` holds 0 to 3 for a kind, a little more where it was said several times.
    """

    intents: tuple[Intent, ...]
    cues: Mapping[str, float]


def ruled(words: str, *, about_something: bool, entities: Entities) -> Ruled:
    """What the rules make of normalised words; ``about_something``: a thing of ours is named in them."""
    said = _said(words)
    intents = _intents(words, said, about_something=about_something, entities=entities)
    return Ruled(tuple(intents), said.cues)


@dataclass(frozen=True, slots=True)
class _Found:
    """How strongly an intent was said, and where in the message first."""

    score: float
    at: int


@dataclass(frozen=True, slots=True)
class _Said:
    found: Mapping[Intent, _Found]
    cues: Mapping[str, float]


def _intents(words: str, said: _Said, *, about_something: bool, entities: Entities) -> list[Intent]:
    """The intents of a message, the main one first."""
    if not any(character.isalnum() for character in words):
        return [next((SIGNS[sign] for sign in words if sign in SIGNS), Intent.UNKNOWN)]
    found = dict(said.found)
    if "chatter" in said.cues and not about_something:
        found = {key: what for key, what in found.items() if key not in _TASKS or what.score > _SURE}
    if not about_something and found.get(Intent.QUESTION, _Found(_SURE, 0)).score < _SURE:
        del found[Intent.QUESTION]  # "how are your kids": a question, but none for a help desk
    if entities.tickets and not found.keys() & {Intent.CANCEL, Intent.COMPLAINT, *_TASKS}:
        found.setdefault(Intent.STATUS, _Found(2.0, 0))
    only_social = not found.keys() - {Intent.GREETING, Intent.HELP, Intent.THANKS}
    works_again = Intent.THANKS in found and found[Intent.THANKS].score > _SURE
    if about_something and only_social and not works_again:
        found[Intent.FAULT] = _Found(1.0, 0)  # somebody who only says "hello, printer" has trouble with it
    return sorted(found, key=lambda intent: _rank(intent, found[intent])) or [Intent.UNKNOWN]


def _said(words: str) -> _Said:
    """What each sentence says, the strongest of each intent and of each kind of cue."""
    found: dict[Intent, _Found] = {}
    strongest: dict[str, float] = {}
    at = 0
    for sentence in _SENTENCE.split(words):
        scores, places = _cues_in(sentence.strip())
        for kind, score in scores.items():
            strongest[kind] = max(strongest.get(kind, 0.0), score)
        for intent, score in _weighed(scores, places).items():
            before = found.get(intent)
            place = at + places.get(intent.value, 0)
            found[intent] = _Found(max(score, before.score), before.at) if before else _Found(score, place)
        at += len(sentence)
    return _Said(found, strongest)


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


@lru_cache(maxsize=64)
def _cues_in(sentence: str) -> tuple[Mapping[str, float], Mapping[str, int]]:
    """For each kind of cue its strength in a sentence (a little more for every further one) and its place.

    Kept for a moment: a message is read as a whole, then in its parts.
    """
    scores: dict[str, float] = {}
    places: dict[str, int] = {}
    literally = _without_figures_of_speech(sentence)
    dangers = _spotter("emergency").find(literally) if literally != sentence else None
    for cue, hits in zip(cues(), _spotter("").find(sentence), strict=True):
        if dangers is not None and cue.kind == "emergency":
            hits = dangers.pop(0)
        if not hits:
            continue
        kind = "fixed" if cue.strength == "fixed" else cue.kind
        scores[kind] = max(scores.get(kind, 0.0), cue.weight) + 0.05 * min(len(hits) - 1, 4)
        places[kind] = min(places.get(kind, len(sentence)), hits[0][0])
    return scores, places


def _without_figures_of_speech(sentence: str) -> str:
    """The sentence with "fire up", "burn a disc", 火狐 and the like struck out: they only sound like danger."""
    for found in _spotter("harmless").find(sentence):
        for start, end in found:
            sentence = sentence[:start] + "_" * (end - start) + sentence[end:]
    return sentence


@cache
def _spotter(kind: str) -> Spotter:
    """Finds the cues of one kind, or of all."""
    return Spotter([cue.phrases for cue in cues() if kind in ("", cue.kind)])


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

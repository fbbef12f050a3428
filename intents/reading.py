"""One piece of a message, read: what the rules find in it, and what the learned model makes of that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

from intents.catalogue import Intent
from intents.cues import cue_kinds, cue_words, listed, read_data
from intents.entities import Entities, device_words, without_contact
from intents.grams import buckets
from intents.learned import model
from intents.lexicon import Named, corrected
from intents.normalise import HAN, normalise, tokens
from intents.rules import Ruled, ruled
from intents.services import default_words, is_elsewhere, service_keys, service_scores, without_things

NO_SERVICE = ""
_SAYS_MORE = re.compile(r"\b(?!thg\b)[a-z0-9]{2,}|(?!物)[\u3400-\u9fff]")
_DRASTIC = (Intent.COMPLAINT, Intent.CANCEL, Intent.HUMAN)
_TURNING = 0.8
"""The probability from which likeness alone makes a complaint, a withdrawal or a call for a person."""
_ASKING = 0.6
"""The probability from which likeness alone makes a question what we can do."""
_ALARMING = 0.85
"""The probability from which likeness to emergencies is one, where a word of danger was said."""
_SAID, _NEVER = 2.0, 2.0  # a plain cue; more than any probability
_PARTICULAR, _TELLING = 1.0, 1.5  # scores of a service: named by a word of its own, by a word that leaves no doubt
_WORKS = re.compile(
    r"(?:(?:i am |im |we are )?(?:connected to|on) (?:the )?vpn|(?:the |my )?(?:vpn|wi-?fi|internet|network)"
    r"(?: connection)? (?:is )?(?:connected|works?|working|fine|ok|up|good))(?: fine| ok)?,? (?=but )|"
    r"(?:vpn|wi-?fi|外网|网络?|无线网?络?)(?:已经|能|也|都|是)?(?:连上了?|连着|正常|没问题|通|好)的?了?[,，]? ?"
    r"(?=但|可是|就是|不过|却)"
)
"""What works is said only to tell that something else does not: "the VPN is connected, but the share does not open"."""
_Key = TypeVar("_Key", bound=str)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a message before the learned model is asked: its words set right, and what the rules found."""

    words: str
    about: str  # without how to call back
    bare: str  # without the things named
    scores: Mapping[str, float]
    rules: Ruled
    tickets: bool
    something: bool

    def for_intent(self) -> list[float]:
        """The rules' findings as numbers, in a fixed order; the model was fitted on the same."""
        rules = self.rules
        return [
            *(rules.cues.get(kind, 0.0) / 3 for kind in cue_kinds()),
            *(float(rules.intents[0] is intent) for intent in Intent),
            *(float(intent in rules.intents[1:]) for intent in Intent),
            float(self.something),
            float(self.tickets),
            float("?" in self.words),
            float(bool(HAN.search(self.words))),
            1.0,
        ]

    def for_service(self) -> list[float]:
        """How strongly each of the usual services was named, which one most, and whether none was."""
        keys = service_keys()
        best = max(self.scores, key=lambda key: self.scores[key], default=NO_SERVICE)
        return [
            *(self.scores.get(key, 0.0) for key in keys),
            *(float(key == best) for key in keys),
            float(not self.scores),
            float(bool(HAN.search(self.words))),
            1.0,
        ]


@dataclass(frozen=True, slots=True)
class Reading:
    """Every intent and every service with its probability, most likely first; ``""`` stands for no service."""

    evidence: Evidence
    intents: Mapping[Intent, float]
    services: Mapping[str, float]


def evidence_of(text: str, named: tuple[Named, ...], entities: Entities) -> Evidence:
    """What the rules find in a text, about the services ``named``."""
    words = corrected(normalise(text), _known_words(named), _trusted())
    plain = without_contact(text)
    about = words if plain == text else corrected(normalise(plain), _known_words(named), _trusted())
    scores = service_scores(about, named)
    if (rest := _WORKS.sub("", about)) != about and (others := service_scores(rest, named)):
        about, scores = rest, others
    something = bool(scores or entities.device or entities.error_codes)
    rules = ruled(words, about_something=something, entities=entities)
    return Evidence(words, about, without_things(words, named), scores, rules, bool(entities.tickets), something)


def read(text: str, named: tuple[Named, ...], entities: Entities) -> Reading:
    """What a text is for and about, with probabilities."""
    found = evidence_of(text, named, entities)
    chances = model("intent").probabilities(buckets(found.bare), found.for_intent())
    intents = {Intent(key): float(chance) for key, chance in zip(model("intent").classes, chances, strict=True)}
    return Reading(found, _by_chance(_with_care(intents, found)), _by_chance(_services(found, named)))


def _with_care(intents: Mapping[Intent, float], found: Evidence) -> dict[Intent, float]:
    """The chances, where what turns a whole conversation needs more than likeness to other messages.

    An emergency is one when the rules say so, whatever else is likely, and never without a word of danger. To complain,
    to call it off or to ask for a person takes words for it, or a message very like such ones.
    """
    if found.rules.intents[0] is Intent.EMERGENCY:
        sure = {intent: 0.05 * chance for intent, chance in intents.items()}
        sure[Intent.EMERGENCY] += 0.95
        return sure
    if found.scores and not _SAYS_MORE.search(found.bare):
        named = {intent: 0.5 * chance for intent, chance in intents.items()}
        named[Intent.FAULT] += 0.5  # somebody who only says "printer" has trouble with it, most likely
        return named
    danger = "hazard" in found.rules.cues and "harmless" not in found.rules.cues
    needed = {intent: _TURNING for intent in _DRASTIC if intent.value not in found.rules.cues}
    if Intent.HELP.value not in found.rules.cues:
        needed[Intent.HELP] = _ASKING  # 能帮我重装系统吗 asks for something to be done, not what we can do
    needed[Intent.EMERGENCY] = _ALARMING if danger else _NEVER
    if found.rules.cues.get("fault", 0.0) >= _SAID and not {"thanks", "fixed"} & found.rules.cues.keys():
        needed[Intent.THANKS] = _NEVER  # 出问题了 is like 没问题了, and no good news
    kept = {intent: chance for intent, chance in intents.items() if chance >= needed.get(intent, 0.0)}
    whole = sum(kept.values())
    return {intent: kept.get(intent, 0.0) / whole for intent in intents}


def _services(found: Evidence, named: tuple[Named, ...]) -> dict[str, float]:
    """The chance of each service the organisation has; those of its own are known by their words only."""
    chances = model("service").probabilities(buckets(found.about), found.for_service())
    learned = dict(zip(model("service").classes, map(float, chances), strict=True))
    ours = {name.key: name for name in named}
    own = service_scores(found.about, _own_words(named)) if any(name.words for name in _own_words(named)) else {}
    usual = max((score for key, score in found.scores.items() if key not in own), default=0.0)
    kept = {key: chance for key, chance in learned.items() if key in ours or key == NO_SERVICE}
    if own and max(own.values()) >= usual:
        # A name the organisation gave to one of its services says more than likeness to any other.
        kept = {key: 0.1 * chance for key, chance in kept.items()}
        for key, score in own.items():
            kept[key] = kept.get(key, 0.0) + 0.9 * score / sum(own.values())
    elif is_elsewhere(found.about, found.scores):
        kept = {key: 0.2 * chance for key, chance in kept.items()}
        kept[NO_SERVICE] += 0.8
    elif (told := _plainly(found.scores)) and told in kept:
        kept = {key: chance if key == told else 0.3 * chance for key, chance in kept.items()}
    whole = sum(kept.values()) or 1.0
    return dict.fromkeys((*ours, NO_SERVICE), 0.0) | {key: chance / whole for key, chance in kept.items()}


def _plainly(scores: Mapping[str, float]) -> str:
    """The only service named by a telling word ("Wi-Fi") beside general ones that say where: "on my laptop"."""
    particular = [key for key, score in scores.items() if score >= _PARTICULAR]
    return particular[0] if len(particular) == 1 and scores[particular[0]] >= _TELLING else ""


@lru_cache(maxsize=16)
def _own_words(named: tuple[Named, ...]) -> tuple[Named, ...]:
    """What only this organisation calls its services: its words that are none of our usual ones."""
    return tuple(Named(name.key, tuple(word for word in name.words if word not in _usual(name.key))) for name in named)


@cache
def _usual(key: str) -> frozenset[str]:
    words = default_words(key)
    return frozenset((*words, *map(normalise, words), *map(str.title, words), *map(str.upper, words)))


def _by_chance(chances: Mapping[_Key, float]) -> dict[_Key, float]:
    return dict(sorted(chances.items(), key=lambda each: -each[1]))


@cache
def _trusted() -> frozenset[str]:
    return frozenset(listed(read_data("english.yaml")["trusted"])) | cue_words()


@lru_cache(maxsize=16)
def _known_words(named: tuple[Named, ...]) -> tuple[str, ...]:
    """Every Latin word of three letters or more that means something to us, to correct typing mistakes against."""
    ours = {token for name in named for word in name.words for token, _, _ in tokens(normalise(word))}
    latin = {token for token in ours if len(token) >= 3 and token.isascii() and token.isalpha()}
    return tuple(sorted(latin | cue_words("fault", "request", "question", "status") | device_words()))

"""Understanding a message: what is wanted, about which service, and what facts the words already hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from intents.catalogue import Intent
from intents.entities import Entities, extract, glimpse
from intents.lexicon import Named
from intents.normalise import language_of, normalise, shorten, tokens
from intents.parts import Piece, clauses, pieces
from intents.reading import NO_SERVICE, Reading, read
from intents.rules import SIGNS
from intents.services import default_words, service_keys
from intents.things import only_where

__all__ = ["Named", "Part", "Understanding", "default_words", "service_keys", "understand"]

_LIKELY, _NAMED = 0.05, 0.5
_GUESSED = 0.3  # below it a service that nothing in the message names is a guess
_POINTING = (
    "a all and another any both each either for from in it last neither none of on one ones or other others that the "
    "them these they this those to two which with first second third"
)
_TASKS = (Intent.FAULT, Intent.REQUEST, Intent.QUESTION)
_OF_THE_HOUSE = frozenset(
    {
        "wired-network",
        "wifi",
        "internet",
        "vpn",
        "storage",
        "shared-drive",
        "backup",
        "erp",
        "accounts",
        "email",
        "software",
    }
)
_CALLS = 0.95
"""The probability from which a clause alone makes a message a call for a person."""
_AT_ONCE = (Intent.EMERGENCY, Intent.HUMAN, Intent.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things a message wants, in its own words. ``confidence``: how probably the intent is right."""

    text: str
    intent: Intent
    service: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, as far as its words tell.

    ``others`` are further intents of the same message, ``services`` the candidates best first (``service`` is the
    first of them), ``words`` the normalised text, ``confidence`` the probability that the intent is right, and
    ``certainty`` that the service is. ``parts`` are the things it wants, as said; a message mostly has one.
    ``works``: what was broken is said to work again.
    """

    intent: Intent
    others: tuple[Intent, ...]
    service: str | None
    services: tuple[str, ...]
    language: str
    entities: Entities
    words: str
    confidence: float
    certainty: float
    parts: tuple[Part, ...]
    works: bool = False


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
    readings: dict[str, Reading] = {}

    def facts(stretch: str) -> Entities:
        return extract(stretch, now=now, zone=zone, places=places)

    def reading(stretch: str) -> Reading:
        if stretch not in readings:
            readings[stretch] = read(stretch, named, glimpse(stretch))
        return readings[stretch]

    shortened = shorten(text)
    whole = reading(shortened)
    parts = pieces(shortened, reading)
    sign = next((SIGNS[sign] for sign in shortened if sign in SIGNS), None)
    main = _main(Piece(shortened, whole), parts)
    called = _calls_somebody(shortened, whole, reading)
    where = only_where(shortened, places)
    if not any(character.isalnum() for character in shortened):
        intent, confidence = sign or Intent.UNKNOWN, 0.9
    else:
        meant = called or main
        intent, confidence = (Intent.UNKNOWN, 0.9) if where or _only_points(shortened) else (meant.intent, meant.sure)
    danger = None
    if intent is Intent.EMERGENCY:
        danger = _danger(shortened, reading, lambda clause: bool(facts(clause).place))
    about, ranked = (whole, ()) if where else _about(intent, danger or main.reading, () if danger else parts)
    return Understanding(
        intent=intent,
        others=() if where else _others(intent, whole, parts),
        service=ranked[0] if ranked else None,
        services=ranked,
        language=language_of(text, language),
        entities=facts(text),
        words=whole.evidence.words,
        confidence=min(1.0, confidence),
        certainty=min(1.0, next(iter(about.services.values()))),
        parts=tuple(Part(part.text, part.intent, part.service or None, min(1.0, part.sure)) for part in parts),
        works=intent is Intent.THANKS and "fixed" in whole.evidence.rules.cues,
    )


def _only_points(text: str) -> bool:
    """Whether every word points at what was said before: "for one of them" asks for nothing new."""
    words = {word for word, _, _ in tokens(normalise(text))}
    return bool(words) and words.issubset(_POINTING.split())


def _main(whole: Piece, parts: tuple[Piece, ...]) -> Piece:
    """The part that counts most: danger, a wish for a person and anger before all else, then what was said first."""
    if whole.intent in _AT_ONCE and whole.intent in whole.reading.evidence.rules.intents[:1]:
        return whole
    for intent in _AT_ONCE:
        for part in parts:
            if part.intent is intent:
                return part
    return parts[0]


def _calls_somebody(text: str, whole: Reading, reading: Callable[[str], Reading]) -> Piece | None:
    """The clause that wants a person and nothing else, where one does: what is wrong may follow in the same breath."""
    if Intent.HUMAN not in whole.evidence.rules.intents[:1]:
        return None
    told = (Piece(clause, reading(clause)) for clause in clauses(text))
    return next((each for each in told if each.intent is Intent.HUMAN and each.sure >= _CALLS), None)


def _danger(text: str, reading: Callable[[str], Reading], has_place: Callable[[str], bool]) -> Reading | None:
    """The clause that tells of danger, where it alone does and names a thing or a place of its own: a printer that
    jams in the same breath as the server room smokes is not what burns."""
    told = clauses(text)
    dangers = [each for each in told if Intent.EMERGENCY in reading(each).evidence.rules.intents[:1]]
    if len(told) < 2 or len(dangers) != 1:
        return None
    (danger,) = dangers
    return reading(danger) if _ranked(reading(danger)) or has_place(danger) else None


def _about(intent: Intent, reading: Reading, parts: tuple[Piece, ...]) -> tuple[Reading, tuple[str, ...]]:
    """The services likely meant, and the reading that tells: of several parts the first that has any."""
    ranked = _befitting(intent, reading)
    if not ranked and len(parts) > 1:
        found = ((part.reading, _ranked(part.reading)) for part in parts)
        return next((each for each in found if each[1]), (reading, ()))
    return reading, ranked


def _befitting(intent: Intent, reading: Reading) -> tuple[str, ...]:
    """The services likely meant. What is no trouble, wish or question has one only where its words name it, and what
    burns or is under water is a thing on a desk, or nobody's service: cables and servers are the house's."""
    ranked = _ranked(reading)
    if not ranked or intent in _TASKS:
        return ranked
    if intent is Intent.EMERGENCY:
        return () if ranked[0] in _OF_THE_HOUSE or reading.services[ranked[0]] < _NAMED else ranked
    named = reading.evidence.scores.get(ranked[0], 0.0) > 0.0 and reading.services[ranked[0]] >= _NAMED
    return ranked if named else ()


def _ranked(reading: Reading) -> tuple[str, ...]:
    """The services that may be meant, best first; none where most likely none is, or where all are but guessed at."""
    best, chance = next(iter(reading.services.items()))
    if best == NO_SERVICE or (chance < _GUESSED and reading.evidence.scores.get(best, 0.0) <= 0.0):
        return ()
    return tuple(key for key, chance in reading.services.items() if key != NO_SERVICE and chance >= _LIKELY)


def _others(intent: Intent, whole: Reading, parts: Sequence[Piece]) -> tuple[Intent, ...]:
    """What else the message is for: its other parts, and what the rules heard in it besides."""
    heard = (*(part.intent for part in parts), *whole.evidence.rules.intents)
    never = {intent, Intent.UNKNOWN, *(() if Intent.EMERGENCY in whole.intents else (Intent.EMERGENCY,))}
    return tuple(other for other in dict.fromkeys(heard) if other not in never)

"""`firstline ask`: what the bot understands of a sentence, without saying anything to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from operator import sub
from typing import Any

from bot.app import load_organisation, utc_now
from bot.dialogue.world import knowledge_of, vocabulary
from bot.inventory import inventory
from bot.settings import Settings
from faq.index import SPARSE, Index
from faq.likeness import candidates
from faq.match import match, ranked, shipped_weights
from faq.query import understand as read
from faq.verdict import Platt, Thresholds, decide
from intents.classify import Part, understand
from intents.normalise import language_of
from intents.pinyin import in_chinese

SHOWN = 5


def _fact(value: object) -> object:
    return list(value) if isinstance(value, tuple) else str(value)


def _part(part: Part) -> dict[str, Any]:
    return {
        "text": part.text,
        "intent": part.intent.value,
        "service": part.service or "",
        "confidence": round(part.confidence, 4),
    }


def ask(settings: Settings, text: str, *, explain: bool = False) -> dict[str, Any]:
    """Intent, service, the best matches with their probability, and the verdict: answer, suggest or ask.

    By the articles in use at this desk, and as sure as its people's presses make it. Raises StorageError.
    With `explain` also what each channel knew of the message, and every candidate's features.
    """
    now = utc_now()
    organisation = load_organisation(settings, now)
    known = inventory(settings)
    knowledge, words = knowledge_of(known.articles), vocabulary(organisation)
    heard = in_chinese(text)  # as in a chat, where "youxiang manle" finds what 邮箱满了 finds
    meant = understand(
        text, services=words.services, places=words.places, now=now, zone=organisation.zone, language="en"
    )
    language = language_of(heard, meant.language)
    matches = match(knowledge.index, heard, language=language)
    verdict = decide(matches, Thresholds(organisation.answer_at, organisation.suggest_at), known.platt)
    found: dict[str, Any] = {
        "text": text,
        "intent": meant.intent.value,
        "others": [intent.value for intent in meant.others],
        "service": meant.service or "",
        "confidence": round(meant.confidence, 4),
        "service_confidence": round(meant.certainty, 4),
        "parts": [_part(part) for part in meant.parts],
        "facts": {name: _fact(value) for name, value in asdict(meant.entities).items() if value},
        "language": language,
        "verdict": type(verdict).__name__.lower(),
        "matches": [
            {
                "article": one.article_id,
                "language": one.language,
                "title": knowledge.article(one.article_id, one.language).title,
                "probability": round(known.platt(one.probability), 4),
            }
            for one in matches[:SHOWN]
        ],
    }
    return found | _explained(knowledge.index, heard, known.platt) if explain else found


def _explained(index: Index, text: str, platt: Platt) -> dict[str, Any]:
    """Why: the message as it was read, what share of it each channel knows, and what speaks for each candidate."""
    asked = read(index, text)
    near = candidates(index, asked)
    features = map(sub, asked.query.edges[1:], asked.query.edges)
    channels = {
        name: {"features": count, "known": known}
        for name, count, known in zip(SPARSE, features, index.lookup.known(asked.features), strict=True)
    }
    return {
        "read_as": asked.repaired,
        "known_words": asked.known_words,
        "channels": {**channels, "meaning": {"known": float(asked.meaning @ asked.meaning) ** 0.5}},
        "candidates": [
            {
                "article": near.entries[each.at].id,
                "phrasing": index.written[near.rows[each.at]],
                "score": each.score,
                "probability": round(platt(each.probability), 4),
                "features": near.told(each.at),
            }
            for each in ranked(near, asked, shipped_weights())
        ],
    }


def explained(found: Mapping[str, Any]) -> str:
    """The explanation in lines for a terminal."""
    known = ", ".join(f"{name} {channel['known']:.0%}" for name, channel in found["channels"].items())
    lines = [f"read as: {found['read_as']}", f"known: words {found['known_words']:.0%}; by channel: {known}"]
    for candidate in found["candidates"][:SHOWN]:
        said = f"{candidate['article']} by {candidate['phrasing']!r}"
        lines.append(f"  {candidate['probability']:.2f}  score {candidate['score']:.2f}  {said}")
        lines.append("        " + "  ".join(f"{name} {value:.2f}" for name, value in candidate["features"].items()))
    return "\n".join(lines)

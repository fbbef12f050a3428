"""`firstline ask`: what the bot understands of a sentence, without saying anything to anybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.app import load_organisation, utc_now
from bot.dialogue.world import knowledge_of, vocabulary
from bot.settings import Settings
from faq.article import shipped_articles
from faq.match import match
from faq.verdict import Thresholds, decide
from intents.classify import Part, understand

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


def ask(settings: Settings, text: str) -> dict[str, Any]:
    """Intent, service, the best matches with their probability, and the verdict: answer, suggest or ask."""
    now = utc_now()
    organisation = load_organisation(settings, now)
    knowledge, words = knowledge_of(shipped_articles()), vocabulary(organisation)
    meant = understand(
        text, services=words.services, places=words.places, now=now, zone=organisation.zone, language="en"
    )
    matches = match(knowledge.index, text, language=meant.language)
    verdict = decide(matches, Thresholds(organisation.answer_at, organisation.suggest_at))
    return {
        "text": text,
        "intent": meant.intent.value,
        "others": [intent.value for intent in meant.others],
        "service": meant.service or "",
        "confidence": round(meant.confidence, 4),
        "service_confidence": round(meant.certainty, 4),
        "parts": [_part(part) for part in meant.parts],
        "facts": {name: _fact(value) for name, value in asdict(meant.entities).items() if value},
        "language": meant.language,
        "verdict": type(verdict).__name__.lower(),
        "matches": [
            {
                "article": found.article_id,
                "language": found.language,
                "title": knowledge.article(found.article_id, found.language).title,
                "probability": round(found.probability, 4),
            }
            for found in matches[:SHOWN]
        ],
    }

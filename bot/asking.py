"""`firstline ask`: what the bot understands of a sentence, without saying anything to anybody."""

from __future__ import annotations

from typing import Any

from bot.app import load_organisation, utc_now
from bot.dialogue.world import knowledge_of, vocabulary
from bot.settings import Settings
from faq.article import shipped_articles
from faq.match import match
from faq.verdict import Thresholds, decide
from intents.classify import understand

SHOWN = 5


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

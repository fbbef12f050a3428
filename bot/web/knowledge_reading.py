"""The knowledge page read from the database and the index in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from urllib.parse import quote

from bot.cards.knowledge import DraftFacts, draft_card
from bot.cards.markdown import blocks
from bot.cards.reader import Reader as Seer
from bot.desk.tickets import Desk
from bot.dialogue.world import Knowledge, reader_for
from bot.messages import Card
from bot.web.knowledge_views import ArticleRow, Bar, KnowledgeView, Question
from escalation.access import may_publish, sees_queue
from faq.article import Article
from faq.reliability import reliability
from storage import articles, drafts, people, routers
from storage.database import Database
from storage.routers import IN_USE, Trial

STALE_AFTER = timedelta(days=365)
QUESTIONS_SHOWN = 20


class DeskKnowledge:
    """`shelf` gives the knowledge in use, which is replaced as a whole when something is published."""

    def __init__(self, database: Database, desk: Desk, shelf: Callable[[], Knowledge]) -> None:
        self.database = database
        self.desk = desk
        self.shelf = shelf

    async def knowledge(self, person: str) -> KnowledgeView | None:
        """The page for this reader; None for those it is not for."""
        actor = self.desk.organisation.actor(person)
        if not sees_queue(actor):
            return None
        async with self.database.reading() as tx:
            settings = await people.settings(tx, person)
            waiting = await drafts.waiting(tx) if may_publish(actor) else ()
            questions = await articles.unanswered(tx, QUESTIONS_SHOWN)
            counts = await articles.feedback_counts(tx)
            platt = self.shelf().platt
            labels = [(platt(believed), helped) for believed, helped in await articles.labels(tx)]
            used, tries = await routers.in_use(tx), await routers.trials(tx, 1)
        seer = reader_for(self.desk.organisation, person, settings, self.desk.clock())
        return KnowledgeView(
            drafts=tuple(draft_card(DraftFacts(each.id, each.ticket, each.by, each.data), seer) for each in waiting),
            questions=tuple(Question(words, seer.moment(at)) for words, _, at in questions),
            articles=self._rows(counts, seer),
            bars=tuple(
                Bar(round(100 * found.believed), round(100 * found.helped), found.count)
                for found in reliability(labels)
            ),
            judged=len(labels),
            routing=_routing(used, tries[0] if tries else None, seer),
        )

    async def article(self, person: str, key: str, language: str) -> Card | None:
        """The article as everybody is given it, without a question after it."""
        found = self.shelf().articles.get((key, language))
        if found is None or not sees_queue(self.desk.organisation.actor(person)):
            return None
        return Card(found.title, blocks=blocks(found.body))

    def _rows(self, counts: Mapping[tuple[str, str], Mapping[str, int]], seer: Seer) -> tuple[ArticleRow, ...]:
        """Every article, what was offered most often first, in the reader's language before the other."""
        rows = [(key, _row(article, counts.get(key, {}), seer)) for key, article in self.shelf().articles.items()]
        rows.sort(key=lambda pair: (-pair[1].offered, pair[1].language != seer.language, not pair[1].own, pair[0]))
        return tuple(row for _, row in rows)


def _routing(used: Trial | None, last: Trial | None, seer: Seer) -> tuple[str, ...]:
    """Who decides where tickets belong, how well that does, and what last night's try came to if it was not put in."""
    if not seer.organisation.learns_routing:
        return (seer.tell("web.knowledge.routing.off"),)
    said = [_told(used, IN_USE, seer) if used else seer.tell("web.knowledge.routing.rules")]
    if last is not None and last.outcome != IN_USE:
        said.append(_told(last, last.outcome, seer))
    return tuple(said)


def _told(trial: Trial, outcome: str, seer: Seer) -> str:
    return seer.tell(
        f"web.knowledge.routing.{outcome}",
        version=trial.version,
        when=seer.moment(trial.at),
        count=trial.learned_from,
        held=trial.held_back,
        right=round(100 * trial.accuracy),
        before=round(100 * trial.before),
        rules=round(100 * trial.rules),
    )


def _row(article: Article, counts: Mapping[str, int], seer: Seer) -> ArticleRow:
    today = seer.now.date()
    return ArticleRow(
        title=article.title,
        language=seer.tell(f"language.{article.language}"),
        about=seer.tell("list.comma").join(seer.service(key) for key in article.services),
        offered=counts.get("offered", 0),
        fixed=counts.get("fixed", 0),
        not_fixed=counts.get("not_fixed", 0),
        since=article.reviewed.isoformat() if article.reviewed else "",
        stale=_stale(article.reviewed, today),
        own=article.source == "desk",
        path=f"{quote(article.id, safe='')}/{article.language}",
    )


def _stale(reviewed: date | None, today: date) -> bool:
    return reviewed is None or today - reviewed > STALE_AFTER

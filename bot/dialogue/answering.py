"""Articles: a sure answer, up to three titles, or honestly none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.cards import answers
from bot.dialogue.effects import Learn
from bot.dialogue.opening import about, form, over, put_aside, tried
from bot.dialogue.talk import ASKED_AT_MOST, Mode, Talk
from bot.dialogue.turns import Turn, then
from bot.dialogue.world import World
from bot.messages import Card, Text
from escalation.ticket import Kind
from faq.match import Match, match
from faq.verdict import MOST_SUGGESTED, Answer, Ask, Suggest, decide
from intents.classify import Understanding
from intents.pinyin import in_chinese
from intents.things import can_be_wanted

WORTH_A_LOOK = 0.03  # probability from which another title is worth reading whatever it is about
LIKELY = 0.5  # probability from which a title is shown to somebody who has said next to nothing
_WISHES = {"": "", "one": "want_one", "it": "want_it"}
NEAREST = 0.1  # probability from which a title is worth showing to somebody who looks for one


def answer(talk: Talk, world: World, *, sure_only: bool = False, looked_up: bool = False, vague: bool = False) -> Turn:
    """A sure answer, up to three titles, or honestly none: then the form, or with `sure_only` a question.

    `vague`: the words name nothing, so that a title must be likelier than not to be shown.
    `looked_up`: somebody asked for articles, and sees the nearest ones about the same service even when none is likely.
    """
    matches = match(world.knowledge.index, in_chinese(talk.words), language=world.reader.language)
    fresh = _fitting(talk, tuple(m for m in matches if m.article_id not in talk.offered), world)
    if vague:
        fresh = tuple(each for each in fresh if each.probability >= LIKELY)
    near = (
        looked_up and fresh and talk.service in world.knowledge.article(fresh[0].article_id, fresh[0].language).services
    )
    thresholds = replace(world.thresholds, suggest=NEAREST) if near else world.thresholds
    verdict = decide(fresh, thresholds, world.knowledge.platt)
    chances = {m.article_id: round(m.probability, 4) for m in fresh[:4]}
    talk = replace(talk, turn=talk.turn + 1, chances=chances)
    match verdict:
        case Answer() if talk.kind != Kind.REQUEST or fresh[0].probability >= _sure_of_a_wish(world):
            rest = tuple(m.article_id for m in fresh[1:4] if m.probability >= world.thresholds.suggest)
            return offer(replace(talk, waiting=rest), fresh[0].article_id, world)
        case Suggest(matches=suggested) if talk.kind != Kind.REQUEST and _may_ask(talk, suggested, world):
            waiting = _titles(talk, suggested, world)
            talk = replace(talk, mode=Mode.ANSWERING, waiting=waiting, shown="", unsure=talk.unsure + 1)
            return Turn(talk, (titles_card(talk, world),))
        case Ask() if sure_only and talk.unsure < ASKED_AT_MOST:
            return unsure(talk, world)
    if sure_only and not any(character.isalpha() for character in talk.words):  # "12345" is no title of a ticket
        return unsure(talk, world)
    if talk.kind == Kind.REQUEST:
        return form(talk, world, note="request.form")
    return then(form(talk, world, note=_why_a_form(talk)), *_unanswered(talk, world))


def wanted(talk: Talk, world: World) -> Turn:
    """The thing that was named is wanted: the form for those who hand it out."""
    return form(replace(talk, kind=Kind.REQUEST.value, waiting=()), world, note="request.form")


def found(talk: Talk, article_id: str, world: World) -> Turn:
    """The article that fits what a guided step has found; where none does, what their words alone suggest."""
    known = any(key == article_id for key, _ in world.knowledge.articles)
    if not known or article_id in talk.offered:
        return answer(talk, world)
    return offer(replace(talk, turn=talk.turn + 1, chances={}), article_id, world)


def about_what(talk: Talk, world: World) -> Turn | None:
    """Somebody has only named a thing: what about it? None where there is no choice, or enough was asked."""
    if talk.unsure >= ASKED_AT_MOST:
        return None
    language = world.reader.language
    found = match(world.knowledge.index, in_chinese(talk.words), language=language)
    near = [m.article_id for m in found if m.probability >= WORTH_A_LOOK]
    rest = [*(m.article_id for m in found), *(article.id for article in world.knowledge.articles.values())]
    keys = _about_it(near, talk, world) or _about_it(rest, talk, world)  # "mouse" is about computers, not about viruses
    if not keys:
        return None
    keys = keys[: MOST_SUGGESTED - bool(can_be_wanted(talk.words))]
    talk = replace(talk, mode=Mode.ANSWERING, waiting=keys, shown="", unsure=talk.unsure + 1)
    return Turn(talk, (titles_card(talk, world, named=True),))


def _about_it(keys: Iterable[str], talk: Talk, world: World) -> tuple[str, ...]:
    """Those of the articles that are about the service at hand, and were not offered before."""
    language, new = world.reader.language, (key for key in dict.fromkeys(keys) if key not in talk.offered)
    return tuple(key for key in new if talk.service in world.knowledge.article(key, language).services)


def _thing(talk: Talk, world: World) -> str:
    """What was named: the service by its name, anything else as it was written ("a mouse" is no computer)."""
    service, words = world.reader.service(talk.service), talk.words.strip()
    if service.casefold() in words.casefold() or not 0 < len(words) <= LONGEST_THING:
        return service
    return world.reader.tell("named.thing", words=words)


LONGEST_THING = 30  # characters


def titles_card(talk: Talk, world: World, *, named: bool = False) -> Card:
    """The articles that wait, to choose from; `named`: nothing but a thing was said so far."""
    shown = [world.knowledge.article(key, world.reader.language) for key in talk.waiting]
    if named:
        titles, wish = [article.title for article in shown], _WISHES[can_be_wanted(talk.words)]
        return answers.named_card(_thing(talk, world), titles, talk.turn, world.reader, wish)
    return answers.suggestions_card(shown, talk.turn, world.reader)


def _titles(talk: Talk, suggested: tuple[Match, ...], world: World) -> tuple[str, ...]:
    return tuple(m.article_id for m in suggested[:1] + _worth_a_look(talk, suggested[1:], world))


def _may_ask(talk: Talk, suggested: tuple[Match, ...], world: World) -> bool:
    """Whether these titles are worth a question: not a third one, and not those that stand there already."""
    titles = _titles(talk, suggested, world)
    standing = talk.mode is Mode.ANSWERING and not talk.shown and {*titles} <= {*talk.waiting}
    return talk.unsure < ASKED_AT_MOST and not standing


def _worth_a_look(talk: Talk, matches: tuple[Match, ...], world: World) -> tuple[Match, ...]:
    """Those that may be meant: by their words, or because they are about the same service."""
    return tuple(
        each
        for each in matches
        if each.probability >= WORTH_A_LOOK
        or talk.service in world.knowledge.article(each.article_id, each.language).services
    )


def _why_a_form(talk: Talk) -> str:
    """That we know no answer, or that what we knew has been tried."""
    tried_already = talk.shown or any(found.kind in ("step", "article") for found in talk.evidence)
    return "tried.form" if tried_already else "unknown.form"


def _sure_of_a_wish(world: World) -> float:
    """What somebody wants done is no fault to be talked away: an answer instead of it must be a tenth as doubtful."""
    return 1 - (1 - world.thresholds.answer) / 10


def _unanswered(talk: Talk, world: World) -> tuple[Learn, ...]:
    """Whoever writes the next answer reads what was asked; what may be confidential stays out of it."""
    service = world.organisation.services.get(talk.service)
    if service is not None and service.confidential:
        return ()
    return (Learn("", world.reader.language, "unanswered", words=talk.words[:300]),)


def _fitting(talk: Talk, matches: tuple[Match, ...], world: World) -> tuple[Match, ...]:
    """When the service is known, articles about it go before better-sounding ones about something else."""
    about_it = tuple(m for m in matches if talk.service in world.knowledge.article(m.article_id, m.language).services)
    if about_it and about_it[0].probability >= world.thresholds.suggest:
        return about_it
    return matches


def where(talk: Talk, meant: Understanding, world: World) -> Turn:
    """Somebody has only told where they are: kept for whatever they say next, and asked what is wrong."""
    told = about(talk, "", meant, world)
    return unsure(told, world)


def unsure(talk: Talk, world: World) -> Turn:
    """Asked what is wrong, once more where it was asked before."""
    asked = replace(talk, mode=Mode.ANSWERING, unsure=talk.unsure + 1)
    return Turn(asked, (unsure_card(asked, world),))


def unsure_card(talk: Talk, world: World) -> Card:
    """We did not understand at all: say so, with examples, and a way to a human. A place alone is noted."""
    reader, again = world.reader, talk.unsure > 1
    placed = talk.prefill.get("place") and not talk.words
    if talk.files and talk.words and not again:  # "it shows this error": what we cannot read, an engineer can
        title, body = reader.tell("unsure.file"), reader.tell("unsure.file_body")
        return answers.choices(
            title, body, (reader.button("human", f"d:{talk.turn}:human"),), key=f"answer:{talk.turn}"
        )
    title = reader.tell("where.title" if placed else "unsure.again" if again else "unsure.title")
    body = reader.tell("unsure.again_body" if again else "unsure.body")
    buttons = (reader.button("human", f"d:{talk.turn}:human"),)
    return answers.choices(title, body, buttons, key=f"answer:{talk.turn}")


def offer(talk: Talk, article_id: str, world: World) -> Turn:
    """Show this article, and remember that it was shown: nobody gets the same answer twice."""
    article = world.knowledge.article(article_id, world.reader.language)
    talk, waiting = tried(talk, world), tuple(key for key in talk.waiting if key != article_id)
    talk = replace(talk, mode=Mode.ANSWERING, shown=article_id, waiting=waiting, offered=(*talk.offered, article_id))
    card = answers.article_card(article, talk.turn, world.reader, more=bool(waiting))
    return Turn(talk, (card, Learn(article_id, article.language, "offered", talk.chances.get(article_id))))


def next_answer(talk: Talk, world: World) -> Turn:
    """The article on the table did not help: the next one, or the form."""
    done = put_aside(talk, "answer.not_this", world)
    talk = replace(tried(talk, world), shown="")
    if not talk.waiting:
        return then(form(talk, world, note=_why_a_form(talk)), *done)
    return then(offer(replace(talk, turn=talk.turn + 1), talk.waiting[0], world), *done)


def fixed(talk: Talk, world: World) -> Turn:
    """It works: the conversation is over, and what helped is counted."""
    done = put_aside(talk, "answer.fixed", world)
    return Turn(over(talk, world, solved=True), (*done, Text(world.reader.tell("fixed"))))

"""What was learned becomes the next answer: drafted after a ticket or from a message, published by a manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cards import answers
from bot.cards.knowledge import DraftFacts, card_key, decided_card, draft_card, drafts_card
from bot.cards.reader import Reader
from bot.dialogue import forms
from bot.dialogue.telling import reader_of, tell_person
from bot.dialogue.ticketwork import Work
from bot.messages import Card, Choice, Field, FieldKind, Form, Reply, Text
from escalation.access import Role, may_draft, may_publish
from escalation.errors import Absent, Forbidden, Malformed
from escalation.ticket import Ticket
from faq.normalise import has_han
from storage import articles, drafts
from storage.drafts import Drafted

LONGEST_TITLE = 120
LONGEST_PHRASINGS = 2000
LONGEST_BODY = 8000
MOST_PHRASINGS = 20


async def begin(work: Work, number: int | None, words: str = "") -> Form:
    """The form of a new answer: half filled in from the ticket that taught it, or from a message's words."""
    _may_draft(work)
    if number is None:
        return _form(work, "answer:0", work.world.reader.tell("form.answer_message"), {"body": words})
    ticket = await _teacher(work, number)
    reader = work.world.reader
    asked = ticket.description.strip().splitlines()[:1]
    known = {
        "title": ticket.summary,
        "phrasings": "\n".join(line for line in asked if line != ticket.summary),
        "body": "\n\n".join(part for part in (ticket.cause, ticket.solution) if part),
        "service": ticket.service,
    }
    return _form(work, f"answer:{number}", reader.tell("form.answer", ticket=ticket.name), known)


async def submit(work: Work, number: int, values: Mapping[str, str]) -> tuple[Reply, ...]:
    """A new answer came back: kept as a draft, and shown to whoever may publish it."""
    form = await begin(work, number or None)
    checked = forms.check(form, values, work.world.reader)
    if not checked.ok:
        return (checked.form,)
    ticket = await _teacher(work, number) if number else None
    data = _data(checked.values)
    draft = await drafts.add(
        work.tx,
        ticket=number or None,
        language=_language(data),
        data=data,
        by=work.world.person.key,
        at=work.desk.clock(),
    )
    await _to_reviewers(work, draft, ticket)
    sentence = work.world.reader.tell("draft.sent", title=data["title"])
    return (answers.settled(form.key, sentence, ""),)


async def press(work: Work, word: str, number: int) -> tuple[Reply, ...]:
    """A button of a draft."""
    _may_publish(work)
    draft = await _waiting(work, number)
    match word:
        case _ if draft.decision:
            return (_decided_already(draft, work.world.reader),)
        case "show":
            return (draft_card(_facts(draft), work.world.reader),)
        case "change":
            return (_change_form(work, draft),)
        case "publish":
            return await _decide(work, draft, "published")
        case "discard":
            return await _decide(work, draft, "discarded")
    raise Malformed("refused.unknown_button")


async def change(work: Work, number: int, values: Mapping[str, str]) -> tuple[Reply, ...]:
    """A reviewer wrote the draft anew; it still waits for *Publish*."""
    _may_publish(work)
    draft = await _waiting(work, number)
    checked = forms.check(_change_form(work, draft), values, work.world.reader)
    if not checked.ok:
        return (checked.form,)
    data = _data(checked.values)
    if draft.decision or not await drafts.revise(work.tx, number, _language(data), data):
        return (_decided_already(draft, work.world.reader),)
    facts = DraftFacts(number, draft.ticket, draft.by, data)
    return (draft_card(facts, work.world.reader),)


async def waiting(work: Work) -> Card:
    """What waits for review."""
    _may_draft(work)
    found = await drafts.waiting(work.tx, limit=8) if may_publish(work.world.actor) else ()
    return drafts_card([_facts(draft) for draft in found], work.world.reader)


# -- who may ---------------------------------------------------------------------------------------


def _may_draft(work: Work) -> None:
    if not may_draft(work.world.actor):
        raise Forbidden("refused.draft")


def _may_publish(work: Work) -> None:
    if not may_publish(work.world.actor):
        raise Forbidden("refused.publish")


async def _teacher(work: Work, number: int) -> Ticket:
    """The ticket somebody learned from; what is confidential teaches nobody."""
    ticket = (await work.desk.see(work.tx, number, work.world.person.key)).ticket
    if ticket.confidential:
        raise Forbidden("refused.confidential_answer", ticket=ticket.name)
    return ticket


async def _waiting(work: Work, number: int) -> Drafted:
    draft = await drafts.load(work.tx, number)
    if draft is None:
        raise Absent("refused.no_draft")
    return draft


def _reviewers(work: Work, ticket: Ticket | None) -> tuple[str, ...]:
    """The manager of the group that solved it; for what no ticket taught, the admins."""
    organisation = work.world.organisation
    if ticket is not None and (manager := organisation.group_of(ticket.group).manager):
        return (manager,)
    return tuple(key for key in organisation.people if Role.ADMIN in organisation.actor(key).roles)


# -- what happens ----------------------------------------------------------------------------------


async def _decide(work: Work, draft: Drafted, decision: str) -> tuple[Reply, ...]:
    now, person, reader = work.desk.clock(), work.world.person.key, work.world.reader
    if not await drafts.decide(work.tx, draft.id, decision, person, now):
        return (_decided_already(draft, reader),)
    if decision == "published":
        article = {**draft.data, "id": f"desk-{draft.id}", "language": draft.language, "reviewed": f"{now:%Y-%m-%d}"}
        await articles.publish(work.tx, article, person, now)
    if draft.by != person and draft.by in work.world.organisation.people:
        title = str(draft.data["title"])
        author = await reader_of(work.tx, work.desk, draft.by)
        words = author.tell(f"draft.author_{decision}", who=author.name(person), title=title)
        await tell_person(work.tx, work.desk, f"draft:{draft.id}:{decision}", draft.by, Text(words))
    return (decided_card(_facts(draft), decision, reader),)


async def _to_reviewers(work: Work, draft: Drafted, ticket: Ticket | None) -> None:
    for person in _reviewers(work, ticket):
        card = draft_card(_facts(draft), await reader_of(work.tx, work.desk, person))
        await tell_person(work.tx, work.desk, f"draft:{draft.id}:{person}", person, card)


def _decided_already(draft: Drafted, reader: Reader) -> Card:
    if not draft.decision:
        raise Absent("refused.no_draft")
    decision = reader.tell(f"draft.state_{draft.decision}")
    sentence = reader.tell("draft.decided_already", title=str(draft.data["title"]), decision=decision)
    return answers.settled(card_key(draft.id), sentence, decision)


# -- the form --------------------------------------------------------------------------------------


def _change_form(work: Work, draft: Drafted) -> Form:
    known = {
        "title": str(draft.data["title"]),
        "phrasings": "\n".join(draft.data["phrasings"]),
        "body": str(draft.data["body"]),
        "service": next(iter(draft.data["services"]), ""),
    }
    return _form(work, f"draft:{draft.id}", work.world.reader.tell("form.answer_change"), known)


def _form(work: Work, key: str, title: str, known: Mapping[str, str]) -> Form:
    reader, organisation = work.world.reader, work.world.organisation

    def field(name: str, word: str, kind: FieldKind, longest: int, *, required: bool = True) -> Field:
        value = known.get(name, "")[:longest]
        return Field(
            name, reader.tell(f"field.{word}"), kind, required, value, hint=reader.tell(f"hint.{word}"), longest=longest
        )

    services = tuple(Choice(each.key, reader.say(each.names)) for each in organisation.services.values())
    about = known.get("service", "")
    return Form(
        key=key,
        title=title,
        fields=(
            field("title", "title", FieldKind.LINE, LONGEST_TITLE),
            field("body", "answer_body", FieldKind.TEXT, LONGEST_BODY),
            field("phrasings", "phrasings", FieldKind.TEXT, LONGEST_PHRASINGS, required=False),
            Field(
                "service",
                reader.tell("field.answer_service"),
                FieldKind.CHOICE,
                value=about if about in organisation.services else "",
                choices=services,
            ),
        ),
        submit=reader.tell("button.send_to_review"),
        intro=reader.tell("form.answer_intro"),
    )


def _data(values: Mapping[str, str]) -> dict[str, Any]:
    lines = (line.strip() for line in values["phrasings"].splitlines())
    return {
        "title": values["title"],
        "phrasings": list(dict.fromkeys(line for line in lines if line))[:MOST_PHRASINGS],
        "services": [values["service"]] if values["service"] else [],
        "body": values["body"] + "\n",
    }


def _language(data: Mapping[str, Any]) -> str:
    return "zh" if has_han(f"{data['title']} {data['body']}") else "en"


def _facts(draft: Drafted) -> DraftFacts:
    return DraftFacts(draft.id, draft.ticket, draft.by, draft.data)

"""Major incidents in conversation: proposed, decided, told about in rhythm, asked about when over, reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards import answers
from bot.cards.majors import Standing, major_card, update_card
from bot.desk import incidents
from bot.dialogue import forms
from bot.dialogue.affected import affected, concerned, manager_of, send_card, state_key
from bot.dialogue.telling import reader_of, tell_person
from bot.dialogue.ticketwork import Work
from bot.messages import Field, FieldKind, Form, Quote, Reply, Text
from escalation import access, major
from escalation.access import Role
from escalation.errors import Absent, Forbidden, OutOfOrder
from escalation.major import Major, Stage
from escalation.ticket import Action, Kind, Ticket
from storage import majors, tickets
from storage.majors import Stored

LONGEST = 2000
FORMS = frozenset({"update", "report", "review"})
_SENDS = {"update": "publish_update", "report": "report_upward", "review": "write_review"}


async def begin(work: Work, number: int, text: str = "") -> tuple[Reply, ...]:
    """`major 12`: proposed, or where it runs already how it stands; `major 12 words` tells everybody these words."""
    ticket = await _ticket(work, number)
    stored = await majors.load(work.tx, number)
    if stored is None:
        return await _propose(work, ticket)
    if stored.major.stage is Stage.REJECTED:
        manager = work.world.reader.name(stored.major.manager)
        raise OutOfOrder("refused.major_rejected", ticket=ticket.name, who=manager)
    if text:
        return await _tell_everybody(work, ticket, stored, text)
    return (await _card(work, stored.major, ticket),)


async def asked(work: Work, number: int) -> tuple[Reply, ...]:
    """The button: whether one is sure, before others are asked; where it runs already, how it stands."""
    if await majors.load(work.tx, number) is None:
        return await work.begin(Action.MAJOR, number)
    return await begin(work, number)


async def press(work: Work, word: str, number: int) -> tuple[Reply, ...]:
    """A button of a major incident."""
    if word in ("works", "broken"):
        return await _answered(work, number, works=word == "works")
    ticket, stored = await _stored(work, number)
    match word:
        case "approve":
            return await _approve(work, ticket, stored)
        case "reject":
            _decides(work, ticket)
            decided = major.rejected(stored.major, work.world.person.key)
            return await _kept(work, ticket, stored, decided, "rejected")
        case "command":
            changed = major.handed(stored.major, work.world.person.key)
            return await _kept(work, ticket, stored, changed, "command", person=work.world.person.key)
        case "send" | "keep":
            return await _report_decided(work, ticket, stored, send=word == "send")
        case _ if word in FORMS:
            return (await _form(work, word, ticket, stored.major),)
    raise Absent("refused.no_major", ticket=ticket.name)


async def submit(work: Work, word: str, number: int, values: Mapping[str, str]) -> tuple[Reply, ...]:
    """An update, a report or a review came back."""
    ticket, stored = await _stored(work, number)
    form = await _form(work, word, ticket, stored.major)
    checked = forms.check(form, values, work.world.reader)
    if not checked.ok:
        return (checked.form,)
    text = checked.values[word]
    match word:
        case "update":
            done = await _tell_everybody(work, ticket, stored, text)
        case "report":
            done = await _ask_to_report(work, ticket, stored, text)
        case _:
            done = await _review(work, ticket, stored, text)
    sent = answers.settled(form.key, form.title, work.world.reader.tell("form.sent"))
    return (replace(sent, blocks=(Quote(text),)), *done)


# -- who may ---------------------------------------------------------------------------------------


async def _ticket(work: Work, number: int) -> Ticket:
    """The ticket, for those who may call it a major incident."""
    seen = await work.desk.see(work.tx, number, work.world.person.key)
    decides = work.world.person.key == work.world.organisation.major.manager
    if not decides and not access.may(seen.actor, Action.MAJOR, seen.ticket, seen.paged):
        raise Forbidden("refused.forbidden", ticket=seen.ticket.name, action=Action.MAJOR.value)
    return seen.ticket


async def _stored(work: Work, number: int) -> tuple[Ticket, Stored]:
    ticket = await _ticket(work, number)
    stored = await majors.load(work.tx, number)
    if stored is None:
        raise Absent("refused.no_major", ticket=ticket.name)
    return ticket, stored


def _may_decide(work: Work, ticket: Ticket) -> bool:
    return work.world.person.key == manager_of(work.world.organisation, ticket) or Role.ADMIN in work.world.actor.roles


def _decides(work: Work, ticket: Ticket) -> None:
    if not _may_decide(work, ticket):
        raise Forbidden(
            "refused.major_decides", who=work.world.reader.name(manager_of(work.world.organisation, ticket))
        )


# -- what happens ----------------------------------------------------------------------------------


async def _propose(work: Work, ticket: Ticket) -> tuple[Reply, ...]:
    """Proposed: the incident manager decides, also about what they propose themselves."""
    if ticket.kind is not Kind.INCIDENT or not ticket.open:
        raise OutOfOrder("refused.state", ticket=ticket.name, status=ticket.status, action=Action.MAJOR.value)
    person, now = work.world.person.key, work.desk.clock()
    wanted = major.proposed(ticket.id, person, now)
    stored = await majors.save(work.tx, Stored(wanted), wanted)
    ticket = await _remark(work, ticket, what="proposed")
    if _may_decide(work, ticket):  # seen once more before it is so: their *Approve* wakes many people
        return (await _card(work, stored.major, ticket),)
    manager = manager_of(work.world.organisation, ticket)
    await send_card(work.tx, work.desk, wanted, ticket, manager)
    said = work.world.reader.tell("major.proposed", ticket=ticket.name, who=work.world.reader.name(manager))
    return (Text(said, ticket.id),)


async def _approve(work: Work, ticket: Ticket, stored: Stored) -> tuple[Reply, ...]:
    """It is one: whoever has the ticket commands, similar reports are linked, and the first update is owed."""
    _decides(work, ticket)
    person, wanted = work.world.person.key, stored.major
    commander = ticket.assignee or wanted.proposed_by or person
    running = major.approved(wanted, person, commander, work.desk.clock())
    for similar in wanted.similar:
        child = await tickets.load(work.tx, similar)
        if child is not None and child.parent is None and child.open:
            await incidents.link_child(work.desk, work.tx, child, parent=ticket.id, by=person, via=work.via)
    replies = await _kept(work, ticket, stored, running, "approved", person=commander)
    if commander != person:
        await send_card(work.tx, work.desk, running, await _ticket(work, ticket.id), commander)
    return replies


async def _kept(
    work: Work, ticket: Ticket, stored: Stored, changed: Major, what: str, **facts: str
) -> tuple[Reply, ...]:
    await majors.save(work.tx, stored, changed)
    ticket = await _remark(work, ticket, what=what, **facts)
    return (await _card(work, changed, ticket),)


async def _remark(work: Work, ticket: Ticket, *, what: str, **facts: str) -> Ticket:
    """Into the ticket's history; the approval is what makes the ticket a major incident."""
    by, told = work.world.person.key, {"what": what, **facts}
    act = work.desk.step if what == "approved" else work.desk.remark
    return await act(work.tx, ticket, Action.MAJOR, by=by, via=work.via, facts=dict(told))


async def _tell_everybody(work: Work, ticket: Ticket, stored: Stored, text: str) -> tuple[Reply, ...]:
    """One update, once to each person affected, framed in their language; the writer's own words stay as they are."""
    person, now = work.world.person.key, work.desk.clock()
    changed = major.told(stored.major, person, text[:LONGEST], now, work.world.organisation.major)
    update = changed.updates[-1]
    everybody = [each for each in await affected(work.tx, work.world.organisation, ticket) if each != person]
    for each in everybody:
        reader = await reader_of(work.tx, work.desk, each)
        await tell_person(work.tx, work.desk, f"{state_key(changed)}:{each}", each, update_card(ticket, update, reader))
    card = await _kept(work, ticket, stored, changed, "update", text=update.text)
    return (Text(work.world.reader.tell("major.update_told", count=len(everybody)), ticket.id), *card)


async def _ask_to_report(work: Work, ticket: Ticket, stored: Stored, text: str) -> tuple[Reply, ...]:
    changed = major.report_asked(stored.major, text)
    stored = await majors.save(work.tx, stored, changed)
    if _may_decide(work, ticket):
        return await _report_decided(work, ticket, stored, send=True)
    await send_card(work.tx, work.desk, changed, ticket, manager_of(work.world.organisation, ticket))
    return (Text(work.world.reader.tell("major.report_asked"), ticket.id),)


async def _report_decided(work: Work, ticket: Ticket, stored: Stored, *, send: bool) -> tuple[Reply, ...]:
    _decides(work, ticket)
    text, changed = stored.major.report, major.report_decided(stored.major, send=send)
    if not send:
        await majors.save(work.tx, stored, changed)
        return (await _card(work, changed, ticket),)
    for person in work.world.organisation.major.reports_to:
        reader = await reader_of(work.tx, work.desk, person)
        who = reader.name(work.world.person.key)
        card = answers.choices(reader.tell("major.report_told", who=who, ticket=ticket.name), text, ())
        await tell_person(work.tx, work.desk, f"{state_key(changed)}:report:{person}", person, card)
    return await _kept(work, ticket, stored, changed, "report", text=text)


async def _review(work: Work, ticket: Ticket, stored: Stored, text: str) -> tuple[Reply, ...]:
    """What was learned; only now is the ticket closed."""
    await majors.save(work.tx, stored, major.reviewed(stored.major, text))
    await _remark(work, ticket, what="reviewed", text=text)
    await incidents.close_reviewed(work.desk, work.tx, ticket.id, by=work.world.person.key, via=work.via)
    return (Text(work.world.reader.tell("major.review_done", ticket=ticket.name), ticket.id),)


async def _answered(work: Work, number: int, *, works: bool) -> tuple[Reply, ...]:
    """A caller says whether it works for them, too: only their own word closes their ticket."""
    reader, person = work.world.reader, work.world.person.key
    ticket = (await work.desk.see(work.tx, number, person)).ticket
    parent = await tickets.load(work.tx, ticket.parent) if ticket.parent is not None else None
    if ticket.requester != person or parent is None or not ticket.open:
        raise Absent("refused.no_major", ticket=ticket.name)
    if works:
        await incidents.settle_child(work.desk, work.tx, ticket, parent, by=person, via=work.via)
        said = reader.tell("outage.thanks", ticket=ticket.name)
    else:
        words = reader.tell("outage.broken_comment", ticket=parent.name)
        ticket = await work.desk.act(work.tx, Action.COMMENT, number, by=person, via=work.via, facts={"text": words})
        await incidents.ask_again(work.desk, work.tx, ticket, timedelta())
        said = reader.tell("outage.still_broken", ticket=ticket.name)
    return (answers.settled(f"over:{number}:{parent.climb.generation}", said, ""),)


# -- cards and forms -------------------------------------------------------------------------------


async def _card(work: Work, stands: Major, ticket: Ticket) -> Reply:
    many = await concerned(work.tx, work.world.organisation, stands, ticket)
    return major_card(Standing(stands, ticket, many, _may_decide(work, ticket)), work.world.reader)


async def _form(work: Work, word: str, ticket: Ticket, stands: Major) -> Form:
    reader = work.world.reader
    if word not in FORMS:
        raise Absent("refused.no_major", ticket=ticket.name)
    wanted = (Stage.OVER,) if word == "review" else (Stage.ACTIVE,) if word == "update" else (Stage.ACTIVE, Stage.OVER)
    if stands.stage not in wanted:
        raise OutOfOrder("refused.major_stage", stage=stands.stage.value)
    count = len(await affected(work.tx, work.world.organisation, ticket))
    label = reader.tell(f"field.{word}")
    return Form(
        key=f"j:{word}:{ticket.id}",
        title=reader.tell(f"major.{word}_form", ticket=ticket.name),
        fields=(Field(word, label, FieldKind.TEXT, required=True, longest=LONGEST),),
        submit=reader.tell(f"button.{_SENDS[word]}"),
        intro=reader.tell(f"major.{word}_intro", count=count),
        ticket=ticket.id,
    )

"""A ticket as the pages show it: in a list, on its own sheet, and as a page that waits for an answer."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards.buttons import action_buttons, answer_buttons, requester_buttons
from bot.cards.pages import page_buttons
from bot.cards.promises import ClockState, clock_states, promise
from bot.cards.reader import Reader as Seer
from bot.cards.tickets import TONES, fact_rows, incident_mark, state_of
from bot.cards.timeline import event_line, event_words
from bot.desk.judging import Seen
from bot.messages import Block, Button, Quote, Tone
from bot.phrases import span
from bot.web import views
from escalation.access import Relation, relations
from escalation.alarm import ladder_of
from escalation.dispatch import recipients
from escalation.ticket import Action, Status, Ticket, TicketEvent
from storage.attachments import Attachment
from storage.pages import Paged


def row(seen: Seen, seer: Seer) -> views.TicketRow:
    """A ticket in a list."""
    ticket = seen.ticket
    buttons: tuple[Button, ...] = ()
    if Action.CLAIM in seen.possible:
        buttons = (seer.button("claim", f"t:claim:{ticket.id}", "primary"),)
    return views.TicketRow(
        id=ticket.id,
        name=ticket.name,
        summary=ticket.summary,
        status=ticket.status.value,
        state=state_of(ticket, seer),
        tone=TONES[ticket.status],
        priority=ticket.priority.value,
        service=seer.service(ticket.service),
        group=seer.group(ticket.group),
        requester=seer.name(ticket.requester),
        assignee=seer.name(ticket.assignee) if ticket.assignee else "",
        opened=seer.moment(ticket.opened_at),
        clock=_next_clock(_clocks(seen, seer)),
        buttons=buttons,
        open=ticket.open or ticket.status is Status.RESOLVED,
        incident=incident_mark(ticket, seer) if seen.internal else "",
    )


def _next_clock(clocks: tuple[views.ClockView, ...]) -> views.ClockView | None:
    running = [clock for clock in clocks if clock.due is not None]
    return min(running, key=lambda clock: clock.due or datetime.max.replace(tzinfo=UTC), default=None)


def _clocks(seen: Seen, seer: Seer) -> tuple[views.ClockView, ...]:
    return tuple(_clock(state, seer) for state in clock_states(seen.ticket, seen.policy, seer))


def _clock(state: ClockState, seer: Seer) -> views.ClockView:
    shown = "missed" if state.state == "overdue" else state.state
    text = state.sentence
    if state.state == "running" and state.due is not None:
        text = seer.tell("clock.in", left=span(state.due - seer.now, seer.language), at=seer.moment(state.due))
    word = seer.tell("clock.running") if state.state == "running" else seer.tell(f"clock.{shown}")
    return views.ClockView(state.name, shown, word, text, state.due)


def _findings(ticket: Ticket, seer: Seer) -> tuple[views.Finding, ...]:
    ordered = sorted(ticket.evidence, key=lambda item: not item.alarming)
    return tuple(
        views.Finding(seer.tell(f"evidence.{each.kind}"), seer.say(each.subject), seer.say(each.finding), each.alarming)
        for each in ordered
    )


def _entry(event: TicketEvent, seer: Seer) -> views.Entry:
    words = event_words(event)
    blocks: tuple[Block, ...] = (Quote(words),) if words else ()
    tone = Tone.BAD if event.action in (Action.ALARM, Action.REOPEN) else Tone.NEUTRAL
    when, who = seer.moment(event.at), seer.name(event.by)
    return views.Entry(event.at, when, who, event_line(event, seer), blocks, not event.public, tone)


def _rung(page: Paged, seer: Seer) -> views.Rung:
    said = page.answered or "unanswered"
    tone = {"acknowledged": Tone.GOOD, "declined": Tone.WARN}.get(page.answered, Tone.NEUTRAL)
    text, when = f"{page.rung} · {seer.name(page.person)}", seer.moment(page.at)
    return views.Rung(text, when, seer.tell(f"ladder.{said}"), tone)


def _file(each: Attachment, seer: Seer) -> views.AttachmentView:
    by = f"{seer.name(each.uploaded_by)}, {seer.moment(each.at)}"
    return views.AttachmentView(each.id, each.name, f"{max(1, round(each.size / 1024))} kB", by)


def _buttons(seen: Seen, seer: Seer) -> tuple[Button, ...]:
    """What the reader does most on this page: an engineer's first row, or all of a requester's."""
    if _requests(seen):
        return requester_buttons(seen.ticket, seen.possible, seer)
    waits = seen.ticket.status is Status.NEW and not seen.ticket.climb.acknowledged_by
    paged = page_buttons(seen.ticket, seen.possible, seer) if waits else ()
    first = Action.CLAIM if Action.CLAIM in seen.possible else Action.RESOLVE
    row = tuple(
        seer.button(action.value, value, "primary" if action is first else "")
        for action, value in action_buttons(seen.ticket, seen.possible)
    )
    return (*paged, *row, *(answer_buttons(seen.ticket, seer) if seen.internal else ()))


def _more(seen: Seen, seer: Seer) -> tuple[Button, ...]:
    """The rest of an engineer's actions, which stand behind *More* here as in every channel."""
    if _requests(seen):
        return ()
    return tuple(
        seer.button(action.value, value, "danger" if action is Action.CANCEL else "")
        for action, value in action_buttons(seen.ticket, seen.possible, more=True)
    )


def _requests(seen: Seen) -> bool:
    return Relation.OWN in relations(seen.actor, seen.ticket, seen.paged)


def page_row(seen: Seen, page: Paged, seer: Seer) -> views.PageRow:
    """A page that waits for an answer, with what can be said to it."""
    ticket = seen.ticket
    key = "page.first" if page.rung == 1 else "page.next"
    buttons = list(page_buttons(ticket, seen.possible, seer, first="primary"))
    if Action.CLAIM in seen.possible:
        buttons.append(seer.button("claim", f"t:claim:{ticket.id}"))
    buttons.append(seer.button("view", f"t:show:{ticket.id}"))
    return views.PageRow(
        id=ticket.id,
        name=ticket.name,
        summary=ticket.summary,
        priority=ticket.priority.value,
        why=seer.tell(key, ticket=ticket.name, group=seer.group(ticket.group), rung=page.rung),
        since=seer.moment(page.at),
        clock=next(iter(_clocks(seen, seer)), None),
        buttons=tuple(buttons),
    )


def sheet(
    seen: Seen,
    events: tuple[TicketEvent, ...],
    files: tuple[Attachment, ...],
    paged: tuple[Paged, ...],
    seer: Seer,
) -> views.TicketView:
    """A ticket's page, as this reader may see it."""
    ticket = seen.ticket
    can_write = bool(seen.possible & {Action.COMMENT, Action.REPLY})
    return views.TicketView(
        id=ticket.id,
        name=ticket.name,
        summary=ticket.summary,
        description=ticket.description,
        status=ticket.status.value,
        state=state_of(ticket, seer),
        tone=TONES[ticket.status],
        priority=ticket.priority.value,
        promise=promise(ticket, seen.policy, seer) if ticket.open else "",
        facts=fact_rows(ticket, seer),
        clocks=_clocks(seen, seer),
        evidence=_findings(ticket, seer),
        timeline=tuple(_entry(event, seer) for event in events),
        ladder=_ladder(seen, paged, seer) if seen.internal else (),
        attachments=tuple(_file(each, seer) for each in files),
        buttons=_buttons(seen, seer),
        more=_more(seen, seer),
        can_write=can_write,
        writes_to="" if _requests(seen) or Action.REPLY not in seen.possible else seer.name(ticket.requester),
        incident=incident_mark(ticket, seer) if seen.internal else "",
    )


def _ladder(seen: Seen, paged: tuple[Paged, ...], seer: Seer) -> tuple[views.Rung, ...]:
    """Past, present and next: who was paged and what they said, and who is next and when."""
    ticket, climb = seen.ticket, seen.ticket.climb
    rungs = [_rung(page, seer) for page in paged if page.generation == climb.generation]
    steps, _ = ladder_of(ticket, seen.policy)
    following = climb.next_at if ticket.status is Status.NEW else None
    if following is not None and climb.rung < len(steps.rungs):
        group = seer.organisation.group_of(ticket.asked_group)
        people_next = recipients(
            steps.rungs[climb.rung].who,
            group=group,
            tier=ticket.asked_tier,
            owner=ticket.assignee,
            admins=seer.organisation.admins,
            at=following,
        )
        names = seer.tell("list.comma").join(seer.name(person) for person in people_next)
        text = f"{climb.rung + 1} · {names}"
        rungs.append(views.Rung(text, seer.moment(following), seer.tell("ladder.next"), Tone.INFO, following))
    return tuple(rungs)

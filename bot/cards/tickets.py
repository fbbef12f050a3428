"""The ticket as a card, a line, a promise, a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.cards.reader import Reader, strong
from bot.messages import Block, Button, Card, Check, Checklist, CheckState, Facts, Quote, Tone, plain
from bot.phrases import span
from escalation import clocks
from escalation.clocks import ON_SITE, RESOLUTION, RESPONSE, UPDATE, Clock, State
from escalation.policy import Policy
from escalation.promises import standing, window_of
from escalation.ticket import Action, Evidence, Status, Ticket, TicketEvent

TONES = {
    Status.NEW: Tone.WARN,
    Status.CLAIMED: Tone.INFO,
    Status.ON_HOLD: Tone.NEUTRAL,
    Status.RESOLVED: Tone.GOOD,
    Status.CLOSED: Tone.GOOD,
    Status.CANCELLED: Tone.NEUTRAL,
}

FIRST_ROW = (
    Action.CLAIM,
    Action.REPLY,
    Action.RESUME,
    Action.RESOLVE,
    Action.HOLD,
    Action.NOTE,
    Action.ASSIGN,
    Action.ESCALATE,
)
MORE = (
    Action.RELEASE,
    Action.TRANSFER,
    Action.PRIORITY,
    Action.VISIT,
    Action.ARRIVE,
    Action.PROMISE,
    Action.LINK,
    Action.MAJOR,
    Action.CANCEL,
)


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock in words: its name, "running", "paused", "met" or "missed", when it is due, and one sentence."""

    name: str
    state: str
    due: datetime | None
    sentence: str


def headline(ticket: Ticket, reader: Reader) -> str:
    """ "T-12 · VPN drops"."""
    return f"{ticket.name} · {ticket.summary}"


def state_of(ticket: Ticket, reader: Reader) -> str:
    """The state in words, with who has it: "claimed by Wang Fang"."""
    if ticket.status is Status.CLAIMED:
        return reader.tell("state.claimed_by", name=reader.name(ticket.assignee))
    if ticket.status is Status.ON_HOLD and ticket.hold is not None:
        return reader.tell("state.on_hold_for", reason=waits_for(ticket, ticket.hold.reason, reader))
    return reader.tell(f"state.{ticket.status.value}")


def waits_for(ticket: Ticket, reason: str, reader: Reader) -> str:
    """What a hold waits for; the requester reads "your answer"."""
    own = reason == "requester" and reader.person == ticket.requester
    return reader.tell("hold.you" if own else f"hold.{reason}")


def on_hold(ticket: Ticket, reason: str, reader: Reader) -> str:
    """That the ticket waits, for what, and until when while it still does."""
    until = ticket.hold.until if ticket.hold else None
    key = "step.hold_until" if until else "step.hold"
    facts = {"until": reader.moment(until)} if until else {}
    return reader.tell(key, ticket=ticket.name, reason=waits_for(ticket, reason, reader), **facts)


def clock_states(ticket: Ticket, policy: Policy, reader: Reader) -> tuple[ClockState, ...]:
    """Every promise of the ticket as it stands now; the next progress update only while one is owed."""
    past = ticket.past_clocks
    return tuple(
        _clock_state(clock, ticket, policy, reader)
        for clock in ticket.clocks
        if clock.target and clock not in past and (clock.name != UPDATE or clock.running)
    )


def _clock_state(clock: Clock, ticket: Ticket, policy: Policy, reader: Reader) -> ClockState:
    name, found = reader.tell(f"clock.{clock.name}"), standing(clock, ticket, policy, reader.now)
    match found.state:
        case State.OVERDUE if found.due is not None:
            sentence = reader.tell("clock.overdue", by=span(reader.now - found.due, reader.language))
        case State.RUNNING if found.due is not None:
            sentence = reader.tell("clock.due", at=reader.moment(found.due))
        case State.PAUSED if found.since is not None:
            sentence = reader.tell("clock.paused_since", at=reader.moment(found.since))
        case State.MET | State.MISSED:
            sentence = reader.tell(f"clock.{found.state}")
        case _:
            return ClockState(name, "paused", None, reader.tell("clock.paused"))
    return ClockState(name, found.state.value, found.due, sentence)


def promise(ticket: Ticket, policy: Policy, reader: Reader) -> str:
    """The promise in words: "first response by 14:30, fixed by 18:00"; empty when no clock runs."""
    parts = []
    for name in (RESPONSE, RESOLUTION):
        clock = ticket.clock(name)
        due = clocks.due(clock, window_of(ticket, policy, clock)) if clock else None
        if due is not None:
            parts.append(reader.tell(f"promise.{name}", at=reader.moment(due)))
    return reader.tell("promise.and").join(parts)


def action_buttons(ticket: Ticket, possible: Iterable[Action], *, more: bool = False) -> tuple[tuple[Action, str], ...]:
    """The actions to draw, in their order, with the `t:` action string of each."""
    allowed = frozenset(possible) - _pointless(ticket)
    row = MORE if more else FIRST_ROW
    return tuple((action, f"t:{action.value}:{ticket.id}") for action in row if action in allowed)


def _pointless(ticket: Ticket) -> frozenset[Action]:
    """Nobody arrives before a visit is agreed, and nobody agrees one twice."""
    way = ticket.clock(ON_SITE)
    agreed = way is not None and not way.dormant and not way.stopped
    return frozenset({Action.VISIT} if agreed else {Action.ARRIVE})


def staff_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """The first row of an engineer's buttons, and *More* when there is more."""
    first = Action.CLAIM if Action.CLAIM in possible else Action.REPLY
    buttons = [
        reader.button(action.value, value, "primary" if action is first else "")
        for action, value in action_buttons(ticket, possible)
    ]
    if action_buttons(ticket, possible, more=True):
        buttons.append(reader.button("more", f"t:more:{ticket.id}"))
    return (*buttons, *answer_buttons(ticket, reader))


def answer_buttons(ticket: Ticket, reader: Reader) -> tuple[Button, ...]:
    """*Save as answer*, once there is something to learn from the ticket; nothing confidential is learned."""
    if not ticket.solution or ticket.open or ticket.confidential:
        return ()
    return (reader.button("answer", f"t:answer:{ticket.id}"),)


def requester_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """What the person whose ticket it is, or who filed it for them, can do now."""
    buttons: list[Button] = []
    if Action.CONFIRM in possible:
        buttons.append(reader.button("confirm", f"t:confirm:{ticket.id}", "primary"))
    if Action.REOPEN in possible:
        buttons.append(reader.button("reopen", f"t:reopen:{ticket.id}"))
    words = ((Action.COMMENT, "comment"), (Action.CHASE, "chase"), (Action.CANCEL, "withdraw")) if ticket.open else ()
    buttons += [reader.button(word, f"t:{action}:{ticket.id}") for action, word in words if action in possible]
    return tuple(buttons)


def own_work_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """What an engineer can do with a ticket of their own: work on it like any other, and speak as its requester."""
    asking = requester_buttons(ticket, possible - ({Action.CHASE} if Action.ESCALATE in possible else set()), reader)
    working = staff_buttons(ticket, possible - {Action.REPLY}, reader)  # nobody answers themselves
    return tuple({button.action: button for button in (*working, *asking)}.values())


def _way_to_work(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """For an engineer whose own ticket is their own group's: the card with everything on it."""
    works = ticket.open and Action.NOTE in possible
    return (reader.button("work_on", f"t:show:{ticket.id}"),) if works else ()


def requester_card(ticket: Ticket, policy: Policy, possible: frozenset[Action], reader: Reader) -> Card:
    """The live card the requester sees: number, state, priority and the promise in words."""
    rows = [
        (
            reader.tell("field.priority"),
            f"{ticket.priority.value} · {reader.tell(f'priority.{ticket.priority.value}')}",
        ),
        (reader.tell("field.service"), reader.service(ticket.service)),
        (reader.tell("field.group"), reader.group(ticket.group)),
    ]
    promised = promise(ticket, policy, reader)
    if ticket.open and promised:
        rows.append((reader.tell("field.promise"), promised))
    return Card(
        title=headline(ticket, reader),
        tone=TONES[ticket.status],
        state=state_of(ticket, reader),
        blocks=(Facts(tuple(rows)),),
        buttons=(*requester_buttons(ticket, possible, reader), *_way_to_work(ticket, possible, reader)),
        key=f"ticket:{ticket.id}",
        ticket=ticket.id,
    )


def staff_card(ticket: Ticket, policy: Policy, possible: frozenset[Action], reader: Reader, key: str = "") -> Card:
    """The card an engineer works from: alarming evidence first, then who, where, since when, and the clocks."""
    return Card(
        title=f"{ticket.priority.value} · {headline(ticket, reader)}",
        tone=Tone.BAD if ticket.open and ticket.priority.value == "P1" else TONES[ticket.status],
        state=state_of(ticket, reader),
        blocks=(
            *_incident(ticket, reader),
            *alarming(ticket, reader),
            *_body(ticket, reader),
            Facts(_clock_rows(ticket, policy, reader)),
        ),
        buttons=staff_buttons(ticket, possible, reader),
        key=key,
        ticket=ticket.id,
    )


def _incident(ticket: Ticket, reader: Reader) -> tuple[Block, ...]:
    """That it is a major incident, or part of another ticket: nobody should work on each alone."""
    if ticket.major:
        return (strong(reader.tell("major.mark")),)
    return (strong(reader.tell("major.part", ticket=f"T-{ticket.parent}")),) if ticket.parent is not None else ()


def alarming(ticket: Ticket, reader: Reader) -> tuple[Block, ...]:
    """Failed probes and tell-tale answers: what the engineer should see before anything else."""
    items = tuple(evidence_check(item, reader) for item in ticket.evidence if item.alarming)
    return (Checklist(items),) if items else ()


def evidence_check(item: Evidence, reader: Reader) -> Check:
    """One finding as a line of a checklist."""
    state = CheckState.FAIL if item.alarming else CheckState.OK if item.kind == "probe" else CheckState.UNKNOWN
    return Check(reader.say(item.subject), state, reader.say(item.finding))


def _body(ticket: Ticket, reader: Reader) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if ticket.description and ticket.description != ticket.summary:
        blocks.append(Quote(ticket.description, reader.name(ticket.requester)))
    return (*blocks, Facts(fact_rows(ticket, reader)))


def fact_rows(ticket: Ticket, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Who, what and where, each with its label, leaving out what nobody said."""
    organisation = reader.organisation
    place = organisation.places.get(ticket.details.get("place", ""))
    rows = [
        ("requester", reader.name(ticket.requester)),
        ("opened_by", reader.name(ticket.opened_by) if ticket.opened_by != ticket.requester else ""),
        ("service", reader.service(ticket.service)),
        ("category", reader.tell("category.emergency") if ticket.category == "emergency" else ""),
        ("group", f"{reader.group(ticket.group)} · {reader.tell('tier', level=ticket.tier)}"),
        ("on_hold_until", reader.moment(ticket.hold.until) if ticket.hold and ticket.hold.until else ""),
        ("place", reader.say(place.names) if place else ticket.details.get("place", "")),
        ("affected", _choice(reader, "affected", ticket.details.get("affected", ""))),
        ("severity", _choice(reader, "severity", ticket.details.get("severity", ""))),
        *((name, ticket.details.get(name, "")) for name in ("device", "ip", "since", "errors", "callback", "promise")),
        ("cause", ticket.cause),
        ("solution", ticket.solution),
        ("rating", "★" * ticket.rating + "☆" * (5 - ticket.rating) if ticket.rating else ""),
        ("rating_comment", ticket.rating_comment),
    ]
    return tuple((reader.tell(f"field.{name}"), value) for name, value in rows if value)


def _choice(reader: Reader, name: str, value: str) -> str:
    return reader.tell(f"{name}.{value}") if value else ""


def _clock_rows(ticket: Ticket, policy: Policy, reader: Reader) -> tuple[tuple[str, str], ...]:
    return tuple((state.name, state.sentence) for state in clock_states(ticket, policy, reader))


def event_line(event: TicketEvent, reader: Reader) -> str:
    """One step of a ticket's history as a sentence, without the words somebody wrote (see `event_words`)."""
    facts = dict(event.facts)
    named = {name: reader.name(str(facts[name])) for name in ("person", "lapsed", "before") if facts.get(name)}
    if "group" in facts:
        named["group"] = reader.group(str(facts["group"]))
    if event.action is Action.HOLD:
        named["reason"] = reader.tell(f"hold.{facts['reason']}")
    if event.action is Action.MARK:
        named["clock"] = reader.tell(f"clock.{facts['clock']}")
    if event.action is Action.PAGE:
        named["people"] = reader.tell("list.comma").join(reader.name(p) for p in str(facts["people"]).split(","))
    word = "handover" if "before" in facts else event.action.value
    if event.action in (Action.MAJOR, Action.CLOSE, Action.LINK) and "what" in facts:
        word = f"{event.action.value}_{facts['what']}"
    if facts.get("unreachable"):
        word = "unreachable"
    if facts.get("corrected"):
        word = "corrected_note" if event.action is Action.NOTE else "corrected"
    return reader.tell(f"event.{word}", **{**facts, **named, "who": reader.name(event.by)})


def event_words(event: TicketEvent) -> str:
    """What the person wrote with this step, if anything."""
    facts = event.facts
    if event.action is Action.RESOLVE:
        return f"{facts['cause']}\n{facts['solution']}"
    return str(facts.get("text") or facts.get("comment") or facts.get("file") or "")


def ticket_line(ticket: Ticket, reader: Reader) -> str:
    """A ticket in one line of a list."""
    return f"{ticket.name} · {ticket.priority.value} · {ticket.summary} · {state_of(ticket, reader)}"


def list_card(title: str, tickets: Iterable[Ticket], reader: Reader, empty: str) -> Card:
    """A list of tickets, each with a button that shows it."""
    shown = tuple(tickets)[:10]
    blocks = tuple(plain(ticket_line(ticket, reader)) for ticket in shown) or (plain(empty),)
    buttons = tuple(Button(ticket.name, f"t:show:{ticket.id}") for ticket in shown)
    return Card(title, blocks=blocks, buttons=buttons)


def more_card(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> Card:
    """The less frequent actions, behind *More*."""
    buttons = tuple(
        reader.button(action.value, value, "danger" if action is Action.CANCEL else "")
        for action, value in action_buttons(ticket, possible, more=True)
    )
    return Card(headline(ticket, reader), state=state_of(ticket, reader), buttons=buttons, ticket=ticket.id)


def detail_card(
    ticket: Ticket,
    policy: Policy,
    events: Iterable[TicketEvent],
    possible: frozenset[Action],
    reader: Reader,
    *,
    staff: bool,
    own: bool,
) -> Card:
    """`show N`: the card with its latest steps."""
    card = staff_card(ticket, policy, possible, reader) if staff else requester_card(ticket, policy, possible, reader)
    buttons = own_work_buttons(ticket, possible, reader) if staff and own else card.buttons
    steps: list[Block] = [strong(reader.tell("timeline.latest"))]
    for event in list(events)[-6:]:
        words = event_words(event)
        steps.append(plain(f"{reader.moment(event.at)} · {event_line(event, reader)}"))
        if words:
            steps.append(Quote(words))
    return Card(card.title, card.tone, card.state, (*card.blocks, *steps), buttons, "", ticket.id)

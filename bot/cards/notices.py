"""Notices: what an outbox row becomes when it is delivered.

A row carries a name and facts; the words are chosen here, at the last moment, in the reader's language and with
the ticket as it stands then. A notice that has become pointless renders to None and is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.cards import tickets
from bot.cards.reader import Reader, strong
from bot.cards.timeline import event_line, event_words
from bot.messages import Block, Button, Card, Facts, Quote, Reply, Text, Tone, plain
from bot.phrases import Fact, known
from escalation.policy import Policy
from escalation.ticket import Action, Status, Ticket, TicketEvent

Given = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket, as one reader may see it now."""

    ticket: Ticket
    policy: Policy
    reader: Reader
    possible: frozenset[Action]


def render(notice: str, scene: Scene, facts: Given) -> Reply | None:
    """The reply this notice is now, or None when there is nothing left to say."""
    return NOTICES[notice](scene, facts)


def _ticket(scene: Scene, facts: Given) -> Reply:
    return tickets.requester_card(scene.ticket, scene.policy, scene.possible, scene.reader)


def _room(scene: Scene, facts: Given) -> Reply:
    key = f"room:{scene.ticket.id}"
    return tickets.staff_card(scene.ticket, scene.policy, scene.possible, scene.reader, key)


def _log(scene: Scene, facts: Given) -> Reply:
    """A step of the ticket for those who work on it, under its live card."""
    told = {name: value for name, value in facts.items() if name not in ("action", "by", "thread_of")}
    event = TicketEvent(scene.ticket.id, scene.reader.now, str(facts["by"]), Action(str(facts["action"])), "", told)
    sentence, words = event_line(event, scene.reader), event_words(event)
    return Text(f"{sentence}\n{words}" if words else sentence, scene.ticket.id)


def _step(scene: Scene, facts: Given) -> Reply:
    """A step of the ticket, told to its requester."""
    reader, ticket = scene.reader, scene.ticket
    named = _named(facts, reader)
    if facts["action"] == Action.HOLD.value:
        return Text(tickets.on_hold(ticket, str(facts["reason"]), reader), ticket.id)
    timed = facts["action"] == Action.VISIT.value and facts.get("until")
    said = "corrected" if facts.get("corrected") else facts["action"]
    key = "step.visit_until" if timed else f"step.{said}"
    sentence = reader.tell(key, ticket=ticket.name, **named)
    words = str(facts.get("text", ""))
    if not words:
        return Text(sentence, ticket.id)
    return Card(sentence, Tone.INFO, blocks=(_quoted(words, named["who"], sentence),), ticket=ticket.id)


def _quoted(words: str, who: str, title: str) -> Block:
    """Somebody's words, with their name where the title above does not say it already."""
    return Quote(words, "" if who in title else who)


def _named(facts: Given, reader: Reader) -> dict[str, str]:
    """The facts in the reader's words: names for people and groups, words for reasons, local times."""
    named = {name: str(value) for name, value in facts.items() if name not in ("action", "text")}
    named["who"] = reader.name(str(facts.get("by", "")))
    if "person" in facts:
        named["person"] = reader.name(str(facts["person"]))
    if "group" in facts:
        named["group"] = reader.group(str(facts["group"]))
    if "reason" in facts and known(f"hold.{facts['reason']}"):
        named["reason"] = reader.tell(f"hold.{facts['reason']}")
    if facts.get("until"):
        named["until"] = reader.moment(datetime.fromisoformat(str(facts["until"])))
    return named


def _resolved(scene: Scene, facts: Given) -> Reply | None:
    """Cause and fix in plain words, with *It works* and *Still broken* as long as they can be pressed."""
    ticket, reader = scene.ticket, scene.reader
    if ticket.status is not Status.RESOLVED:
        return None
    rows = ((reader.tell("field.cause"), ticket.cause), (reader.tell("field.solution"), ticket.solution))
    return Card(
        title=reader.tell("resolved.title", ticket=ticket.name),
        tone=Tone.GOOD,
        state=tickets.state_of(ticket, reader),
        blocks=(Facts(rows), reader.paragraph("resolved.ask", who=reader.name(ticket.resolved_by))),
        buttons=(
            reader.button("confirm", f"t:confirm:{ticket.id}", "primary"),
            reader.button("reopen", f"t:reopen:{ticket.id}"),
        ),
        key=_outcome_key(ticket),
        ticket=ticket.id,
    )


def _outcome_key(ticket: Ticket) -> str:
    return f"outcome:{ticket.id}:{ticket.climb.generation}"


def _outcome(scene: Scene, facts: Given) -> Reply:
    """The same card once it was answered, so that its buttons do not stay."""
    ticket, reader = scene.ticket, scene.reader
    closed = facts["action"] == Action.CLOSE.value
    return Card(
        title=reader.tell("resolved.title", ticket=ticket.name),
        tone=tickets.TONES[ticket.status],
        state=reader.tell("outcome.reviewed" if ticket.major and closed else f"outcome.{facts['action']}"),
        blocks=(plain(ticket.solution),) if ticket.solution else (),
        key=f"outcome:{ticket.id}:{facts['generation']}",
        ticket=ticket.id,
    )


def _rate(scene: Scene, facts: Given) -> Reply | None:
    """Five stars to press; gone once they were pressed."""
    ticket, reader = scene.ticket, scene.reader
    if ticket.status is not Status.CLOSED or ticket.rating or ticket.resolved_by == ticket.requester:
        return None
    return rating_card(ticket, reader, reminder=bool(facts.get("reminder")))


def rating_card(ticket: Ticket, reader: Reader, *, reminder: bool = False) -> Card:
    """How was it? One to five, as native buttons."""
    stars = tuple(Button(reader.tell(f"rating.{number}"), f"t:rate:{ticket.id}:{number}") for number in range(1, 6))
    return Card(
        title=reader.tell("rate.title", ticket=ticket.name),
        blocks=(reader.paragraph("rate.again" if reminder else "rate.ask"),),
        buttons=stars,
        key=f"rate:{ticket.id}:{ticket.climb.generation}",
        ticket=ticket.id,
    )


def rated_card(ticket: Ticket, policy: Policy, reader: Reader) -> Card:
    """Thanks, with room for a comment, and a way back when the rating was low."""
    low = ticket.rating <= policy.low_rating
    buttons = [reader.button("rate_comment", f"t:ratecomment:{ticket.id}")] if not ticket.rating_comment else []
    if low:
        buttons.append(reader.button("reopen", f"t:reopen:{ticket.id}"))
    stars = "★" * ticket.rating + "☆" * (5 - ticket.rating)
    return Card(
        title=reader.tell("rate.title", ticket=ticket.name),
        state=stars,
        blocks=(reader.paragraph("rate.thanks_low" if low else "rate.thanks"),),
        buttons=tuple(buttons),
        key=f"rate:{ticket.id}:{ticket.climb.generation}",
        ticket=ticket.id,
    )


def _page(scene: Scene, facts: Given) -> Reply:
    """A page. Once somebody has the ticket, the same card says so and asks for nothing."""
    ticket, reader = scene.ticket, scene.reader
    key = f"page:{ticket.id}:{facts['generation']}:{facts['rung']}:{facts['round']}"
    current = ticket.status is Status.NEW and ticket.climb.generation == facts["generation"]
    if not current:
        return Card(
            tickets.headline(ticket, reader),
            tickets.TONES[ticket.status],
            tickets.state_of(ticket, reader),
            key=key,
            ticket=ticket.id,
        )
    holder = ticket.climb.acknowledged_by
    card = tickets.staff_card(ticket, scene.policy, frozenset(), reader, key)
    reason = _page_reason(scene, facts)
    state = _held(ticket, reader) if holder else reader.tell("page.waiting")
    return Card(
        title=_page_title(scene, facts),
        tone=Tone.WARN if holder else Tone.BAD,
        state=state,
        blocks=(plain(reason), strong(ticket.summary), *card.blocks),
        buttons=_page_buttons(scene, answered=bool(holder)),
        key=key,
        ticket=ticket.id,
    )


def _held(ticket: Ticket, reader: Reader) -> str:
    """Who has acknowledged, and when they will be there or that they were asked about it."""
    who, climb = reader.name(ticket.climb.acknowledged_by), ticket.climb
    if climb.asked:
        return reader.tell("page.asked", who=who)
    if climb.arrives_at is not None:
        return reader.tell("page.on_my_way", who=who, at=reader.moment(climb.arrives_at))
    return reader.tell("page.held", who=who)


def _page_title(scene: Scene, facts: Given) -> str:
    ticket = scene.ticket
    return scene.reader.tell("page.title", ticket=ticket.name, priority=ticket.priority.value)


def _page_reason(scene: Scene, facts: Given) -> str:
    reader, ticket = scene.reader, scene.ticket
    if facts.get("lapsed"):
        return reader.tell("page.lapsed", who=reader.name(str(facts["lapsed"])), ticket=ticket.name)
    key = "page.first" if facts["rung"] == 1 else "page.next"
    sentence = reader.tell(key, ticket=ticket.name, group=reader.group(ticket.group), rung=facts["rung"])
    if facts.get("skipped"):
        sentence += " " + reader.tell("page.skipped", rungs=str(facts["skipped"]))
    return sentence


def _page_buttons(scene: Scene, *, answered: bool) -> tuple[Button, ...]:
    reader, ticket = scene.reader, scene.ticket
    buttons: list[Button] = []
    if not answered and Action.ACK in scene.possible:
        buttons.append(reader.button("ack", f"t:ack:{ticket.id}", "primary"))
        buttons.append(reader.button("on_my_way", f"t:onmyway:{ticket.id}"))
        buttons.append(reader.button("decline", f"t:decline:{ticket.id}"))
    if Action.CLAIM in scene.possible:
        buttons.append(reader.button("claim", f"t:claim:{ticket.id}"))
    buttons.append(reader.button("view", f"t:show:{ticket.id}"))
    return tuple(buttons)


def _told(scene: Scene, facts: Given) -> Reply:
    """Something an engineer or manager should know: a comment, a clock, a low rating, an assignment."""
    ticket, reader = scene.ticket, scene.reader
    named = _named(facts, reader)
    if "clock" in facts:
        named["clock"] = reader.tell(f"clock.{facts['clock']}")
    about = "corrected" if facts.get("corrected") else facts["about"]
    title = reader.tell(f"told.{about}", ticket=ticket.name, summary=ticket.summary, **named)
    words = str(facts.get("text", ""))
    return Card(
        title=title,
        tone=Tone.WARN if facts["about"] in ("mark", "alarm", "low_rating", "reopen", "chase") else Tone.INFO,
        state=tickets.state_of(ticket, reader),
        blocks=(_quoted(words, named["who"], title) if words else plain(ticket.summary),),
        buttons=(*_quick(scene, str(facts["about"])), reader.button("view", f"t:show:{ticket.id}")),
        key=question_key(ticket, int(facts["since"])) if "since" in facts else "",
        ticket=ticket.id,
    )


def _answered(scene: Scene, facts: Given) -> Reply:
    """What stays of the question whether one is still on it."""
    if facts["by"] == scene.reader.person and facts["action"] in (Action.ACK.value, Action.DECLINE.value):
        return answered_card(scene.ticket, Action(str(facts["action"])), int(facts["since"]), scene.reader)
    ticket, reader = scene.ticket, scene.reader
    return Card(
        reader.tell("told.still_on_it", ticket=ticket.name),
        state=tickets.state_of(ticket, reader),
        key=question_key(ticket, int(facts["since"])),
        ticket=ticket.id,
    )


def answered_card(ticket: Ticket, answer: Action, since: int, reader: Reader) -> Card:
    """The question whether one is still on it, answered with yes (acknowledged again) or no (declined)."""
    said = "done.still_on_it" if answer is Action.ACK else "done.decline"
    return Card(reader.tell(said, ticket=ticket.name), key=question_key(ticket, since), ticket=ticket.id)


def question_key(ticket: Ticket, since: int) -> str:
    """The key of the question whether one is still on it; `since` is when they had acknowledged, in Unix seconds."""
    return f"still:{ticket.id}:{since}"


def _quick(scene: Scene, about: str) -> tuple[Button, ...]:
    if about == "still_on_it":
        return _yes_or_no(scene)
    wanted = {
        "comment": Action.REPLY,
        "attach": Action.REPLY,
        "alarm": Action.CLAIM,
        "reopen": Action.CLAIM,
    }.get(about)
    if wanted is None or wanted not in scene.possible:
        return ()
    return (scene.reader.button(wanted.value, f"t:{wanted.value}:{scene.ticket.id}", "primary"),)


def _yes_or_no(scene: Scene) -> tuple[Button, ...]:
    """The answers to "still on it?", as long as it is the reader who is asked."""
    ticket, reader = scene.ticket, scene.reader
    if not ticket.climb.asked or ticket.climb.acknowledged_by != reader.person or Action.ACK not in scene.possible:
        return ()
    return (
        reader.button("still_on_it", f"t:ack:{ticket.id}", "primary"),
        reader.button("not_any_more", f"t:decline:{ticket.id}"),
    )


NOTICES: Mapping[str, Callable[[Scene, Given], Reply | None]] = {
    "ticket": _ticket,
    "room": _room,
    "log": _log,
    "step": _step,
    "resolved": _resolved,
    "outcome": _outcome,
    "rate": _rate,
    "page": _page,
    "told": _told,
    "answered": _answered,
}

"""Notices: what an outbox row becomes when it is delivered.

A row carries a name and facts; the words are chosen here, at the last moment, in the reader's language and with
the ticket as it stands then. A notice that has become pointless renders to None and is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.cards import endings, pages, tickets
from bot.cards.reader import Reader
from bot.cards.scene import Given, Scene
from bot.cards.timeline import event_line, event_words
from bot.messages import Block, Button, Card, Quote, Reply, Text, Tone, plain
from bot.phrases import known
from escalation.ticket import Action, TicketEvent


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
        key=pages.question_key(ticket, int(facts["since"])) if "since" in facts else "",
        ticket=ticket.id,
    )


def _quick(scene: Scene, about: str) -> tuple[Button, ...]:
    if about == "still_on_it":
        return pages.yes_or_no(scene)
    wanted = {
        "comment": Action.REPLY,
        "attach": Action.REPLY,
        "alarm": Action.CLAIM,
        "reopen": Action.CLAIM,
    }.get(about)
    if wanted is None or wanted not in scene.possible:
        return ()
    return (scene.reader.button(wanted.value, f"t:{wanted.value}:{scene.ticket.id}", "primary"),)


NOTICES: Mapping[str, Callable[[Scene, Given], Reply | None]] = {
    "ticket": _ticket,
    "room": _room,
    "log": _log,
    "step": _step,
    "resolved": endings.resolved,
    "outcome": endings.outcome,
    "rate": endings.rate,
    "page": pages.page,
    "told": _told,
    "answered": pages.answered,
}

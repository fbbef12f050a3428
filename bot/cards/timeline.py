"""A ticket's history: each step as a sentence, and the words somebody wrote with it."""

from __future__ import annotations

from bot.cards.reader import Reader
from escalation.ticket import Action, TicketEvent


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
    if event.action is Action.RATE and "text" in facts:  # the stars are a step of their own, before this one
        word = "rating_comment"
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

"""The state of a conversation: small, frozen, stored as JSON between two messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from escalation.ticket import Evidence

SURE_TO_END = 0.5  # below it words beside an open form are words for the form
SURELY_ANOTHER = 0.8  # certainty of its service from which words beside something else are a matter of their own
ASKED_AT_MOST = 2  # clarifying questions in one conversation; then a person is better


class Mode(StrEnum):
    """What the bot is waiting for in this conversation."""

    IDLE = "idle"
    PROBING = "probing"  # technical checks are running
    GUIDING = "guiding"  # a guided step is on the table
    ANSWERING = "answering"  # an article or suggestions are on the table
    FORM = "form"  # the intake form is on the table
    CHOOSING = "choosing"  # which ticket is meant


@dataclass(frozen=True, slots=True)
class Filling:
    """A form being asked field by field, for channels that draw no forms. `at` is the field asked now."""

    form: Mapping[str, Any]
    values: Mapping[str, str]
    at: int = 0  # -1 while the person picks a field to change
    complete: bool = False
    changing: bool = False  # back to the summary after the next answer
    more: bool = False  # going through *More details*


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of theirs: a print of how it last read, and the ticket it went to as "comment", "reply" or "note".

    `ticket` is 0 while it belongs to this conversation alone.
    """

    print: str
    ticket: int = 0
    action: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation. `turn` grows with every question, so that the buttons of an old one are known as such."""

    turn: int = 0
    mode: Mode = Mode.IDLE
    words: str = ""
    kind: str = "incident"
    service: str = ""
    category: str = ""  # and the group: only where they are not the service's own
    group: str = ""
    among: tuple[str, ...] = ()  # what it may be about, to choose from before the form comes
    subject: str = ""  # the person a ticket is for, when an operator files it
    prefill: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    files: tuple[int, ...] = ()
    flow: str = ""
    step: str = ""
    number: int = 0
    offered: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()  # articles still to offer, best first
    shown: str = ""
    chances: Mapping[str, float] = field(default_factory=dict)  # how probably each article found is the answer
    why: str = ""  # the key of what its form begins with: why it comes now
    pending: str = ""  # words waiting for "which ticket do you mean?", or said beside the form
    quoted: str = ""  # what their messages quote of others: nothing they say, and in the ticket all the same
    filling: Filling | None = None
    opened: int = 0  # the ticket this conversation led to, so that a second *Submit* finds it
    table: Mapping[str, Any] = field(default_factory=dict)  # the question a person can still answer, as a card
    pressed: str = ""  # the last button and when, so that a double click is one press
    reminded: bool = False  # whether silence was broken once already
    aside: str = ""  # the mode this was in when it was put aside for want of an answer
    focus: int = 0  # the ticket last written to, and when: what names no other is meant for it
    focus_at: str = ""
    guided: tuple[str, ...] = ()  # the flows gone through
    unsure: int = 0  # how often it was asked what is meant
    later: tuple[str, ...] = ()  # other troubles of the same message, to begin when this one is over
    held: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by their words, where those stood
    lately: Mapping[str, Any] = field(default_factory=dict)  # the trouble that ended last, and when: it may come back
    spoken: Mapping[str, Spoken] = field(default_factory=dict)  # their messages, for when one is changed afterwards
    last: str = ""  # the message after which nothing was done yet, and the talk as it was before it
    before: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Talk:
        """The talk `to_json` wrote; unknown keys of another version are left out."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["mode"] = Mode(known.get("mode", "idle"))
        known["evidence"] = tuple(Evidence(**item) for item in known.get("evidence", ()))
        for name in ("files", "offered", "waiting", "guided", "later", "among"):
            known[name] = tuple(known.get(name, ()))
        known["spoken"] = {message: Spoken(**each) for message, each in known.get("spoken", {}).items()}
        if known.get("filling"):
            known["filling"] = Filling(**known["filling"])
        return cls(**known)

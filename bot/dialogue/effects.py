"""What a step wants done. A step decides and never acts; the conversation carries these out in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.desk.draft import Draft
from bot.messages import Form, Reply
from bot.phrases import Fact
from escalation.ticket import Action


@dataclass(frozen=True, slots=True)
class Probe:
    """Run the technical checks of a service and come back with what they found."""

    service: str
    turn: int


@dataclass(frozen=True, slots=True)
class Open:
    """Open this ticket. `form` is the card the form stood on, to be replaced by the ticket."""

    draft: Draft
    form: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Open this emergency, unless somebody else has reported it: then the words go to those who are on it."""

    draft: Draft
    words: str


@dataclass(frozen=True, slots=True)
class Act:
    """One action on a ticket, by the person speaking."""

    action: Action
    ticket: int
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begin:
    """Ask what an action on a ticket needs, or whether it is really meant, before it is done."""

    action: Action
    ticket: int


@dataclass(frozen=True, slots=True)
class Show:
    """Show a ticket."""

    ticket: int


@dataclass(frozen=True, slots=True)
class ListMine:
    """Show the person's own tickets."""


@dataclass(frozen=True, slots=True)
class HowFar:
    """Tell how far an emergency is that somebody else has reported; the person's own ticket is shown."""

    ticket: int


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Show the question now on the table once more, below, with these words before it."""

    lead: str = ""


@dataclass(frozen=True, slots=True)
class FormAgain:
    """The form that waits once more, where a form stands by itself and may have been closed."""


@dataclass(frozen=True, slots=True)
class Redraw:
    """This form as it reads now, where it stands already; nothing where it does not."""

    form: Form


@dataclass(frozen=True, slots=True)
class Follow:
    """Let the person hear of every update on a ticket that is not theirs."""

    ticket: int


@dataclass(frozen=True, slots=True)
class PassOn:
    """More words about an emergency somebody else has reported, for those who are on it."""

    ticket: int
    words: str


@dataclass(frozen=True, slots=True)
class Learn:
    """An article was offered, fixed it, or did not: what the knowledge page counts and the engine learns from.

    `probability` is what we believed when we showed it. A question without any answer has an empty article.
    """

    article: str
    language: str
    outcome: str  # offered, fixed, not_fixed, opened_ticket, unanswered
    probability: float | None = None
    words: str = ""


Doing = (
    Reply
    | (Probe | Open | Alert | Act | Begin | Show | ListMine | HowFar)
    | (AskAgain | FormAgain | Redraw | Follow | PassOn | Learn)
)

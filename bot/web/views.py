"""What the web desk's pages ask of the core, and what they are given: the lead's side of the wall.

Every string in a view is plain text in the reader's language and zone; the pages only arrange and escape it.
What the reader may not see is not in the view: the pages decide nothing.

Everything a person does arrives at `Conversation.handle`, with the identity `("web", "", person key)` and the
place `Place.direct(identity)`:

- `Said`, `Attached`: the chat, or the message box of a ticket's page. `reply_to` is "", or a transcript
  line's id (the same as `Sent.message`), or a ticket's name such as "T-12", which means that ticket.
- `Pressed`: a button. `message` is the transcript line's id, or "" when it was pressed on a page.
- `Submitted`: a form, in the chat or in a page's dialog.
- `Commanded`: text that begins with a slash, and the word "language" with the rest "en" or "zh" when the
  language switch is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Answer, Block, Button, Choice, Event, Tone


class Conversation(Protocol):
    """Where every event meets the core.

    Texts, cards and pictures of the answer also come by way of the outbox; a form comes in the answer only, and
    opens where the person is.
    """

    async def handle(self, event: Event) -> Answer:
        """What this person sees now; an event id that was handled before gives the same answer again."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page. `works` is whether the queue is theirs to see, `answers_calls` whether they file for others.

    `chose` is whether their language is a choice of theirs, wherever they made it, and not merely their office's.
    `pages` is how many wait for them, `unclaimed` how many tickets of their queue nobody has claimed.
    """

    key: str
    name: str
    title: str
    language: str
    zone: str
    works: bool = False
    pages: int = 0
    unclaimed: int = 0
    answers_calls: bool = False
    chose: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody a newcomer to the sample organisation may be.

    `group` is the heading they stand under; `also` is what else they are found by (the name in the other
    script); `hint` is one line on what to try, and only the suggested seats have one.
    """

    key: str
    name: str
    title: str
    group: str
    also: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ClockView:
    """A promise. `state` is "running", "paused", "met" or "missed"; `word` says the same to people.

    `due` is when a running clock is used up, and the page counts down to it; `text` is what stands there
    without counting: "in 12 min, 14:30" or "paused, 2 h left". `missed` and running at once is overdue.
    """

    label: str
    state: str
    word: str
    text: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list. `status` is the state's key; `state` its word; an empty assignee is nobody.

    `incident` says to those who work on tickets that it is a major incident, or part of another ticket.
    """

    id: int
    name: str
    summary: str
    status: str
    state: str
    tone: Tone
    priority: str
    service: str
    group: str
    requester: str
    assignee: str
    opened: str
    clock: ClockView | None = None
    buttons: tuple[Button, ...] = ()
    open: bool = True
    incident: str = ""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue to show. Empty strings ask for everything open; `text` is searched for as typed."""

    status: str = ""
    priority: str = ""
    group: str = ""
    mine: bool = False
    unclaimed: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueChoices:
    """What the queue's filters offer this reader."""

    statuses: tuple[Choice, ...] = ()
    priorities: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline. `internal` lines are in the view only of those who may read them."""

    at: datetime
    when: str
    who: str
    title: str
    blocks: tuple[Block, ...] = ()
    internal: bool = False
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of evidence: what was looked at and what was found. `kind` is a word such as "Check"."""

    kind: str
    subject: str
    finding: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: whom, when, and how it stands, in words. `tone` colours the word.

    `due` is when the next one comes, and the page counts down to it.
    """

    text: str
    when: str
    state: str
    tone: Tone = Tone.NEUTRAL
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file of a ticket, as the list names it: "shot.png", "120 kB", "Zhao Min, 14:30"."""

    id: int
    name: str
    size: str
    by: str


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """A file of a ticket with its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket's page.

    `promise` is the promise in words; `facts` are label and value pairs; evidence and clocks come in reading
    order, alarming evidence first. `can_write` is whether the reader may write and attach to it here, and `writes_to`
    who then reads it, where that is not plain. `more` are the buttons behind *More*. `incident` is as in a list.
    """

    id: int
    name: str
    summary: str
    description: str
    status: str
    state: str
    tone: Tone
    priority: str
    promise: str
    facts: tuple[tuple[str, str], ...] = ()
    clocks: tuple[ClockView, ...] = ()
    evidence: tuple[Finding, ...] = ()
    timeline: tuple[Entry, ...] = ()
    ladder: tuple[Rung, ...] = ()
    attachments: tuple[AttachmentView, ...] = ()
    buttons: tuple[Button, ...] = ()
    can_write: bool = False
    more: tuple[Button, ...] = ()
    writes_to: str = ""
    incident: str = ""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page that waits for the reader's answer. `why` says what it wants; `since` when it was sent."""

    id: int
    name: str
    summary: str
    priority: str
    why: str
    since: str
    clock: ClockView | None = None
    buttons: tuple[Button, ...] = ()


class Views(Protocol):
    """Everything the pages read. `person` is always the reader's key."""

    async def reader(self, person: str) -> Reader | None:
        """The reader; None for somebody who is not, or no longer, of the organisation."""
        ...

    async def seats(self, language: str) -> tuple[Seat, ...]:
        """Everybody of the sample organisation: the suggested first, then by group."""
        ...

    async def my_tickets(self, person: str) -> tuple[TicketRow, ...]:
        """The reader's own tickets, open ones first, newest first."""
        ...

    async def queue(self, person: str, wanted: QueueFilter) -> tuple[TicketRow, ...]:
        """The tickets to work on that fit the filter, the most urgent first, at most 200."""
        ...

    async def queue_choices(self, person: str) -> QueueChoices:
        """What the filters offer."""
        ...

    async def ticket(self, person: str, number: int) -> TicketView | None:
        """The ticket; None alike for one that is absent and one that is not the reader's to see."""
        ...

    async def pages(self, person: str) -> tuple[PageRow, ...]:
        """The pages that wait for the reader, the oldest first."""
        ...

    async def attachment(self, person: str, number: int) -> AttachmentFile | None:
        """The file; None alike for absent and not the reader's to see."""
        ...

    async def queue_version(self, person: str) -> str:
        """A word that changes when a list or ticket may look different; asked each second, so it is cheap."""
        ...


class NoRoom(Exception):
    """Somebody has sent more files than we keep for one person before a ticket claims them."""


class Staging(Protocol):
    """Where a file waits between its upload and the ticket it belongs to."""

    async def stage(self, person: str, name: str, media_type: str, content: bytes) -> str:
        """Keep the file; its reference, as `File.reference` carries it. `NoRoom` when too many wait."""
        ...


class Doors(Protocol):
    """Sign-in links and sessions, kept as hashes."""

    async def consume(self, link: str) -> str | None:
        """The person a sign-in link is for, once and within its time; None afterwards."""
        ...

    async def open(self, person: str) -> str:
        """A new session; what its cookie holds."""
        ...

    async def person(self, session: str) -> str | None:
        """Whose session it is, while it lasts."""
        ...

    async def close(self, session: str) -> None:
        """End the session."""
        ...

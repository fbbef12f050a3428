"""The alphabet: what people send us, what we show them, and the port every channel implements.

A channel turns its platform's payload into an `Event` and a `Reply` into its platform's payload, and decides
nothing. Every string in here is plain text exactly as typed: escaping is each channel's last step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol, runtime_checkable

# -- who and where ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a platform says is speaking. Never a display name, never an e-mail claimed in chat."""

    channel: str
    workspace: str
    user: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands. A private room holds one person and the bot.

    `room` is the platform's room id, or `@user` for "the private chat with this user", which the channel
    opens when it sends. `thread` is a thread (Slack) or a topic (Telegram); the web desk has neither.
    """

    channel: str
    workspace: str
    room: str
    thread: str = ""
    private: bool = True

    @classmethod
    def direct(cls, identity: Identity) -> Place:
        """The private chat with this identity."""
        return cls(identity.channel, identity.workspace, f"@{identity.user}")


# -- what people send ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody sent. `reference` is what its channel needs to fetch the bytes."""

    name: str
    media_type: str
    size: int
    reference: str


@dataclass(frozen=True, slots=True)
class Said:
    """Free text. `reply_to` is the platform's id of the message it answers, if any; `message` is its own."""

    id: str
    sender: Identity
    place: Place
    text: str
    reply_to: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """One or more files, with or without words. Those of one `album` were sent together."""

    id: str
    sender: Identity
    place: Place
    files: tuple[File, ...]
    caption: str = ""
    reply_to: str = ""
    message: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button. `action` is the string its `Button` carried; it proves nothing about who may press."""

    id: str
    sender: Identity
    place: Place
    action: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A filled-in form. Values are as typed; the one validator judges them."""

    id: str
    sender: Identity
    place: Place
    form: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command word with whatever followed it: `/it claim 12` is word "claim", rest "12"."""

    id: str
    sender: Identity
    place: Place
    word: str
    rest: str = ""
    reply_to: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Somebody changed a message they had sent: how it reads now, as words or as a command.

    `message` is what the platform called it when it was sent; `with_file` when it carries a file.
    """

    id: str
    sender: Identity
    place: Place
    message: str
    text: str
    word: str = ""
    rest: str = ""
    with_file: bool = False


Event = Said | Attached | Pressed | Submitted | Commanded | Corrected

# -- what we show ----------------------------------------------------------------------------------


class Tone(StrEnum):
    """What a card's colour and its state word say; never colour alone."""

    NEUTRAL = "neutral"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style: "" (plain), "strong" or "code"; `link` is an https address or empty."""

    text: str
    style: str = ""
    link: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Steps:
    """A list; numbered when the order matters."""

    items: tuple[Line, ...]
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs, in reading order."""

    rows: tuple[tuple[str, str], ...]


class CheckState(StrEnum):
    WAITING = "waiting"
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a live checklist: what is checked, how it stands, and what was found, in words."""

    label: str
    state: CheckState
    finding: str


@dataclass(frozen=True, slots=True)
class Checklist:
    items: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a person, shown as theirs."""

    text: str
    who: str = ""


Block = Paragraph | Steps | Facts | Checklist | Quote


@dataclass(frozen=True, slots=True)
class Button:
    """One verb. `action` is at most 60 bytes of ASCII; `style` is "", "primary" or "danger"."""

    label: str
    action: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A plain sentence or two."""

    text: str
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A message with a title, a body and buttons.

    `key` names the card at its place: sending a card whose key stands there already edits it. An empty key is
    a message of its own. `ticket` is what a person answering this message means. `receipt` is "sent", "noted"
    or "done" when it says no more than that somebody's words arrived: a channel may put a sign on them instead.
    """

    title: str
    tone: Tone = Tone.NEUTRAL
    state: str = ""
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    key: str = ""
    ticket: int | None = None
    receipt: str = ""


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    PERSON = "person"
    MOMENT = "moment"  # a date and time, typed as the person's locale writes it or as ISO 8601
    PHONE = "phone"
    RATING = "rating"  # 1..5


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `error` is set when the validator sends a form back.

    `more` marks one that can wait: it stands folded away, or below, under the form's word for *More details*.
    `when` names another question and the answers to it with which alone this one is asked; empty: always.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = False
    value: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    error: str = ""
    longest: int = 300
    more: bool = False
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form as data. A channel with native forms draws it; otherwise the dialogue asks field by field.

    `more` is what its fold is called; the fields marked so stand last.
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    intro: str = ""
    ticket: int | None = None
    more: str = ""

    def asked(self, values: Mapping[str, str]) -> tuple[Field, ...]:
        """The questions that are asked once these answers are given."""
        return tuple(each for each in self.fields if not each.when or values.get(each.when[0]) in each.when[1:])

    def decides(self, field: Field) -> bool:
        """Whether the answer to this question decides which others are asked."""
        return any(each.when[:1] == (field.name,) for each in self.fields)


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG drawing, with words for those who cannot see it."""

    title: str
    svg: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a ticket, handed to whoever did not send it; `title` says whose it is.

    Its file's reference is the desk's own: a channel gets the bytes through the `Shelf` it was built with.
    """

    title: str
    file: File
    ticket: int | None = None


Reply = Text | Card | Form | Picture | Document

# -- the port --------------------------------------------------------------------------------------


class Lane(IntEnum):
    """Sending priority: a lower number leaves first."""

    URGENT = -1  # a page that leaves before other pages; channels see a page
    PAGE = 0
    ANSWER = 1
    NOTICE = 2
    COSMETIC = 3


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, asked once instead of by its name.

    `pushes` is whether a message rings somewhere: a page to a channel one must open oneself may not be seen.
    `posts_forms`: a form opens only on a press, so one that comes without any is posted as something to press.
    `threads`: a message can have answers under it, where the log of a live card goes.
    """

    forms: bool
    edits: bool
    reconciles: bool
    pushes: bool = True
    posts_forms: bool = False
    threads: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send. `key` is unique to it for ever; `message` is what to edit, if it stands already."""

    key: str
    place: Place
    reply: Reply
    lane: Lane = Lane.NOTICE
    message: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message stands: the platform's id for it, and the place it really went to."""

    message: str
    place: Place


class SendFailed(Exception):
    """A message did not go out, and nobody saw it."""


class Unclear(SendFailed):
    """Nobody can say whether the message went out: reconcile before sending again."""


class TryLater(SendFailed):
    """The platform asked us to wait `seconds` for this target."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds:g} s")
        self.seconds = seconds


class Unreachable(SendFailed):
    """This person or room cannot be reached here: blocked, left, deactivated."""


class Rejected(SendFailed):
    """The platform will never take this message as it is."""


class Channel(Protocol):
    """What the core asks of Slack, Telegram, the web desk, or a test's own console."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, outgoing: Outgoing) -> Sent:
        """Send or edit one message; raises a `SendFailed`."""
        ...

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """After an unclear answer: the message if it stands, None if it surely does not; else `Unclear`."""
        ...

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file somebody sent here; raises `SendFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class Badge:
    """What whoever is on call for a group is known by on a platform: a user group's name in Slack, a title in Telegram.

    `room` is the group's room there, or ""; `wearers` are the accounts of whoever wears it now, and nobody else does.
    """

    group: str
    name: str
    room: str
    wearers: tuple[str, ...]


@runtime_checkable
class BadgeKeeper(Protocol):
    """What a channel is, too, where its platform can show who is on call."""

    async def wear(self, badge: Badge) -> None:
        """Let these accounts wear the badge and nobody else; done twice, it changes nothing. Raises a `SendFailed`."""
        ...


class Shelf(Protocol):
    """What a channel that sends files asks of the house it is built in."""

    async def content(self, file: File) -> bytes:
        """The bytes of a file the desk keeps; raises `Rejected` once it keeps it no more."""
        ...

    async def png(self, picture: Picture) -> bytes:
        """A picture as a PNG image; raises `Rejected` for a drawing that cannot be painted."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What `handle` gives back: the replies this person sees, in order, and whether the event was new."""

    replies: tuple[Reply, ...] = field(default=())
    repeated: bool = False


def plain(text: str) -> Paragraph:
    """A paragraph without any styling."""
    return Paragraph((Span(text),))

"""Command words: the same in Slack's `/it`, in Telegram, and after a slash in the web desk."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from escalation.ticket import Action

# Words an engineer may use for an action on a ticket; what follows the number is the action's argument.
ACTIONS: Mapping[str, Action] = {
    "claim": Action.CLAIM,
    "release": Action.RELEASE,
    "assign": Action.ASSIGN,
    "transfer": Action.TRANSFER,
    "escalate": Action.ESCALATE,
    "priority": Action.PRIORITY,
    "hold": Action.HOLD,
    "resume": Action.RESUME,
    "note": Action.NOTE,
    "reply": Action.REPLY,
    "resolve": Action.RESOLVE,
    "link": Action.LINK,
    "major": Action.MAJOR,
    "ack": Action.ACK,
    "visit": Action.VISIT,
    "arrive": Action.ARRIVE,
    "promise": Action.PROMISE,
    "reopen": Action.REOPEN,
    "rate": Action.RATE,
    "cancel": Action.CANCEL,
}
OTHERS = (
    "help",
    "new",
    "list",
    "show",
    "faq",
    "connect",
    "settings",
    "queue",
    "mine",
    "oncall",
    "report",
    "needs",
    "answer",
    "swap",
    "start",
    "my",
    "status",
    "language",
)
SAME_AS: Mapping[str, str] = {
    "start": "help",
    "my": "list",
    "status": "list",
    "language": "settings",
    "": "help",
}
WORDS = (*ACTIONS, *OTHERS)
NEAR_ENOUGH = 60  # rapidfuzz ratio under which no suggestion is made

# "12", "T-12", "t12", "#12", "ticket 12", 工单12: what follows may be written close to it only in Chinese.
_NUMBER = re.compile(
    r"^(?P<ticket>(?:(?:ticket|工单)\s*)?(?:T-?|#)?)(?P<number>[0-9]{1,40})(?![0-9A-Za-z_.:])\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command understood: its word, the ticket it names (None: none named), and the rest as typed.

    `outright`: the ticket was written as one ("T-3"), and can be nothing else that is counted.
    """

    word: str
    ticket: int | None
    rest: str
    outright: bool = False


def parse(word: str, rest: str) -> Command | None:
    """The command, or None for a word that is none of ours. `claim_12` and `claim 12` are the same."""
    name = word.strip().lstrip("/").partition("@")[0].lower()
    stem, _, number = name.partition("_")
    if number.isascii() and number.isdecimal():
        name, rest = stem, f"{number} {rest}"
    name = SAME_AS.get(name, name) if name != "status" or not rest.strip() else "show"
    if name not in WORDS:
        return None
    rest = rest.strip()
    named = _NUMBER.match(rest)
    takes_number = name in ACTIONS or name in ("show", "answer")
    if not (named and takes_number):
        return Command(name, None, rest)
    return Command(name, int(named["number"]), rest[named.end() :].strip(), outright=bool(named["ticket"]))


def unslashed(text: str, theirs: Collection[str]) -> tuple[str, str] | None:
    """The word and the rest of a message that is nothing but a command without its slash; None for any other.

    Only words that are `theirs` count, and behind them only what the word takes: "claim 12" is a command, and
    "hold on" or "new laptop, please" is not. A mere "cancel" ends whatever is asked just now, as any such words do,
    and a mere "start" may be the end of "my laptop won't".
    """
    word, _, rest = text.strip().partition(" ")
    command = parse(word, rest)
    if command is None or command.word not in theirs or not word[:1].isalpha():
        return None
    if not rest and (command.word == "cancel" or word.lower() == "start"):
        return None
    takes = command.ticket is not None or (command.word in _TAKE_WORDS and command.rest)
    return (word, rest) if takes or not rest.strip() else None


def mistyped(text: str, theirs: Collection[str]) -> str | None:
    """The one of `theirs` that a single word without its slash was probably meant to be: "lisst"."""
    word = text.strip().lower()
    if not (_SHORTEST_MISTYPED <= len(word) <= _LONGEST_MISTYPED and word.isascii() and word.isalpha()):
        return None
    found = process.extractOne(word, sorted(theirs), scorer=fuzz.ratio, score_cutoff=SURELY_MEANT)
    return found[0] if found else None


_SHORTEST_MISTYPED, _LONGEST_MISTYPED = 4, 10  # letters; shorter words are near too many others
SURELY_MEANT = 80  # rapidfuzz ratio from which a word that means nothing else was a command
_TAKE_WORDS = frozenset({"faq", "oncall"})


def nearest(word: str) -> str | None:
    """The command word somebody probably meant."""
    found = process.extractOne(word.lower(), WORDS, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    return found[0] if found else None

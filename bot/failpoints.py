"""Named places at which a test may have this process killed, as if the machine had lost power just there.

`FAILPOINT=delivery.after_send:2` kills it when it comes by that place for the second time. Without that setting,
which nobody but a test should ever set, passing costs one look at a variable.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

POINTS = frozenset(
    {
        "web.words_kept",  # the person's line stands in their chat; nobody has acted on it
        "conversation.recorded",  # the event is in the inbox, uncommitted
        "conversation.decided",  # its effects and messages are written, uncommitted
        "conversation.committed",  # all is kept; nobody has been answered
        "conversation.refused",  # a refusal is kept; nobody has been answered
        "desk.opened",  # a ticket is inserted, uncommitted
        "desk.saved",  # a change of a ticket is saved, uncommitted
        "desk.paged",  # a rung is paged, uncommitted
        "probes.started",  # checks are to run; only this process knows
        "probes.shown",  # a first result is shown
        "probes.before_done",  # all results are in; nothing is kept
        "probes.done",  # the conversation has gone on
        "ticker.found",  # an alarm is due
        "ticker.before_commit",  # it was handled, uncommitted
        "ticker.committed",  # it was handled; its messages wait
        "delivery.claimed",  # messages are ours for a while
        "delivery.before_send",  # one is drawn, and about to go out
        "delivery.after_send",  # it stands; only the channel knows
        "delivery.before_report",  # that it stands is written down, uncommitted
        "delivery.reported",  # and committed
    }
)


class UnknownFailpoint(ValueError):
    """FAILPOINT names no place of ours: give one of the names in bot/failpoints.py, a colon and a number."""


@dataclass(slots=True)
class Armed:
    """The place at which to die, and how often it may still be passed."""

    name: str
    left: int


_armed: Armed | None = None


def arm(setting: str) -> None:
    """Die at "name:n", the n-th time that place is passed; never for an empty setting. Raises `UnknownFailpoint`."""
    global _armed
    name, _, passing = setting.partition(":")
    if setting and (name not in POINTS or not passing.isdecimal() or int(passing) < 1):
        raise UnknownFailpoint(f"{setting!r}. {UnknownFailpoint.__doc__}")
    _armed = Armed(name, int(passing)) if setting else None


def failpoint(name: str) -> None:
    """A place where the process may be killed, if a test asked for that."""
    if _armed is None or _armed.name != name:
        return
    _armed.left -= 1
    if _armed.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

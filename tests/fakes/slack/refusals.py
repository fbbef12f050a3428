"""How the fake says no, and what it writes down about every call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """Slack answers `ok: false` with this error name; a `fault_of_caller` counts as a broken specification."""

    def __init__(self, error: str, *messages: str, fault_of_caller: bool = False) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = messages
        self.fault_of_caller = fault_of_caller


def malformed(error: str, *messages: str) -> Refused:
    """A refusal no correct app ever meets: it sent what the specification forbids."""
    return Refused(error, *messages, fault_of_caller=True)


@dataclass(slots=True)
class Call:
    """One Web API call (or use of a response_url) as it arrived, and what became of it."""

    method: str
    arguments: Json
    carried: str  # query, form or json
    ok: bool = False
    error: str = ""
    violations: tuple[str, ...] = ()
    fault: str = ""
    applied: bool = False
    answer: Json = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.arguments.get(name)


@dataclass(frozen=True, slots=True)
class Ping:
    """A real mention in something the app said: who would have heard a sound, and where."""

    target: str  # a user id, or channel, here, everyone, or a user group's id
    channel: str
    ts: str
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An inbound payload the app never answered properly."""

    kind: str
    payload: Json
    reason: str

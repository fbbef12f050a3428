"""What a test can make go wrong at a fake service: refusals, silence, cut lines, floods, and the whole service gone."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Trouble(Enum):
    """The ways a call can end badly."""

    RATE_LIMITED = "429"
    SERVER_ERROR = "500"
    SILENCE = "time-out"
    CUT = "cut"
    ERROR = "error"


@dataclass(slots=True)
class Fault:
    """One planned mishap: for which method ("*" for any), how often, and whether the call takes effect all the same.

    `target` limits it to calls to one chat; empty for any.
    """

    method: str
    trouble: Trouble
    times: int = 1
    applied: bool = False
    retry_after: int = 1
    error: str = "internal_error"
    target: str = ""

    def meets(self, method: str, target: str) -> bool:
        """Whether this call runs into it."""
        return self.times > 0 and self.method in ("*", method) and self.target in ("", target)


@dataclass
class Faults:
    """The mishaps still to come; they happen in the order in which they were planned."""

    planned: list[Fault] = field(default_factory=list)
    down: Fault | None = None

    def rate_limited(self, method: str = "*", *, times: int = 1, retry_after: int = 1, target: object = "") -> None:
        """429 with a wait (whole seconds); never applied."""
        fault = Fault(method, Trouble.RATE_LIMITED, times, retry_after=retry_after, target=str(target))
        self.planned.append(fault)

    def server_error(self, method: str = "*", *, times: int = 1, applied: bool = False, target: object = "") -> None:
        """HTTP 500; with `applied` the call has taken effect."""
        self.planned.append(Fault(method, Trouble.SERVER_ERROR, times, applied, target=str(target)))

    def silence(self, method: str = "*", *, times: int = 1, applied: bool = False, target: object = "") -> None:
        """No answer ever: the caller's own time-out ends it; with `applied` the call has taken effect."""
        self.planned.append(Fault(method, Trouble.SILENCE, times, applied, target=str(target)))

    def cut(self, method: str = "*", *, times: int = 1, applied: bool = False, target: object = "") -> None:
        """The connection breaks instead of an answer; with `applied` the call has taken effect."""
        self.planned.append(Fault(method, Trouble.CUT, times, applied, target=str(target)))

    def error(self, method: str, error: str, *, times: int = 1, target: object = "") -> None:
        """The call is refused with this error, as the service words it."""
        self.planned.append(Fault(method, Trouble.ERROR, times, error=error, target=str(target)))

    def next_for(self, method: str, target: str = "") -> Fault | None:
        """The mishap this call meets, used up by one."""
        if self.down is not None:
            return self.down
        for fault in self.planned:
            if fault.meets(method, target):
                fault.times -= 1
                return fault
        return None


def mutated(payload: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The payload with one part, anywhere, gone or of another type."""
    copy: dict[str, Any] = {**payload}
    place = copy
    while place:
        key = chance.choice(sorted(place))
        if isinstance(place[key], dict) and place[key] and chance.random() < 0.8:
            place[key] = {**place[key]}
            place = place[key]
            continue
        if chance.random() < 0.3:
            del place[key]
        else:
            place[key] = chance.choice([None, 0, "", [], {}, [1], {"a": 1}, True, "x" * 50, -1, [[]], "\x00"])
        break
    return copy

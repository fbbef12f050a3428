"""What a test can make go wrong on the Web API: errors, silence, cut lines, rates, and the whole service gone."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from tests.fakes.slack.specification import Specification


class Trouble(Enum):
    """The ways a call can end badly."""

    RATE_LIMITED = "429"
    SERVER_ERROR = "500"
    SILENCE = "time-out"
    CUT = "cut"
    ERROR = "error"


@dataclass(slots=True)
class Fault:
    """One planned mishap: for which method ("*" for any), how often, and whether the call takes effect all the same."""

    method: str
    trouble: Trouble
    times: int = 1
    applied: bool = False
    retry_after: int = 1
    error: str = "internal_error"


@dataclass
class Faults:
    """The mishaps still to come; they happen in the order in which they were planned."""

    planned: list[Fault] = field(default_factory=list)
    down: Fault | None = None

    def rate_limited(self, method: str = "*", *, times: int = 1, retry_after: int = 1) -> None:
        """429 with Retry-After (whole seconds); never applied."""
        self.planned.append(Fault(method, Trouble.RATE_LIMITED, times, retry_after=retry_after))

    def server_error(self, method: str = "*", *, times: int = 1, applied: bool = False) -> None:
        """HTTP 500; with `applied` the call has taken effect."""
        self.planned.append(Fault(method, Trouble.SERVER_ERROR, times, applied))

    def silence(self, method: str = "*", *, times: int = 1, applied: bool = False) -> None:
        """No answer ever: the caller's own time-out ends it; with `applied` the call has taken effect."""
        self.planned.append(Fault(method, Trouble.SILENCE, times, applied))

    def cut(self, method: str = "*", *, times: int = 1, applied: bool = False) -> None:
        """The connection breaks instead of an answer; with `applied` the call has taken effect."""
        self.planned.append(Fault(method, Trouble.CUT, times, applied))

    def error(self, method: str, error: str, *, times: int = 1) -> None:
        """`ok: false` with this error name."""
        self.planned.append(Fault(method, Trouble.ERROR, times, error=error))

    def next_for(self, method: str) -> Fault | None:
        """The mishap this call meets, used up by one."""
        if self.down is not None:
            return self.down
        for fault in self.planned:
            if fault.times > 0 and fault.method in ("*", method):
                fault.times -= 1
                return fault
        return None


@dataclass
class Rates:
    """Slack's published rates, when a test asks for them; `window` compresses the minute (seconds)."""

    specification: Specification
    elapsed: Callable[[], float]
    enforced: bool = False
    window: float = 60.0
    calls: dict[str, deque[float]] = field(default_factory=dict)

    def seconds_to_wait(self, method: str, channel: str) -> int:
        """0 when the call may pass (and counts), else the Retry-After."""
        if not self.enforced:
            return 0
        if method == "chat.postMessage":
            return self._wait(f"{method} {channel}", 1, self.window / 60)
        most = self.specification.rate(method)
        return 0 if most is None else self._wait(method, most, self.window)

    def _wait(self, key: str, most: int, window: float) -> int:
        now = self.elapsed()
        recent = self.calls.setdefault(key, deque())
        while recent and recent[0] <= now - window:
            recent.popleft()
        if len(recent) < most:
            recent.append(now)
            return 0
        return max(1, math.ceil(recent[0] + window - now))

"""Slack's rates, when a test asks for them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.slack.specification import Specification


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

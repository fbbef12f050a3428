"""How long the event loop is held: the processor time of its longest single callback.

Processor time of the loop's own thread, so that a busy machine does not count.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Held:
    """Seconds of processor the longest callback has taken so far."""

    longest: float = 0.0


@contextmanager
def watched() -> Iterator[Held]:
    """Watch every callback of every event loop of this thread meanwhile."""
    held, run = Held(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        try:
            run(handle)
        finally:
            held.longest = max(held.longest, time.thread_time() - begun)

    asyncio.Handle._run = timed  # type: ignore[assignment, method-assign]
    try:
        yield held
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]

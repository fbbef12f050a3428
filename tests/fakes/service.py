"""What every fake service has: an address, a time of its own, waiting for what changes, work meanwhile, complaints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from tests.fakes.mishaps import Faults
from tests.fixtures.specification import report


class Face:
    """An aiohttp server on a free port of the loopback address."""

    def __init__(self) -> None:
        self.url = ""
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def serve(self, app: web.Application) -> None:
        """Begin to listen; from then on there is a `url`."""
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Answer nobody any more."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()


class Service:
    """A service in memory that a test starts, asks and stops."""

    name = ""

    def __init__(self, *, tolerant: bool = False) -> None:
        self.tolerant = tolerant
        self.clock: Callable[[], float] = time.time
        """Unix time as the service has it: in everything it stamps."""
        self.faults = Faults()
        self.violations: list[str] = []
        self._advanced = 0.0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    # time

    def elapsed(self) -> float:
        """Seconds by a clock that only `advance` and time itself move: for what expires and for rates."""
        return time.monotonic() + self._advanced

    def advance(self, seconds: float) -> None:
        """Let what expires, and rates, grow older by so many seconds."""
        self._advanced += seconds
        self.changed()

    # what changes

    def changed(self) -> None:
        """Wake whoever waits for something to appear."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, holds: Callable[[], Any], within: float = 20.0) -> bool:
        """Whether `holds()` becomes true within so many seconds."""
        deadline = time.monotonic() + within
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 0.25))
            except TimeoutError:
                continue
        return True

    def in_background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run until done or until the service closes."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settled(self, within: float = 5.0) -> bool:
        """Whether everything the service had to tell the app has been told and answered."""
        return await self.until(lambda: not self._tasks, within)

    async def put_down(self) -> None:
        """End what runs in the background."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # complaints

    def violated(self, what: str) -> None:
        """Write down that a specification was broken; the run fails for it, unless this fake is to be broken."""
        self.violations.append(what)
        if not self.tolerant:
            report(self.name, what)

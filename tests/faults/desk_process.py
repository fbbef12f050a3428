"""Firstline as a real process that can be killed: served over HTTP, its clock a file that the test turns.

The processes are forked from one that has the modules loaded, so a start costs a fraction of a second of work.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from bot.app import App
from bot.settings import Settings, SlackSettings, TelegramSettings
from tests.journeys.stage import TUESDAY_MORNING

READY_WITHIN = 60  # seconds; the machine may be busy
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.loaded", "pytest"])


@dataclass(frozen=True, slots=True)
class FileClock:
    """A clock that stands still at what a file says: seconds after ten o'clock on a Tuesday in Tianjin."""

    path: Path

    def __call__(self) -> datetime:
        return TUESDAY_MORNING + timedelta(seconds=float(self.path.read_text()))

    def set(self, seconds: float) -> None:
        """Turn the clock, in one step, so that nobody reads half a number."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.path)

    @property
    def seconds(self) -> float:
        """What the file says."""
        return float(self.path.read_text())


def serve(settings: Settings, clock: FileClock, log: Path) -> None:
    """What the process does: the real application, until it is told to stop or is killed."""
    with log.open("a") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)

    async def run() -> None:
        app = await App.build(settings, clock=clock)
        await app.serve()

    asyncio.run(run())


@dataclass
class DeskProcess:
    """One desk, its database and its clock; started, killed and started again as often as a test wants."""

    database_url: str
    folder: Path
    port: int = field(default_factory=lambda: free_port())
    deaths: list[str] = field(default_factory=list)
    process: ForkServerProcess | None = None
    failpoint: str = ""
    config: Path | None = None
    telegram: TelegramSettings | None = None
    slack: SlackSettings | None = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(verify=False, timeout=20))

    def __post_init__(self) -> None:
        self.clock = FileClock(self.folder / "clock")
        self.clock.set(0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, failpoint: str = "") -> None:
        """Start it and wait until it serves; it may die at its fail point before it is asked anything."""
        self.failpoint = failpoint
        settings = Settings(
            database_url=self.database_url,
            config=self.config,
            port=self.port,
            failpoint=failpoint,
            telegram=self.telegram,
            slack=self.slack,
        )
        self.process = PROCESSES.Process(target=serve, args=(settings, self.clock, self.folder / "log"), daemon=True)
        self.process.start()
        deadline = time.monotonic() + READY_WITHIN
        while self.alive and not self._serves():
            assert time.monotonic() < deadline, f"not ready within {READY_WITHIN} s:\n{self.log}"
            time.sleep(0.05)

    def _serves(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return self.get("/healthz").status_code == 200
        return False

    def get(self, path: str) -> httpx.Response:
        """Look at one of the addresses for machines."""
        return self.client.get(f"{self.url}{path}")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.is_alive()

    @property
    def log(self) -> str:
        """What it printed, all starts together."""
        return (self.folder / "log").read_text() if (self.folder / "log").exists() else ""

    def buried(self) -> None:
        """Take note that it was killed, and by what; anything but its fail point fails the test."""
        assert self.process is not None
        self.process.join(10)
        assert self.process.exitcode == -signal.SIGKILL, f"it ended with {self.process.exitcode}:\n{self.log}"
        self.deaths.append(self.failpoint.partition(":")[0])

    def kill(self) -> None:
        """SIGKILL, now."""
        if self.process is not None and self.process.pid is not None and self.process.exitcode is None:
            os.kill(self.process.pid, signal.SIGKILL)

    def stop(self) -> int | None:
        """SIGTERM; its exit code, or None when it did not end within 15 s."""
        assert self.process is not None
        self.process.terminate()
        self.process.join(15)
        return self.process.exitcode


@contextlib.contextmanager
def desk_process(database_url: str, folder: Path) -> Iterator[DeskProcess]:
    """A desk that is not started yet, and surely ended afterwards."""
    desk = DeskProcess(database_url, folder)
    try:
        yield desk
    finally:
        if desk.alive:
            desk.kill()
        desk.client.close()


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

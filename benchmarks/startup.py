"""How long a start of Firstline takes, and how much memory it holds when nobody speaks to it.

    .venv/bin/python benchmarks/startup.py [--starts 5] [--idle 10] [--modules]

Each start is a real `firstline run` on a folder and port of its own: the first one makes the database, the later
ones find it. Times run from before the process exists until it says that it is ready. Linux only (reads /proc).
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FIRSTLINE = Path(sys.executable).with_name("firstline")
HOUSE = Path(__file__).parents[1]
MIB = 1024  # kibibytes


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds until ready, processor seconds used until then, MiB resident after the idle time."""

    ready: float
    processor: float
    resident: float


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A Firstline that has just said it is ready, and the seconds that took; stopped afterwards."""
    # As ./scripts/run does: what Python compiles is kept.
    environment = {**os.environ, "FIRSTLINE_PORT": str(_free_port()), "PYTHONDONTWRITEBYTECODE": ""}
    for name in ("DATABASE_URL", "FIRSTLINE_CONFIG", "FIRSTLINE_HOST"):
        environment.pop(name, None)
    begun = time.perf_counter()
    process = subprocess.Popen([FIRSTLINE, "run"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        line = process.stdout.readline()
        if "ready" not in line:
            raise RuntimeError(f"Firstline did not start; its first line was {line!r}")
        yield process, time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def measure(folder: Path, idle: float = 0) -> Start:
    """One start in this folder, watched `idle` seconds further."""
    with running(folder) as (process, ready):
        processor = _processor_seconds(process.pid)
        time.sleep(idle)
        return Start(ready, processor, _resident(process.pid))


def slowest_modules(folder: Path) -> list[str]:
    """The imports that cost a start most, in their own microseconds, as `python -X importtime` tells them."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import bot.app"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HOUSE), "PYTHONDONTWRITEBYTECODE": ""},
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:") and "self" not in line]
    return sorted(lines, key=lambda line: -int(line.split("|")[1]))[:25]


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / MIB


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Time from exec to ready, and memory when idle.")
    asked.add_argument("--starts", type=int, default=5, help="later starts to take the median of")
    asked.add_argument("--idle", type=float, default=10, help="seconds to wait before memory is read")
    asked.add_argument("--modules", action="store_true", help="also list the slowest imports")
    wanted = asked.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = measure(folder)
        later = [measure(folder, idle=wanted.idle if turn == 0 else 0) for turn in range(wanted.starts)]
        if wanted.modules:
            print("\n".join(slowest_modules(folder)))
    print(f"{'load average':<36}{load:>8.1f}")
    print(f"{'start with a new database, s':<36}{first.ready:>8.2f}")
    print(f"{'later start, median, s':<36}{statistics.median(start.ready for start in later):>8.2f}")
    print(f"{'later start, slowest, s':<36}{max(start.ready for start in later):>8.2f}")
    print(f"{'later start, processor, median, s':<36}{statistics.median(s.processor for s in later):>8.2f}")
    print(f"{f'resident after {wanted.idle:g} s idle, MiB':<36}{later[0].resident:>8.1f}")


if __name__ == "__main__":
    main()

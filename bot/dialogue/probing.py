"""Technical checks run beside the conversation: each shown as it comes in, and picked up again after a crash."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from bot.cards.answers import probe_card
from bot.desk.tickets import Desk
from bot.dialogue.effects import Probe
from bot.dialogue.places import conversation_key
from bot.dialogue.ticketwork import Work
from bot.dialogue.world import World
from bot.failpoints import failpoint
from bot.messages import Place, Reply
from bot.probes.probe import ProbeResult, ProbeState
from escalation.errors import Stale
from storage.database import Database, Transaction

TRIES = 8


class Talks(Protocol):
    """What the checks need of the conversation they belong to."""

    database: Database
    desk: Desk

    async def world(self, tx: Transaction, person: str) -> World: ...

    async def post(self, tx: Transaction, key: str, place: Place, reply: Reply) -> None: ...

    async def probed(
        self, tx: Transaction, event_id: str, place: Place, person: str, turn: int, results: Sequence[ProbeResult]
    ) -> None: ...


class Probing:
    """The checks this process is running."""

    def __init__(self, talks: Talks, deadline: float) -> None:
        self._talks = talks
        self._deadline = deadline
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Work, place: Place, probe: Probe) -> None:
        """Check once the transaction is committed."""
        person = work.world.person.key
        work.tx.after_commit(lambda: self.spawn(place, person, probe))

    def spawn(self, place: Place, person: str, probe: Probe) -> None:
        """Check from now on, beside everything else."""
        task = asyncio.get_running_loop().create_task(self._probe(place, person, probe))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _probe(self, place: Place, person: str, probe: Probe) -> None:
        """Run the checks, show each as it comes in, and go on when all are done."""
        failpoint("probes.started")
        service = self._talks.desk.organisation.services.get(probe.service)
        if service is None:
            return
        shown: dict[str, ProbeResult] = {
            p.key: ProbeResult(p.key, p.kind, p.label, ProbeState.WAITING, 0, "waiting", {}) for p in service.probes
        }

        async def show(result: ProbeResult) -> None:
            shown[result.key] = result
            if any(r.state is ProbeState.WAITING for r in shown.values()):
                await self._show(place, person, probe, tuple(shown.values()))

        # Loaded beside the event loop, which would stand still meanwhile.
        run_probes = await asyncio.to_thread(_run_probes)
        results = await run_probes(service.probes, deadline=self._deadline, on_result=show)
        failpoint("probes.before_done")
        await self._done(place, person, probe.turn, results)

    async def _show(self, place: Place, person: str, probe: Probe, results: tuple[ProbeResult, ...]) -> None:
        async with self._talks.database.transaction() as tx:
            world = await self._talks.world(tx, person)
            card = probe_card(probe.service, results, world.reader, f"probe:{probe.turn}")
            done = sum(result.state is not ProbeState.WAITING for result in results)
            await self._talks.post(tx, f"probe:{conversation_key(place)}:{probe.turn}:{done}", place, card)
        failpoint("probes.shown")

    async def _done(self, place: Place, person: str, turn: int, results: Sequence[ProbeResult]) -> None:
        """What the checks found, into the conversation; only once, however often it is said."""
        event_id = f"probed:{conversation_key(place)}:{turn}"
        for _ in range(TRIES):
            with contextlib.suppress(Stale):
                async with self._talks.database.transaction() as tx:
                    await self._talks.probed(tx, event_id, place, person, turn, results)
                failpoint("probes.done")
                return

    def __bool__(self) -> bool:
        return bool(self._running)

    async def settled(self) -> None:
        """Wait until the checks that are running now have ended."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self) -> None:
        """End the checks that are running; their conversations pick them up again after the next start."""
        for task in tuple(self._running):
            task.cancel()
        await self.settled()


def _run_probes() -> Callable[..., Coroutine[Any, Any, tuple[ProbeResult, ...]]]:
    """What runs the probes; its libraries cost 0.3 s and 30 MiB, which a start and an idle desk do without."""
    from bot.probes.run import run_probes

    return run_probes

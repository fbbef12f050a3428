"""A round of probes: all at once, under one deadline, each reported as it finishes."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from importlib import import_module

import httpx

from bot.probes.connect import Round, connect, pinned_addresses, system_trust
from bot.probes.http import check_http
from bot.probes.probe import Finding, Probe, ProbeError, ProbeResult, ProbeState
from bot.probes.resolver import Resolver, SystemResolver
from bot.probes.target import read_target
from bot.probes.tls import check_tls

AT_ONCE = 32

logger = logging.getLogger(__name__)


async def run_probes(
    probes: Sequence[Probe],
    *,
    deadline: float = 5.0,
    on_result: Callable[[ProbeResult], Awaitable[None]] | None = None,
    resolver: Resolver | None = None,
    trust: ssl.SSLContext | None = None,
) -> tuple[ProbeResult, ...]:
    """Run every probe and give the results in the order of `probes`.

    `deadline` is in seconds for the whole round; what is unfinished then is `unknown` with reason "timeout".
    `on_result` is awaited once for each result, one at a time, in the order they finish; meanwhile the probes
    and their deadline go on. What it raises ends the round and reaches the caller. `resolver` and `trust` are
    by default this machine's. A probe never raises: a fault of ours is logged and gives `unknown`, "broken".
    """
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(_load_libraries)
    resolver, trust = resolver or SystemResolver(), trust or system_trust()
    started = loop.time()
    around = Round(resolver, trust, started + deadline)
    slots = asyncio.Semaphore(AT_ONCE)

    async def timed(probe: Probe) -> ProbeResult:
        finding = await _bounded(probe, around, slots)
        milliseconds = round((loop.time() - started) * 1000)
        facts = {"ms": milliseconds, **finding.facts}
        return ProbeResult(probe.key, probe.kind, probe.label, finding.state, milliseconds, finding.reason, facts)

    tasks = [asyncio.create_task(timed(probe), name=f"probe {probe.key}") for probe in probes]
    try:
        for finished in asyncio.as_completed(tasks):
            result = await finished
            if on_result is not None:
                await on_result(result)
        return tuple(task.result() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@lru_cache(maxsize=1)
def _load_libraries() -> None:
    """Load what httpx loads on its first request: it must not be taken from the first round's time."""
    httpx.AsyncHTTPTransport(verify=system_trust(), trust_env=False)
    import_module("anyio._backends._asyncio")


async def _bounded(probe: Probe, around: Round, slots: asyncio.Semaphore) -> Finding:
    try:
        async with asyncio.timeout_at(around.until), slots:
            return await _check(probe, around)
    except ProbeError as ended:
        return ended.finding
    except TimeoutError:
        return Finding(ProbeState.UNKNOWN, "timeout")
    except Exception as fault:
        # Only the class: a message or a traceback could hold the catalogue's addresses.
        logger.error("probe %s broke: %s", probe.key, type(fault).__name__)
        return Finding(ProbeState.UNKNOWN, "broken")


async def _check(probe: Probe, around: Round) -> Finding:
    target = read_target(probe)
    addresses = await pinned_addresses(target, probe.reach, around.resolver)
    match probe.kind:
        case "dns":
            return Finding(ProbeState.OK, "ok")
        case "tcp":
            (await connect(target, addresses, around)).close()
            return Finding(ProbeState.OK, "ok")
        case "tls":
            return await check_tls(target, addresses, probe.warn_days, around)
        case "http":
            return await check_http(target, addresses, probe, around)

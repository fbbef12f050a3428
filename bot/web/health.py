"""Is it alive, ready, useful? `/healthz`, `/readyz` and `/metrics`. No secrets, no names of people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.delivery import Delivery
from bot.ticker import Ticker
from storage import inbox, outbox, tickets
from storage.database import Database
from storage.errors import StorageError

LAG_EVERY = 0.5
LAG_TOO_LONG = 5.0  # seconds the event loop may be held before the process counts as not alive


class Health:
    """What the three addresses say."""

    def __init__(self, database: Database, clock: Callable[[], datetime], delivery: Delivery, ticker: Ticker) -> None:
        self.database = database
        self.clock = clock
        self.delivery = delivery
        self.ticker = ticker
        self.lag = 0.0
        self.last_inbound: dict[str, Callable[[], float]] = {}
        self.troubles: dict[str, Callable[[], str]] = {}  # by channel: what keeps it from hearing, or ""

    async def watch_loop(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time()
            await asyncio.sleep(LAG_EVERY)
            self.lag = max(0.0, loop.time() - asked - LAG_EVERY)

    async def alive(self, _: Request) -> Response:
        """Whether the loop turns."""
        fine = self.lag < LAG_TOO_LONG
        return JSONResponse({"alive": fine, "loop_lag_seconds": round(self.lag, 3)}, 200 if fine else 503)

    async def ready(self, _: Request) -> Response:
        """Whether the database takes a write, and how late the oldest due alarm is."""
        try:
            await self.database.ready()
            late = await self._oldest_alarm()
        except StorageError as error:
            return JSONResponse({"ready": False, "database": type(error).__name__}, 503)
        facts = {"ready": True, "database": self.database.dialect, "oldest_alarm_late_seconds": late}
        facts |= {"quiet": True} if self.ticker.quiet else {}
        facts |= {"on_call": dict(remarks)} if (remarks := self.ticker.badges.remarks) else {}
        return JSONResponse({**facts, **({"troubles": deaf} if (deaf := self._deaf()) else {})})

    def _deaf(self) -> dict[str, str]:
        return {channel: told for channel, trouble in self.troubles.items() if (told := trouble())}

    async def _oldest_alarm(self) -> int:
        async with self.database.reading() as tx:
            due = await tickets.next_due(tx)
        return max(0, round((self.clock() - due).total_seconds())) if due else 0

    async def metrics(self, _: Request) -> Response:
        """Figures for Prometheus."""
        registry = CollectorRegistry()
        async with self.database.reading() as tx:
            states = await outbox.counts(tx)
            parked = len(await inbox.parked(tx))
            open_tickets = await tickets.count_open(tx)
        self._fill(registry, states, open_tickets)
        Gauge("firstline_parked_events", "Events put aside because handling them failed", registry=registry).set(parked)
        Gauge("firstline_oldest_alarm_late_seconds", "How late the oldest due alarm is", registry=registry).set(
            await self._oldest_alarm()
        )
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    def _fill(self, registry: CollectorRegistry, states: dict[str, int], open_tickets: object) -> None:
        rows = Gauge("firstline_outbox_rows", "Messages by state", ["state"], registry=registry)
        for state, many in states.items():
            rows.labels(state).set(many)
        opened = Gauge("firstline_open_tickets", "Open tickets", ["group", "priority", "status"], registry=registry)
        assert hasattr(open_tickets, "items")
        for (group, priority, status), many in open_tickets.items():
            opened.labels(group, priority.value, status.value).set(many)
        Gauge("firstline_loop_lag_seconds", "How late the event loop is", registry=registry).set(self.lag)
        found = Gauge("firstline_audit_found_total", "What the auditor found wrong", ["kind"], registry=registry)
        for kind, many in self.ticker.auditor.found.items():
            found.labels(kind).set(many)
        Gauge("firstline_parked_alarms", "Tickets whose alarm fails", registry=registry).set(len(self.ticker.parked))
        sent = Gauge("firstline_last_sent_timestamp_seconds", "Last message sent", ["channel"], registry=registry)
        for channel, at in self.delivery.last_sent_at.items():
            sent.labels(channel).set(at)
        heard = Gauge("firstline_last_inbound_timestamp_seconds", "Last event taken in", ["channel"], registry=registry)
        for channel, last in self.last_inbound.items():
            heard.labels(channel).set(last())
        deaf = Gauge("firstline_channel_deaf", "1 while a channel cannot hear", ["channel"], registry=registry)
        for channel, trouble in self.troubles.items():
            deaf.labels(channel).set(bool(trouble()))


def health_routes(health: Health) -> tuple[Route, ...]:
    """The three addresses."""
    return (
        Route("/healthz", health.alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
    )

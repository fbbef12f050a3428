"""What Telegram tells the bot: kept until confirmed (long polling) or answered with 200 (webhook)."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.fakes.telegram.refusals import Json, Refused

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

# What is not told unless asked for by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MOST = 100
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(slots=True)
class Update:
    """One update on its way. Those of one `queue` reach a webhook in order."""

    id: int
    kind: str
    content: Any
    queue: str
    handled: bool = False
    deliveries: int = 0
    left: int = 1

    def as_json(self) -> Any:
        return {"update_id": self.id, self.kind: self.content} if self.kind else self.content


@dataclass
class Webhook:
    """Where updates are posted."""

    url: str
    secret: str = ""
    most: int = 40
    error: str = ""
    error_at: int = 0
    posted: list[int] = field(default_factory=list)  # the statuses of the answers


class Updates:
    """The bot's queue of updates."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.waiting: list[Update] = []
        self.sent: list[Update] = []
        self.allowed: frozenset[str] | None = None
        self.webhook: Webhook | None = None
        self.copies = 1
        """How often each is delivered, whatever the bot says."""
        self.polls = 0
        self._poll = 0
        self._polling = 0
        self._closing = False
        self._last = 100_000_000
        self._queues: dict[str, list[Update]] = defaultdict(list)
        self._session: aiohttp.ClientSession | None = None

    # telling

    def tell(self, kind: str, content: Json, queue: object = "") -> Update | None:
        """Tell the bot something; None when it did not want to hear of this kind."""
        if kind in ON_REQUEST if not self.allowed else kind not in self.allowed:
            return None
        update = self._next(kind, content, str(queue))
        for fault in self.telegram.specification.faults(update.as_json(), ["Update"], "Update"):
            self.telegram.violated(f"the fake's own update: {fault}")
        return update

    def tell_anything(self, content: Json) -> Update:
        """Tell the bot something that Telegram would not: only its update_id is put right."""
        update = self._next("", content, "")
        update.content = {**content, "update_id": update.id}
        return update

    def _next(self, kind: str, content: Any, queue: str) -> Update:
        self._last += 1
        update = Update(self._last, kind, content, queue, left=self.copies)
        self.waiting.append(update)
        self.sent.append(update)
        if self.webhook:
            self._enqueue(update)
        self.telegram.changed()
        return update

    @property
    def listened_to(self) -> bool:
        """Whether somebody is there to hear."""
        return self.webhook is not None or self._polling > 0

    async def handled(self, update: Update | None, within: float = 30.0) -> bool:
        """Whether this update is confirmed within so many seconds; at once when nobody listens."""
        if update is None or not self.listened_to:
            return False
        return await self.telegram.until(lambda: update.handled, within)

    # long polling

    async def poll(
        self,
        offset: int,
        limit: int,
        timeout: float,
        allowed: Iterable[str] | None,
        gone: Callable[[], bool] = lambda: False,
    ) -> list[Any]:
        """`getUpdates`: confirm what lies before `offset`, wait for something, give it; until the asker is `gone`."""
        if self.webhook:
            raise Refused(
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if allowed is not None:
            self.allowed = frozenset(allowed)
        self._confirm(offset)
        self.polls += 1
        self._poll += 1
        mine = self._poll
        self._polling += 1
        self.telegram.changed()
        try:
            over = lambda: self.waiting or self._poll != mine or self._closing or gone()  # noqa: E731
            await self.telegram.until(over, timeout)
        finally:
            self._polling -= 1
        if self._poll != mine:
            raise Refused(
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        given = self.waiting[: min(limit, MOST)]
        for update in given:
            update.deliveries += 1
            update.left -= 1
        return [update.as_json() for update in given]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            for update in self.waiting[:offset]:
                update.handled = True
            self.waiting = self.waiting[offset:]
            return
        for update in self.waiting:
            update.handled = update.handled or update.id < offset
        self.waiting = [update for update in self.waiting if not update.handled or update.left > 0]
        self.telegram.changed()

    # webhook

    def set_webhook(self, webhook: Webhook | None, *, forget: bool = False) -> None:
        """Post from now on, or stop to; `forget` drops what waits."""
        if forget:
            for update in self.waiting:
                update.handled = True
            self.waiting.clear()
        self.webhook = webhook
        self._queues.clear()
        self._poll += 1
        if webhook:
            for update in self.waiting:
                self._enqueue(update)
        self.telegram.changed()

    def _enqueue(self, update: Update) -> None:
        queue = self._queues[update.queue]
        queue.append(update)
        if len(queue) == 1:
            self.telegram.in_background(self._deliver(queue))

    async def _deliver(self, queue: list[Update]) -> None:
        failures = 0
        while queue and self.webhook:
            update, webhook = queue[0], self.webhook
            posts = [self._post(webhook, update) for _ in range(self.copies)]
            if all(await asyncio.gather(*posts)):
                failures = 0
                update.handled = True
                queue.pop(0)
                if update in self.waiting:
                    self.waiting.remove(update)
                self.telegram.changed()
            else:
                await asyncio.sleep(self.telegram.pace.redelivery * min(2**failures, 16))
                failures += 1

    async def _post(self, webhook: Webhook, update: Update) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        update.deliveries += 1
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: webhook.secret} if webhook.secret else {})
        body = json.dumps(update.as_json(), ensure_ascii=False).encode()
        patience = aiohttp.ClientTimeout(total=self.telegram.pace.webhook)
        try:
            address = self.telegram.route(webhook.url)
            async with self._session.post(address, data=body, headers=headers, timeout=patience) as answer:
                said = await answer.text()
                webhook.posted.append(answer.status)
                if answer.status == 200:
                    self._answered(said)
                    return True
                webhook.error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            webhook.posted.append(0)
            webhook.error = "Connection timed out" if isinstance(error, TimeoutError) else "Connection refused"
        webhook.error_at = self.telegram.now()
        return False

    def _answered(self, said: str) -> None:
        if said.lstrip().startswith("{") and "method" in json.loads(said):
            self.telegram.violated("a call in the answer to a webhook, which the house does not make")

    async def close(self) -> None:
        """Let every poll end, and hang up."""
        self._closing = True
        self.telegram.changed()
        if self._session is not None:
            await self._session.close()

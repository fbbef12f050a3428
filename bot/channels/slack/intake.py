"""Slack's way in: every payload becomes an event, is committed, and only then acknowledged.

Bolt stops at the first listener that answers, so there is one for each kind of payload. Whatever fails here leaves
the payload unacknowledged: Slack delivers it again, and the inbox knows it by its id.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.channels.slack import modals, parse
from bot.channels.slack.adapter import SlackChannel
from bot.channels.slack.core import Core
from bot.channels.slack.decode import mentioned, typed
from bot.channels.slack.failures import BROKEN
from bot.channels.slack.forms import OPEN_WITHIN, leave_opener, open_form, redraw
from bot.channels.slack.home import home_view
from bot.channels.slack.parse import Context, Inbound
from bot.messages import (
    Answer,
    Attached,
    Commanded,
    Corrected,
    Form,
    Identity,
    Rejected,
    Said,
    SendFailed,
)

log = structlog.get_logger()
EVERYTHING = re.compile(".*", re.DOTALL)
MEET_WITHIN = 2.0  # seconds
ASK_AGAIN = 24 * 60 * 60.0  # seconds after which somebody's profile may have changed
NOBODY_YET = 60.0  # and after which somebody unknown may have become known
ASKED_REMEMBERED = 10_000
AGAIN = BoltResponse(status=503, body="not now")  # Slack delivers again at once, then after one minute, then five


def understood(read: Callable[[], Inbound | None]) -> Inbound | None:
    """What a payload means; None, noted, for one that is not as Slack writes them: delivering it again helps nobody."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("slack.not_understood", reason=f"{type(error).__name__}: {error}"[:200])
        return None


class SlackIntake:
    """One workspace's events, whichever way they come."""

    def __init__(self, channel: SlackChannel, core: Core, *, signing_secret: str = "") -> None:
        self.channel = channel
        self.core = core
        self.app = AsyncApp(
            client=channel.client,
            signing_secret=signing_secret or None,
            process_before_response=True,
            request_verification_enabled=bool(signing_secret),
        )
        self.last_inbound_at = 0.0
        self._bot = self._workspace = ""
        self.ask_again_after = NOBODY_YET
        self._asked: dict[Identity, float] = {}
        self._running: set[asyncio.Task[None]] = set()
        self.app.event(EVERYTHING)(self._on_event)
        self.app.command(EVERYTHING)(self._on_command)
        self.app.action(EVERYTHING)(self._on_press)
        self.app.view(EVERYTHING)(self._on_submission)
        self.app.view_closed(EVERYTHING)(self._on_nothing)
        self.app.shortcut(EVERYTHING)(self._on_shortcut)

    async def settled(self) -> None:
        """Wait for what nobody waits for: forms that open, profiles that are read."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    async def stop(self) -> None:
        """Wait a moment for the forms that are being opened."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=OPEN_WITHIN)
            for task in late:
                task.cancel()

    # -- one listener for each kind of payload -----------------------------------------------------

    async def _on_event(self, body: dict[str, Any]) -> BoltResponse | None:
        inner = body.get("event") or {}
        if inner.get("type") == "app_home_opened":
            self._spawn(self._show_home(body, inner))
            return None
        words = inner.get("text") or (inner.get("message") or {}).get("text")
        context = await self._context(str(words or ""))
        heard = understood(lambda: parse.event(body, context))
        if heard is None:
            return None
        event = heard.event
        self.channel.talks_in(event.sender.user, str(inner.get("channel", "")))
        if heard.by_emoji and not await self.core.works(event.sender):
            return None
        if heard.quoted[0]:
            heard = await self._with_words(heard, context)
        concerned = heard.addressed or await self.core.listens(event.sender, event.place, heard.answers)
        if concerned is None:
            return AGAIN
        if concerned:
            await self._take(heard)
        return None

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.channel.talks_in(str(body.get("user_id", "")), str(body.get("channel_id", "")))
        context = await self._context(str(body.get("text") or ""))
        given = understood(lambda: parse.command(body, context))
        if given is not None:
            await self._take(given)
        await ack()

    async def _on_press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        pressed = understood(lambda: parse.press(body) or parse.changed(body))
        if pressed is not None:
            await self._take(pressed)
        await ack()

    async def _on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        context = await self._context(str((body.get("message") or {}).get("text") or ""))
        chosen = understood(lambda: parse.shortcut(body, context))
        if chosen is not None:
            await self._take(chosen)
        await ack()

    async def _on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        sent = understood(lambda: parse.submission(body))
        if sent is None:
            await ack()
            return
        answer = await self._handle(sent)
        form = next((reply for reply in answer.replies if isinstance(reply, Form)), None)
        errors = modals.errors(form) if form else {}
        if errors:
            await ack(response_action="errors", errors=errors)
        elif form:
            await ack(response_action="update", view=modals.modal(form, sent.event.place))
        else:
            await ack()

    async def _on_nothing(self, ack: AsyncAck) -> None:
        await ack()

    # -- handing over ------------------------------------------------------------------------------

    async def _take(self, inbound: Inbound) -> None:
        """The event is handled; a form among the replies is opened, or something to press is left for it."""
        answer = await self._handle(inbound)
        event = inbound.event
        form = next((reply for reply in answer.replies if isinstance(reply, Form)), None)
        if form is None:
            return
        if inbound.view[0]:
            self._spawn(redraw(self.channel, form, inbound))
        elif inbound.trigger:
            self._spawn(open_form(self.channel, form, inbound, repeated=answer.repeated))
        elif not isinstance(event, Said | Attached | Corrected):  # those forms the core posts itself
            await leave_opener(self.channel, form, event, repeated=answer.repeated)

    async def _handle(self, inbound: Inbound) -> Answer:
        event = inbound.event
        await self._meet(event.sender)
        if isinstance(event, Attached):
            event = await self._with_files(event)
        answer = await self.core.handle(event)
        self.last_inbound_at = time.time()
        return answer

    async def _with_files(self, event: Attached) -> Attached:
        """The files kept on our side, before Slack is told that we have them; what cannot be kept has no reference."""
        kept = []
        for file in event.files if await self.core.person(event.sender) else ():
            try:
                content = await self.channel.fetch(file)
            except Rejected as error:
                log.warning("slack.file_refused", reason=str(error))
                continue
            reference = await self.core.stage(event.sender, file, content)
            kept.append(replace(file, reference=reference, size=len(content)))
        return replace(event, files=tuple(kept))

    async def _with_words(self, heard: Inbound, context: Context) -> Inbound:
        text = typed(await self.channel.words_of(*heard.quoted), context.names)
        assert isinstance(heard.event, Commanded)
        return replace(heard, event=replace(heard.event, rest=text.lstrip("@ ")))

    async def _meet(self, who: Identity) -> None:
        """Everybody of our own workspace is asked for, at Slack, once a day: never by a name claimed in chat.

        Nobody waits for what Slack knows of somebody we know already.
        """
        now = time.monotonic()
        person, asked = await self.core.person(who), now - self._asked.get(who, -ASK_AGAIN)
        if asked < (ASK_AGAIN if person else self.ask_again_after) or who.workspace != await self._own_workspace():
            return
        self._asked.pop(who, None)
        self._asked[who] = now
        if len(self._asked) > ASKED_REMEMBERED:
            del self._asked[next(iter(self._asked))]
        if person:
            self._spawn(self._ask(who))
        else:
            await self._ask(who)

    async def _ask(self, who: Identity) -> None:
        try:
            async with asyncio.timeout(MEET_WITHIN):
                profile = await self.channel.profile(who.user)
        except (SendFailed, TimeoutError) as error:
            log.warning("slack.cannot_ask_who", reason=str(error))
            self._asked.pop(who, None)
            return
        if profile.guest or profile.workspace != who.workspace:
            return
        if await self.core.person(who) or (profile.email and await self.core.meet(who, profile.email)):
            await self.core.learn(who, profile.locale, profile.zone)

    # -- what a payload does not say ---------------------------------------------------------------

    async def _context(self, text: str) -> Context:
        bot, workspace = await self._who_we_are()
        names = {}
        for user in mentioned(text)[:20]:
            key = await self.core.person(Identity(parse.NAME, workspace, user)) if user != bot else ""
            if key:
                names[user] = key
        return Context(bot=bot, names=names, words=self.core.words, emoji=self.core.emoji())

    async def _own_workspace(self) -> str:
        return (await self._who_we_are())[1]

    async def _who_we_are(self) -> tuple[str, str]:
        """Our user and workspace, asked once."""
        if not self._bot:
            answer = await self.channel.client.auth_test()
            self._bot, self._workspace = str(answer["user_id"]), str(answer["team_id"])
        return self._bot, self._workspace

    async def _show_home(self, body: Mapping[str, Any], inner: Mapping[str, Any]) -> None:
        if inner.get("tab") != "home":
            return
        who = Identity(parse.NAME, str(inner.get("team") or body.get("team_id", "")), str(inner.get("user", "")))
        await self._meet(who)
        view = home_view(await self.core.overview(who))
        with contextlib.suppress(*BROKEN, SendFailed):
            await self.channel.client.views_publish(user_id=who.user, view=view)

    def _spawn(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

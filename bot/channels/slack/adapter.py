"""The Slack workspace as a channel: send, edit, look for, fetch."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.channels.slack import history
from bot.channels.slack.client import PacedClient
from bot.channels.slack.downloads import content_of
from bot.channels.slack.failures import BROKEN, code, failure
from bot.channels.slack.pace import Pace, Tiers
from bot.channels.slack.parse import NAME
from bot.channels.slack.people import Profile, profile_of
from bot.channels.slack.render import message
from bot.channels.slack.uploads import TAKES_NO_FILE, share, upload_of
from bot.channels.slack.usergroups import wear
from bot.messages import (
    Badge,
    Capabilities,
    Document,
    File,
    Outgoing,
    Picture,
    Place,
    Rejected,
    SendFailed,
    Sent,
    Shelf,
    TryLater,
)

PUBLIC_API = "https://slack.com/api/"
CALL_WITHIN = 10.0  # seconds for one call; the delivery's own deadline is longer
SHARED_AFTER = (0.0, 0.5, 2.0)  # seconds between looks for a file that was shared just now
KNOWN_ROOMS = 10_000
SHOWN_AT_MOST = 10_000
NO_WHISPER = frozenset({"not_in_channel", "user_not_in_channel", "channel_not_found", "is_archived"})
EDIT_IMPOSSIBLE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class SlackChannel:
    """One workspace, seen from the core."""

    def __init__(
        self,
        token: str,
        *,
        api_url: str = PUBLIC_API,
        per_second: float = 1.0,
        call_within: float = CALL_WITHIN,
        clock: Callable[[], float] = time.monotonic,
        shelf: Shelf | None = None,
    ) -> None:
        self._token = token
        self._shelf = shelf
        self._call_within = call_within
        self._api_url = api_url.rstrip("/") + "/"
        self._pace = Pace(per_second, clock)
        self._tiers = Tiers(clock, times=per_second)
        self._client: PacedClient | None = None
        self._session: aiohttp.ClientSession | None = None
        self._rooms: dict[str, str] = {}
        self._shown: dict[tuple[str, str], str] = {}

    @property
    def name(self) -> str:
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(forms=True, edits=True, reconciles=True, posts_forms=True, threads=True)

    @property
    def client(self) -> PacedClient:
        """The Web API, over one session."""
        if self._client is None:
            self._client = PacedClient(
                self._token,
                self._tiers,
                base_url=self._api_url,
                session=self.session,
                timeout=max(1, int(self._call_within)),
            )
        return self._client

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections every call shares."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._call_within))
        return self._session

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
        self._client = self._session = None

    # -- the port ----------------------------------------------------------------------------------

    async def send(self, outgoing: Outgoing) -> Sent:
        """Post the message, or edit the one that stands; raises a `SendFailed`."""
        room, _, only_for = outgoing.place.room.rpartition("@") if _whispers(outgoing.place) else ("", "", "")
        if room and isinstance(outgoing.reply, Document | Picture):  # a file cannot be whispered
            room, outgoing = "", replace(outgoing, place=_in_private(outgoing.place, only_for), message="")
        try:
            if room:
                return await self._whisper(outgoing, room, only_for)
            channel = await self._conversation(outgoing.place)
            await self._pace.turn(channel)
            try:
                return await self._put(outgoing, channel)
            except BROKEN as error:
                failed = failure(error)
                if isinstance(failed, TryLater):
                    self._pace.hold(channel, failed.seconds)
                raise failed from error
        except BROKEN as error:
            raise failure(error) from error

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """The message, by the key it carries. An edit is simply done again, and so is what only one person saw."""
        if outgoing.message or _whispers(outgoing.place):
            return None
        try:
            channel = await self._conversation(outgoing.place)
            thread = outgoing.place.thread
            ts = await history.timestamp_of(self.client, outgoing.key, channel=channel, thread=thread)
        except BROKEN as error:
            raise failure(error) from error
        return Sent(ts, outgoing.place) if ts else None

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file somebody sent; never from a host that is not Slack's."""
        try:
            return await content_of(file, self.session, self._token, self._api_url)
        except BROKEN as error:
            raise failure(error) from error

    async def wear(self, badge: Badge) -> None:
        """Let a user group have these members; raises a `SendFailed`."""
        try:
            await wear(self.client, badge)
        except BROKEN as error:
            raise failure(error) from error

    async def words_of(self, conversation: str, ts: str) -> str:
        """The text of somebody's message, in Slack's markup; empty when it cannot be read."""
        return await history.words_at(self.client, conversation, ts)

    # -- people ------------------------------------------------------------------------------------

    async def profile(self, user: str) -> Profile:
        """Slack's own record of somebody; raises a `SendFailed`."""
        try:
            answer = await self.client.users_info(user=user, include_locale=True)
        except BROKEN as error:
            raise failure(error) from error
        return profile_of(answer["user"])

    def talks_in(self, user: str, conversation: str) -> None:
        """This is the private chat with somebody, as they wrote from it; some people's we may not open ourselves."""
        if user and conversation.startswith("D"):
            self._keep_room(f"@{user}", conversation)

    # -- how ---------------------------------------------------------------------------------------

    async def _conversation(self, place: Place) -> str:
        """The id of a room; the private chat with somebody is opened, once."""
        if not place.room.startswith("@"):
            return place.room
        known = self._rooms.get(place.room)
        if known is None:
            opened = await self.client.conversations_open(users=place.room[1:])
            known = str(opened["channel"]["id"])
            self._keep_room(place.room, known)
        return known

    def _keep_room(self, room: str, conversation: str) -> None:
        if len(self._rooms) > KNOWN_ROOMS:
            self._rooms.clear()
        self._rooms[room] = conversation

    async def _put(self, outgoing: Outgoing, channel: str) -> Sent:
        if isinstance(outgoing.reply, Document | Picture):
            with _unless(TAKES_NO_FILE):
                return await self._share(outgoing, outgoing.reply, channel)
        drawn = message(outgoing.reply)
        fingerprint = hashlib.sha256(json.dumps(drawn, sort_keys=True).encode()).hexdigest()
        if outgoing.message:
            if self._shown.get((channel, outgoing.message)) == fingerprint:
                return Sent(outgoing.message, outgoing.place)  # it reads like this already
            with _unless(EDIT_IMPOSSIBLE):
                await self.client.chat_update(channel=channel, ts=outgoing.message, link_names=False, **drawn)
                self._remember(channel, outgoing.message, fingerprint)
                return Sent(outgoing.message, outgoing.place)
        answer = await self.client.chat_postMessage(
            channel=channel,
            metadata=history.keyed(outgoing.key),
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
            thread_ts=outgoing.place.thread or None,
            **drawn,
        )
        self._remember(channel, str(answer["ts"]), fingerprint)
        return Sent(str(answer["ts"]), outgoing.place)

    async def _share(self, outgoing: Outgoing, reply: Document | Picture, channel: str) -> Sent:
        """A file, in a message whose timestamp Slack does not tell us: it is looked up, so that answers find it."""
        if self._shelf is None:
            raise Rejected("this channel was built without a shelf to take files from")
        upload = await upload_of(reply, self._shelf)
        thread = outgoing.place.thread
        await share(self.client, self.session, upload, key=outgoing.key, channel=channel, thread=thread)
        for wait in () if thread else SHARED_AFTER:  # in a thread, answers mean what stands above it
            await asyncio.sleep(wait)
            with contextlib.suppress(*BROKEN, SendFailed):
                if ts := await history.shared_as(self.client, outgoing.key, channel=channel):
                    return Sent(ts, outgoing.place)
        return Sent("", outgoing.place)

    async def _whisper(self, outgoing: Outgoing, channel: str, user: str) -> Sent:
        """What only one person sees, in the channel where they asked; in private where we cannot whisper."""
        with _unless(NO_WHISPER):
            answer = await self.client.chat_postEphemeral(
                channel=channel, user=user, link_names=False, **message(outgoing.reply)
            )
            return Sent(str(answer["message_ts"]), outgoing.place)
        private = _in_private(outgoing.place, user)
        await self._put(replace(outgoing, place=private, message=""), await self._conversation(private))
        return Sent("", outgoing.place)

    def _remember(self, channel: str, ts: str, fingerprint: str) -> None:
        if len(self._shown) > SHOWN_AT_MOST:
            self._shown.clear()
        self._shown[channel, ts] = fingerprint


def _whispers(place: Place) -> bool:
    return "@" in place.room[1:]


def _in_private(place: Place, user: str) -> Place:
    return Place(NAME, place.workspace, f"@{user}")


@contextlib.contextmanager
def _unless(reasons: frozenset[str]) -> Iterator[None]:
    """Go on after the block when Slack refused it for one of these reasons."""
    try:
        yield
    except SlackApiError as error:
        if code(error) not in reasons:
            raise

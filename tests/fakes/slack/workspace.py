"""A Slack workspace in memory, served over real sockets: its people, rooms and rules, and what the app did to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.mishaps import Fault, Trouble
from tests.fakes.service import Service
from tests.fakes.slack.faults import Rates
from tests.fakes.slack.inbound import Inbound
from tests.fakes.slack.interactions import Interactions
from tests.fakes.slack.manifest import Manifest, read_manifest
from tests.fakes.slack.model import BOT_USER, Conversation, File, Message, User, UserGroup, View
from tests.fakes.slack.person import Person
from tests.fakes.slack.refusals import Call, Json, Ping, Refused, Undelivered
from tests.fakes.slack.server import Server
from tests.fakes.slack.specification import Specification, published

SCOPES = frozenset(
    {
        *("app_mentions:read", "chat:write", "chat:write.customize", "commands", "team:read", "usergroups:read"),
        "usergroups:write",
        *("channels:history", "channels:read", "groups:history", "groups:read", "im:history", "im:read", "im:write"),
        *("files:read", "files:write", "reactions:read", "reactions:write", "users:read", "users:read.email"),
    }
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Slack's patience, in seconds; `compressed` makes the waits shorter for a test."""

    acknowledge: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 1800.0

    def compressed(self, factor: float) -> Pace:
        """The same pace with acknowledgement and retries `factor` times as fast; triggers keep their 3 seconds."""
        delays = tuple(delay / factor for delay in self.retry_delays)
        return replace(self, acknowledge=self.acknowledge / factor, retry_delays=delays)


class Workspace(Service):
    """The fake; `async with fake_workspace() as workspace` starts and stops it."""

    name = "slack"
    bot_token = "xoxb-fake-bot"
    app_token = "xapp-fake-app"
    signing_secret = "a signing secret for tests only"

    def __init__(
        self, pace: Pace | None = None, specification: Specification | None = None, *, tolerant: bool = False
    ) -> None:
        super().__init__(tolerant=tolerant)
        self.pace = pace or Pace(retry_delays=(0.0, 0.2, 1.0))
        self.specification = specification or published()
        self.scopes: set[str] = set(SCOPES)
        self.scopes_used: set[str] = set()
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.files: dict[str, File] = {}
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.calls: list[Call] = []
        self.pings: list[Ping] = []
        self.undelivered: list[Undelivered] = []
        self.tells_app_its_own = True
        self.escapes_slash_commands = True
        self.manifest: Manifest | None = None
        self.rates = Rates(self.specification, self.elapsed)
        self.interactions = Interactions(self)
        self.inbound = Inbound(self)
        self.server = Server(self)
        self._last_ts = 0
        self._numbers = 0
        self.users[BOT_USER] = User(BOT_USER, "firstline", "Firstline", is_bot=True)

    # where it is

    @property
    def url(self) -> str:
        """http://127.0.0.1:port, known once it has started."""
        return self.server.url

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL and AsyncWebClient(base_url=…) take."""
        return f"{self.url}/api/"

    def deliver_to(self, url: str | None) -> None:
        """Speak HTTP: sign every payload and POST it to this URL. None goes back to Socket Mode."""
        self.inbound.http_url = url

    def install(self, content: Json) -> None:
        """Install the app by its manifest: only its scopes, commands, shortcuts and events exist from now on."""
        self.manifest = read_manifest(content)
        self.scopes = set(self.manifest.scopes)
        self.escapes_slash_commands = any(self.manifest.commands.values())
        self.inbound.subscriptions = set(self.manifest.events)

    # people and rooms

    def person(self, user: str, real_name: str = "", **facts: Any) -> Person:
        """The person with this id, a member from now on; facts are the other fields of `User`."""
        if user not in self.users:
            real = real_name or f"Person {user}"
            name = facts.pop("name", real.lower().replace(" ", "."))
            email = facts.pop("email", f"{name}@example.com")
            self.users[user] = User(user, name, real, email, **facts)
        return Person(self, self.users[user])

    def channel(
        self,
        name: str,
        members: Iterable[Person | str] = (),
        *,
        identifier: str = "",
        private: bool = False,
        with_app: bool = True,
        shared: bool = False,
    ) -> Conversation:
        """A new channel (or private group) with these people, and the app unless told otherwise."""
        people = {member if isinstance(member, str) else member.id for member in members}
        number = identifier or self.number("C")
        room = Conversation(number, name, "group" if private else "channel", people, shared=shared)
        if with_app:
            room.members.add(BOT_USER)
        self.conversations[number] = room
        return room

    def user_group(self, handle: str, members: Iterable[Person | str] = ()) -> UserGroup:
        """A new user group with these people."""
        people = [member if isinstance(member, str) else member.id for member in members]
        group = UserGroup(self.number("S"), handle, people)
        self.usergroups[group.id] = group
        return group

    def direct_messages(self, user: str) -> Conversation:
        """The conversation between the app and this person, made when first needed."""
        for room in self.conversations.values():
            if room.kind == "im" and user in room.members:
                return room
        room = Conversation(self.number("D"), "", "im", {user, BOT_USER})
        self.conversations[room.id] = room
        return room

    def room(self, reference: str | Conversation) -> Conversation:
        """A conversation by itself, its id or its name (with or without #); KeyError when there is none."""
        if isinstance(reference, Conversation):
            return reference
        name = reference.removeprefix("#")
        if found := self.conversations.get(reference):
            return found
        if found := next((room for room in self.conversations.values() if room.name == name), None):
            return found
        raise KeyError(f"No conversation {reference!r} in this workspace")

    # time and numbers

    def timestamp(self) -> str:
        """A new message timestamp, later than every one before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def number(self, prefix: str) -> str:
        """A new identifier in Slack's form."""
        self._numbers += 1
        return f"{prefix}0{self._numbers:09d}"

    # looking back

    def calls_to(self, method: str) -> list[Call]:
        """The calls of this method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def messages(self, reference: str | Conversation) -> list[Message]:
        """The messages of a conversation, oldest first, ephemeral ones too."""
        return list(self.room(reference).messages)

    def message_of(self, channel: str, ts: str, missing: str = "message_not_found") -> Message:
        """A message by where and when; refused as Slack refuses it."""
        room = self.conversations.get(channel)
        if room is None:
            raise Refused("channel_not_found")
        message = room.message(ts)
        if message is None:
            raise Refused(missing)
        return message

    # the whole service

    async def goes_down(self, trouble: Trouble = Trouble.SERVER_ERROR, *, retry_after: int = 1) -> None:
        """Every Web API call meets this trouble, open sockets close and new ones are refused."""
        self.faults.down = Fault("*", trouble, retry_after=retry_after)
        await self.inbound.sockets.close_all()

    def comes_back(self) -> None:
        """Slack is well again."""
        self.faults.down = None
        self.changed()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        await self.server.start()

    async def stop(self) -> None:
        """Close every socket and forget what was still to be delivered."""
        await self.put_down()
        await self.inbound.close()
        await self.server.stop()


@asynccontextmanager
async def fake_workspace(pace: Pace | None = None, *, tolerant: bool = False) -> AsyncIterator[Workspace]:
    """A started workspace. Whatever breaks the specifications fails the test, unless `tolerant`: broken on purpose."""
    workspace = Workspace(pace, tolerant=tolerant)
    await workspace.start()
    try:
        yield workspace
    finally:
        await workspace.stop()

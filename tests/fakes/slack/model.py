"""What a workspace holds: people, conversations, messages, files and views."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tests.fakes.slack.refusals import Json

Kind = Literal["channel", "group", "im", "mpim"]

TEAM = "T0FAKE0001"
OTHER_TEAM = "T0OTHER001"
APP = "A0FIRSTLINE"
BOT = "B0FIRSTLINE"
BOT_USER = "U0FIRSTLINE"
DOMAIN = "fake-company"


@dataclass(slots=True)
class User:
    """A member of the workspace, the app's bot user, or a Slack Connect stranger."""

    id: str
    name: str
    real_name: str
    email: str = ""
    locale: str = "en-US"
    tz: str = "Europe/London"
    deleted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_restricted: bool = False

    @property
    def team(self) -> str:
        return OTHER_TEAM if self.is_stranger else TEAM

    def as_json(self, *, with_email: bool, with_locale: bool) -> Json:
        """The `user` object of users.info."""
        offset = datetime.now(UTC).astimezone(ZoneInfo(self.tz)).utcoffset()
        profile = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "team": self.team,
        }
        if with_email and self.email and not self.is_stranger:
            profile["email"] = self.email
        facts: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "updated": 1,
        }
        if self.is_stranger:
            facts["is_stranger"] = True
        if with_locale:
            facts["locale"] = self.locale
        return facts


@dataclass(slots=True)
class UserGroup:
    """A user group. `locked`: only the workspace's owners may change it; `changes` counts what the app changed."""

    id: str
    handle: str
    members: list[str] = field(default_factory=list)
    disabled: bool = False
    locked: bool = False
    changes: int = 0

    def as_json(self, *, with_users: bool) -> Json:
        """The `usergroup` object."""
        facts: Json = {"id": self.id, "team_id": TEAM, "is_usergroup": True, "handle": self.handle, "name": self.handle}
        facts |= {"date_delete": int(self.disabled), "user_count": len(self.members)}
        return facts | ({"users": self.members} if with_users else {})


@dataclass(slots=True)
class File:
    """A file somebody uploaded."""

    id: str
    name: str
    content: bytes
    mimetype: str
    user: str
    url: str
    title: str = ""
    shared: bool = False

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2] or "text",
            "size": len(self.content),
            "user": self.user,
            "mode": "hosted",
            "url_private": self.url,
            "url_private_download": self.url,
        }


@dataclass(slots=True)
class Message:
    """One message as it stands now; an ephemeral one is seen by `only_for` alone."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    metadata: Json | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: str = ""
    only_for: str = ""
    username: str = ""
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    edits: int = 0

    @property
    def by_app(self) -> bool:
        return self.user == BOT_USER

    @property
    def thread(self) -> str:
        """The thread an answer to this message belongs into."""
        return self.thread_ts or self.ts

    def as_json(self, *, with_metadata: bool = False, with_blocks: bool = True) -> Json:
        """The message as history, events and interactions show it."""
        facts: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": TEAM}
        if self.by_app:
            facts |= {"bot_id": BOT, "app_id": APP}
        if self.blocks and with_blocks:
            facts["blocks"] = self.blocks
        if self.attachments:
            facts["attachments"] = self.attachments
        if self.thread_ts:
            facts["thread_ts"] = self.thread_ts
        if self.files:
            facts["files"] = [file.as_json() for file in self.files]
        if self.edited:
            facts["edited"] = {"user": self.user, "ts": self.edited}
        if self.reactions:
            facts["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in self.reactions.items()]
        if self.metadata is not None:
            shown = self.metadata if with_metadata else {"event_type": self.metadata["event_type"]}
            facts["metadata"] = shown
        return facts


@dataclass(slots=True)
class Conversation:
    """A public channel, a private group, or the direct messages between the app and one person."""

    id: str
    name: str
    kind: Kind
    members: set[str] = field(default_factory=set)
    archived: bool = False
    shared: bool = False
    messages: list[Message] = field(default_factory=list)

    def message(self, ts: str) -> Message | None:
        return next((m for m in self.messages if m.ts == ts and not m.only_for), None)

    def as_json(self) -> Json:
        facts: Json = {
            "id": self.id,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_archived": self.archived,
            "is_ext_shared": self.shared,
            "created": 1,
        }
        if self.kind == "im":
            return facts | {"user": next(m for m in self.members if m != BOT_USER)}
        return facts | {"name": self.name, "name_normalized": self.name, "is_member": BOT_USER in self.members}


@dataclass(slots=True)
class View:
    """A modal on somebody's stack, or their App Home, with what has been filled in so far."""

    id: str
    hash: str
    user: str
    content: Json
    shown: str  # a timestamp in Slack's form: how new it is on the screen
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    root: str = ""
    previous: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    def as_json(self) -> Json:
        """The `view` object of interactions and of views.* answers."""
        empty: dict[str, Any] = {"private_metadata": "", "callback_id": "", "external_id": ""}
        modal: Json = {"clear_on_close": False, "notify_on_close": False, "submit": None, "close": None}
        return {
            "id": self.id,
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
            "hash": self.hash,
            "state": {"values": self.state},
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "title": {"type": "plain_text", "text": "View Title", "emoji": True},
            **empty,
            **modal,
            **self.content,
        }

"""A person in a test, who speaks and presses by what is visible."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import payloads
from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.file_methods import keep_file
from tests.fakes.slack.form import CannotDo, words
from tests.fakes.slack.inbound import Told
from tests.fakes.slack.modals import Modals
from tests.fakes.slack.model import BOT_USER, Conversation, File, Message, User
from tests.fakes.slack.mrkdwn import escape
from tests.fakes.slack.pressing import Pressing
from tests.fakes.slack.refusals import Refused
from tests.fakes.slack.screen import Screen, Surface

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

Place = Conversation | str
Where = Message | str


class Person(Pressing, Modals):
    """Somebody at a Slack client. Whatever they do waits until the app has answered it (or nobody listens)."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self.workspace = workspace
        self.user = user
        self.id = user.id
        self.eyes = Screen(workspace, user.id)

    # seeing

    def screen(self) -> str:
        """Everything this person can see now, as text."""
        return self.eyes.text()

    def reads(self, text: str) -> bool:
        """Whether these words are on the screen now."""
        return text in self.screen()

    async def sees(self, text: str, within: float = 20.0) -> bool:
        """True once these words are on the screen; fails the test, showing the screen, when they do not come."""
        if await self.workspace.until(lambda: self.reads(text), within):
            return True
        raise AssertionError(f"{self.user.real_name} does not see {text!r} but:\n{self.screen()}")

    async def no_longer_sees(self, text: str, within: float = 20.0) -> bool:
        """True once these words are gone from the screen; fails the test when they stay."""
        if await self.workspace.until(lambda: not self.reads(text), within):
            return True
        raise AssertionError(f"{self.user.real_name} still sees {text!r}:\n{self.screen()}")

    def message(self, on: Where) -> Message:
        """The newest visible message with these words (or this timestamp)."""
        content = self._message_surface(on).content
        assert isinstance(content, Message)
        return content

    def _message_surface(self, on: Where) -> Surface:
        for surface in self.eyes.surfaces():
            if isinstance(surface.content, Message) and (
                on in (surface.content, surface.content.ts)
                if isinstance(on, Message)
                else on == surface.content.ts or on in self.eyes.surface_text(surface)
            ):
                return surface
        raise CannotDo(f"{self.user.real_name} sees no message with {on!r}:\n{self.screen()}")

    # speaking

    async def dm(self, text: str, *, thread: Where | None = None) -> Message:
        """Write to the app in direct messages."""
        return await self.says(self.workspace.direct_messages(self.id), text, thread=thread)

    async def mentions(self, place: Place, text: str, *, thread: Where | None = None) -> Message:
        """Write @firstline and these words in a channel."""
        return await self.says(place, f"@{self.workspace.users[BOT_USER].name} {text}", thread=thread)

    async def says(self, place: Place, text: str, *, thread: Where | None = None) -> Message:
        """Write in a conversation; `thread` is a message or words of one. @name mentions as it does in Slack."""
        return await self._post(self._joined(place), text, thread, [])

    async def uploads(
        self, name: str, content: bytes, *, place: Place | None = None, text: str = "", thread: Where | None = None
    ) -> File:
        """Share a file with the app in direct messages, or in a channel."""
        room = self.workspace.direct_messages(self.id) if place is None else self._joined(place)
        file = keep_file(self.workspace, name, content, self.id)
        file.shared = True
        message = await self._post(room, text, thread, [file])
        event = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": self.id,
            "file": {"id": file.id},
            "channel_id": room.id,
            "event_ts": message.ts,
        }
        if BOT_USER in room.members:
            await self._tells(self.workspace.inbound.event(event))
        return file

    async def edits(self, message: Message, text: str) -> None:
        """Change what one wrote."""
        before, message.text, message.edited = message.text, self.typed(text), self.workspace.timestamp()
        room = self.workspace.conversations[message.channel]
        event = payloads.message_changed(self.workspace, room, message, before)
        await self._tells(self.workspace.inbound.event(event, shared=room.shared))

    async def _post(self, room: Conversation, text: str, thread: Where | None, files: list[File]) -> Message:
        root = "" if thread is None else self.message(thread).thread
        message = Message(self.workspace.timestamp(), room.id, self.id, self.typed(text), thread_ts=root, files=files)
        room.messages.append(message)
        self.workspace.changed()
        if BOT_USER in room.members:
            event = payloads.message_event(self.workspace, room, message)
            told = [self.workspace.inbound.event(event, shared=room.shared)]
            if f"<@{BOT_USER}>" in message.text and room.kind != "im":
                mention = payloads.mention_event(self.workspace, room, message)
                told.append(self.workspace.inbound.event(mention, shared=room.shared))
            await asyncio.gather(*(self._tells(one) for one in told))
        return message

    def typed(self, text: str) -> str:
        """What Slack makes of what was typed: signs escaped, @name and #channel turned into references."""
        names = {f"@{user.name}": f"<@{user.id}>" for user in self.workspace.users.values()}
        rooms = [room for room in self.workspace.conversations.values() if room.name]
        names |= {f"#{room.name}": f"<#{room.id}|{room.name}>" for room in rooms}
        return _with_names(escape(text), names)

    def _joined(self, place: Place) -> Conversation:
        room = self.workspace.room(place)
        if self.id not in room.members:
            raise CannotDo(f"{self.user.real_name} is not in #{room.name}")
        return room

    # commands, shortcuts, reactions, Home

    async def slash(self, command: str, text: str = "", *, channel: Place | None = None) -> Told:
        """Run a slash command, in direct messages unless a channel is given (Slack has none in threads)."""
        room = self.workspace.direct_messages(self.id) if channel is None else self._joined(channel)
        manifest = self.workspace.manifest
        if manifest is not None and command not in manifest.commands:
            raise CannotDo(f"{command} is not a valid command; there are {', '.join(sorted(manifest.commands))}")
        if self.workspace.escapes_slash_commands:
            users = self.workspace.users.values()
            text = _with_names(escape(text), {f"@{user.name}": f"<@{user.id}|{user.name}>" for user in users})
        payload = payloads.slash(self.workspace, self.user, room, command, text)
        told = await self.workspace.inbound.tell("slash_commands", payload, "SlashCommandPayload")
        if not told.answered:
            self.slackbot_says(room, f"{command} failed with the error “{told.reason}”")
        elif told.body:
            self._private_answer(room, told)
        return told

    def _private_answer(self, room: Conversation, told: Told) -> None:
        try:
            answer = Arguments(dict(told.body), "json")
            answer.decode()
            self.workspace.interactions.answer(room, self.id, answer)
        except Refused as refusal:
            self.workspace.violated(f"the answer to a slash command: {refusal.error}: {'; '.join(refusal.messages)}")
        self.workspace.changed()

    async def message_shortcut(self, name: str, *, on: Where) -> Told:
        """Choose a shortcut (by its name in the manifest, else its callback id) from a message's menu."""
        surface = self._message_surface(on)
        assert isinstance(surface.content, Message)
        assert surface.room is not None
        callback = self._callback(name, "message")
        payload = payloads.message_shortcut(self.workspace, self.user, surface.room, surface.content, callback)
        return await self._interacts(payload, "MessageShortcutPayload")

    async def global_shortcut(self, name: str) -> Told:
        """Choose a shortcut (by its name in the manifest, else its callback id) from the lightning menu."""
        callback = self._callback(name, "global")
        return await self._interacts(payloads.global_shortcut(self.workspace, self.user, callback), "")

    def _callback(self, name: str, kind: str) -> str:
        manifest = self.workspace.manifest
        if manifest is None:
            return name
        if (kind, name) not in manifest.shortcuts:
            raise CannotDo(f"No {kind} shortcut {name!r}; there are {sorted(manifest.shortcuts)}")
        return manifest.shortcuts[kind, name]

    async def reacts(self, emoji: str, *, on: Where) -> Message:
        """Put an emoji (by name, without colons) under a message."""
        message = self.message(on)
        users = message.reactions.setdefault(emoji, [])
        if self.id not in users:
            users.append(self.id)
            await self._reaction("reaction_added", emoji, message)
        return message

    async def takes_back(self, emoji: str, *, on: Where) -> None:
        """Remove one's emoji from a message."""
        message = self.message(on)
        message.reactions[emoji].remove(self.id)
        if not message.reactions[emoji]:
            del message.reactions[emoji]
        await self._reaction("reaction_removed", emoji, message)

    async def _reaction(self, kind: str, emoji: str, message: Message) -> None:
        event = {
            "type": kind,
            "user": self.id,
            "reaction": emoji,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.workspace.timestamp(),
        }
        if BOT_USER in self.workspace.conversations[message.channel].members:
            await self._tells(self.workspace.inbound.event(event))

    async def opens_home(self, tab: str = "home") -> None:
        """Open the app's Home (or its Messages tab)."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.workspace.direct_messages(self.id).id,
            "tab": tab,
            "event_ts": self.workspace.timestamp(),
        }
        if home := self.workspace.homes.get(self.id):
            event["view"] = home.as_json()
        await self._tells(self.workspace.inbound.event(event))

    def slackbot_says(self, room: Conversation, text: str) -> None:
        """Slack itself tells this person that something failed."""
        told = Message(self.workspace.timestamp(), room.id, "USLACKBOT", escape(text), only_for=self.id)
        room.messages.append(told)
        self.workspace.changed()

    async def _tells(self, telling: Any) -> None:
        """Wait for the app's answer when it listens; otherwise let Slack try by itself."""
        if self.workspace.inbound.reachable:
            await telling
        else:
            self.workspace.in_background(telling)


def _with_names(text: str, names: dict[str, str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w<]){re.escape(name)}(?![\w])", names[name].replace("\\", r"\\"), text)
    return text


__all__ = ["Person", "words"]

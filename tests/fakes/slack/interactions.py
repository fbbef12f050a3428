"""What an interaction leaves in the app's hands: a trigger_id and a response_url, and when they stop working."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.slack import chat_methods
from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.block_rules import elements_of
from tests.fakes.slack.form import initial_state
from tests.fakes.slack.model import BOT_USER, Conversation, Message
from tests.fakes.slack.refusals import Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

RESPONSES = 5
KNOWN = frozenset(
    {
        *("text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts"),
        *("metadata", "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "parse"),
    }
)


@dataclass(slots=True)
class Trigger:
    """Good for one view, for three seconds."""

    user: str
    issued: float
    in_modal: bool
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Good for five answers, for half an hour."""

    room: Conversation
    user: str
    message: Message | None
    issued: float
    uses: int = 0


class Interactions:
    """Every trigger and response_url ever given out."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str, *, in_modal: bool = False) -> str:
        """A fresh trigger_id."""
        key = f"{self.workspace.number('1')}.{self.workspace.number('2')}.trigger"
        self.triggers[key] = Trigger(user, self.workspace.elapsed(), in_modal)
        return key

    def exchange(self, key: str) -> Trigger:
        """Use up a trigger_id; refused when unknown, used before or older than three seconds."""
        trigger = self.triggers.get(key)
        if trigger is None:
            raise malformed("invalid_trigger_id", key or "no trigger_id")
        if self.workspace.elapsed() - trigger.issued > self.workspace.pace.trigger:
            raise Refused("expired_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, room: Conversation, user: str, message: Message | None = None) -> str:
        """A fresh response_url."""
        key = self.workspace.number("R")
        self.response_urls[key] = ResponseUrl(room, user, message, self.workspace.elapsed())
        return f"{self.workspace.url}/response/{key}"

    def respond(self, key: str, a: Arguments) -> None:
        """What the app POSTs to a response_url: a new message, a replacement or a deletion."""
        url = self.response_urls.get(key)
        if url is None or self.workspace.elapsed() - url.issued > self.workspace.pace.response_url:
            raise Refused("expired_url")
        if url.uses >= RESPONSES:
            raise Refused("used_url")
        if unknown := [name for name in a if name not in KNOWN]:
            raise malformed("invalid_arguments", *(f"response_url: unknown argument {name}" for name in unknown))
        url.uses += 1
        if a.flag("delete_original"):
            self._delete(url)
        elif a.flag("replace_original") and url.message is not None:
            self._replace(url.message, a)
        else:
            self.answer(url.room, url.user, a)

    def _delete(self, url: ResponseUrl) -> None:
        if url.message is not None and url.message in url.room.messages:
            url.room.messages.remove(url.message)

    def _replace(self, message: Message, a: Arguments) -> None:
        message.text, message.blocks, message.attachments = chat_methods.content_of(self.workspace, a)
        message.edited = self.workspace.timestamp()
        message.edits += 1
        chat_methods.note_pings(self.workspace, message, edit=True)

    def answer(self, room: Conversation, user: str, a: Arguments) -> None:
        """A new message, private to this person unless `response_type` is in_channel."""
        slack = self.workspace
        text, blocks, attachments = chat_methods.content_of(slack, a)
        if a.text("response_type", "ephemeral") != "in_channel":
            chat_methods.ephemeral(slack, room, user, text, blocks, attachments, thread=a.text("thread_ts"))
            return
        message = Message(
            slack.timestamp(), room.id, BOT_USER, text, blocks, attachments, thread_ts=a.text("thread_ts")
        )
        room.messages.append(message)
        chat_methods.note_pings(slack, message, a)


def state_of(message: Message) -> dict[str, dict[str, dict[str, object]]]:
    """state.values of a message's menus and fields, with what has been chosen so far."""
    blocks = [b for part in (message.blocks, *(a.get("blocks", []) for a in message.attachments)) for b in part]
    state = initial_state([block for block in blocks if any(True for _ in elements_of(block))])
    for block, actions in message.state.items():
        if block in state:
            state[block].update(actions)
    return state

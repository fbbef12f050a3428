"""What one person sees, as readable text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.block_rules import elements_of
from tests.fakes.slack.form import label_of
from tests.fakes.slack.model import Conversation, Message, View
from tests.fakes.slack.mrkdwn import shown
from tests.fakes.slack.refusals import Json

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Surface:
    """Something on the screen one can read and press: a message, a modal or the App Home."""

    content: Message | View
    room: Conversation | None = None

    @property
    def newness(self) -> tuple[int, str]:
        """Modals cover everything; then what came last."""
        if isinstance(self.content, View):
            return (int(self.content.content["type"] == "modal"), self.content.shown)
        return (0, self.content.ts)

    def blocks(self) -> Iterator[tuple[Json, int | None]]:
        """Every block, with the number of the attachment it is in."""
        for block in self.content.blocks:
            yield block, None
        if isinstance(self.content, Message):
            for attachment in self.content.attachments:
                for block in attachment.get("blocks", []):
                    yield block, attachment["id"]

    def elements(self) -> Iterator[tuple[Json, Json, int | None]]:
        """Everything that can be pressed or filled: block, element, attachment."""
        for block, attachment in self.blocks():
            for element in elements_of(block):
                yield block, element, attachment


class Screen:
    """The eyes of one person."""

    def __init__(self, workspace: Workspace, user: str) -> None:
        self.workspace = workspace
        self.user = user

    def surfaces(self) -> list[Surface]:
        """All this person can see, newest first."""
        found = [
            Surface(message, room)
            for room in self.workspace.conversations.values()
            if self.user in room.members
            for message in room.messages
            if message.only_for in ("", self.user)
        ]
        if home := self.workspace.homes.get(self.user):
            found.append(Surface(home))
        if stack := self.workspace.modals.get(self.user):
            found.append(Surface(stack[-1]))
        return sorted(found, key=lambda surface: surface.newness, reverse=True)

    def text(self) -> str:
        """Everything visible: each conversation with its threads, the App Home and the open modal."""
        parts = []
        for room in self.workspace.conversations.values():
            if self.user in room.members:
                title = "Direct messages" if room.kind == "im" else f"#{room.name}"
                parts += [f"── {title}", *self._conversation(room)]
        if home := self.workspace.homes.get(self.user):
            parts += ["── Home", self.view_text(home)]
        if stack := self.workspace.modals.get(self.user):
            parts += ["── Modal", self.view_text(stack[-1])]
        return "\n".join(parts)

    def _conversation(self, room: Conversation) -> Iterator[str]:
        visible = [m for m in room.messages if m.only_for in ("", self.user)]
        roots = {m.ts for m in visible if not m.thread_ts}
        for message in visible:
            if message.thread_ts and message.thread_ts in roots:
                continue
            yield self._line(message, "")
            for answer in visible:
                if answer.thread_ts == message.ts:
                    yield self._line(answer, "    ")

    def _line(self, message: Message, indent: str) -> str:
        author = self.workspace.users.get(message.user)
        name = message.username or (author.real_name if author else message.user)
        private = " (only visible to you)" if message.only_for else ""
        return "\n".join(indent + line for line in f"{name}{private}: {self.message_text(message)}".splitlines())

    def surface_text(self, surface: Surface) -> str:
        """What this message or view says."""
        content = surface.content
        return self.view_text(content) if isinstance(content, View) else self.message_text(content)

    def message_text(self, message: Message) -> str:
        """A message as read: its blocks if it has any, else its text; attachments, files and reactions."""
        state = message.state
        lines = list(self._blocks(message.blocks, state)) if message.blocks else [self._mrkdwn(message.text)]
        for attachment in message.attachments:
            words = [attachment.get(part, "") for part in ("pretext", "title", "text", "footer")]
            fields = [f"{f.get('title', '')}: {f.get('value', '')}" for f in attachment.get("fields", [])]
            lines += [f"│ {self._mrkdwn(text)}" for text in (*words, *fields) if text]
            lines += [f"│ {line}" for line in self._blocks(attachment.get("blocks", []), state)]
        lines += [f"[file: {file.title or file.name}]" for file in message.files]
        if message.reactions:
            lines.append(" ".join(f":{name}: {len(users)}" for name, users in message.reactions.items()))
        return "\n".join(line for line in lines if line)

    def view_text(self, view: View) -> str:
        """A view as read, with what is filled in and what is complained about."""
        title = view.content.get("title")
        lines = [f"« {title['text']} »"] if title and view.content["type"] == "modal" else []
        lines += self._blocks(view.blocks, view.state, view.errors)
        lines += [f"! {text}" for block, text in view.errors.items() if not block]
        for part in ("submit", "close"):
            if button := view.content.get(part):
                lines.append(f"[{button['text']}]")
        return "\n".join(lines)

    def _mrkdwn(self, text: str) -> str:
        return shown(text, self.workspace.users, self.workspace.conversations)

    def _object(self, part: Json) -> str:
        text = str(part.get("text", ""))
        return self._mrkdwn(text) if part.get("type") == "mrkdwn" else text

    def _blocks(
        self, blocks: list[Json], state: dict[str, dict[str, Json]], errors: dict[str, str] | None = None
    ) -> Iterator[str]:
        for block in blocks:
            held = state.get(block.get("block_id", ""), {})
            yield from self._block(block, held)
            if errors and (error := errors.get(block.get("block_id", ""))):
                yield f"! {error}"

    def _block(self, block: Json, held: dict[str, Json]) -> Iterator[str]:
        match block["type"]:
            case "divider":
                yield "───"
            case "input":
                element = block["element"]
                yield f"{label_of(block)}: {self._element(element, held)}"
                if "hint" in block:
                    yield f"({self._object(block['hint'])})"
            case "actions" | "context_actions":
                yield " ".join(self._element(element, held) for element in block["elements"])
            case "context":
                yield " ".join(self._object(e) for e in block["elements"] if e["type"] != "image")
            case "image":
                yield f"[image: {block['alt_text']}]"
            case "rich_text":
                yield self._mrkdwn("".join(_rich(block["elements"])))
            case "markdown":
                yield self._mrkdwn(block["text"])
            case _:
                yield from (self._object(part) for part in (block.get("text"), *block.get("fields", [])) if part)
                if "accessory" in block:
                    yield self._element(block["accessory"], held)

    def _element(self, element: Json, held: dict[str, Json]) -> str:
        value = held.get(element.get("action_id", ""), {})
        match element["type"]:
            case "button":
                return f"[{element['text']['text']}]"
            case "image":
                return f"[image: {element['alt_text']}]"
            case "overflow":
                return "[⋯ " + " | ".join(self._object(o["text"]) for o in element["options"]) + "]"
            case "radio_buttons" | "checkboxes":
                chosen = value.get("selected_options") or [value.get("selected_option")]
                return " ".join(
                    f"({'x' if option in chosen else ' '}) {self._object(option['text'])}"
                    for option in element["options"]
                )
        now = next((v for k, v in value.items() if k != "type"), None)
        if now in (None, "", []):
            return f"[{element.get('placeholder', {}).get('text', '…')}]"
        return f"[{self._held(now)}]"

    def _held(self, value: Any) -> str:
        match value:
            case list():
                return ", ".join(self._held(item) for item in value)
            case {"text": text}:
                return self._object(text)
            case str() if value in self.workspace.users:
                return self.workspace.users[value].real_name
        return str(value)


def _rich(elements: list[Json]) -> Iterator[str]:
    for element in elements:
        match element:
            case {"elements": list(inner)}:
                yield from _rich(inner)
                yield "\n"
            case {"type": "user", "user_id": user}:
                yield f"<@{user}>"
            case {"type": "broadcast", "range": who}:
                yield f"<!{who}>"
            case {"type": "emoji", "name": name}:
                yield f":{name}:"
            case {"type": "link", "url": url}:
                yield str(element.get("text", url))
            case {"text": text}:
                yield str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

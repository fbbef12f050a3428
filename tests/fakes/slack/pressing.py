"""Pressing buttons and choosing from menus, found by what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.fakes.slack import payloads
from tests.fakes.slack.form import PICKED, CannotDo, option_named, value_for, words
from tests.fakes.slack.inbound import Told
from tests.fakes.slack.model import Message, User, View
from tests.fakes.slack.refusals import Json
from tests.fakes.slack.screen import Screen, Surface

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

MENUS = ("static_select", "radio_buttons", "overflow", "checkboxes", "multi_static_select")


class Pressing:
    """The hands of a person."""

    workspace: Workspace
    user: User
    eyes: Screen

    async def presses(self, label: str, *, on: str | Message | None = None) -> Told:
        """Press the button with this label on the newest visible message or view containing the words `on`."""
        for surface, block, element, attachment in self._elements(on):
            if element["type"] == "button" and _says(element["text"]["text"], label):
                action = _action(self.workspace, block, element)
                action |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
                return await self._acts(surface, action, attachment)
        raise CannotDo(self._nothing(f"button {label!r}", on))

    async def chooses(self, option: str, *, on: str | Message | None = None, menu: str = "") -> Told:
        """Choose an option by its label from a menu of a message or view; `menu` is its placeholder or action id."""
        for surface, block, element, attachment in self._elements(on):
            if not self._is_menu(element, menu):
                continue
            try:
                chosen = option_named(element, option)
            except CannotDo:
                continue
            action = _action(self.workspace, block, element)
            if element["type"] in ("checkboxes", "multi_static_select"):
                action["selected_options"] = [chosen]
            else:
                action["selected_option"] = chosen
            self._remember(surface, block, element, option)
            return await self._acts(surface, action, attachment)
        raise CannotDo(self._nothing(f"option {option!r}", on))

    async def picks(self, value: str, *, on: str | Message | None = None, menu: str = "") -> Told:
        """Pick a user, a channel or a date (by id or ISO text) in a message or view."""
        for surface, block, element, attachment in self._elements(on):
            if element["type"] in PICKED and (not menu or self._called(element, menu)):
                action = _action(self.workspace, block, element) | {PICKED[element["type"]][0]: value}
                self._remember(surface, block, element, value)
                return await self._acts(surface, action, attachment)
        raise CannotDo(self._nothing(f"picker {menu!r}", on))

    def _is_menu(self, element: Json, menu: str) -> bool:
        return element["type"] in MENUS and (not menu or self._called(element, menu))

    def _called(self, element: Json, menu: str) -> bool:
        placeholder = element.get("placeholder", {}).get("text", "")
        return menu == element.get("action_id") or words(menu) == words(placeholder)

    def _elements(self, on: str | Message | None) -> Iterator[tuple[Surface, Json, Json, int | None]]:
        for surface in self.eyes.surfaces():
            if self._is_on(surface, on):
                for block, element, attachment in surface.elements():
                    yield surface, block, element, attachment

    def _is_on(self, surface: Surface, on: str | Message | None) -> bool:
        if isinstance(on, Message):
            return surface.content is on
        return on is None or on in self.eyes.surface_text(surface)

    def _nothing(self, what: str, on: str | Message | None) -> str:
        where = "" if on is None else f" on {on if isinstance(on, str) else on.ts!r}"
        return f"{self.user.real_name} sees no {what}{where}:\n{self.eyes.text()}"

    def _remember(self, surface: Surface, block: Json, element: Json, value: object) -> None:
        if element["type"] != "overflow":
            held = surface.content.state.setdefault(block["block_id"], {})
            held[element["action_id"]] = value_for(element, value)

    async def _acts(self, surface: Surface, action: Json, attachment: int | None) -> Told:
        content = surface.content
        if isinstance(content, View):
            payload = payloads.pressed_in_view(self.workspace, self.user, content, action)
        else:
            room = self.workspace.conversations[content.channel]
            payload = payloads.pressed_in_message(self.workspace, self.user, room, content, action, attachment)
        told = await self._interacts(payload, "BlockActionPayload")
        if not told.answered and isinstance(content, Message):
            # Slack's client shows a small warning sign beside the button.
            self._warns(content, told.reason)
        return told

    def _warns(self, message: Message, reason: str) -> None:
        text = f"This app did not respond ({reason})"
        room = self.workspace.conversations[message.channel]
        room.messages.append(Message(self.workspace.timestamp(), room.id, "USLACKBOT", text, only_for=self.user.id))

    async def _interacts(self, payload: Json, sample: str) -> Told:
        return await self.workspace.inbound.tell("interactive", payload, sample)


def _says(shown: str, label: str) -> bool:
    """Whether a button shows this label, emoji before or after it left aside."""
    plain = " ".join(word for word in shown.split() if any(sign.isalnum() for sign in word) and not _emoji(word))
    return words(label) in (words(shown), words(plain))


def _emoji(word: str) -> bool:
    return len(word) > 2 and word.startswith(":") and word.endswith(":")


def _action(workspace: Workspace, block: Json, element: Json) -> Json:
    return {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": workspace.timestamp(),
    }

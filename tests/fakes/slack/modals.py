"""Filling, submitting and closing modals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.slack import payloads, view_methods
from tests.fakes.slack.form import CannotDo, client_complaints, find_field, value_for
from tests.fakes.slack.inbound import Told
from tests.fakes.slack.model import User, View
from tests.fakes.slack.refusals import Json, Refused
from tests.fakes.slack.screen import Screen, Surface

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


class Modals:
    """A person before a form."""

    workspace: Workspace
    user: User
    eyes: Screen

    @property
    def modal(self) -> View:
        """The modal on top; CannotDo when none is open."""
        stack = self.workspace.modals.get(self.user.id)
        if not stack:
            raise CannotDo(f"{self.user.real_name} has no modal open:\n{self.eyes.text()}")
        return stack[-1]

    async def has_form(self, within: float = 20.0) -> View:
        """The modal on top once there is one."""
        await self.workspace.until(lambda: self.workspace.modals.get(self.user.id), within)
        return self.modal

    async def fills(self, *values: dict[str, Any], **named: Any) -> None:
        """Fill fields of the modal by label, block id or action id; options by their label, people by id.

        A field with dispatch_action tells the app at once.
        """
        for name, wanted in [*((n, v) for given in values for n, v in given.items()), *named.items()]:
            view = self.modal
            block, element = find_field(view.blocks, name)
            value = value_for(element, wanted)
            view.state.setdefault(block["block_id"], {})[element["action_id"]] = value
            if block["type"] != "input" or block.get("dispatch_action"):
                await self._dispatches(view, block, element, value)
        self.workspace.changed()

    async def _dispatches(self, view: View, block: Json, element: Json, value: Json) -> None:
        action = {
            **value,
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.workspace.timestamp(),
        }
        await self._acts(Surface(view), action, None)

    async def _acts(self, surface: Surface, action: Json, attachment: int | None) -> Told:
        raise NotImplementedError

    async def submits(self) -> Told | None:
        """Submit the modal on top; None when Slack's client itself complains and nothing is sent."""
        view = self.modal
        if "submit" not in view.content and any(b["type"] == "input" for b in view.blocks):
            raise CannotDo("The modal has no button to submit")
        view.errors = client_complaints(view.blocks, view.state)
        self.workspace.changed()
        if view.errors:
            return None
        payload = payloads.submitted(self.workspace, self.user, view)
        told = await self.workspace.inbound.tell("interactive", payload, "ViewSubmissionPayload")
        if not told.answered:
            view.errors = {"": "We had some trouble connecting. Try again?"}
        else:
            self._obeys(view, told.body)
        self.workspace.changed()
        return told

    def _obeys(self, view: View, body: Json) -> None:
        stack = self.workspace.modals.get(self.user.id, [])
        try:
            match body.get("response_action"):
                case None:
                    if body:
                        raise Refused("invalid_arguments", f"an answer without response_action: {sorted(body)}")
                    if view in stack:
                        stack.remove(view)
                case "clear":
                    stack.clear()
                case "errors":
                    view.errors = self._errors(view, body)
                case "update":
                    content = view_methods.checked(self.workspace, body.get("view") or {}, "modal")
                    view_methods.replace_content(self.workspace, view, content)
                case "push":
                    content = view_methods.checked(self.workspace, body.get("view") or {}, "modal")
                    view_methods.push_on(self.workspace, self.user.id, content)
                case other:
                    raise Refused("invalid_arguments", f"no response_action {other!r}")
        except Refused as refusal:
            said = "; ".join(refusal.messages)
            self.workspace.violated(f"the answer to a view_submission: {refusal.error}: {said}")
            view.errors = {"": "We had some trouble connecting. Try again?"}

    def _errors(self, view: View, body: Json) -> dict[str, str]:
        errors: dict[str, Any] = body.get("errors") or {}
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not errors or set(errors) - inputs:
            raise Refused("invalid_arguments", f"errors for {sorted(errors)}, but the inputs are {sorted(inputs)}")
        if any(not isinstance(text, str) or not text for text in errors.values()):
            raise Refused("invalid_arguments", "an error is not a text")
        return errors

    async def closes(self, *, all_of_them: bool = False) -> None:
        """Close the modal on top, or the whole stack."""
        view = self.modal
        stack = self.workspace.modals[self.user.id]
        everything = all_of_them or bool(view.content.get("clear_on_close"))
        gone = list(stack) if everything else [view]
        for one in gone:
            stack.remove(one)
        self.workspace.changed()
        for one in reversed(gone):
            if one.content.get("notify_on_close"):
                payload = payloads.closed(self.user, one, cleared=all_of_them)
                await self.workspace.inbound.tell("interactive", payload, "ViewClosedPayload")

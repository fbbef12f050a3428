"""views.open, push, update and publish, and what a view remembers of what was filled in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import block_rules
from tests.fakes.slack.arguments import Arguments
from tests.fakes.slack.chat_methods import with_names
from tests.fakes.slack.form import initial_state
from tests.fakes.slack.model import View
from tests.fakes.slack.refusals import Json, Refused, malformed

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

STACK = 3


def checked(slack: Workspace, content: Json, expected: str) -> Json:
    """The view as Slack keeps it; refused when the published types or the rules by hand forbid it."""
    if content.get("type") != expected:
        raise malformed("invalid_arguments", f"view.type should be {expected}, not {content.get('type')!r}")
    faults = [*block_rules.view_faults(content), *slack.specification.view_faults(content)]
    if faults:
        raise malformed("invalid_arguments", *faults)
    if len(json.dumps(content)) > block_rules.VIEW_BYTES:
        raise malformed("view_too_large", "the view is too large")
    external = content.get("external_id")
    if external and any(view.content.get("external_id") == external for view in every_view(slack)):
        raise Refused("duplicate_external_id")
    return {**content, "blocks": with_names(slack, content["blocks"])}


def every_view(slack: Workspace) -> list[View]:
    """All modals on all screens, and all Homes."""
    return [*(view for stack in slack.modals.values() for view in stack), *slack.homes.values()]


def new_view(slack: Workspace, user: str, content: Json) -> View:
    view = View(slack.number("V"), slack.number("h"), user, content, slack.timestamp())
    view.state = initial_state(content["blocks"])
    return view


def replace_content(slack: Workspace, view: View, content: Json) -> None:
    """Show something else in the same view; what was filled in stays where block and action keep their ids."""
    kept = view.state
    view.content, view.hash, view.errors = content, slack.number("h"), {}
    view.state = initial_state(content["blocks"])
    for block, actions in view.state.items():
        for action, value in actions.items():
            before = kept.get(block, {}).get(action)
            if before is not None and before.get("type") == value.get("type"):
                actions[action] = before


def push_on(slack: Workspace, user: str, content: Json) -> View:
    """One more modal on this person's stack; refused above three."""
    stack = slack.modals.setdefault(user, [])
    if len(stack) >= STACK:
        raise Refused("push_limit_reached")
    view = new_view(slack, user, content)
    if stack:
        view.root, view.previous = stack[0].root or stack[0].id, stack[-1].id
    stack.append(view)
    return view


def open_(slack: Workspace, a: Arguments) -> Json:
    content = checked(slack, a.structure("view"), "modal")
    trigger = slack.interactions.exchange(a.text("trigger_id"))
    slack.modals[trigger.user] = []
    return {"view": push_on(slack, trigger.user, content).as_json()}


def push(slack: Workspace, a: Arguments) -> Json:
    content = checked(slack, a.structure("view"), "modal")
    trigger = slack.interactions.exchange(a.text("trigger_id"))
    if not trigger.in_modal or not slack.modals.get(trigger.user):
        raise Refused("not_found")
    return {"view": push_on(slack, trigger.user, content).as_json()}


def update(slack: Workspace, a: Arguments) -> Json:
    wanted, external = a.text("view_id"), a.text("external_id")
    if not wanted and not external:
        raise malformed("invalid_arguments", "view_id or external_id is needed")
    found = (v for v in every_view(slack) if (wanted and v.id == wanted) or (external and external == _name(v)))
    view = next(found, None)
    if view is None:
        raise Refused("not_found")
    if a.text("hash") and a.text("hash") != view.hash:
        raise Refused("hash_conflict")
    external_id, view.content["external_id"] = _name(view), ""
    try:
        content = checked(slack, a.structure("view"), str(view.content["type"]))
    except Refused:
        view.content["external_id"] = external_id
        raise
    replace_content(slack, view, content)
    return {"view": view.as_json()}


def publish(slack: Workspace, a: Arguments) -> Json:
    user = slack.users.get(a.text("user_id"))
    if user is None or user.deleted or user.is_stranger:
        raise Refused("user_not_found")
    home = slack.homes.get(user.id)
    if a.text("hash") and home is not None and a.text("hash") != home.hash:
        raise Refused("hash_conflict")
    external_id = home.content.pop("external_id", None) if home else None
    try:
        content = checked(slack, a.structure("view"), "home")
    except Refused:
        if home and external_id:
            home.content["external_id"] = external_id
        raise
    if home is None:
        home = slack.homes[user.id] = new_view(slack, user.id, content)
    else:
        replace_content(slack, home, content)
        home.shown = slack.timestamp()
    return {"view": home.as_json()}


def _name(view: View) -> str:
    return str(view.content.get("external_id") or "")


METHODS: dict[str, Any] = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}

"""The fields of a view: what they hold at first, how a person fills them, and what the client itself refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.block_rules import elements_of, options_of
from tests.fakes.slack.refusals import Json

TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
ONE_OPTION = ("static_select", "external_select", "radio_buttons")
SOME_OPTIONS = ("multi_static_select", "multi_external_select", "checkboxes")
PICKED = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}


class CannotDo(AssertionError):
    """A person tried what they do not see or what Slack's client does not let them do."""


def initial_state(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """state.values as it is before anybody touched the fields."""
    state: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in elements_of(block):
            value = _initial(element)
            if value is not None:
                state.setdefault(block["block_id"], {})[element["action_id"]] = value
    return state


def _initial(element: Json) -> Json | None:
    kind = element["type"]
    if kind in TYPED:
        return {"type": kind, "value": element.get("initial_value")}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in SOME_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in PICKED:
        holds, first = PICKED[kind]
        empty: list[str] | None = [] if holds.endswith("s") else None
        return {"type": kind, holds: element.get(first, empty)}
    return None


def fields(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that can be filled, with its block."""
    for block in blocks:
        for element in elements_of(block):
            if _initial(element) is not None:
                yield block, element


def words(text: str) -> str:
    """A label or a keyword in the form in which the two are compared."""
    return " ".join(text.replace("_", " ").split()).casefold().rstrip(" :?*？：")


def label_of(block: Json) -> str:
    """The words beside a field."""
    part = block.get("label") or block.get("text") or {}
    return str(part.get("text", ""))


def find_field(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """The field with this label, block id or action id; CannotDo when the view shows none."""
    every = list(fields(blocks))
    for block, element in every:
        if name in (block["block_id"], element["action_id"]) or words(name) == words(label_of(block)):
            return block, element
    for block, element in every:
        placeholder = element.get("placeholder", {}).get("text", "")
        if words(name) in words(label_of(block)) or words(name) == words(placeholder):
            return block, element
    known = ", ".join(f"{label_of(b)!r} ({b['block_id']})" for b, _ in every)
    raise CannotDo(f"No field {name!r}; there are {known or 'none'}")


def value_for(element: Json, wanted: Any) -> Json:
    """What state.values holds once a person entered this; CannotDo when the field does not take it."""
    kind = element["type"]
    if kind in TYPED:
        text = str(wanted)
        if len(text) > element.get("max_length", 3000):
            raise CannotDo(f"The field takes {element.get('max_length', 3000)} characters, not {len(text)}")
        return {"type": kind, "value": text or None}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": None if wanted is None else option_named(element, str(wanted))}
    if kind in SOME_OPTIONS:
        chosen = [wanted] if isinstance(wanted, str) else list(wanted)
        return {"type": kind, "selected_options": [option_named(element, item) for item in chosen]}
    return {"type": kind, PICKED[kind][0]: wanted}


def option_named(element: Json, wanted: str) -> Json:
    """The option with this label or value."""
    options = options_of(element)
    for option in options:
        if words(wanted) == words(option["text"]["text"]) or wanted == option.get("value"):
            return option
    known = ", ".join(option["text"]["text"] for option in options)
    raise CannotDo(f"No option {wanted!r}; there are {known or 'none'}")


def client_complaints(blocks: list[Json], state: dict[str, dict[str, Json]]) -> dict[str, str]:
    """What Slack's own client says, by block, before anything is sent: required fields and lengths."""
    complaints: dict[str, str] = {}
    for block, element in fields(blocks):
        if block["type"] != "input":
            continue
        held = state[block["block_id"]][element["action_id"]]
        value = next((v for k, v in held.items() if k != "type"), None)
        if value in (None, "", []) and not block.get("optional", False):
            complaints[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            complaints[block["block_id"]] = f"Please write at least {element['min_length']} characters."
    return complaints

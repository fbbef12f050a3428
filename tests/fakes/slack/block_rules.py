"""What Slack refuses in messages and views that its published types do not say, or say too gently.

Numbers from Slack's Block Kit reference; see the project's notes on the platforms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.refusals import Json

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 40_000
VIEW_BYTES = 250_000
METADATA_BYTES = 16_000
TITLE = 24

OPTION_LISTS = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
PLACEHOLDER = 150


def message_faults(blocks: list[Json]) -> Iterator[str]:
    """What is wrong with a message's blocks."""
    if len(blocks) > MESSAGE_BLOCKS:
        yield f"{len(blocks)} blocks: a message takes {MESSAGE_BLOCKS}"
    yield from _blocks_faults(blocks)
    for index, block in enumerate(blocks):
        if block.get("type") == "input":
            yield f"blocks[{index}]: an input block in a message"


def view_faults(view: Json) -> Iterator[str]:
    """What is wrong with a view's own parts and its blocks."""
    blocks = view.get("blocks", [])
    if len(blocks) > VIEW_BLOCKS:
        yield f"{len(blocks)} blocks: a view takes {VIEW_BLOCKS}"
    for part in ("title", "submit", "close"):
        if part in view:
            yield from _text_faults(view[part], TITLE, f"view.{part}")
    if view.get("type") == "modal" and "submit" not in view and any(b.get("type") == "input" for b in blocks):
        yield "an input block in a view without submit"
    for part, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if len(view.get(part) or "") > most:
            yield f"view.{part} is longer than {most}"
    yield from _blocks_faults(blocks)


def _blocks_faults(blocks: list[Json]) -> Iterator[str]:
    names = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for name, count in names.items():
        if count > 1:
            yield f"block_id {name!r} is used {count} times"
    for index, block in enumerate(blocks):
        for fault in _block_faults(block):
            yield f"blocks[{index}] ({block.get('type')}): {fault}"


def _block_faults(block: Json) -> Iterator[str]:
    if len(block.get("block_id") or "") > 255:
        yield "block_id is longer than 255"
    match block.get("type"):
        case "section":
            if "text" not in block and not block.get("fields"):
                yield "neither text nor fields"
            if "text" in block:
                yield from _text_faults(block["text"], 3000, "text")
            if "fields" in block and not 1 <= len(block["fields"]) <= 10:
                yield f"{len(block['fields'])} fields: a section takes 1 to 10"
            for field in block.get("fields", []):
                yield from _text_faults(field, 2000, "field")
        case "header":
            yield from _text_faults(block.get("text", {}), 150, "text")
            if block.get("text", {}).get("type") != "plain_text":
                yield "a header takes plain text only"
        case "context":
            yield from _count(block, 10)
            for element in block.get("elements", []):
                if element.get("type") != "image":
                    yield from _text_faults(element, 2000, "element")
        case "actions":
            yield from _count(block, 25)
        case "input":
            yield from _text_faults(block.get("label", {}), 2000, "label")
            if "hint" in block:
                yield from _text_faults(block["hint"], 2000, "hint")
        case "image":
            yield from _lengths(block, {"alt_text": 2000, "image_url": 3000})
        case "markdown":
            yield from _lengths(block, {"text": 12_000})
    yield from _elements_faults(list(elements_of(block)))


def _count(block: Json, most: int) -> Iterator[str]:
    count = len(block.get("elements", []))
    if not 1 <= count <= most:
        yield f"{count} elements: this block takes 1 to {most}"


def elements_of(block: Json) -> Iterator[Json]:
    """The things in a block that one can press or fill."""
    if block.get("type") in ("actions", "context_actions"):
        yield from block.get("elements", [])
    for part in ("accessory", "element"):
        if isinstance(block.get(part), dict) and block[part].get("type") != "image":
            yield block[part]


def _elements_faults(elements: list[Json]) -> Iterator[str]:
    for name, count in Counter(e["action_id"] for e in elements if e.get("action_id")).items():
        if count > 1:
            yield f"action_id {name!r} is used {count} times in one block"
    for element in elements:
        yield from _element_faults(element)


def _element_faults(element: Json) -> Iterator[str]:
    kind = str(element.get("type"))
    yield from _lengths(element, {"action_id": 255, "url": 3000})
    if kind == "button":
        yield from _text_faults(element.get("text", {}), 75, "button")
        yield from _lengths(element, {"value": 2000})
    if kind == "plain_text_input":
        if len(element.get("initial_value") or "") > min(element.get("max_length", 3000), 3000):
            yield "initial_value is longer than the field takes"
        if element.get("max_length", 1) > 3000:
            yield "max_length is more than 3000"
    if "placeholder" in element:
        yield from _text_faults(element["placeholder"], PLACEHOLDER, "placeholder")
    if "confirm" in element:
        for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            if part in element["confirm"]:
                yield from _text_faults(element["confirm"][part], most, f"confirm.{part}")
    yield from _option_faults(element, kind)


def _option_faults(element: Json, kind: str) -> Iterator[str]:
    options = options_of(element)
    if not options and "options" in element:
        yield f"{kind} without options"
    if len(element.get("options", [])) > OPTION_LISTS.get(kind, 100):
        yield f"{len(options)} options: {kind} takes {OPTION_LISTS.get(kind, 100)}"
    for option in options:
        yield from _text_faults(option.get("text", {}), 75, "option")
        if len(option.get("value", "")) > (150 if kind != "overflow" else 151):
            yield "an option's value is longer than 150"
        if "description" in option:
            yield from _text_faults(option["description"], 75, "option description")
    first = element.get("initial_option")
    initial = [first] if first else element.get("initial_options", [])
    for option in initial if options else []:
        if option not in options:
            yield "the initial option is not exactly one of the options"


def options_of(element: Json) -> list[Json]:
    """The choices of a menu, with those of its groups."""
    grouped = [option for group in element.get("option_groups", []) for option in group.get("options", [])]
    return [*element.get("options", []), *grouped]


def _lengths(part: Json, most: dict[str, int]) -> Iterator[str]:
    for name, limit in most.items():
        if len(part.get(name) or "") > limit:
            yield f"{name} is longer than {limit}"


def _text_faults(text: Any, most: int, where: str) -> Iterator[str]:
    if not isinstance(text, dict) or not isinstance(text.get("text"), str):
        yield f"{where} is not a text object"
    elif not text["text"]:
        yield f"{where} is empty"
    elif len(text["text"]) > most:
        yield f"{where} has {len(text['text'])} characters of {most}"

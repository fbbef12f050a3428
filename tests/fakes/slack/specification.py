"""What Slack publishes about its calls, blocks, views and payloads, read from the specifications folder.

Without the folder (a plain clone) only the rules written by hand in `block_rules` are left, and tests that need
the folder skip.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.fakes.slack.refusals import Json
from tests.fakes.specifications import specifications_folder

FREE_FORM = frozenset(
    {"blocks", "values", "actions", "metadata", "attachments", "files", "reactions", "file", "user_profile"}
)
# Bolt's client adds the team to every call; Slack takes it everywhere.
SENT_BY_THE_SDK = frozenset({"team_id"})
# Slack sends these with messages of shared channels; the sample of a plain message does not have them.
SHARED_CHANNEL_KEYS = frozenset({"user_team", "source_team"})


class Specification:
    """The published rules; `present` says whether the folder was found."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or specifications_folder()
        self.present = (self.folder / "slack-methods.json").is_file()

    def _read(self, name: str) -> Json:
        if not self.present:
            return {}
        content: Json = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content

    @cached_property
    def methods(self) -> Json:
        """Every Web API method: arguments, error names, rate tier, scopes."""
        return self._read("slack-methods.json")

    @cached_property
    def _samples(self) -> Json:
        return self._read("slack-inbound-samples.json")

    @cached_property
    def _block_validators(self) -> dict[str, Draft202012Validator]:
        schema = self._read("slack-view.schema.json")
        definitions: Json = schema.get("definitions", {})
        known = definitions.get("KnownBlock", {}).get("anyOf", [])
        names = [reference["$ref"].rpartition("/")[2] for reference in known]
        return {_type_of(definitions[name]): _validator(schema, name) for name in names}

    @cached_property
    def _view_validators(self) -> dict[str, Draft202012Validator]:
        schema = self._read("slack-view.schema.json")
        if not schema:
            return {}
        return {"modal": _validator(schema, "ModalView"), "home": _validator(schema, "HomeView")}

    def argument_faults(self, method: str, arguments: Json) -> Iterator[str]:
        """Every way in which these arguments are not the method's: unknown, missing, or of another type."""
        if not self.present:
            return
        known: Json = self.methods[method]["args"]
        for name, value in arguments.items():
            if name not in known and name not in SENT_BY_THE_SDK:
                yield f"{method}: unknown argument {name}"
            elif not _fits(value, known.get(name, {}).get("type")):
                yield f"{method}: {name} should be {known[name]['type']}, not {value!r:.60}"
        for name, facts in known.items():
            if facts["required"] and name not in arguments:
                yield f"{method}: {name} is missing"

    def block_faults(self, blocks: list[Json]) -> Iterator[str]:
        """Every block that the published types refuse, with the best explanation of why."""
        if not self.present:
            return
        for index, block in enumerate(blocks):
            validator = self._block_validators.get(str(block.get("type")))
            if validator is None:
                yield f"blocks[{index}]: no block has the type {block.get('type')!r}"
            elif error := best_match(validator.iter_errors(block)):
                yield f"blocks[{index}]{error.json_path[1:]}: {error.message[:300]}"

    def view_faults(self, view: Json) -> Iterator[str]:
        """What the published types refuse in a view and its blocks."""
        if not self.present:
            return
        validator = self._view_validators.get(str(view.get("type")))
        if validator is None:
            yield f"view: no view has the type {view.get('type')!r}"
        elif error := best_match(validator.iter_errors({**view, "blocks": []})):
            yield f"view{error.json_path[1:]}: {error.message[:300]}"
        yield from self.block_faults(view.get("blocks", []))

    def inbound_faults(self, sample: str, payload: Json) -> Iterator[str]:
        """Keys the fake is about to send that the real Slack's sample does not have."""
        if self.present:
            yield from _strange_keys(self._samples[sample], payload, sample)

    def rate(self, method: str) -> int | None:
        """Calls a minute by the method's tier, where it has one."""
        tier = str(self.methods.get(method, {}).get("rate_limit", ""))
        found = {"Tier 1": 1, "Tier 2": 20, "Tier 3": 50, "Tier 4": 100}.get(tier[:6])
        return found


@lru_cache(maxsize=4)
def published(folder: Path | None = None) -> Specification:
    """The specification, read once for a whole test run."""
    return Specification(folder)


def _type_of(definition: Json) -> str:
    # An image block has two shapes of one type.
    shape = definition["anyOf"][0] if "anyOf" in definition else definition
    return str(shape["properties"]["type"]["const"])


def _validator(schema: Json, definition: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/definitions/{definition}", "definitions": schema["definitions"]})


def _fits(value: Any, kind: str | None) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false", "1", "0", 1, 0)
        case "number" | "integer":
            return not isinstance(value, bool) and str(value).removeprefix("-").replace(".", "", 1).isdigit()
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list | str)
        case _:
            return True


def _strange_keys(sample: Any, ours: Any, path: str) -> Iterator[str]:
    if not isinstance(sample, dict) or not isinstance(ours, dict) or not sample:
        return
    for key, value in ours.items():
        if key not in sample:
            if key not in SHARED_CHANNEL_KEYS and key != "blocks":
                yield f"{path}.{key} is not in Slack's sample"
        elif key not in FREE_FORM:
            yield from _strange_keys(sample[key], value, f"{path}.{key}")

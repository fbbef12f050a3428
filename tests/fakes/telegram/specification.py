"""What Telegram publishes about its methods and types, read from the specifications folder.

Without the folder (a plain clone) only the rules written by hand in the methods are left, and tests that need
the folder skip.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from tests.fakes.specifications import specifications_folder
from tests.fakes.telegram.refusals import Json

ARRAY = "Array of "
# Types that say by a field of theirs which of their family they are.
DISCRIMINATORS = ("type", "status", "source")


class Specification:
    """The published rules; `present` says whether the folder was found."""

    def __init__(self, folder: Path | None = None) -> None:
        self.file = (folder or specifications_folder()) / "telegram-bot-api.json"
        self.present = self.file.is_file()

    @cached_property
    def _content(self) -> Json:
        if not self.present:
            return {"methods": {}, "types": {}}
        content: Json = json.loads(self.file.read_text(encoding="utf-8"))
        return content

    @cached_property
    def methods(self) -> dict[str, Json]:
        """Every method: its parameters by name, and what it returns."""
        return {
            name: {"fields": {f["name"]: f for f in method.get("fields", [])}, "returns": method["returns"]}
            for name, method in self._content["methods"].items()
        }

    @cached_property
    def types(self) -> dict[str, Json]:
        """Every type: its fields by name, or the types of its family."""
        return {
            name: {"fields": {f["name"]: f for f in kind.get("fields", [])}, "subtypes": kind.get("subtypes", [])}
            for name, kind in self._content["types"].items()
        }

    def named(self, method: str) -> str | None:
        """The method by its name in any case, as Telegram takes it; None when there is none."""
        return self._names.get(method.lower()) if self.present else method

    @cached_property
    def _names(self) -> dict[str, str]:
        return {name.lower(): name for name in self.methods}

    def parameter_types(self, method: str, name: str) -> list[str]:
        """The types a parameter may have; none for an unknown one."""
        types: list[str] = self.methods.get(method, {"fields": {}})["fields"].get(name, {}).get("types", [])
        return types

    def parameter_faults(self, method: str, given: Mapping[str, Any]) -> Iterator[str]:
        """Every way in which these parameters are not the method's: unknown, missing, or of another type."""
        if not self.present:
            return
        fields = self.methods[method]["fields"]
        for name, value in given.items():
            if name not in fields:
                yield f"{method}: unknown parameter {name}"
            else:
                yield from self.faults(value, fields[name]["types"], f"{method}: {name}")
        for name, field in fields.items():
            if field["required"] and name not in given:
                yield f"{method}: {name} is missing"

    def answer_faults(self, method: str, answer: Any) -> Iterator[str]:
        """Where our own answer is not what the method returns."""
        if self.present:
            yield from self.faults(answer, self.methods[method]["returns"], f"{method} returns")

    def faults(self, value: Any, types: list[str], path: str) -> list[str]:
        """Why a value is of none of these types: the reasons of the type it comes closest to."""
        if not self.present:
            return []
        reasons = [self._of_one(value, kind, path) for kind in types]
        return min(reasons, key=len)

    def _of_one(self, value: Any, kind: str, path: str) -> list[str]:
        if kind.startswith(ARRAY):
            if not isinstance(value, list):
                return [f"{path} should be {kind}, not {value!r:.60}"]
            inner = kind.removeprefix(ARRAY)
            return [fault for n, each in enumerate(value) for fault in self._of_one(each, inner, f"{path}[{n}]")]
        if kind not in self.types or kind == "InputFile":
            return [] if _fits(value, kind) else [f"{path} should be {kind}, not {value!r:.60}"]
        if not isinstance(value, dict):
            return [f"{path} should be {kind}, not {value!r:.60}"]
        return self._of_object(value, kind, path)

    def _of_object(self, value: Json, kind: str, path: str) -> list[str]:
        if family := self.types[kind]["subtypes"]:
            return min((self._of_object(value, each, path) for each in family), key=len)
        fields = self.types[kind]["fields"]
        found = [f"{path} is a {kind}, which has no {name}" for name in value if name not in fields]
        found += [f"{path}.{name} is missing" for name, f in fields.items() if f["required"] and name not in value]
        for name, each in value.items():
            if name in fields:
                found += self.faults(each, fields[name]["types"], f"{path}.{name}")
                if name in DISCRIMINATORS and (only := _only_value(fields[name])) and each != only:
                    found += [f"{path}.{name} should be {only}, not {each!r}"] * 100  # another of the family
        return found


@lru_cache(maxsize=4)
def published(folder: Path | None = None) -> Specification:
    """The specification, read once for a whole test run."""
    return Specification(folder)


def _fits(value: Any, kind: str) -> bool:
    match kind:
        case "Boolean" | "True":
            return isinstance(value, bool)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "String":
            return isinstance(value, str)
        case "InputFile":
            return isinstance(value, bytes) or hasattr(value, "content")
        case _:
            return True


def _only_value(field: Json) -> str:
    """The one value a discriminating field may have, as its description words it."""
    description: str = field["description"]
    for words in ("must be ", "always “", 'always "'):
        if words in description:
            rest = description.rpartition(words)[2].strip().strip(".")
            only = rest.strip("“”\"'*_ ")
            return only if only.replace("_", "").isalnum() else ""
    return ""

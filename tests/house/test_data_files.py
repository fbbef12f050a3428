"""The YAML files that Firstline ships say everything once: a key that stands twice would lose what came first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

HOUSE = Path(__file__).parents[2]
PACKAGES = ["bot", "intents", "faq", "escalation", "storage"]
FILES = [path for package in PACKAGES for path in sorted((HOUSE / package).rglob("*.yaml"))]


def keys_said_again(node: Node | None) -> Iterator[str]:
    match node:
        case MappingNode(value=pairs):
            seen: set[str] = set()
            for key, value in pairs:
                if key.value in seen:
                    yield f"line {key.start_mark.line + 1}: {key.value}"
                seen.add(key.value)
                yield from keys_said_again(value)
        case SequenceNode(value=items):
            for item in items:
                yield from keys_said_again(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_key_stands_twice(path: Path) -> None:
    assert list(keys_said_again(yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader))) == []


def test_a_key_that_stands_twice_is_seen_at_any_depth() -> None:
    assert list(keys_said_again(yaml.compose("a: 1\nb: [{c: 1, c: 2}]\na: 2"))) == ["line 2: c", "line 3: a"]

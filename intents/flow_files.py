"""Reading guided diagnoses from YAML and refusing what could lead a person nowhere. Errors name file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml
from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from intents.cues import TextLoader
from intents.flows import BROKEN, FIXED, PERSON, SKIP, Choice, Flow, FlowError, Phrase, Step

LANGUAGES = ("en", "zh")
LONGEST_LABEL = {"en": 24, "zh": 12}
"""Characters that still fit a phone's button, two to a row."""
_USUAL_LABELS: Mapping[str, Phrase] = {
    FIXED: {"en": "Fixed", "zh": "好了"},
    BROKEN: {"en": "Still broken", "zh": "还是不行"},
    SKIP: {"en": "Skip", "zh": "跳过"},
}
_FLOW_KEYS = {"services", "title", "words", "unless", "steps"}
_STEP_KEYS = {"question", "detail", "choices", "usual", "next"}
_CHOICE_KEYS = {"label", "next", "evidence", "article", "affected"}


class BrokenFlows(FlowError):
    """The flow files hold mistakes, one a line: file, line, what is wrong. Set them right and start again."""


@dataclass(slots=True)
class _Reader:
    """One file being read; every mistake is noted with its line, so that all are reported at once."""

    file: str
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, node: Node, what: str) -> None:
        self.mistakes.append(f"{self.file}:{node.start_mark.line + 1}: {what}")

    def mapping(self, node: Node, allowed: Iterable[str] | None = None) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            self.wrong(node, "expected names with values here")
            return {}
        found = {str(key.value): value for key, value in node.value}
        for key, value in found.items():
            if allowed is not None and key not in allowed:
                self.wrong(value, f'"{key}" is not known here; known are {", ".join(sorted(allowed))}')
        return found

    def words(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        if not isinstance(node, SequenceNode) or not all(isinstance(item, ScalarNode) for item in node.value):
            self.wrong(node, "expected a list of words")
            return ()
        return tuple(str(item.value) for item in node.value)

    def phrase(
        self, parts: Mapping[str, Node], key: str, owner: Node, longest: Mapping[str, int] | None = None
    ) -> Phrase:
        node = parts.get(key)
        if node is None:
            self.wrong(owner, f'"{key}" is missing')
            return {}
        spoken = {
            language: str(value.value).strip()
            for language, value in self.mapping(node, LANGUAGES).items()
            if isinstance(value, ScalarNode)
        }
        for language in LANGUAGES:
            if not spoken.get(language):
                self.wrong(node, f'"{key}" is not said in "{language}"')
            elif longest and len(spoken[language]) > longest[language]:
                self.wrong(node, f'"{spoken[language]}" is longer than {longest[language]} characters')
        return spoken


@cache
def read_flows() -> Mapping[str, Flow]:
    """The flows in the package's data; BrokenFlows with every mistake of every file."""
    folder = files("intents").joinpath("data", "flows")
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")}
    return parse_flows(texts)


def parse_flows(texts: Mapping[str, str]) -> Mapping[str, Flow]:
    """The flows of these files (name → YAML text; a file's stem is its flow's key), in the order of their names."""
    flows: dict[str, Flow] = {}
    mistakes: list[str] = []
    for name in sorted(texts):
        reader = _Reader(name)
        try:
            root = yaml.compose(texts[name], TextLoader)
        except YAMLError as error:
            mark, last = getattr(error, "problem_mark", None), texts[name].rstrip().count("\n")
            mistakes.append(f"{name}:{min(mark.line, last) + 1 if mark else 1}: not readable as YAML")
            continue
        flow = _flow(reader, name.removesuffix(".yaml"), root)
        mistakes += reader.mistakes
        if flow:
            flows[flow.key] = flow
    if mistakes:
        raise BrokenFlows("\n".join(mistakes))
    return flows


def _flow(reader: _Reader, key: str, root: Node | None) -> Flow | None:
    if not isinstance(root, MappingNode):
        reader.mistakes.append(f"{reader.file}:1: a flow has services, title and steps")
        return None
    parts = reader.mapping(root, _FLOW_KEYS)
    step_nodes = reader.mapping(parts["steps"]) if "steps" in parts else {}
    if not step_nodes:
        reader.wrong(root, "a flow needs at least one step")
        return None
    services = reader.words(parts.get("services"))
    if not services:
        reader.wrong(root, "a flow names the services it is for")
    keys = list(step_nodes)
    following = dict(zip(keys, [*keys[1:], BROKEN], strict=True))
    steps = {name: _step(reader, name, node, following[name]) for name, node in step_nodes.items()}
    words, unless = reader.words(parts.get("words")), reader.words(parts.get("unless"))
    flow = Flow(key, services, reader.phrase(parts, "title", root), words, keys[0], steps, unless)
    _check_paths(reader, flow, step_nodes)
    return flow


def _step(reader: _Reader, key: str, node: Node, following: str) -> Step:
    parts = reader.mapping(node, _STEP_KEYS)
    own = reader.mapping(parts["choices"]) if "choices" in parts else {}
    following = str(parts["next"].value) if "next" in parts else following
    usual = reader.words(parts["usual"]) if "usual" in parts else (FIXED, BROKEN, SKIP)
    for name in usual:
        if name not in _USUAL_LABELS:
            reader.wrong(parts["usual"], f'"{name}" is not one of fixed, broken, skip')
    choices = [_choice(reader, name, value, following) for name, value in own.items()]
    choices += [
        Choice(name, label, FIXED if name == FIXED else following)
        for name, label in _USUAL_LABELS.items()
        if name in usual and name not in own
    ]
    detail = reader.phrase(parts, "detail", node) if "detail" in parts else None
    return Step(key, reader.phrase(parts, "question", node), detail, tuple(choices))


def _choice(reader: _Reader, key: str, node: Node, following: str) -> Choice:
    parts = reader.mapping(node, _CHOICE_KEYS)
    target, article = parts.get("next"), parts.get("article")
    if target is not None and article is not None:
        reader.wrong(article, 'a choice leads on with "next", or ends with its "article", not both')
    following = BROKEN if article is not None else following
    return Choice(
        key,
        reader.phrase(parts, "label", node, LONGEST_LABEL),
        str(target.value) if target is not None else following,
        reader.phrase(parts, "evidence", node) if "evidence" in parts else None,
        str(article.value) if article is not None else "",
        str(parts["affected"].value) if "affected" in parts else "",
    )


def _check_paths(reader: _Reader, flow: Flow, nodes: Mapping[str, Node]) -> None:
    """Every button leads somewhere, every step can be reached, and no path goes round in a circle."""
    for key, step in flow.steps.items():
        for choice in step.choices:
            if choice.next not in flow.steps and choice.next not in {FIXED, BROKEN, PERSON}:
                reader.wrong(nodes[key], f'"{choice.key}" leads to "{choice.next}", which is not a step')
    reached = set(_reachable(flow))
    for key in flow.steps.keys() - reached:
        reader.wrong(nodes[key], f'no choice leads to step "{key}"')
    for key in _in_circles(flow):
        reader.wrong(nodes[key], f'step "{key}" can come round to itself, so the flow may never end')


def _reachable(flow: Flow) -> Iterator[str]:
    seen, waiting = {flow.first}, [flow.first]
    while waiting:
        key = waiting.pop()
        yield key
        fresh = {choice.next for choice in flow.steps[key].choices if choice.next in flow.steps} - seen
        seen |= fresh
        waiting += fresh


def _in_circles(flow: Flow) -> list[str]:
    """Steps left over when every step without a way to a further step is taken away again and again."""
    left = {key: {c.next for c in step.choices if c.next in flow.steps} for key, step in flow.steps.items()}
    while ending := [key for key, targets in left.items() if not targets & left.keys()]:
        for key in ending:
            del left[key]
    return sorted(left)

"""A file that says only what differs, laid over one that says it all."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node, ScalarNode

from bot.organisation_file.nodes import Value
from bot.organisation_file.schema import SCHEMA

IN_POLICY = 3  # policy: ladders: P1: rungs, and policy: targets: default: P1


def laid_over(part: Value, whole: Value) -> Value:
    """The `whole` with what the `part` says instead; a part that is whole itself stays as it is.

    The part may be a few sections, or what stands in the section `policy`. Entries of a section are exchanged one by
    one; in the policy so are its own sections, their entries, and what a target or a ladder says.
    """
    if not isinstance(part.node, MappingNode) or not isinstance(whole.node, MappingNode):
        return part
    keys = {str(key.value) for key, _ in part.node.value}
    if "organisation" in keys:
        return part
    node = part.node
    if keys & set(SCHEMA["policy"]) and not keys & set(SCHEMA["file"]):
        key = ScalarNode("tag:yaml.org,2002:str", "policy", node.start_mark, node.end_mark)
        node = MappingNode(node.tag, [(key, node)], node.start_mark, node.end_mark)
    return Value(_merged(node, whole.node, 0), part.mistakes)


def _merged(part: MappingNode, whole: MappingNode, depth: int, deepest: int = 1) -> MappingNode:
    given = {str(key.value): value for key, value in part.value}
    rows: list[tuple[Node, Node]] = []
    for key, value in whole.value:
        instead = given.pop(str(key.value), None)
        if depth < deepest and isinstance(instead, MappingNode) and isinstance(value, MappingNode):
            below = IN_POLICY if depth == 0 and key.value == "policy" else deepest
            rows.append((key, _merged(instead, value, depth + 1, below)))
        else:
            rows.append((key, value if instead is None else instead))
    rows += [(key, value) for key, value in part.value if str(key.value) in given]
    return MappingNode(whole.tag, rows, part.start_mark, part.end_mark)

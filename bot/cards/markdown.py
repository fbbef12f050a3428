"""An article's Markdown as neutral blocks: paragraphs, lists, bold, code, https links. Anything else is plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.messages import Block, Line, Paragraph, Span, Steps


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("zero").enable(["list", "emphasis", "backticks", "link", "heading", "newline", "escape"])


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text, in order."""
    return tuple(_blocks(_parser().parse(text)))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    items: list[Line] = []
    depth, ordered, heading = 0, False, False
    for token in tokens:
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                depth += 1
                if depth == 1:
                    ordered, items = token.type == "ordered_list_open", []
            case "ordered_list_close" | "bullet_list_close":
                depth -= 1
                if depth == 0:
                    yield Steps(tuple(items), ordered)
            case "heading_open":
                heading = True
            case "heading_close":
                heading = False
            case "inline":
                line = _line(token.children or [])
                if heading:
                    line = tuple(Span(span.text, "strong", span.link) for span in line)
                if depth:
                    items.append(line)
                else:
                    yield Paragraph(line)


def _line(tokens: Sequence[Token]) -> Line:
    spans: list[Span] = []
    style, link = "", ""
    for token in tokens:
        match token.type:
            case "strong_open":
                style = "strong"
            case "strong_close":
                style = ""
            case "link_open":
                href = str(token.attrGet("href") or "")
                link = href if href.startswith("https://") else ""
            case "link_close":
                link = ""
            case "code_inline":
                spans.append(Span(token.content, "code"))
            case "softbreak" | "hardbreak":
                spans.append(Span("\n", style, link))
            case _ if token.content:
                spans.append(Span(token.content, style, link))
    return tuple(spans)

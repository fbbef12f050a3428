"""Replies as HTML. The templates escape: what is shown is what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment

from bot.channels.web.adapter import TranscriptLine
from bot.messages import Block, Reply


@dataclass(frozen=True, slots=True)
class Page:
    """What every fragment needs to know of the page it is drawn for."""

    base: str
    csrf: str
    language: str
    when: Callable[[datetime], str]
    fresh_id: Callable[[], str]
    tell: Callable[..., str]

    def facts(self) -> Mapping[str, object]:
        """These facts under the names the templates use."""
        return {
            "base": self.base,
            "csrf": self.csrf,
            "language": self.language,
            "when": self.when,
            "fresh_id": self.fresh_id,
            "t": self.tell,
        }


def draw_line(environment: Environment, line: TranscriptLine, page: Page) -> str:
    """A line of the chat."""
    return environment.get_template("line.html").render(page.facts(), line=line)


def draw_reply(environment: Environment, reply: Reply, page: Page) -> str:
    """A reply by itself, for a message or a dialog on a page."""
    return environment.get_template("reply.html").render(page.facts(), reply=reply)


def kind(value: Reply | Block) -> str:
    """The name by which a template tells replies and blocks apart: "card", "facts"."""
    return type(value).__name__.lower()


def safe_link(address: str) -> str:
    """The address if it is one we let people follow, else nothing."""
    return address if address.startswith("https://") else ""

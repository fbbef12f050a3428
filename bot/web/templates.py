"""The Jinja environment of the web desk: everything escaped, nothing undefined."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web.render import Page, kind, safe_link
from bot.phrases import moment, tell

FOLDER = Path(__file__).parent
DEFAULT_ZONE = "UTC"


@cache
def environment() -> Environment:
    """Templates with autoescaping on, for every name; read and compiled once for all desks of a process."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["kind"] = kind
    made.filters["safe_link"] = safe_link
    return made


def page(base: str, csrf: str, language: str, now: datetime, zone: str = DEFAULT_ZONE) -> Page:
    """What the fragments of one answer need to know."""
    return Page(
        base=base,
        csrf=csrf,
        language=language,
        when=lambda at: moment(at, language, zone, now),
        fresh_id=partial(secrets.token_hex, 16),
        tell=lambda key, **facts: tell(f"web.{key}", language, **facts),
    )

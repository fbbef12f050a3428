"""The arguments of one Web API call, whichever way they travelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from tests.fakes.slack.refusals import Json, malformed

STRUCTURED = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
    "files": "invalid_arguments",
}


class Arguments:
    """What the caller sent: text, flags, numbers and decoded structures."""

    def __init__(self, sent: Json, carried: str) -> None:
        self.sent = sent
        self.carried = carried

    def text(self, name: str, otherwise: str = "") -> str:
        value = self.sent.get(name)
        return otherwise if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.sent.get(name) in (True, "true", "1", 1)

    def number(self, name: str, otherwise: int) -> int:
        return int(float(self.sent[name])) if self.sent.get(name) not in (None, "") else otherwise

    def structure(self, name: str) -> Any:
        """A list or dictionary, also when it came as JSON text; None when absent."""
        return self.sent.get(name)

    def decode(self) -> None:
        """Turn structures sent as JSON text into themselves; refused as Slack refuses broken ones."""
        for name, error in STRUCTURED.items():
            value = self.sent.get(name)
            if isinstance(value, str):
                try:
                    self.sent[name] = json.loads(value)
                except ValueError as broken:
                    raise malformed(error, f"{name} is not JSON") from broken
            value = self.sent.get(name)
            expected = dict if name in ("view", "metadata") else list
            if value is not None and not isinstance(value, expected):
                raise malformed(error, f"{name} is not a {expected.__name__}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.sent)


async def read_arguments(request: web.Request) -> tuple[Arguments, str]:
    """The arguments from query, form or JSON body, and the token from the header or the form."""
    sent: Json = dict(request.query)
    carried = "query"
    if request.can_read_body:
        if request.content_type == "application/json":
            carried = "json"
            try:
                body = await request.json()
            except ValueError as broken:
                raise malformed("invalid_json", "the body is not JSON") from broken
            if not isinstance(body, dict):
                raise malformed("json_not_object", "the body is not an object")
            sent.update(body)
        else:
            form = await request.post()
            carried = "form" if form else carried
            sent.update({name: value for name, value in form.items() if isinstance(value, str)})
    token = str(sent.pop("token", ""))
    header = request.headers.get("Authorization", "")
    return Arguments(sent, carried), header.removeprefix("Bearer ") or token

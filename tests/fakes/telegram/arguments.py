"""The parameters of one Bot API call, whichever way they travelled: query, form, multipart or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.telegram.refusals import Json, malformed
from tests.fakes.telegram.specification import ARRAY, Specification


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes
    media_type: str


async def read_arguments(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """The parameters as sent, and the uploaded files by the names of their parts."""
    sent: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.can_read_body:
        if request.content_type == "application/json":
            try:
                body = await request.json()
            except ValueError as broken:
                raise malformed("the body is not JSON") from broken
            if not isinstance(body, dict):
                raise malformed("the body is not an object")
            sent |= body
        else:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
                elif isinstance(value, bytes | bytearray):
                    uploads[name] = Upload(name, bytes(value), "application/octet-stream")
                else:
                    sent[name] = value
    return sent, uploads


def decoded(specification: Specification, method: str, sent: Json, uploads: dict[str, Upload]) -> Json:
    """Every parameter as a value of its published type where its text says one; else as it came."""
    values: Json = {}
    for name, value in sent.items():
        types = specification.parameter_types(method, name) if specification.present else _guessed(name)
        values[name] = _decode(value, types) if isinstance(value, str) else value
        if isinstance(value, str) and value.startswith("attach://"):
            upload = uploads.get(value.removeprefix("attach://"))
            if upload is None:
                raise malformed(f"no part {value} came with the call")
            values[name] = upload
    attached = json.dumps(values, default=str)
    for name, upload in uploads.items():
        if specification.parameter_types(method, name) or not specification.present:
            values[name] = upload
        elif f"attach://{name}" not in attached and upload not in values.values():
            values[name] = upload  # nobody asked for it: an unknown parameter
    return values


def _guessed(name: str) -> list[str]:
    # In a plain clone nobody can be asked; the names tell enough for the methods the house calls.
    if name in NUMBERS:
        return ["Integer"]
    if name in STRUCTURES:
        return ["Structure"]
    return ["Boolean", "String"] if name.startswith(("disable_", "show_", "drop_")) else ["String"]


def _decode(text: str, types: list[str]) -> Any:
    structured = any(kind.startswith(ARRAY) or kind not in PLAIN for kind in types)
    if structured and text[:1] in "[{":
        try:
            return json.loads(text)
        except ValueError:
            return text
    if "Integer" in types and text.removeprefix("-").isdecimal():
        return int(text)
    if "Float" in types and text.removeprefix("-").replace(".", "", 1).isdecimal():
        return float(text)
    if "Boolean" in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


NUMBERS = frozenset(
    {"chat_id", "message_id", "message_thread_id", "user_id", "offset", "limit", "timeout", "icon_color"}
)
STRUCTURES = frozenset(
    {
        *("reply_markup", "reply_parameters", "link_preview_options", "allowed_updates", "entities", "reaction"),
        *("caption_entities", "commands", "scope", "message_ids", "menu_button"),
    }
)
PLAIN = frozenset({"String", "Integer", "Boolean", "Float", "InputFile"})

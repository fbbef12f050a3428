"""An event that was put aside, as it came in: for a second try once whatever broke is mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.messages import Attached, Commanded, Corrected, Event, File, Identity, Place, Pressed, Said, Submitted

KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind for kind in (Said, Attached, Pressed, Submitted, Commanded, Corrected)
}


def event_again(payload: Mapping[str, Any]) -> Event:
    """The event of a parked payload, under an id of its own: what was answered the first time was an apology."""
    values = {name: value for name, value in payload.items() if name != "kind"}
    values |= {"sender": Identity(**values["sender"]), "place": Place(**values["place"])}
    if "files" in values:
        values["files"] = tuple(File(**file) for file in values["files"])
    return KINDS[payload["kind"]](**values | {"id": f"{values['id']}:again"})

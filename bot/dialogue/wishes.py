"""What somebody wanted before we knew who they are: kept, the newest of each account, until the account is linked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bot.messages import Commanded, Event, Identity, Place, Pressed, Said, Submitted
from storage import dialogues
from storage.database import Transaction

KINDS: Mapping[str, type[Said] | type[Pressed] | type[Submitted] | type[Commanded]] = {
    each.__name__: each for each in (Said, Pressed, Submitted, Commanded)
}
LONGEST = 20_000  # characters of what is kept


async def keep(tx: Transaction, event: Event) -> None:
    """Remember what was wanted; files are not kept for somebody unknown."""
    kind = type(event).__name__
    wish = {"kind": kind, "event": asdict(event)}
    if kind in KINDS and len(json.dumps(wish)) <= LONGEST:
        stored = await dialogues.load(tx, _key(event.sender)) or dialogues.Stored(_key(event.sender), "")
        await dialogues.save(tx, replace(stored, state=wish))


async def take(tx: Transaction, who: Identity) -> Event | None:
    """What this account wanted, once: nobody does it a second time."""
    stored = await dialogues.load(tx, _key(who))
    if stored is None or not stored.state:
        return None
    await dialogues.save(tx, replace(stored, state={}))
    return _event(stored.state["kind"], stored.state["event"])


def _event(kind: str, facts: Mapping[str, Any]) -> Event:
    return KINDS[kind](**{**facts, "sender": Identity(**facts["sender"]), "place": Place(**facts["place"])})


def _key(who: Identity) -> str:
    return "wish:" + json.dumps(asdict(who), sort_keys=True, ensure_ascii=False)

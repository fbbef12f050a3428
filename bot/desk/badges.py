"""The badge of whoever is on call, a user group in Slack or a title in Telegram, kept in step with the rota.

What was wanted last stands beside the live cards, with a number that grows with every change: so a change is asked
for once, whichever process sees it, and one that waited for its platform says nothing when a later one follows it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.desk.tickets import Desk
from bot.messages import Badge, Lane
from bot.organisation import Organisation
from escalation.dispatch import Group, first_line
from storage import cards, outbox, people
from storage.database import Database, Transaction

NOTICE = "badge"
EVERY = timedelta(seconds=15)


class Badges:
    """Notices who is on call now. `remarks` says of which badges nobody can wear them, and why."""

    def __init__(self, database: Database, desk: Desk, channels: Collection[str] = ()) -> None:
        self.database = database
        self.desk = desk
        self.channels = frozenset(channels)
        self.remarks: dict[str, str] = {}
        self._looked: datetime | None = None
        self._seen: Organisation | None = None

    async def look(self) -> int:
        """Ask for every badge that another person wears since the last look; how many were."""
        now, organisation = self.desk.clock(), self.desk.organisation
        if organisation is self._seen and self._looked and abs(now - self._looked) < EVERY:
            return 0
        self.remarks.clear()
        changed = 0
        for group in organisation.groups.values():
            for channel in sorted(group.badges.keys() & self.channels):
                changed += await self._follow(group, channel)
        self._looked, self._seen = now, organisation
        return changed

    async def _follow(self, group: Group, channel: str) -> bool:
        key = _key(group.key)
        async with self.database.reading() as tx:
            badge = await _worn_now(tx, self.desk, group, channel)
            _, known = _told(await cards.where(tx, key, channel))
        if not badge.wearers:
            nobody = "nobody is on call" if not first_line(group, self.desk.clock()) else "they have no account there"
            self.remarks[f"{group.key} in {channel}"] = f"{nobody}: {badge.name} stays as it is"
            return False
        if known == _fingerprint(badge):
            return False
        async with self.database.transaction() as tx:
            number, known = _told(await cards.where(tx, key, channel))
            if known == _fingerprint(badge):
                return False
            await cards.stands(tx, key, channel, f"{number + 1} {_fingerprint(badge)}")
            facts = {"group": group.key, "channel": channel, "number": number + 1}
            name, target = f"{key}:{channel}:{number + 1}", f"badge:{channel}:{group.key}"
            await outbox.put(tx, name, target, NOTICE, facts, Lane.NOTICE, None, self.desk.clock())
            tx.after_commit(self.desk.posted.set)
        return True


async def badge_of(tx: Transaction, desk: Desk, facts: Mapping[str, Any]) -> Badge | None:
    """What these facts ask for, as it is now; None when a later change says so too, or nobody can wear it."""
    group, channel = desk.organisation.groups.get(facts["group"]), str(facts["channel"])
    if group is None or channel not in group.badges:
        return None
    number, _ = _told(await cards.where(tx, _key(group.key), channel))
    badge = await _worn_now(tx, desk, group, channel)
    return badge if number == facts["number"] and badge.wearers else None


async def _worn_now(tx: Transaction, desk: Desk, group: Group, channel: str) -> Badge:
    """Worn by whoever is on call now; accounts that cannot be written to count only where there are no others."""
    linked = [
        each
        for person in first_line(group, desk.clock())
        for each in await people.identities_of(tx, person)
        if each.channel == channel
    ]
    living = [each for each in linked if not each.unreachable] or linked
    wearers = tuple(dict.fromkeys(each.user for each in living))
    return Badge(group.key, group.badges[channel], group.rooms.get(channel, ""), wearers)


def _key(group: str) -> str:
    return f"badge:{group}"


def _told(kept: str) -> tuple[int, str]:
    """The number of the last change and what it was; 0 before the first."""
    number, _, fingerprint = kept.partition(" ")
    return int(number or 0), fingerprint


def _fingerprint(badge: Badge) -> str:
    return hashlib.sha256(json.dumps([badge.name, badge.room, sorted(badge.wearers)]).encode()).hexdigest()[:32]

"""The people of the organisation as the database knows them, and who they are on each channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from storage.database import Transaction
from storage.tables import identities, people


@dataclass(frozen=True, slots=True)
class Linked:
    """An account on a channel that is a person. `unreachable` says why we cannot write there; else empty."""

    channel: str
    workspace: str
    user: str
    person: str
    linked_at: datetime
    unreachable: str = ""
    unreachable_at: datetime | None = None


async def sync(tx: Transaction, keys: Collection[str]) -> None:
    """Make exactly these people active. Whoever left stays on record, for the sake of what they did."""
    known = {row.key: row.active for row in await tx.all(select(people.c.key, people.c.active))}
    new = sorted(set(keys) - known.keys())
    await tx.add_all(people, [{"key": key, "active": True, "settings": {}} for key in new])
    for active in (True, False):
        changed = sorted(key for key, was in known.items() if (key in keys) is active and was is not active)
        if changed:
            await tx.change(update(people).where(people.c.key.in_(changed)).values(active=active))


async def welcome(tx: Transaction, key: str) -> None:
    """Keep a place for what somebody chooses who is not of the organisation; not active, for nobody counts them."""
    await tx.add_new(people, key=key, active=False, settings={})


async def active(tx: Transaction) -> frozenset[str]:
    """The keys of everybody who is in the organisation now."""
    return frozenset(row.key for row in await tx.all(select(people.c.key).where(people.c.active)))


async def known(tx: Transaction, person: str) -> bool:
    """Whether this person was ever here."""
    return bool(await tx.value(select(people.c.key).where(people.c.key == person)))


async def settings(tx: Transaction, person: str) -> dict[str, Any]:
    """What the person chose for themselves, such as a language; empty for somebody unknown."""
    chosen: dict[str, Any] | None = await tx.value(select(people.c.settings).where(people.c.key == person))
    return chosen or {}


async def save_settings(tx: Transaction, person: str, chosen: dict[str, Any]) -> bool:
    """Keep what the person chose, all of it; False for somebody unknown."""
    return bool(await tx.change(update(people).where(people.c.key == person).values(settings=chosen)))


async def link(tx: Transaction, channel: str, workspace: str, user: str, person: str, at: datetime) -> bool:
    """Make an account this person's; False when it is somebody else's. Linking again changes nothing."""
    row = await tx.add_new(identities, **_account(channel, workspace, user, person, at))
    return row is not None or await _owner(tx, channel, workspace, user) == person


async def link_all(tx: Transaction, linked: Iterable[tuple[str, str, str, str]], at: datetime) -> None:
    """Make accounts people's: channel, workspace, user and person of each. What is somebody's already stays theirs."""
    await tx.add_all(identities, [_account(*each, at) for each in linked])


async def unlink(tx: Transaction, channel: str, workspace: str, user: str) -> bool:
    """Make an account nobody's; False when it was nobody's."""
    return bool(await tx.change(identities.delete().where(_is(channel, workspace, user))))


async def person_of(tx: Transaction, channel: str, workspace: str, user: str) -> str | None:
    """The active person whose account this is; None for an unlinked account or somebody who left."""
    joined = select(identities.c.person).join(people, people.c.key == identities.c.person)
    person: str | None = await tx.value(joined.where(_is(channel, workspace, user), people.c.active))
    return person


async def identities_of(tx: Transaction, person: str) -> tuple[Linked, ...]:
    """Every account of a person, the earliest linked first."""
    rows = await tx.all(
        select(identities)
        .where(identities.c.person == person)
        .order_by(identities.c.linked_at, identities.c.channel, identities.c.workspace, identities.c.user)
    )
    return tuple(Linked(**row._mapping) for row in rows)


async def accounts(tx: Transaction) -> tuple[Linked, ...]:
    """Every account of everybody."""
    return tuple(Linked(**row._mapping) for row in await tx.all(select(identities)))


async def mark_unreachable(tx: Transaction, channel: str, workspace: str, user: str, reason: str, at: datetime) -> bool:
    """Note that nothing can be sent to this account; False when that was known, or the account is not."""
    reachable = and_(_is(channel, workspace, user), identities.c.unreachable == "")
    lost = update(identities).where(reachable).values(unreachable=reason, unreachable_at=at)
    return bool(await tx.change(lost))


async def mark_reachable(tx: Transaction, channel: str, workspace: str, user: str) -> bool:
    """Note that this account can be written to again; False when nothing stood against it."""
    unreachable = and_(_is(channel, workspace, user), identities.c.unreachable != "")
    found = update(identities).where(unreachable).values(unreachable="", unreachable_at=None)
    return bool(await tx.change(found))


def _account(channel: str, workspace: str, user: str, person: str, at: datetime) -> dict[str, Any]:
    return {
        "channel": channel,
        "workspace": workspace,
        "user": user,
        "person": person,
        "linked_at": at,
        "unreachable": "",
        "unreachable_at": None,
    }


async def _owner(tx: Transaction, channel: str, workspace: str, user: str) -> str | None:
    person: str | None = await tx.value(select(identities.c.person).where(_is(channel, workspace, user)))
    return person


def _is(channel: str, workspace: str, user: str) -> ColumnElement[bool]:
    c = identities.c
    return and_(c.channel == channel, c.workspace == workspace, c.user == user)

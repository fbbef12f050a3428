"""Escalation policies, kept for ever under the hash of their content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from storage.database import Transaction
from storage.tables import policies


async def keep(tx: Transaction, digest: str, data: Mapping[str, Any]) -> None:
    """Keep a policy; keeping it again changes nothing. A ticket can only be stored after its policy."""
    await tx.add_new(policies, digest=digest, data=dict(data))


async def load(tx: Transaction, digest: str) -> dict[str, Any]:
    """The policy that was kept under this hash; KeyError when there is none."""
    row = await tx.first(select(policies.c.data).where(policies.c.digest == digest))
    if row is None:
        raise KeyError(digest)
    data: dict[str, Any] = row.data
    return data

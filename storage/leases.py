"""Work that only one process may do for a period: whoever notes it first does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from storage.database import Transaction
from storage.tables import period_claims


async def claim_period(tx: Transaction, job: str, period: str, owner: str, at: datetime) -> bool:
    """Take a job for a period, such as "report" for "2026-03-02"; False when it is taken."""
    return await tx.add_new(period_claims, job=job, period=period, owner=owner, at=at) is not None


async def forget(tx: Transaction, job: str, before: datetime) -> int:
    """Forget one job's claims made before then, for jobs with many periods; how many."""
    return await tx.change(delete(period_claims).where(period_claims.c.job == job, period_claims.c.at < before))


async def purge(tx: Transaction, before: datetime) -> int:
    """Forget claims made before then; how many."""
    return await tx.change(delete(period_claims).where(period_claims.c.at < before))

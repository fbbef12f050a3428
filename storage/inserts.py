"""The INSERT statements of every table, in the words of either database."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what to do when the row stands already."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


# Building a statement of many columns costs as much as running it, and these are always the same.


@cache
def inserting(table: Table) -> Executable:
    """Insert one row and give it back as stored."""
    return table.insert().returning(*table.c)


@cache
def inserting_many(table: Table, dialect: str) -> Executable:
    """Insert rows, except those whose unique key stands already."""
    return insert(table, dialect).on_conflict_do_nothing()


@cache
def inserting_new(table: Table, dialect: str) -> Executable:
    """Insert one row and give it back, unless its unique key stands already."""
    return insert(table, dialect).on_conflict_do_nothing().returning(*table.c)

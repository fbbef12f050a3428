"""What every table shares: one schema with its names, numbers that count up, and indexes of some rows only."""

from __future__ import annotations

from sqlalchemy import Column, Index, MetaData, text

from storage.columns import Number

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def number() -> Column[int]:
    """A row's own number, which the database gives."""
    return Column("id", Number, primary_key=True)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of only those rows for which `where`, in SQL, is true."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))

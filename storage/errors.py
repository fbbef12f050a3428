"""What can go wrong with the database, in one small tree. The message says what is wrong and what to do."""

from __future__ import annotations


class StorageError(Exception):
    """Something about the database stops us."""


class BadUrl(StorageError):
    """The database URL is not one we can use."""


class AlreadyInUse(StorageError):
    """Another process works on the same SQLite file."""


class SchemaTooNew(StorageError):
    """The database was written by a newer version of this program."""


class DatabaseUnavailable(StorageError):
    """The database did not do what was asked: nothing of the transaction is kept. Trying later may help."""


class CommitUnclear(DatabaseUnavailable):
    """The connection failed during the commit: nobody can say whether the transaction is kept."""


class TooLarge(StorageError):
    """More bytes than we keep."""


def in_a_sentence(error: Exception) -> str:
    """The error for somebody at a terminal; where the driver only named what happened, with what to do."""
    if isinstance(error, DatabaseUnavailable):
        return f"the database does not answer ({error}): see that it runs, and that DATABASE_URL names it"
    return str(error)

"""Which driver errors mean "the database is not there for us now", as opposed to a mistake of ours."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

from storage.errors import DatabaseUnavailable

_OURS = (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError)


def unavailable(error: BaseException) -> DatabaseUnavailable | None:
    """The error as `DatabaseUnavailable` in the driver's words; None for a mistake in what we asked."""
    match error:
        case DatabaseUnavailable():
            return error
        case exc.DBAPIError():
            return None if _is_ours(error) else DatabaseUnavailable(_words(error.orig or error))
        # asyncpg reports a deadline as a bare TimeoutError, a refused or lost connection as an OSError.
        case TimeoutError() | OSError() | exc.TimeoutError():
            return DatabaseUnavailable(_words(error))
        case sqlite3.Error() | ValueError() if "closed" in str(error):
            return DatabaseUnavailable(_words(error))
    if type(error).__module__.startswith("asyncpg."):
        return DatabaseUnavailable(_words(error))
    return None


def _is_ours(error: exc.DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        # Code 1 is SQL that makes no sense; busy, full, read-only and broken disks have codes of their own.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_ERROR
    return isinstance(error, _OURS) and not error.connection_invalidated


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")

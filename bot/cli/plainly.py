"""Troubles a command foresees, said in a sentence instead of a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click


class BadInput(click.ClickException):
    """What was handed to a command cannot be used; the message says where and why."""

    exit_code = 2


@contextlib.contextmanager
def plainly(*foreseen: type[Exception]) -> Iterator[None]:
    """Troubles with the file or the database, and those foreseen, as one sentence instead of a traceback."""
    from bot.organisation_file import OrganisationErrors
    from storage.errors import StorageError, in_a_sentence

    troubles: tuple[type[Exception], ...] = (StorageError, *foreseen)
    try:
        yield
    except OrganisationErrors as errors:
        raise click.ClickException(f"the organisation file has mistakes\n{errors}") from errors
    except troubles as error:
        raise click.ClickException(in_a_sentence(error)) from error

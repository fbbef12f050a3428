"""`firstline db …`: look after the database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.cli.plainly import plainly
from bot.settings import Settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the database to this version's schema."""
    from bot.checking import migrate

    with plainly():
        asyncio.run(migrate(settings))
    click.echo("The database is up to date.")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write everything committed so far to FILE, while the desk may go on running."""
    from storage.backup import backup as save

    with plainly():
        asyncio.run(save(settings.database_url, file))
    click.echo(f"Saved to {file}.")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Restore an empty database from FILE. A database with tickets in it is never overwritten."""
    from storage.backup import restore as load

    with plainly():
        asyncio.run(load(settings.database_url, file))
    click.echo("Restored. The desk on it is quiet: people can use it, and no alarm rings until `firstline db confirm`.")
    click.echo("What still waited to be sent is shown by `firstline stuck`; it may have been sent before.")


@db.command()
@click.pass_obj
def confirm(settings: Settings) -> None:
    """Let the alarms of a restored desk ring: what fell due meanwhile is told in one message each."""
    from bot.checking import let_ring

    with plainly():
        told = asyncio.run(let_ring(settings))
    click.echo("Alarms ring from now on." if told else "This desk is not quiet: alarms ring already.")

"""The `firstline` command. Heavy things are imported by the command that needs them."""

from __future__ import annotations

import click

from bot.cli.channels import slack, telegram
from bot.cli.database import db
from bot.cli.desk import ask, check, erase, link, run, simulate, stuck
from bot.cli.knowledge import faq, route
from bot.settings import SettingsError, from_environment


@click.group(help="Firstline: an IT help desk that lives in chat and on the web.")
@click.version_option(package_name="firstline")
@click.pass_context
def main(context: click.Context) -> None:
    """Read the settings once for whatever command follows."""
    try:
        context.obj = from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


for command in (run, check, ask, simulate, link, stuck, faq, route, erase, slack, telegram, db):
    main.add_command(command)

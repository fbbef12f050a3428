"""`firstline slack …` and `firstline telegram …`: install the desk in a chat, and let people in."""

from __future__ import annotations

import asyncio
import json

import click

from bot.cli.plainly import plainly
from bot.settings import Settings


@click.group()
def slack() -> None:
    """Install Firstline in a Slack workspace."""


@slack.command()
@click.option("--command", default="", help="The slash command's name, if not the one in desk.yaml.")
@click.option("--address", default="", help="The desk's public https address, for HTTP instead of Socket Mode.")
@click.pass_obj
def manifest(settings: Settings, command: str, address: str) -> None:
    """Print the app manifest, to be pasted at api.slack.com/apps under "From a manifest"."""
    from bot.app import load_organisation, utc_now
    from bot.channels.slack.manifest import manifest as written

    with plainly():
        organisation = load_organisation(settings, utc_now())
    command = command or organisation.in_slack.command
    if not (command.startswith("/") and 2 <= len(command) <= 32 and not command[1:].startswith("/")):
        raise click.BadParameter("a slash command starts with / and has at most 32 characters", param_hint="--command")
    if address and not address.startswith("https://"):
        raise click.BadParameter("Slack takes https addresses only", param_hint="--address")
    user_groups = any("slack" in group.badges for group in organisation.groups.values())
    content = written(command, address, user_groups=user_groups)
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


@click.group()
def telegram() -> None:
    """Let people into a Telegram bot."""


@telegram.command()
@click.argument("person")
@click.pass_obj
def invite(settings: Settings, person: str) -> None:
    """Print a link that makes whoever opens it in Telegram PERSON: once, within ten minutes."""
    from bot.checking import telegram_invitation

    with plainly(LookupError):
        click.echo(asyncio.run(telegram_invitation(settings, person)))

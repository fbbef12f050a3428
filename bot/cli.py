"""The `firstline` command. Heavy things are imported by the command that needs them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bot.knowledge_commands import faq, route
from bot.settings import Settings, SettingsError, from_environment


@click.group(help="Firstline: an IT help desk that lives in chat and on the web.")
@click.version_option(package_name="firstline")
@click.pass_context
def main(context: click.Context) -> None:
    """Read the settings once for whatever command follows."""
    try:
        context.obj = from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


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


@main.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Run every channel that has credentials, and the web desk."""
    from bot.app import App
    from bot.logs import set_up

    set_up()

    async def serve() -> None:
        app = await App.build(settings)
        await app.serve(ready=lambda: _say_where(app.desk.organisation.sample, settings))

    with plainly():
        _refuse_busy_port(settings)
        asyncio.run(serve())


def _refuse_busy_port(settings: Settings) -> None:
    """Say it in a sentence, before anything is built, when something else listens there already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host} port {settings.port}"
            words = f"cannot listen on {where}: {error.strerror}. Stop what runs there, or set FIRSTLINE_PORT."
            raise click.ClickException(words) from error


def _say_where(sample: bool, settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"Firstline is ready: http://{host}:{settings.port}/")
    if sample:
        click.echo("This is the sample company. Choose a seat there; several people may sit in several tabs.")
        click.echo("Your own company: copy bot/sample/desk.yaml, edit it, and set FIRSTLINE_CONFIG to its path.")
    click.echo("Stop with Ctrl-C.")


@main.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Check the configuration, and that every rung of every ladder reaches somebody. Exit 1 on trouble."""
    from bot.checking import check_all, warnings

    for warning in asyncio.run(warnings(settings)):
        click.echo(f"warning: {warning}", err=True)
    troubles = asyncio.run(check_all(settings))
    for trouble in troubles:
        click.echo(trouble, err=True)
    if troubles:
        click.echo(f"{len(troubles)} trouble(s) found.", err=True)
        sys.exit(1)
    click.echo("All is well: the file is in order, and every rung reaches somebody.")


@main.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Say why: channels, candidates, features, probability.")
@click.pass_obj
def ask(settings: Settings, text: str, as_json: bool, explain: bool) -> None:
    """Show what the bot understands of TEXT: intent, service, matching articles, verdict."""
    from bot.asking import ask as answer
    from bot.asking import explained

    with plainly():
        found = answer(settings, text, explain=explain)
    words = _in_words(found) + ("\n" + explained(found) if explain else "")
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else words)


def _in_words(found: dict[str, object]) -> str:
    matches = found["matches"]
    assert isinstance(matches, list)
    lines = [f"{name}: {found[name]}" for name in ("intent", "service", "language", "verdict")]
    lines += [
        f"  {match['probability']:.2f}  {match['article']} ({match['language']})  {match['title']}" for match in matches
    ]
    return "\n".join(lines)


@main.command()
@click.option(
    "--tickets",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What happens, as JSON Lines: one deed a line.",
)
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another desk.yaml, or only what differs in it.",
)
@click.option("--from", "since", help="Tell only what happens from this date or time on.")
@click.option("--to", "until", help="Stop at this date or time.")
@click.option("--text", "told", flag_value="text", help="Sentences only, on standard output.")
@click.option("--json", "told", flag_value="json", help="JSON Lines only.")
@click.pass_obj
def simulate(
    settings: Settings, tickets: Path, policy: Path | None, since: str | None, until: str | None, told: str | None
) -> None:
    """Play tickets through the policy: who would hear what, when, and which promise is kept.

    JSON Lines go to standard output and the same in sentences to standard error; at a terminal only sentences.
    """
    from bot.script import ScriptErrors
    from bot.simulating import BadTime, as_json, in_words
    from bot.simulating import simulate as play

    with plainly(ScriptErrors, BadTime):
        organisation, lines = play(settings, tickets, policy, since or "", until or "")
    told = told or ("text" if sys.stdout.isatty() else "both")
    if told in ("json", "both"):
        click.echo("".join(f"{line}\n" for line in as_json(lines, organisation.zone)), nl=False)
    if told in ("text", "both"):
        click.echo("\n".join(in_words(lines, organisation.zone)), err=told == "both")


@main.command()
@click.argument("person")
@click.pass_obj
def link(settings: Settings, person: str) -> None:
    """Print a sign-in link for PERSON (their key in desk.yaml): once, within ten minutes."""
    from bot.checking import sign_in_link

    with plainly(LookupError):
        click.echo(asyncio.run(sign_in_link(settings, person)))


@main.command()
@click.option("--again", metavar="NUMBER", help="Send this outbox row, or handle this inbox event, again.")
@click.pass_obj
def stuck(settings: Settings, again: str | None) -> None:
    """Show messages that could not be sent and events that could not be handled."""
    from bot.checking import again as once_more
    from bot.checking import stuck as what_is_stuck

    with plainly():
        if again is not None:
            if not asyncio.run(once_more(settings, again)):
                raise click.ClickException(f"nothing that is stuck is called {again}: `firstline stuck` lists it")
            click.echo("The desk tries it again within seconds, if it runs.")
            return
        lines = asyncio.run(what_is_stuck(settings))
    click.echo("\n".join(lines) if lines else "Nothing is stuck.")


main.add_command(faq)
main.add_command(route)


@main.command()
@click.argument("person")
@click.option("--also", multiple=True, metavar="TEXT", help="Something else they were called; may be given again.")
@click.pass_obj
def erase(settings: Settings, person: str, also: tuple[str, ...]) -> None:
    """Forget PERSON (their key in desk.yaml): a pseudonym stays, with the numbers; words and files go."""
    from bot.forgetting import forget

    with plainly(LookupError):
        done = asyncio.run(forget(settings, person, also))
    click.echo(f"{done.rows} rows changed; what is left belongs to {done.pseudonym}.")
    click.echo(f"If {person} still stands in desk.yaml, take them out, and delete backups made before.")


@main.group()
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


@main.group()
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


@main.group()
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

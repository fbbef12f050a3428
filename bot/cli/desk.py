"""`firstline run`, `check`, `ask`, `simulate`, `link`, `stuck` and `erase`."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

import click

from bot.cli.plainly import plainly
from bot.settings import Settings


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
@click.argument("person")
@click.pass_obj
def link(settings: Settings, person: str) -> None:
    """Print a sign-in link for PERSON (their key in desk.yaml): once, within ten minutes."""
    from bot.checking import sign_in_link

    with plainly(LookupError):
        click.echo(asyncio.run(sign_in_link(settings, person)))


@click.command()
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


@click.command()
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

"""`firstline faq …` and `firstline route …`: measure, check and move the knowledge."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.settings import Settings

if TYPE_CHECKING:
    from faq.article import Article

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)


@click.group()
def faq() -> None:
    """Measure, check, import and export the articles."""


@click.group()
def route() -> None:
    """Measure how well tickets are sent where they belong, and see what this desk has learned of it."""


@faq.command("eval")
@click.option(
    "--kb", type=EXISTING, required=True, help='Articles: {"faq_id", "title"?, "questions", "answer"?} a line.'
)
@click.option("--queries", type=EXISTING, required=True, help='Messages: {"qid", "text"} a line.')
@click.option("--out", type=WRITTEN, required=True, help='Gets {"qid", "ranked", "action"} a line.')
@click.option("--fit", type=EXISTING, help='Labels to calibrate by: {"text", "gold"} a line.')
@click.pass_obj
def measure_articles(settings: Settings, kb: Path, queries: Path, out: Path, fit: Path | None) -> None:
    """Match messages against articles, with exactly the product's engine; thresholds are desk.yaml's."""
    from bot.app import load_organisation, utc_now
    from bot.organisation_file import OrganisationErrors
    from faq.evaluation import fitted, knowledge_base, predictions
    from faq.verdict import AS_SHIPPED, Thresholds

    try:
        organisation = load_organisation(settings, utc_now())
    except OrganisationErrors as errors:
        raise click.ClickException(f"the organisation file has mistakes\n{errors}") from errors
    index = knowledge_base(_rows(kb, "faq_id"))
    platt = fitted(index, _rows(fit, "text")) if fit else AS_SHIPPED
    thresholds = Thresholds(organisation.answer_at, organisation.suggest_at)
    count = _write(out, predictions(index, _rows(queries, "qid", "text"), thresholds=thresholds, platt=platt))
    click.echo(f"{count} messages matched against {len(index.entries)} articles: {out}")


@route.command("eval")
@click.option("--train", type=EXISTING, required=True, help='Tickets to learn from: {"text", "label"} a line.')
@click.option("--test", type=EXISTING, required=True, help='Tickets to send on: {"id", "text"} a line.')
@click.option("--out", type=WRITTEN, required=True, help='Gets {"id", "ranked"} a line.')
def measure_routing(train: Path, test: Path, out: Path) -> None:
    """Learn where tickets belong from some, and say it of others, with exactly the product's code."""
    from faq import routing

    router = routing.fit((row["text"], row["label"]) for row in _rows(train, "text", "label"))
    if router is None:
        raise click.ClickException(
            f"{train}: too little to learn from: at least {routing.FEWEST_EXAMPLES} tickets are needed, "
            f"and {routing.FEWEST_OF_A_LABEL} of each of two labels"
        )
    tickets = _rows(test, "id", "text")
    count = _write(out, ({"id": row["id"], "ranked": routing.ranked(router, str(row["text"]))} for row in tickets))
    click.echo(f"{count} tickets sent to {len(router.labels)} places by router {router.version}: {out}")


@route.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Show what this desk has learned of where tickets belong: version, tickets, accuracy, the latest nights."""
    from storage.errors import StorageError
    from storage.routers import IN_USE, TOO_FEW, Trial
    from storage.routers import trials as stored

    async def nights() -> tuple[Trial, ...]:
        database = await _opened(settings)
        try:
            async with database.reading() as tx:
                return tuple(await stored(tx))
        finally:
            await database.close()

    try:
        found = asyncio.run(nights())
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    if not any(night.outcome == IN_USE for night in found):
        click.echo("The rules decide where tickets belong: nothing learned is in use.")
    for night in found:
        what = {IN_USE: f"put in, version {night.version}", TOO_FEW: "too few tickets"}.get(night.outcome, "not better")
        did = f"right {night.accuracy:.0%}, before {night.before:.0%}, rules alone {night.rules:.0%}"
        seen = f"learned from {night.learned_from} tickets, {night.held_back} held back"
        click.echo(f"{night.at:%Y-%m-%d %H:%M} UTC  {what}: {seen}" + ("" if night.outcome == TOO_FEW else f"; {did}"))


@faq.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def check(settings: Settings, folder: Path | None) -> None:
    """Look for twins, phrasings that lead elsewhere, dead links and long steps. Exit 1 on trouble.

    Reads the Markdown folder or .jsonl file given, else the articles in use at this desk.
    """
    from faq.lint import troubles

    articles = _read(folder) if folder else _in_use(settings)
    found = troubles(articles)
    for trouble in found:
        click.echo(str(trouble), err=True)
    if found:
        click.echo(f"{len(found)} trouble(s) found.", err=True)
        sys.exit(1)
    click.echo(f"All is well: {len(articles)} articles, each led to by its own words.")


@faq.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def write_articles(settings: Settings, target: Path) -> None:
    """Write the articles in use to TARGET: a file if its name ends in .jsonl, else a folder of Markdown files."""
    from faq.exchange import lines, markdown

    articles = _in_use(settings)
    if target.suffix == ".jsonl":
        target.write_text(lines(articles), encoding="utf-8")
    else:
        for article in articles:
            path = target / article.language / f"{article.id}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(markdown(article), encoding="utf-8")
    click.echo(f"{len(articles)} articles written to {target}.")


@faq.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--by", default="command line", show_default=True, help="Who publishes them, for the record.")
@click.pass_obj
def take_articles(settings: Settings, source: Path, by: str) -> None:
    """Publish the articles of SOURCE (a Markdown folder or .jsonl file) at this desk; running desks take them up."""
    articles = _read(source)
    changed = asyncio.run(_published(settings, articles, by))
    click.echo(f"{changed} of {len(articles)} articles published; the others were the same already.")


def _read(source: Path) -> tuple[Article, ...]:
    from faq.article import ArticleError, ArticleErrors, load_articles
    from faq.exchange import from_lines

    try:
        if source.is_dir():
            articles = load_articles(source)
        else:
            articles = from_lines(source.read_text(encoding="utf-8"), str(source))
    except (ArticleError, ArticleErrors, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    if not articles:
        raise click.ClickException(f"{source} holds no articles: give a folder with en/*.md and zh/*.md, or JSON lines")
    return articles


def _in_use(settings: Settings) -> tuple[Article, ...]:
    """The shipped articles, with what was published at this desk over them."""
    from bot.dialogue.library import article_of
    from faq.article import shipped_articles
    from storage import articles as stored
    from storage.errors import StorageError

    async def published() -> tuple[dict[str, Any], ...]:
        database = await _opened(settings)
        try:
            async with database.reading() as tx:
                return await stored.published(tx)
        finally:
            await database.close()

    try:
        own = [article_of(data) for data in asyncio.run(published())]
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    every = {(article.id, article.language): article for article in (*shipped_articles(), *own)}
    return tuple(every[key] for key in sorted(every))


async def _published(settings: Settings, articles: Iterable[Article], by: str) -> int:
    from storage import articles as stored

    database = await _opened(settings)
    try:
        async with database.transaction() as tx:
            before = {(data["id"], data["language"]): data for data in await stored.published(tx)}
            changed = [
                data for article in articles if before.get((article.id, article.language)) != (data := _data(article))
            ]
            for data in changed:
                await stored.publish(tx, data, by, datetime.now(UTC))
    finally:
        await database.close()
    return len(changed)


async def _opened(settings: Settings) -> Any:
    from bot.app import utc_now
    from storage.database import Database

    database = await Database.open(settings.database_url, clock=utc_now, visitor=True)
    await database.migrate()
    return database


def _data(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "language": article.language,
        "title": article.title,
        "phrasings": list(article.phrasings),
        "services": list(article.services),
        "body": article.body,
        "reviewed": article.reviewed.isoformat() if article.reviewed else None,
    }


def _rows(path: Path, *needed: str) -> tuple[dict[str, Any], ...]:
    from faq.evaluation import read_rows

    try:
        rows = read_rows(path.read_text(encoding="utf-8").splitlines())
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    for number, row in enumerate(rows, start=1):
        for name in needed:
            if name not in row:
                raise click.ClickException(f"{path}: row {number} has no {name!r}")
    return rows


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count

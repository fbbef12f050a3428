"""`firstline faq …` and `firstline route …`: measure, check and move the knowledge."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.plainly import BadInput, plainly
from bot.settings import Settings

if TYPE_CHECKING:
    from faq.article import Article
    from faq.index import Index
    from faq.rows import Row
    from faq.verdict import Platt

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
    from faq.evaluation import articles_in, predictions
    from faq.index import build
    from faq.verdict import AS_SHIPPED, Thresholds

    with plainly():
        organisation = load_organisation(settings, utc_now())
    with _usable():
        articles = articles_in(_text(kb), str(kb))
    messages, labels = _rows(queries, "qid", "text"), _rows(fit, "text", "gold") if fit else ()
    index = build(articles)
    platt = _calibrated(index, labels, fit) if fit else AS_SHIPPED
    thresholds = Thresholds(organisation.answer_at, organisation.suggest_at)
    count = _write(out, predictions(index, messages, thresholds=thresholds, platt=platt))
    click.echo(f"{count} messages matched against {len(index.entries)} articles: {out}")


@route.command("eval")
@click.option("--train", type=EXISTING, required=True, help='Tickets to learn from: {"text", "label"} a line.')
@click.option("--test", type=EXISTING, required=True, help='Tickets to send on: {"id", "text"} a line.')
@click.option("--out", type=WRITTEN, required=True, help='Gets {"id", "ranked"} a line.')
def measure_routing(train: Path, test: Path, out: Path) -> None:
    """Learn where tickets belong from some, and say it of others, with exactly the product's code."""
    from faq import routing

    examples, tickets = _rows(train, "text", "label"), _rows(test, "id", "text")
    router = routing.fit((row["text"], str(row["label"])) for row in examples)
    if router is None:
        raise BadInput(
            f"{train}: too little to learn from: at least {routing.FEWEST_EXAMPLES} tickets are needed, "
            f"and {routing.FEWEST_OF_A_LABEL} of each of two labels"
        )
    count = _write(out, ({"id": row["id"], "ranked": routing.ranked(router, row["text"])} for row in tickets))
    click.echo(f"{count} tickets sent to {len(router.labels)} places by router {router.version}: {out}")


@route.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Show what this desk has learned of where tickets belong: version, tickets, accuracy, the latest nights."""
    from bot.inventory import opened
    from storage.routers import IN_USE, TOO_FEW, Trial
    from storage.routers import trials as stored

    async def nights() -> tuple[Trial, ...]:
        database = await opened(settings)
        try:
            async with database.reading() as tx:
                return tuple(await stored(tx))
        finally:
            await database.close()

    with plainly():
        found = asyncio.run(nights())
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
    with _usable():
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
    with plainly():
        changed = asyncio.run(_published(settings, articles, by))
    click.echo(f"{changed} of {len(articles)} articles published; the others were the same already.")


def _read(source: Path) -> tuple[Article, ...]:
    from faq.article import load_articles
    from faq.exchange import from_lines

    with _usable():
        articles = load_articles(source) if source.is_dir() else from_lines(_text(source), str(source))
    if not articles:
        raise BadInput(f"{source} holds no articles: give a folder with en/*.md and zh/*.md, or JSON lines")
    return articles


def _in_use(settings: Settings) -> tuple[Article, ...]:
    from bot.inventory import inventory

    with plainly():
        return inventory(settings).articles


async def _published(settings: Settings, articles: Iterable[Article], by: str) -> int:
    from bot.inventory import opened
    from storage import articles as stored

    database = await opened(settings)
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


def _calibrated(index: Index, labels: Iterable[Row], source: Path) -> Platt:
    from faq.evaluation import presses
    from faq.verdict import FEWEST_LABELS, FEWEST_OF_A_KIND, enough, refit

    pressed = presses(index, labels)
    if not enough(pressed):
        right = sum(helped for _, helped in pressed)
        click.echo(
            f"{source}: {right} right and {len(pressed) - right} wrong teach little, so the calibration hardly moves: "
            f"{FEWEST_LABELS} labels are needed, and {FEWEST_OF_A_KIND} of each kind",
            err=True,
        )
    return refit(pressed)


@contextlib.contextmanager
def _usable() -> Iterator[None]:
    """What is wrong with a file, as a sentence that names file and line."""
    from faq.article import ArticleError, ArticleErrors
    from faq.rows import RowError

    try:
        yield
    except (ArticleError, ArticleErrors, RowError) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error


def _text(path: Path) -> str:
    with _usable():
        given = path.read_bytes()
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError as error:
        line = given.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}:{line}: this is no UTF-8 text, save the file as UTF-8") from error


def _rows(path: Path, *needed: str) -> tuple[Row, ...]:
    from faq.rows import rows_with

    with _usable():
        return rows_with(_text(path), str(path), *needed)


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    # Half a character, which JSON can name and UTF-8 cannot, goes out the way it came in: as \\ud800.
    with _usable(), path.open("w", encoding="utf-8", errors="backslashreplace") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count

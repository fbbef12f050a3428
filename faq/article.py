"""Knowledge articles: Markdown files with a little YAML in front; every mistake is named by file and line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

LANGUAGES = ("en", "zh")
FENCE = "---"
KEYS = ("title", "language", "services", "phrasings", "reviewed")
SHIPPED = Path(__file__).parent / "articles"


@dataclass(frozen=True, slots=True)
class Article:
    """One answer in one language. `id` and `language` together are its identity; `body` is Markdown."""

    id: str
    language: str
    title: str
    phrasings: tuple[str, ...]
    services: tuple[str, ...]
    body: str
    reviewed: date | None
    source: str = ""


class ArticleError(ValueError):
    """An article cannot be read: `file:line: what is wrong, what was meant`."""


class ArticleErrors(ValueError):
    """Several articles cannot be read; `errors` holds them all, in the order of their files."""

    def __init__(self, errors: tuple[ArticleError, ...]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


def parse_article(text: str, source: str) -> Article:
    """The article written in `text`. Its id is the file stem of `source`, its language the front matter's.

    Raises ArticleError, whose message begins `source:line:`.
    """
    front, body, body_line = _split(text.removeprefix("\ufeff").replace("\r\n", "\n"), source)
    meta = _load(front, source)
    _refuse_unknown(meta, source)
    if not body.strip():
        raise ArticleError(
            f"{source}:{body_line}: the article has no text, write the steps below the second '---'"
        )
    return Article(
        id=Path(source).stem,
        language=_language(meta, source),
        title=_title(meta, source),
        phrasings=_strings(meta, "phrasings", source),
        services=_strings(meta, "services", source),
        body=body.strip() + "\n",
        reviewed=_reviewed(meta, source),
        source=source,
    )


def load_articles(folder: Path) -> tuple[Article, ...]:
    """All articles of `folder/en/*.md` and `folder/zh/*.md`, sorted by id and language.

    Raises ArticleErrors with every mistake in every file.
    """
    articles: list[Article] = []
    errors: list[ArticleError] = []
    for path in sorted(path for language in LANGUAGES for path in (folder / language).glob("*.md")):
        try:
            article = parse_article(_read(path), str(path))
            _agrees_with_folder(article, path)
        except ArticleError as error:
            errors.append(error)
        else:
            articles.append(article)
    if errors:
        raise ArticleErrors(tuple(errors))
    return tuple(sorted(articles, key=lambda article: (article.id, article.language)))


def shipped_articles() -> tuple[Article, ...]:
    """The articles that come with Firstline."""
    return load_articles(SHIPPED)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ArticleError(f"{path}:1: the file is not UTF-8 text, save it as UTF-8") from error


def _agrees_with_folder(article: Article, path: Path) -> None:
    if article.language != path.parent.name:
        raise ArticleError(
            f"{path}:1: language is '{article.language}' but the file lies in '{path.parent.name}/', "
            f"move it or write 'language: {path.parent.name}'"
        )


def _split(text: str, source: str) -> tuple[str, str, int]:
    """Front matter, body, and the line the body begins on."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise ArticleError(
            f"{source}:1: the file must begin with a line '---', then title and phrasings, then '---'"
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            # The leading newline keeps YAML's own line numbers equal to the file's.
            return "\n" + "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise ArticleError(f"{source}:{len(lines)}: the front matter has no end, close it with a line '---'")


def _load(front: str, source: str) -> Mapping[str, Any]:
    try:
        # Round-trip loading is safe and is the only loading that keeps the line of every key.
        loaded = YAML(typ="rt").load(front)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ArticleError(f"{source}:{line}: this is not YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError) as error:
        raise ArticleError(f"{source}:1: this is not YAML: {error}") from error
    if not isinstance(loaded, Mapping):
        raise ArticleError(
            f"{source}:2: the front matter must be 'key: value' lines, such as 'title: VPN drops'"
        )
    return loaded


def _line(meta: Mapping[str, Any], key: str) -> int:
    positions = getattr(meta, "lc", None)
    try:
        return int(positions.key(key)[0]) + 1 if positions is not None else 1
    except (KeyError, TypeError, AttributeError):
        return 1


def _refuse_unknown(meta: Mapping[str, Any], source: str) -> None:
    for key in meta:
        if key not in KEYS:
            close = difflib.get_close_matches(str(key), KEYS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known keys are {', '.join(KEYS)}"
            raise ArticleError(f"{source}:{_line(meta, key)}: unknown key '{key}', {hint}")


def _title(meta: Mapping[str, Any], source: str) -> str:
    title = meta.get("title")
    if not isinstance(title, str) or not title.strip():
        raise ArticleError(
            f"{source}:{_line(meta, 'title')}: 'title' is missing or not text, write 'title: …'"
        )
    return str(title).strip()


def _language(meta: Mapping[str, Any], source: str) -> str:
    language = meta.get("language")
    if language not in LANGUAGES:
        raise ArticleError(f"{source}:{_line(meta, 'language')}: 'language' is {language!r}, write en or zh")
    return str(language)


def _strings(meta: Mapping[str, Any], key: str, source: str) -> tuple[str, ...]:
    values = meta.get(key)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise ArticleError(f"{source}:{_line(meta, key)}: '{key}' must be a list, one '- …' a line")
    for position, value in enumerate(values):
        if not isinstance(value, str) or not value.strip():
            positions = getattr(values, "lc", None)
            line = int(positions.item(position)[0]) + 1 if positions is not None else _line(meta, key)
            raise ArticleError(
                f"{source}:{line}: an entry of '{key}' is {value!r}, not text; put it in quotes"
            )
    return tuple(dict.fromkeys(str(value).strip() for value in values))


def _reviewed(meta: Mapping[str, Any], source: str) -> date | None:
    value = meta.get("reviewed")
    match value:
        case None:
            return None
        case datetime():
            return value.date()
        case date():
            return value
        case _:
            line = _line(meta, "reviewed")
            raise ArticleError(f"{source}:{line}: 'reviewed' is {value!r}, write a date such as 2026-11-01")

"""Knowledge articles: Markdown files with a little YAML in front; every mistake is named by file and line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

# Every scalar stays text, as YAML 1.1 takes `no` for false; read by libyaml where PyYAML has it.
TextLoader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
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


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the front matter: the line its key stands in, from 1, and its value."""

    line: int
    value: Node

    @property
    def is_nothing(self) -> bool:
        return isinstance(self.value, ScalarNode) and self.value.value in ("", "~", "null")


_Meta = Mapping[str, _Entry]


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
        raise ArticleError(f"{source}:{body_line}: the article has no text, write the steps below the second '---'")
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
        raise ArticleError(f"{source}:1: the file must begin with a line '---', then title and phrasings, then '---'")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            # The leading newline keeps YAML's own line numbers equal to the file's.
            return "\n" + "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise ArticleError(f"{source}:{len(lines)}: the front matter has no end, close it with a line '---'")


def _load(front: str, source: str) -> _Meta:
    try:
        root = yaml.compose(front, TextLoader)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ArticleError(f"{source}:{line}: this is not YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError) as error:
        raise ArticleError(f"{source}:1: this is not YAML: {error}") from error
    if not isinstance(root, MappingNode):
        raise ArticleError(f"{source}:2: the front matter must be 'key: value' lines, such as 'title: VPN drops'")
    meta: dict[str, _Entry] = {}
    for key, value in root.value:
        entry = _Entry(key.start_mark.line + 1, value)
        if str(key.value) in meta:
            raise ArticleError(f"{source}:{entry.line}: '{key.value}' stands here a second time, delete one of the two")
        meta[str(key.value)] = entry
    return meta


def _line(meta: _Meta, key: str) -> int:
    return meta[key].line if key in meta else 1


def _text(node: Node) -> str:
    """The text of a single value, or nothing for a list or mapping."""
    return str(node.value).strip() if isinstance(node, ScalarNode) else ""


def _refuse_unknown(meta: _Meta, source: str) -> None:
    for key, entry in meta.items():
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known keys are {', '.join(KEYS)}"
            raise ArticleError(f"{source}:{entry.line}: unknown key '{key}', {hint}")


def _title(meta: _Meta, source: str) -> str:
    title = _text(meta["title"].value) if "title" in meta else ""
    if not title:
        raise ArticleError(f"{source}:{_line(meta, 'title')}: 'title' is missing or not text, write 'title: …'")
    return title


def _language(meta: _Meta, source: str) -> str:
    language = _text(meta["language"].value) if "language" in meta else None
    if language not in LANGUAGES:
        raise ArticleError(f"{source}:{_line(meta, 'language')}: 'language' is {language!r}, write en or zh")
    return language


def _strings(meta: _Meta, key: str, source: str) -> tuple[str, ...]:
    entry = meta.get(key)
    if entry is None or entry.is_nothing:
        return ()
    if not isinstance(entry.value, SequenceNode):
        raise ArticleError(f"{source}:{entry.line}: '{key}' must be a list, one '- …' a line")
    for item in entry.value.value:
        if not _text(item):
            line = item.start_mark.line + 1
            raise ArticleError(f"{source}:{line}: an entry of '{key}' is not text; put it in quotes")
    return tuple(dict.fromkeys(_text(item) for item in entry.value.value))


def _reviewed(meta: _Meta, source: str) -> date | None:
    entry = meta.get("reviewed")
    if entry is None or entry.is_nothing:
        return None
    written = _text(entry.value)
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ArticleError(
            f"{source}:{entry.line}: 'reviewed' is {written!r}, write a date such as 2026-11-01"
        ) from error

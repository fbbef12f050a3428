"""What is wrong with a knowledge base as a whole: twins, lost phrasings, dead links, steps too long to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from faq.article import Article
from faq.index import Index, build
from faq.match import match
from faq.normalise import has_han, normalise, spaced

TWINS = 90.0  # per cent of letters or words in common from which two titles or phrasings are told apart by nobody
LONGEST_STEP = {"en": 60, "zh": 110}  # words of an English step, characters of a Chinese one
FEWEST_PHRASINGS = 5
_STEP = re.compile(r"^\s*(?:(?:\d+[.)]|[-*+])\s+|\d+[、．]\s*)(.*)$")
_ENDS_A_STEP = re.compile(r"\s*$|#")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)[^)]*\)")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing to put right in one article."""

    article: str
    language: str
    words: str

    def __str__(self) -> str:
        return f"{self.language}/{self.article}: {self.words}"


def troubles(articles: Sequence[Article]) -> tuple[Trouble, ...]:
    """Everything found, by article. Links to other articles are dead when those do not exist; the web is not asked."""
    index = build(articles)
    known = {article.id for article in articles}
    found: list[Trouble] = []
    for article in sorted(articles, key=lambda one: (one.id, one.language)):
        said = (*_few(article), *_lost(article, index), *_dead(article, known), *_long(article))
        found += [Trouble(article.id, article.language, words) for words in said]
    return (*found, *_twins(articles))


def _few(article: Article) -> Iterator[str]:
    own = [phrasing for phrasing in article.phrasings if has_han(phrasing) == (article.language == "zh")]
    if len(own) < FEWEST_PHRASINGS:
        yield f"{len(own)} phrasings in its language, write at least {FEWEST_PHRASINGS}"


def _lost(article: Article, index: Index) -> Iterator[str]:
    """What an article says of itself has to lead to it."""
    for text in (article.title, *article.phrasings):
        found = match(index, text, language=article.language, limit=1)
        if not found:
            yield f"{text!r} has no letter or character to be found by"
        elif found[0].article_id != article.id:
            yield f"{text!r} leads to {found[0].article_id}: {found[0].phrasing!r}"


def _dead(article: Article, known: set[str]) -> Iterator[str]:
    for target in _LINK.findall(article.body):
        if not target.startswith(("http://", "https://", "mailto:", "#")):
            name = target.split("#")[0].rstrip("/").rpartition("/")[2].removesuffix(".md")
            if name not in known:
                yield f"the link to {target} is dead: there is no article {name}"


def _long(article: Article) -> Iterator[str]:
    for step in _steps(article.body):
        size = _size(step, article.language)
        if size > LONGEST_STEP[article.language]:
            unit = "characters" if article.language == "zh" else "words"
            yield f"a step of {size} {unit} is too long ({LONGEST_STEP[article.language]}): {step[:40]}…"


def _steps(body: str) -> Iterator[str]:
    """Each step as one line; lines that go on with it belong to it, up to an empty one, a heading or the next step."""
    step: list[str] = []
    for line in body.splitlines():
        begins = _STEP.match(line)
        if step and (begins or _ENDS_A_STEP.match(line)):
            yield " ".join(step)
            step = []
        if begins:
            step = [begins[1].strip()]
        elif step:
            step.append(line.strip())
    if step:
        yield " ".join(step)


def _size(text: str, language: str) -> int:
    return len("".join(normalise(text).split())) if language == "zh" else len(text.split())


def _twins(articles: Sequence[Article]) -> Iterator[Trouble]:
    """Titles and phrasings of different articles that read alike; and words that stand in two articles."""
    spoken = sorted(
        (article.language, article.id, spaced(normalise(text)), text)
        for article in articles
        for text in (article.title, *article.phrasings)
    )
    for language, group in groupby(spoken, key=lambda one: one[0]):
        rows = list(group)
        for at, (_, id, plain, text) in enumerate(rows):
            for _, other, against, twin in rows[at + 1 :]:
                if id != other and _alike(plain, against):
                    yield Trouble(id, language, f"{text!r} is nearly {twin!r} of {other}")


def _alike(one: str, other: str) -> bool:
    if fuzz.ratio(one, other, score_cutoff=TWINS) > 0:
        return True
    return fuzz.token_sort_ratio(one, other, score_cutoff=TWINS) > 0

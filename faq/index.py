"""The index: every title and phrasing of every article, as rows of four sparse channels and one of meanings.

Immutable, and cheap to extend by one article.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

import numpy as np
from numpy.typing import NDArray

from faq.article import Article
from faq.grams import Bags, character_grams, syllable_grams, word_pairs, word_stems
from faq.lookup import Lookup
from faq.meaning import meanings
from faq.normalise import normalise, words
from faq.postings import Postings
from faq.sketch import Sketches
from faq.vocabulary import Vocabulary

MIXING: Mapping[str, float] = {"characters": 1.0, "words": 0.5, "pairs": 0.5, "sounds": 0.6, "meaning": 1.0}
TOTAL = sum(MIXING.values())
SPARSE = ("characters", "words", "pairs", "sounds")
SHARES = tuple(MIXING[name] / TOTAL for name in SPARSE)
SKETCHED_AT_ONCE = 512  # rows: bounds the memory, and how long other threads wait
FEATURES: Mapping[str, Callable[[Sequence[str]], Bags]] = {
    "characters": character_grams,
    "words": word_stems,
    "pairs": word_pairs,
    "sounds": syllable_grams,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """What an article contributes: its phrasings (title first) as written and normalised."""

    article: Article
    written: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One article id in all its languages, over rows start:stop."""

    id: str
    start: int
    stop: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A knowledge base ready to be asked. Parts are sorted by article id and language; rows follow them."""

    parts: tuple[Rows, ...]
    entries: tuple[Entry, ...]
    starts: NDArray[np.int64]
    row_entries: NDArray[np.int32]
    texts: tuple[str, ...]
    written: tuple[str, ...]
    lookup: Lookup
    meanings: NDArray[np.int8]
    sketches: Sketches
    vocabulary: Vocabulary

    def channel(self, name: str) -> Postings:
        """The sparse channel of this name."""
        return self.lookup.channels[SPARSE.index(name)]

    def sketched(self, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """The rows' sketches."""
        return self.sketches.of(rows, self._shares())

    def warm(self) -> None:
        """Work every row's sketch out now, rather than for the first message that comes near it.

        An index that grew by an article has none yet.
        """
        rows = np.flatnonzero(~self.sketches.done)
        for at in range(0, len(rows), SKETCHED_AT_ONCE):
            self.sketches.fill(rows[at : at + SKETCHED_AT_ONCE], self._shares())

    def _shares(self) -> list[tuple[Postings, float]]:
        return list(zip(self.lookup.channels, SHARES, strict=True))

    def replace(self, article: Article) -> Index:
        """The index with this article new or in place of its earlier version; equal to a full build."""
        return self._with(article.id, article.language, article)

    def without(self, id: str, language: str) -> Index:
        """The index without this article; the same index when it has none such."""
        return self._with(id, language, None)

    def _with(self, id: str, language: str, article: Article | None) -> Index:
        at = bisect_left(self.parts, (id, language), key=_key)
        present = at < len(self.parts) and _key(self.parts[at]) == (id, language)
        if article is None and not present:
            return self
        old = self.parts[at : at + 1] if present else ()
        new = (_rows(article),) if article is not None else ()
        before = tuple(takewhile(lambda part: part.article.id == id, reversed(self.parts[:at])))[::-1]
        after = tuple(takewhile(lambda part: part.article.id == id, self.parts[at + len(old) :]))
        place = bisect_left(self.entries, id, key=lambda entry: entry.id)
        first = self.entries[place].start if place < len(self.entries) else len(self.texts)
        start = first + _count(before)
        stop = start + _count(old)
        texts = tuple(text for part in new for text in part.texts)
        written = tuple(text for part in new for text in part.written)
        there = 1 if (*before, *old, *after) else 0
        grown = _count(new) - _count(old)
        moved = (
            Entry(each.id, each.start + grown, each.stop + grown, each.languages)
            for each in self.entries[place + there :]
        )
        return _assembled(
            self.parts[:at] + new + self.parts[at + len(old) :],
            (*self.entries[:place], *_entries((*before, *new, *after), first), *moved),
            (self.texts[:start] + texts + self.texts[stop:], self.written[:start] + written + self.written[stop:]),
            [self.channel(name).replacing(start, stop, FEATURES[name](texts)) for name in SPARSE],
            np.concatenate([self.meanings[:start], meanings(texts), self.meanings[stop:]]),
            self.vocabulary.replacing([words(text) for part in old for text in part.texts], map(words, texts)),
        )


def build(articles: Iterable[Article]) -> Index:
    """An index over the articles; of several with the same id and language the last one counts."""
    latest = {(article.id, article.language): article for article in articles}
    parts = tuple(_rows(latest[key]) for key in sorted(latest))
    texts = tuple(text for part in parts for text in part.texts)
    index = _assembled(
        parts,
        _entries(parts, 0),
        (texts, tuple(text for part in parts for text in part.written)),
        [Postings.of(FEATURES[name](texts)) for name in SPARSE],
        meanings(texts),
        Vocabulary.of(map(words, texts)),
    )
    index.warm()
    return index


def _rows(article: Article) -> Rows:
    texts: dict[str, str] = {}
    for written in dict.fromkeys((article.title, *article.phrasings)):
        texts.setdefault(normalise(written), written)
    if len(texts) > 1:
        texts.pop("", None)
    return Rows(article, tuple(texts.values()), tuple(texts))


def _key(part: Rows) -> tuple[str, str]:
    return part.article.id, part.article.language


def _count(parts: Iterable[Rows]) -> int:
    return sum(len(part.texts) for part in parts)


def _assembled(
    parts: tuple[Rows, ...],
    entries: tuple[Entry, ...],
    texts: tuple[tuple[str, ...], tuple[str, ...]],
    channels: Sequence[Postings],
    meaning: NDArray[np.int8],
    vocabulary: Vocabulary,
) -> Index:
    """The texts are the rows normalised, and as they were written."""
    lengths = [entry.stop - entry.start for entry in entries]
    return Index(
        parts=parts,
        entries=entries,
        starts=np.array([entry.start for entry in entries], dtype=np.int64),
        row_entries=np.repeat(np.arange(len(entries), dtype=np.int32), lengths),
        texts=texts[0],
        written=texts[1],
        lookup=Lookup.of(channels),
        meanings=meaning,
        sketches=Sketches.empty(len(meaning)),
        vocabulary=vocabulary,
    )


def _entries(parts: Sequence[Rows], start: int) -> tuple[Entry, ...]:
    """The entries of these parts, whose rows begin at `start`."""
    entries = []
    for id, group in groupby(parts, key=lambda part: part.article.id):
        members = list(group)
        stop = start + _count(members)
        entries.append(Entry(id, start, stop, tuple(part.article.language for part in members)))
        start = stop
    return tuple(entries)

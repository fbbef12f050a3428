"""One channel of the index: an inverted index of weighted features over rows, in flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.grams import Triplets

MOST_POSTINGS = 150_000  # looked at for one message; rarer features come first, so what is cut says least


@dataclass(frozen=True, slots=True)
class Query:
    """A message in one channel: its known features' positions and weights, and how much was known."""

    positions: NDArray[np.int64]
    weights: NDArray[np.float32]
    rarity: float  # of all the message's features together
    known: float  # share of that rarity that stands in features the index knows


@dataclass(frozen=True, slots=True)
class Postings:
    """TF-IDF rows of unit length, by feature: feature i (sorted) has the postings starts[i]:starts[i+1]."""

    features: NDArray[np.uint32]
    starts: NDArray[np.int64]
    posted: NDArray[np.uint32]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]
    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]
    row_rarity: NDArray[np.float32]
    row_starts: NDArray[np.int64]
    row_order: NDArray[np.int32]
    row_count: int

    @classmethod
    def of(cls, triplets: Triplets, row_count: int) -> Postings:
        """Postings over `row_count` rows. Weight = (1 + ln count) · idf, rows scaled to length 1."""
        if len(triplets.features):
            new = np.r_[True, triplets.features[1:] != triplets.features[:-1]]
        else:
            new = np.zeros(0, dtype=np.bool_)
        starts = np.r_[np.flatnonzero(new), len(new)].astype(np.int64)
        frequency = np.diff(starts)
        rarity = idf(frequency, row_count)
        weights = (1 + np.log(triplets.counts)) * np.repeat(rarity, frequency)
        length = np.sqrt(np.bincount(triplets.rows, weights * weights, minlength=row_count))
        weights /= np.maximum(length, 1e-9)[triplets.rows]
        # Sixteen bits sort several times faster than thirty-two.
        rows = triplets.rows.astype(np.uint16) if row_count < 1 << 16 else triplets.rows
        order = np.argsort(rows, kind="stable")
        return cls(
            features=triplets.features[starts[:-1]],
            starts=starts,
            posted=triplets.features,
            rows=triplets.rows,
            counts=triplets.counts,
            weights=weights.astype(np.float32),
            rarity=rarity,
            row_rarity=np.bincount(triplets.rows, np.repeat(rarity, frequency), minlength=row_count).astype(np.float32),
            row_starts=np.searchsorted(triplets.rows[order], np.arange(row_count + 1)).astype(np.int64),
            row_order=order.astype(np.int32),
            row_count=row_count,
        )

    def query(self, triplets: Triplets) -> Query:
        """The one row of `triplets` as a query of unit length (unknown features count towards the length)."""
        if not len(triplets.features):
            return Query(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32), 0.0, 0.0)
        at = np.searchsorted(self.features, triplets.features)
        at = np.minimum(at, max(len(self.features) - 1, 0))
        known = self.features[at] == triplets.features if len(self.features) else np.zeros(len(at), dtype=np.bool_)
        unseen = idf(np.zeros(1, dtype=np.int64), self.row_count)[0]
        rarity = np.where(known, self.rarity[at] if len(self.features) else 0, unseen)
        weights = (1 + np.log(triplets.counts)) * rarity
        total = float(rarity.sum())
        length = np.sqrt(weights @ weights)
        return Query(at[known], (weights[known] / length).astype(np.float32), total, float(rarity[known].sum()) / total)

    def scores(self, query: Query) -> NDArray[np.float64]:
        """Cosine of the query with each row."""
        order, spans, lengths = self._spans(query)
        if not spans:
            return np.zeros(self.row_count)
        parts = np.concatenate([self.weights[span] for span in spans]) * np.repeat(query.weights[order], lengths)
        return np.bincount(self._rows_of(spans), parts, minlength=self.row_count).astype(np.float64, copy=False)

    def shared(self, query: Query) -> NDArray[np.float64]:
        """Summed rarity of the features each row shares with the query."""
        order, spans, lengths = self._spans(query)
        if not spans:
            return np.zeros(self.row_count)
        parts = np.repeat(self.rarity[query.positions[order]], lengths)
        return np.bincount(self._rows_of(spans), parts, minlength=self.row_count).astype(np.float64, copy=False)

    def _rows_of(self, spans: list[slice]) -> NDArray[np.int32]:
        return np.concatenate([self.rows[span] for span in spans])

    def _spans(self, query: Query) -> tuple[NDArray[np.int64], list[slice], NDArray[np.int64]]:
        """Postings of the query's features, rarest features first, as many as the bound allows."""
        begins, ends = self.starts[query.positions], self.starts[query.positions + 1]
        order = np.argsort(ends - begins, kind="stable")
        order = order[np.cumsum((ends - begins)[order]) <= MOST_POSTINGS]
        return order, [slice(int(begins[i]), int(ends[i])) for i in order], (ends - begins)[order]

    def sketch(self, rows: Sequence[int], width: int) -> NDArray[np.float32]:
        """The rows as dense vectors of `width` numbers, whose products come near the rows' cosines.

        Feature hashing with signs (Weinberger et al., 2009); `width` is a power of two.
        """
        spans = [slice(int(self.row_starts[row]), int(self.row_starts[row + 1])) for row in rows]
        at = np.concatenate([self.row_order[span] for span in spans])
        hashes = self.posted[at]
        cells = np.repeat(np.arange(len(rows)) * width, [span.stop - span.start for span in spans])
        cells += hashes & np.uint32(width - 1)
        signed = np.where(hashes >> np.uint32(31), self.weights[at], -self.weights[at])
        dense = np.bincount(cells, signed, minlength=len(rows) * width)
        return dense.reshape(len(rows), width).astype(np.float32)

    def replacing(self, start: int, stop: int, triplets: Triplets, row_count: int) -> Postings:
        """The same postings with rows start:stop replaced by the `row_count` rows of `triplets`."""
        keep = (self.rows < start) | (self.rows >= stop)
        features = self.posted[keep]
        rows = self.rows[keep]
        shift = row_count - (stop - start)
        rows = np.where(rows >= stop, rows + shift, rows).astype(np.int32)
        added = triplets.rows + np.int32(start)
        key = (features.astype(np.uint64) << np.uint64(32)) | rows.astype(np.uint64)
        new = (triplets.features.astype(np.uint64) << np.uint64(32)) | added.astype(np.uint64)
        at = np.searchsorted(key, new)
        merged = Triplets(
            features=np.insert(features, at, triplets.features),
            rows=np.insert(rows, at, added),
            counts=np.insert(self.counts[keep], at, triplets.counts),
        )
        return Postings.of(merged, self.row_count + shift)


def idf(frequency: NDArray[np.int64], row_count: int) -> NDArray[np.float32]:
    """Smoothed inverse document frequency, ln((1 + rows) / (1 + frequency)) + 1, as in scikit-learn."""
    return (np.log((1 + row_count) / (1 + frequency)) + 1).astype(np.float32)

"""The sparse channels side by side: a message is looked up, and all rows are scored, in all of them at once.

A message has a hundred features. To call numpy takes longer than to work on so few, so it is called once for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from faq.grams import LATIN
from faq.postings import LATIN_WEIGHT, Postings, idf

# Closes a channel's list of features: what is searched for never stands behind it.
NO_FEATURE = np.array([0xFFFFFFFF], dtype=np.uint32)
Features = Sequence[NDArray[np.uint32]]  # of a message: in each channel ascending, each once


@dataclass(frozen=True, slots=True)
class Query:
    """What the index knows of a message: channel i has the features edges[i]:edges[i + 1].

    Feature j stands in rows begins[j]:ends[j] of its channel's, and each of them gains weights[j].
    """

    begins: NDArray[np.int32]
    ends: NDArray[np.int32]
    weights: NDArray[np.float64]
    edges: Sequence[int]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Channels over the same rows, their lists one behind the other: channel i's begin at firsts[i]."""

    channels: Sequence[Postings]
    firsts: NDArray[np.int64]
    features: NDArray[np.uint32]
    starts: NDArray[np.int32]
    rarity: NDArray[np.float32]
    lengths: NDArray[np.float64]
    unseen: NDArray[np.float32]  # rarity of what no row has: of any feature, and of a Latin gram

    @classmethod
    def of(cls, channels: Sequence[Postings]) -> Lookup:
        """The channels' numbers are written side by side, and the channels look at them there from then on."""
        firsts = np.cumsum([0, *(len(each.starts) for each in channels)])
        features = np.concatenate([part for each in channels for part in (each.features, NO_FEATURE)])
        starts = np.concatenate([each.starts for each in channels])
        rarity = np.concatenate([part for each in channels for part in (each.rarity, np.zeros(1, np.float32))])
        lengths = np.stack([each.lengths for each in channels])
        views = [
            replace(
                each,
                features=features[first : last - 1],
                starts=starts[first:last],
                rarity=rarity[first : last - 1],
                lengths=lengths[at],
            )
            for at, (each, first, last) in enumerate(zip(channels, firsts[:-1], firsts[1:], strict=True))
        ]
        rarest = float(idf(np.zeros(1, np.int64), lengths.shape[1])[0])
        unseen = np.array([rarest, rarest * LATIN_WEIGHT], dtype=np.float32)
        return cls(tuple(views), firsts, features, starts, rarity, lengths, unseen)

    def query(self, wanted: Features) -> Query:
        """The features of a message. What no row has counts towards its length only."""
        lanes, begins, ends, rarity, known = self._found(wanted)
        rarity *= rarity
        gains = rarity / np.sqrt(np.bincount(lanes, rarity, len(self.channels))).take(lanes)
        at = known.nonzero()[0]
        edges = lanes.take(at).searchsorted(np.arange(len(self.channels) + 1)).tolist()
        return Query(begins.take(at), ends.take(at), gains.take(at), edges)

    def known(self, wanted: Features) -> list[float]:
        """Of each channel the share of a message's features that some row has, rare ones counting more."""
        lanes, _, _, rarity, known = self._found(wanted)
        met, every = (np.bincount(lanes, each, len(self.channels)) for each in (rarity * known, rarity))
        shares: list[float] = (met / np.maximum(every, 1e-9)).tolist()
        return shares

    def scores(self, query: Query, most: int) -> NDArray[np.float64]:
        """In each channel the cosine of the message with each row, from at most `most` postings: the rarest first.

        Channels behind the last one that knows anything of the message are left out.
        """
        used = sum(edge < query.edges[-1] for edge in query.edges)
        cosines = np.zeros((used, self.lengths.shape[1]))
        for lane, (first, last) in enumerate(pairwise(query.edges[: used + 1])):
            if first < last:
                np.divide(self._sums(query, lane, slice(first, last), most), self.lengths[lane], out=cosines[lane])
        return cosines

    def _sums(self, query: Query, lane: int, part: slice, most: int) -> NDArray[np.float64]:
        begins, ends, weights = query.begins[part], query.ends[part], query.weights[part]
        lengths = ends - begins
        if int(lengths.sum()) > most:
            order = lengths.argsort(kind="stable")
            order = order[lengths.take(order).cumsum() <= most]
            begins, ends, lengths, weights = begins[order], ends[order], lengths[order], weights[order]
        if not len(begins):
            return np.zeros(self.lengths.shape[1])
        # One walk over all of them: a slice for each feature takes twice as long.
        places = (ends - lengths.cumsum()).repeat(lengths)
        places += np.arange(len(places))
        found = self.channels[lane].rows.take(places)
        sums = np.bincount(found, weights.repeat(lengths), self.lengths.shape[1])
        return sums.astype(np.float64, copy=False)

    def _found(
        self, wanted: Features
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.bool_]]:
        """Of each feature its channel, where its rows begin and end, its rarity, and whether there are any rows."""
        sizes = [len(each) for each in wanted]
        lanes = np.arange(len(wanted)).repeat(sizes)
        places = np.concatenate(
            [each.features.searchsorted(mine) for each, mine in zip(self.channels, wanted, strict=True)]
        )
        places += self.firsts.take(lanes)
        every = np.concatenate(wanted)
        begins, ends = self.starts.take(places), self.starts.take(places + 1, mode="clip")
        known = self.features.take(places) == every
        known &= ends > begins
        rarity = np.where(known, self.rarity.take(places), self.unseen.take(every & np.uint32(LATIN)))
        return lanes, begins, ends, rarity.astype(np.float64), known

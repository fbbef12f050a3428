"""The words a knowledge base uses, and the repair of mistyped or glued words against them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

SHORTEST_REPAIRED = 4  # shorter words have too many neighbours to guess
SHORTEST_PART = 2  # of a glued word
LONGEST_WORD = 24  # longer "words" are codes or noise


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words with the number of texts each stands in, and an index of all words with one letter left out."""

    frequency: Mapping[str, int]
    words: tuple[str, ...]
    keys: NDArray[np.uint32]
    owners: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Vocabulary:
        """The vocabulary of texts given as words."""
        return cls._from(Counter(word for text in texts for word in set(text)))

    @classmethod
    def _from(cls, frequency: Mapping[str, int]) -> Vocabulary:
        words = tuple(sorted(frequency))
        pairs = [
            (key, number)
            for number, word in enumerate(words)
            if SHORTEST_REPAIRED - 1 <= len(word) <= LONGEST_WORD
            for key in _shortened(word)
        ]
        keys = np.fromiter((key for key, _ in pairs), dtype=np.uint32, count=len(pairs))
        owners = np.fromiter((owner for _, owner in pairs), dtype=np.int32, count=len(pairs))
        order = np.argsort(keys, kind="stable")
        return cls(frequency, words, keys[order], owners[order])

    def replacing(self, old: Iterable[Sequence[str]], new: Iterable[Sequence[str]]) -> Vocabulary:
        """The vocabulary after the texts `old` went and `new` came."""
        change = Counter(word for text in new for word in set(text))
        change.subtract(Counter(word for text in old for word in set(text)))
        frequency = dict(self.frequency)
        for word, more in change.items():
            frequency[word] = frequency.get(word, 0) + more
        gone = {word for word in change if frequency[word] <= 0}
        for word in gone:
            del frequency[word]
        added = sorted(word for word in change if word not in self.frequency and word not in gone)
        if not gone and not added:
            return Vocabulary(frequency, self.words, self.keys, self.owners)
        return self._respelled(frequency, [word for word in gone if word in self.frequency], added)

    def _respelled(self, frequency: Mapping[str, int], gone: Sequence[str], added: Sequence[str]) -> Vocabulary:
        """Only new words are spelled out: leaving letters out of every word, and sorting all that, takes long."""
        kept = np.ones(len(self.words), dtype=np.bool_)
        kept[[bisect_left(self.words, word) for word in gone]] = False
        at = [bisect_left(self.words, word) for word in added]
        # Words go and come without leaving their order, and so do the keys.
        moved = np.cumsum(kept) - 1 + np.searchsorted(at, np.arange(len(kept)), side="right")
        remain = kept[self.owners]
        pairs = self.keys[remain].astype(np.uint64) << np.uint64(32) | moved[self.owners[remain]].astype(np.uint64)
        fresh = Vocabulary._from(dict.fromkeys(added, 1))
        here = np.array(at, dtype=np.int64) + np.arange(len(at))
        here -= np.searchsorted(np.flatnonzero(~kept), at)
        new = fresh.keys.astype(np.uint64) << np.uint64(32) | here[fresh.owners].astype(np.uint64)
        pairs = np.insert(pairs, np.searchsorted(pairs, np.sort(new)), np.sort(new))
        owners = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
        return Vocabulary(frequency, tuple(sorted(frequency)), (pairs >> np.uint64(32)).astype(np.uint32), owners)

    def repaired(self, word: str) -> tuple[str, ...]:
        """The known word or words that `word` most likely stands for; itself when there is no good guess."""
        if word in self.frequency or not SHORTEST_REPAIRED <= len(word) <= LONGEST_WORD or word.isdigit():
            return (word,)
        near = self._nearest(word)
        if near and OSA.distance(near, word) == 1:
            return (near,)
        return self._split(word) or ((near,) if near else (word,))

    def _nearest(self, word: str) -> str | None:
        """The most frequent known word within two letters of a long word, one letter of a short one."""
        allowed = 1 if len(word) < 6 else 2
        best: tuple[int, int, str] | None = None
        keys = np.array(list(_shortened(word)), dtype=np.uint32)
        begins, ends = np.searchsorted(self.keys, keys), np.searchsorted(self.keys, keys, side="right")
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            for owner in self.owners[begin:end].tolist() if begin < end else ():
                candidate = self.words[owner]
                distance = OSA.distance(candidate, word, score_cutoff=allowed)
                if distance <= allowed:
                    rank = (distance, -self.frequency[candidate], candidate)
                    best = rank if best is None else min(best, rank)
        return best[2] if best else None

    def _split(self, word: str) -> tuple[str, ...]:
        """Two known words glued together, the pair whose rarer word is the most frequent; or nothing."""
        best: tuple[int, str, str] | None = None
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            left, right = word[:cut], word[cut:]
            weakest = min(self.frequency.get(left, 0), self.frequency.get(right, 0))
            if weakest and (best is None or weakest > best[0]):
                best = (weakest, left, right)
        return best[1:] if best else ()


def _shortened(word: str) -> set[int]:
    """Hashes of the word whole and with each one letter left out: words one slip apart share one."""
    encoded = word.encode("utf-8", "replace") if not word.isascii() else word.encode()
    if not word.isascii():
        return {crc32(encoded)} | {
            crc32((word[:at] + word[at + 1 :]).encode("utf-8", "replace")) for at in range(len(word))
        }
    return {crc32(encoded)} | {crc32(encoded[:at] + encoded[at + 1 :]) for at in range(len(encoded))}

"""Finding the organisation's own words in a message: longest first, plurals and small typing mistakes allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA

from intents.normalise import normalise, tokens


@dataclass(frozen=True, slots=True)
class Named:
    """A service or a place, with all the words people use for it, in any language."""

    key: str
    words: tuple[str, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.key, self.words)))

    def __hash__(self) -> int:
        # Many hundred words, and looked up several times for every message: reckoned once.
        return self._hash


@dataclass(frozen=True, slots=True)
class Hit:
    """One of the words for ``key``, found from ``start`` to ``end`` of the normalised message."""

    key: str
    phrase: str
    start: int
    end: int


def singular(token: str) -> str:
    """A Latin word without its plural ending; good enough to compare by, not to show."""
    if len(token) > 4 and token.endswith(("xes", "ches", "shes", "sses")):
        return token[:-2]
    if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        return token[:-1]
    return token


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases of tokens, and for each the keys it stands for."""

    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: Mapping[str, int]

    def find(self, words: str) -> list[Hit]:
        """Every phrase in normalised words, the longest at each place; a phrase of two keys gives two hits."""
        found: list[Hit] = []
        parts = tokens(words)
        said = [token for token, _, _ in parts]
        plain = [singular(token) for token in said]
        at = 0
        while at < len(parts):
            if said[at] not in self.longest and plain[at] not in self.longest:
                at += 1
                continue
            phrase = max(self._phrase_at(said, at), self._phrase_at(plain, at), key=len)
            if not phrase:
                at += 1
                continue
            length = len(phrase)
            start, end = parts[at][1], parts[at + length - 1][2]
            found += [Hit(key, " ".join(phrase), start, end) for key in self.phrases[phrase]]
            at += length
        return found

    def _phrase_at(self, said: Sequence[str], at: int) -> tuple[str, ...]:
        longest = min(self.longest.get(said[at], 0), len(said) - at)
        for length in range(longest, 0, -1):
            phrase = tuple(said[at : at + length])
            if phrase in self.phrases:
                return phrase
        return ()


@lru_cache(maxsize=64)
def lexicon(named: tuple[Named, ...]) -> Lexicon:
    """The lexicon of these names; built once for as long as the names stay the same."""
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    longest: dict[str, int] = {}
    for name in named:
        for word in name.words:
            # As it is listed, so that "teams" is the product and not every team; a plural is tried at finding.
            phrase = tuple(token for token, _, _ in tokens(normalise(word)))
            if not phrase or name.key in phrases.get(phrase, ()):
                continue
            phrases[phrase] = (*phrases.get(phrase, ()), name.key)
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return Lexicon(phrases, longest)


def corrected(words: str, known: tuple[str, ...], trusted: frozenset[str] = frozenset()) -> str:
    """The words with Latin typing mistakes set right against the words we know (``conect`` → ``connect``).

    Only words of five letters or more (four, if two letters are swapped or doubled), which begin like the right
    one; one mistake, or two from eight letters on. ``trusted`` are real words that merely look like one of ours.
    """
    right_words = _together(known, trusted)
    pieces: list[str] = []
    kept = 0
    for token, start, end in tokens(words):
        if not _may_be_mistyped(token) or any(form in right_words for form in _forms(token)):
            continue
        right = _nearest(token, known)
        if right:
            pieces += [words[kept:start], right]
            kept = end
    return "".join([*pieces, words[kept:]]) if pieces else words


@lru_cache(maxsize=16)
def _together(known: tuple[str, ...], trusted: frozenset[str]) -> frozenset[str]:
    return trusted.union(known)


@lru_cache(maxsize=256)
def _beginning_with(letter: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in known if word[0] == letter)


def _forms(token: str) -> Iterator[str]:
    """A word and what it may be a form of: "phoned" is no slip for "phone"."""
    yield token
    yield singular(token)
    for ending in ("ed", "ing", "er", "ly", "es", "s", "d", "y"):
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            stem = token.removesuffix(ending)
            yield stem
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]


def _may_be_mistyped(token: str) -> bool:
    return 4 <= len(token) <= 20 and token.isascii() and token.isalpha()


@lru_cache(maxsize=4096)
def _nearest(token: str, known: tuple[str, ...]) -> str:
    allowed = 2 if len(token) >= 8 else 1
    alike = _beginning_with(token[0], known)
    best = process.extract(token, alike, scorer=OSA.distance, score_cutoff=allowed, limit=5)
    fitting = [(distance, word) for word, distance, _ in best if _plausible(token, word, int(distance))]
    return min(fitting)[1] if fitting else ""


def _plausible(token: str, word: str, distance: int) -> bool:
    """Whether a slip of the finger explains the difference: the shorter the word, the less may be wrong with it."""
    if distance == 2:
        return token[:2] == word[:2]
    if len(token) >= 5 and len(word) >= 5:
        return True
    stretched = _squeezed(token) == _squeezed(word)
    return stretched or (len(word) >= 4 and sorted(token) == sorted(word))


def _squeezed(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))

"""Where a ticket belongs, learned from tickets that were put right: a logistic regression over letters and words.

Plain functions: `fit` gives a router or None when there is too little to learn from (then the rules decide),
`ranked` its choices, `choices` what to show. The same examples give the same router, whatever their order.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faq.grams import Bags, character_grams, syllable_grams, word_pairs, word_stems
from faq.normalise import has_han, normalise
from faq.regression import Floats, Rows, softmax, solved

FEWEST_EXAMPLES = 40  # in all; below, rules know better
FEWEST_OF_A_LABEL = 5  # rarer labels are left to the rules
SURE = 0.6  # below this probability two choices are shown
SHARPNESS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)  # what a router's scores may be multiplied with
MET_ENOUGH = 0.35  # below this share of known words it says nothing
STRANGE_PAIR = 0.3
COMMONEST = 120_000  # features kept
LENGTH = 1_000  # characters read of a ticket
MILDNESS = 900.0  # of the penalty, for one example; by its root for more (200 want 60, 8,000 want 10)
CHANNELS = ((character_grams, 0.25), (word_stems, 1.0), (word_pairs, 0.8), (syllable_grams, 0.25))


@dataclass(frozen=True, slots=True)
class Router:
    """What was learned. `version` names the examples it was learned from; equal examples, equal version."""

    version: str
    labels: tuple[str, ...]
    features: NDArray[np.uint32]
    rarity: Floats
    weights: Floats
    bias: Floats


def fit(examples: Iterable[tuple[str, str]]) -> Router | None:
    """A router from (text, label) pairs; None when fewer than two labels have enough examples, or no two texts
    share anything."""
    every = sorted(set(examples))
    frequent = {label for label, count in Counter(label for _, label in every).items() if count >= FEWEST_OF_A_LABEL}
    kept = [(text, label) for text, label in every if label in frequent]
    if len(kept) < FEWEST_EXAMPLES or len(frequent) < 2:
        return None
    labels = tuple(sorted(frequent))
    bags, scales = _read([text for text, _ in kept])
    features, frequency = np.unique(bags.features, return_counts=True)
    common = np.sort(np.argsort(-frequency, kind="stable")[:COMMONEST])
    common = common[frequency[common] > 1]
    if not len(common):
        return None
    features = features[common]
    rarity = (np.log((1 + len(kept)) / (1 + frequency[common])) + 1).astype(np.float32)
    owners, at, values = _weighed(features, rarity, bags, scales)
    rows = Rows(np.searchsorted(owners, np.arange(len(kept) + 1)), at.astype(np.int32), values)
    wanted = np.array([labels.index(label) for _, label in kept])
    weights, bias = solved(rows, wanted, (len(features), len(labels)), MILDNESS / math.sqrt(len(kept)))
    return Router(_version(every), labels, features, rarity, weights, bias)


def ranked(router: Router, text: str) -> tuple[tuple[str, float], ...]:
    """Every label with its probability, likeliest first."""
    bags, scales = _read([text])
    _, at, values = _weighed(router.features, router.rarity, bags, scales)
    chance = softmax((values @ router.weights[at] + router.bias)[None, :])[0]
    order = np.argsort(-chance, kind="stable").tolist()
    return tuple((router.labels[one], round(float(chance[one]), 6)) for one in order)


def known(router: Router, text: str) -> float:
    """How much of the text's words, rare ones counting more, was met while learning: 0 to 1."""
    tokens = normalise(text[:LENGTH]).split()
    met = strange = 0.0
    for han in (False, True):
        features = word_stems([" ".join(token for token in tokens if has_han(token) is han)]).features
        if not len(features) or not len(router.features):
            continue
        at = np.minimum(np.searchsorted(router.features, features), len(router.features) - 1)
        seen = router.features[at] == features
        met += float(router.rarity[at[seen]].sum())
        # Between two known words of a Chinese sentence stand pairs of characters that are no word.
        strange += float(router.rarity.max(initial=1.0)) * int((~seen).sum()) * (STRANGE_PAIR if han else 1.0)
    return met / (met + strange) if met else 0.0


def choices(found: Sequence[tuple[str, float]], sure: float = SURE) -> tuple[str, ...]:
    """The label to take, or the two to choose from when it is not sure; none when nothing was found."""
    return tuple(label for label, _ in found[: 1 if found and found[0][1] >= sure else 2])


def calibrated(router: Router, examples: Iterable[tuple[str, str]]) -> Router:
    """The router as sure as it is right on examples it has not learned from; its order of labels stays."""
    seen = [(ranked(router, text), label) for text, label in examples]

    def cost(by: float) -> float:
        """The log loss, with a pull towards leaving it as it is that a few examples outweigh."""
        return sum(_loss(found, label, by) for found, label in seen) + abs(math.log(by))

    by = np.float32(min(SHARPNESS, key=cost))
    return replace(router, weights=router.weights * by, bias=router.bias * by)


def _loss(found: Sequence[tuple[str, float]], label: str, by: float) -> float:
    """How far off the chances are when made so much sharper; a label never learned must not be sure of another."""
    powers = [max(chance, 1e-9) ** by for _, chance in found]
    meant = [power for (one, _), power in zip(found, powers, strict=True) if one == label]
    right = meant[0] / sum(powers) if meant else 1 - max(powers) / sum(powers)
    return -math.log(max(right, 1e-6))


def to_bytes(router: Router) -> bytes:
    """The router as bytes for a database."""
    stream = io.BytesIO()
    names = np.frombuffer(json.dumps([router.version, *router.labels]).encode(), dtype=np.uint8)
    np.savez_compressed(
        stream,
        names=names,
        features=router.features,
        rarity=router.rarity,
        weights=router.weights.astype(np.float16),
        bias=router.bias,
    )
    return stream.getvalue()


def from_bytes(stored: bytes) -> Router:
    """The router that `to_bytes` wrote."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as found:
        version, *labels = json.loads(found["names"].tobytes())
        weights = found["weights"].astype(np.float32)
        return Router(version, tuple(labels), found["features"], found["rarity"], weights, found["bias"])


def _version(examples: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps(examples).encode()).hexdigest()[:12]


def _read(texts: Sequence[str]) -> tuple[Bags, Floats]:
    """Features of all channels together, and how much each weighs by its channel."""
    plain = [normalise(text[:LENGTH]) for text in texts]
    read = [(channel(plain), weight) for channel, weight in CHANNELS]
    owners = np.concatenate([np.repeat(np.arange(len(plain)), np.diff(bags.starts)) for bags, _ in read])
    order = np.argsort(owners, kind="stable")
    features, counts = (np.concatenate([getattr(b, name) for b, _ in read])[order] for name in ("features", "counts"))
    scales = np.concatenate([np.float32(weight) * (1 + np.log(bags.counts)) for bags, weight in read])[order]
    starts = np.searchsorted(owners[order], np.arange(len(plain) + 1))
    return Bags(starts, features, counts), scales.astype(np.float32)


def _weighed(
    features: NDArray[np.uint32], rarity: Floats, bags: Bags, scales: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Owner, position and weight of each known feature; each text is scaled to length 1."""
    owners = np.repeat(np.arange(len(bags.starts) - 1), np.diff(bags.starts))
    at = np.minimum(np.searchsorted(features, bags.features), len(features) - 1)
    known = features[at] == bags.features
    owners, at = owners[known], at[known]
    values = rarity[at] * scales[known]
    length = np.sqrt(np.bincount(owners, values * values, minlength=len(bags.starts) - 1))
    return owners, at, (values / np.maximum(length, 1e-9)[owners]).astype(np.float32)

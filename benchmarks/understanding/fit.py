"""Learn intents/data/learned.npz: what messages are usually for and about, from labelled examples.

    python benchmarks/understanding/fit.py            # rewrites the model, prints how it does on folds kept aside
    python benchmarks/understanding/fit.py --report   # only prints; with --errors also every miss
    python benchmarks/understanding/fit.py --intent   # one of the two only, or --service

The first stage learns pieces of words from all examples. The second weighs it against the rules; it is fitted on
guesses the first stage made for folds it had not seen, and leaves out the messages the rules were written with (on
those the rules look better than they are) and the terse ones (half sentences nobody could be sure of, which would
make it doubt everything). The messages of tests/rules/messages_second.jsonl, _third.jsonl and _sixth.jsonl are never
learned from: they say how well it does on what is new.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from faq.article import shipped_articles
from intents.catalogue import Intent
from intents.entities import extract
from intents.grams import BUCKETS, buckets
from intents.grams import pieces as pieces_of
from intents.learned import FLOOR, MODEL
from intents.lexicon import Named
from intents.normalise import HAN
from intents.reading import NO_SERVICE, Evidence, evidence_of
from intents.services import default_words, service_keys

HERE = Path(__file__).parent
TESTS = HERE.parents[1] / "tests" / "rules"
WRITTEN = HERE.parents[1] / "intents" / "data" / MODEL
OURS, *OTHERS = (
    TESTS / f"messages{name}.jsonl" for name in ("", "_unseen", "_fourth", "_fifth", "_seventh", "_eighth")
)
SERVICES = tuple(Named(key, default_words(key)) for key in service_keys())
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
FOLDS, STEPS = 5, 80
GRAM_PENALTY, GRAM_SCALE, MIX_PENALTY = 1e-4, 8.0, 1e-3
TASKS = {Intent.FAULT, Intent.REQUEST, Intent.QUESTION, Intent.COMPLAINT, Intent.STATUS, Intent.HUMAN}
KINDS = {"w:": 2.0, "g:": 0.7}
"""What whole words and parts of words count beside other pieces."""
POLITE = 0.12
MANNERS = {
    "en": [
        ("hello, ", ", thanks!"), ("Hi team, ", " Thank you"), ("", " thanks in advance"), ("good morning! ", ""),
        ("hey ", " cheers"), ("Dear IT, ", " Many thanks and regards"), ("hi ", ""), ("", ", thx"),
    ],
    "zh": [
        ("你好，", "，谢谢"), ("您好，", ""), ("", "，谢谢！"), ("早上好，", ""), ("老师好，", "，麻烦了谢谢"),
        ("hi，", ""), ("", "，多谢"), ("", "，辛苦了"),
    ],
}  # fmt: skip
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A message with what it is for and about.

    ``source`` is "ours", "unseen", "examples", "terse", "article" or "polite"; ``of`` is the example a polite one was
    made of.
    """

    text: str
    intent: str
    service: str
    source: str
    of: str = ""


def examples() -> Iterator[Example]:
    """Everything to learn from."""
    for path, source in ((OURS, "ours"), *((other, "unseen") for other in OTHERS)):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["intent"] == "thanks" and row.get("others"):
                continue  # "thanks, but now the scanner is broken" teaches little about either
            yield Example(row["text"], row["intent"], row["service"] or NO_SERVICE, source)
    for path in sorted(HERE.glob("examples_*.txt")):
        intent = service = ""
        for line in filter(None, map(str.strip, path.read_text("utf-8").splitlines())):
            if head := re.fullmatch(r"\[(\w+) ([\w-]+)\]", line):
                intent, service = head.group(1), head.group(2).removeprefix("-")
            else:
                yield Example(line, intent, service, "terse" if "strangers" in path.name else "examples")
    for article in shipped_articles():
        for text in (article.title, *article.phrasings) if article.services else ():
            yield Example(text, "", article.services[0], "article")


def with_manners(found: list[Example]) -> Iterator[Example]:
    """Some of the examples again, between a greeting and thanks: neither changes what is wanted."""
    chance = random.Random(0)
    for each in found:
        if each.intent in TASKS and each.source != "terse" and chance.random() < POLITE:
            greeting, thanks = chance.choice(MANNERS["zh" if HAN.search(each.text) else "en"])
            yield replace(each, text=f"{greeting}{each.text}{thanks}", source="polite", of=each.text)


def pieces(found: list[list[int]]) -> csr_matrix:
    """A row of word pieces for each message, of length one."""
    starts = np.cumsum([0, *map(len, found)])
    values = np.concatenate([np.full(len(each), GRAM_SCALE / np.sqrt(max(len(each), 1))) for each in found])
    return csr_matrix((values, np.concatenate(found).astype(np.int64), starts), shape=(len(found), BUCKETS))


def importance(texts: list[str]) -> Matrix:
    """How much each bucket counts before anything is learned: rare pieces and whole words more."""
    kind, seen = np.ones(BUCKETS), np.zeros(BUCKETS)
    for text in texts:
        here = {crc32(piece.encode()) % BUCKETS: KINDS.get(piece[:2], 1.0) for piece in pieces_of(text)}
        for bucket, weight in here.items():
            kind[bucket] = weight if seen[bucket] == 0 else max(kind[bucket], weight)
            seen[bucket] += 1
    rarity = np.sqrt(np.log((len(texts) + 1) / (seen + 1)))
    return np.asarray(kind * rarity / np.average(rarity, weights=np.maximum(seen, 1e-9)))


def softmax(scores: Matrix) -> Matrix:
    """Rows of scores as rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def regression(rows: csr_matrix | Matrix, right: NDArray[np.int64], classes: int, penalty: float) -> Matrix:
    """The weights [columns, classes] of a penalised softmax regression; a last column of ones is not penalised."""
    height, width = rows.shape
    rows = rows.astype(np.float32)
    columns = rows.T.tocsr() if isinstance(rows, csr_matrix) else rows.T
    wanted = np.eye(classes, dtype=np.float32)[right]
    penalties = np.full((width, 1), penalty, dtype=np.float32)
    penalties[-1] = 0.0

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(width, classes).astype(np.float32)
        chances = softmax(np.asarray(rows @ weights))
        fit = -np.log(chances[np.arange(height), right] + 1e-12).mean()
        slope = np.asarray(columns @ ((chances - wanted) / height)) + penalties * weights
        return float(fit + 0.5 * np.vdot(penalties * weights, weights)), slope.ravel().astype(np.float64)

    options = {"maxiter": STEPS, "maxcor": 6}
    found = minimize(loss, np.zeros(width * classes), jac=True, method="L-BFGS-B", options=options)
    return np.asarray(found.x.reshape(width, classes))


def first_stage(rows: csr_matrix, right: NDArray[np.int64], classes: int) -> tuple[Matrix, Matrix]:
    """Weights of all buckets and the bias, from the buckets that occur more than once."""
    used = np.flatnonzero(np.bincount(rows.indices, minlength=BUCKETS) > 1)
    ones = csr_matrix(np.ones((rows.shape[0], 1)))
    weights = regression(csr_matrix(hstack([rows[:, used], ones])), right, classes, GRAM_PENALTY)
    whole = np.zeros((BUCKETS, classes))
    whole[used] = weights[:-1]
    return whole, weights[-1]


def learn(name: str, found: list[Example], evidence: list[Evidence], classes: tuple[str, ...]) -> dict[str, Matrix]:
    """The arrays of one model; prints how well it does on folds kept aside."""
    if name == "intent":
        words, given = [buckets(each.bare) for each in evidence], [each.for_intent() for each in evidence]
        labels = [each.intent for each in found]
    else:
        words, given = [buckets(each.about) for each in evidence], [each.for_service() for each in evidence]
        labels = [each.service for each in found]
    counts = importance([each.bare if name == "intent" else each.about for each in evidence])
    rows = csr_matrix(pieces(words).multiply(counts))
    source = np.array([each.source for each in found])
    right = np.array([classes.index(label) if label in classes else -1 for label in labels])
    whole, tested = right >= 0, (right >= 0) & (source != "article")
    fold = np.array([crc32((each.of or each.text).encode()) % FOLDS for each in found])
    guesses = np.zeros((len(found), len(classes)))
    for number in range(FOLDS):
        weights, bias = first_stage(rows[whole & (fold != number)], right[whole & (fold != number)], len(classes))
        guesses[fold == number] = softmax(np.asarray(rows[fold == number] @ weights) + bias)
    mixed = np.hstack([np.log(guesses + FLOOR), np.array(given)])
    chances = np.zeros_like(guesses)
    fresh = tested & ~np.isin(source, ("ours", "terse"))
    for number in range(FOLDS):
        mix = regression(mixed[fresh & (fold != number)], right[fresh & (fold != number)], len(classes), MIX_PENALTY)
        chances[fold == number] = softmax(mixed[fold == number] @ mix)
    report(name, found, chances, right, source, classes)
    mix = regression(mixed[fresh], right[fresh], len(classes), MIX_PENALTY)
    weights, bias = first_stage(rows[whole], right[whole], len(classes))
    weights *= counts[:, None]
    scale = np.abs(weights).max(axis=0) / 127
    return {
        f"{name}_classes": np.array(classes),
        f"{name}_grams": np.rint(weights / scale).astype(np.int8),
        f"{name}_scale": (scale * GRAM_SCALE).astype(np.float32),
        f"{name}_bias": bias.astype(np.float32),
        f"{name}_mix": mix.astype(np.float32),
    }


def report(
    name: str, found: list[Example], chances: Matrix, right: NDArray[np.int64], source: NDArray[np.str_],
    classes: tuple[str, ...],
) -> None:  # fmt: skip
    """How often the likeliest was right on folds kept aside, and how far probabilities are from what came true."""
    best, sure = chances.argmax(axis=1), chances.max(axis=1)
    for group in ("ours", "unseen", "examples", "terse"):
        here = source == group
        print(f"{name:8} {group:9} {here.sum():5} messages, right {np.mean(best[here] == right[here]):.3f}")
    fresh = np.isin(source, ("unseen", "examples"))
    print(f"{name:8} calibration error {calibration_error(sure[fresh], (best == right)[fresh]):.3f}")
    if "--errors" in sys.argv:
        for number in np.flatnonzero(fresh & (best != right)):
            print(f"  {classes[right[number]]} -> {classes[best[number]]} {sure[number]:.2f}: {found[number].text}")


def calibration_error(sure: Matrix, came_true: NDArray[np.bool_]) -> float:
    """The expected calibration error over ten bins of equal width."""
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(sure[bins == number].mean() - came_true[bins == number].mean()) * np.mean(bins == number)
            for number in range(10) if (bins == number).any()]  # fmt: skip
    return float(sum(gaps))


def main() -> None:
    """Read, learn, print, write."""
    found = list(examples())
    found += with_manners(found)
    evidence = [evidence_of(each.text, SERVICES, extract(each.text, now=NOW, zone="Asia/Shanghai")) for each in found]
    print(f"{len(found)} examples read", flush=True)
    with np.load(WRITTEN, allow_pickle=False) as before:
        kept = dict(before)
    if "--service" not in sys.argv:
        kept |= learn("intent", found, evidence, tuple(intent.value for intent in Intent))
    if "--intent" not in sys.argv:
        kept |= learn("service", found, evidence, (*service_keys(), NO_SERVICE))
    if "--report" not in sys.argv:
        np.savez_compressed(WRITTEN, **kept)


if __name__ == "__main__":
    main()

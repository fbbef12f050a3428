"""Learn faq/data/weights.json from public question sets, English and Chinese together.

    python benchmarks/fit_matching.py [FOLDER]          # or FIRSTLINE_FAQ_DEV; rewrites the weights
    python benchmarks/fit_matching.py FOLDER --report   # writes nothing

Needs scipy. What is written was learned from all messages. What is printed is what such weights are worth: learned
from every second message, on those and on the others, which they never saw; and learned without the whole source.

FOLDER holds one folder a set: kb_*.jsonl, queries.jsonl and queries_typo.jsonl. In the ranking every message counts
alike, in the confidence a set by the root of its size; out-of-scope messages count as a fifth of all. One set of
weights serves them all; no set has a setting.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypinyin import lazy_pinyin
from scipy.optimize import minimize

from faq.evaluation import knowledge_base
from faq.likeness import CANDIDATES, ROW, Candidates, candidates
from faq.match import CERTAINTY, PARTS, RANKING, Weights, evidence, ordered, scored
from faq.normalise import has_han, normalise
from faq.query import Asked, understand
from faq.reliability import calibration_error
from faq.rows import rows_with

WEIGHTS = Path(__file__).parents[1] / "faq" / "data" / "weights.json"
QUERIES = 3_000  # a task, drawn with a fixed seed
OUT_OF_SCOPE = 0.2
RANKING_PENALTY, CERTAINTY_PENALTY = 1e-4, 1e-3
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A message as it was read, its candidates, and the position of the right one (-1: none)."""

    asked: Asked
    found: Candidates
    right: int
    in_scope: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A knowledge base with messages for it. Tasks of one source are left out together."""

    source: str
    name: str
    askings: tuple[Asking, ...]

    def half(self, which: int) -> Task:
        """The messages learned from (0), or those kept aside (1)."""
        return Task(self.source, self.name, self.askings[which::2])


def tasks(folder: Path) -> Iterator[Task]:
    """Every set with every knowledge base it has, clean and mistyped, whole and cut to the size of a small desk."""
    for place in sorted(path.parent for path in folder.glob("*/queries.jsonl")):
        for kb in sorted(place.glob("kb_*.jsonl")):
            base = _read(kb)
            for kind in ("queries", "queries_typo"):
                name = f"{place.name}/{kb.stem}/{kind}"
                queries = _drawn(_read(place / f"{kind}.jsonl"), QUERIES, name)
                yield _task(place.name, name, base, queries)
                if has_han(str(base[0]["questions"][0])) and kind == "queries":
                    yield _task(place.name, f"{name}/pinyin", base, _romanised(queries[: QUERIES // 2]))
                if len(base) > 60:
                    desk = _small_desk(base, name)
                    yield _task(place.name, f"{name}/desk", desk, _drawn(queries, QUERIES // 2, name))


def _read(path: Path) -> Rows:
    return rows_with(path.read_text(encoding="utf-8"), str(path))


def _drawn(rows: Rows, count: int, seed: str) -> Rows:
    return random.Random(seed).sample(list(rows), min(count, len(rows)))


def _romanised(rows: Rows) -> Rows:
    """The messages as people type them who have no Chinese keyboard at hand."""
    return [{**row, "text": " ".join(lazy_pinyin(normalise(str(row["text"]))))} for row in rows]


def _small_desk(base: Rows, seed: str) -> Rows:
    """Half a hundred entries with one to eight phrasings each; messages for the others are out of scope now."""
    dice = random.Random(seed)
    chosen = dice.sample(list(base), 50)
    return [{**row, "questions": row["questions"][: dice.randint(1, 8)]} for row in chosen]


def _task(source: str, name: str, base: Rows, queries: Rows) -> Task:
    index = knowledge_base(base)
    ids = {entry.id for entry in index.entries}
    askings = []
    for query in queries:
        asked = understand(index, str(query["text"]))
        found = candidates(index, asked)
        golds = {query["gold"]} if isinstance(query["gold"], str) else set(query["gold"] or ())
        right = next((at for at, entry in enumerate(found.entries) if entry.id in golds), -1)
        askings.append(Asking(asked, found, right, bool(golds & ids)))
    return Task(source, name, tuple(askings))


def fit(chosen: Sequence[Task]) -> Weights:
    """Weights learned on the tasks."""
    order = _fit_ranking(chosen)
    half = Weights(order, np.zeros(len(CERTAINTY)))
    return Weights(order, _fit_confidence(chosen, half))


def _fit_ranking(chosen: Sequence[Task]) -> NDArray[np.float64]:
    """Conditional logit: the right candidate against the others. Ends with scores as sharp as they deserve."""
    blocks = []
    for task in chosen:
        useful = [asking for asking in task.askings if asking.right >= 0 and len(asking.found.entries) > 1]
        for asking in useful:
            block = np.zeros((CANDIDATES, len(RANKING)))
            every = asking.found.features[[ROW[name] for name in RANKING]].T
            block[0], block[1 : len(every)] = every[asking.right], np.delete(every, asking.right, axis=0)
            blocks.append((block, len(every)))
    values = np.array([block for block, _ in blocks])
    absent = np.arange(CANDIDATES)[None, :] >= np.array([count for _, count in blocks])[:, None]

    def loss(coefficients: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = values @ coefficients
        scores[absent] = -1e9
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        value = -np.log(np.maximum(chance[:, 0], 1e-12)).mean()
        chance[:, 0] -= 1
        slope = np.einsum("ij,ijk->k", chance, values) / len(chance)
        return value + RANKING_PENALTY * coefficients @ coefficients, slope + 2 * RANKING_PENALTY * coefficients

    fitted = minimize(loss, np.zeros(len(RANKING)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(RANKING)).x
    return _rounded(fitted)


def _fit_confidence(chosen: Sequence[Task], half: Weights) -> NDArray[np.float64]:
    """Logistic regression of "the first one is right" on what is known about it."""
    rows, labels, weights = [], [], []
    for task in chosen:
        inside = sum(asking.in_scope for asking in task.askings)
        outside = len(task.askings) - inside
        for asking in task.askings:
            if not asking.found.entries:
                continue
            facts, right = _first(asking, half)
            rows.append(facts)
            labels.append(right)
            share = (1 - OUT_OF_SCOPE) / max(inside, 1) if asking.in_scope else OUT_OF_SCOPE / max(outside, 1)
            weights.append(share * math.sqrt(len(task.askings)))
    values, label, weight = np.array(rows), np.array(labels, dtype=float), np.array(weights) / sum(weights)
    centre, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    constant = CERTAINTY.index("one")
    centre[constant], spread[constant] = 0.0, 1.0
    scaled = (values - centre) / spread

    def loss(coefficients: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = scaled @ coefficients
        value = (weight * (np.logaddexp(0, scores) - label * scores)).sum()
        slope = scaled.T @ (weight * (1 / (1 + np.exp(-scores)) - label))
        return value + CERTAINTY_PENALTY * coefficients @ coefficients, slope + 2 * CERTAINTY_PENALTY * coefficients

    fitted = minimize(loss, np.zeros(len(CERTAINTY)), jac=True, method="L-BFGS-B").x / spread
    fitted[constant] -= fitted @ centre
    return _rounded(fitted)


def _rounded(fitted: NDArray[np.float64]) -> NDArray[np.float64]:
    """As they are written down."""
    return np.array([round(float(value), 4) for value in fitted])


def _first(asking: Asking, weights: Weights) -> tuple[NDArray[np.float64], bool]:
    """What speaks for the candidate ranked first, by CERTAINTY, and whether it is the right one."""
    scores = scored(asking.found, weights)
    first = ordered(asking.found, scores)[0]
    return evidence(asking.found, scores, asking.asked)[:, first], first == asking.right


def report(task: Task, weights: Weights) -> str:
    """Top-1, recall at five per cent false answers, and expected calibration error."""
    certain, outside, beliefs = [], [], []
    hits = inside = 0
    for asking in task.askings:
        sure, right = -99.0, False
        if asking.found.entries:
            facts, right = _first(asking, weights)
            sure = float(weights.confidence @ facts)
        inside += asking.in_scope
        hits += right
        beliefs.append((1 / (1 + float(np.exp(-sure))), right))
        if asking.in_scope:
            certain.append((sure, right))
        else:
            outside.append(sure)
    bar = sorted(outside)[-(len(outside) // 20) - 1] if outside else -99.0
    recall = sum(right for sure, right in certain if sure > bar) / max(inside, 1)
    return f"{hits / max(inside, 1):.3f} {recall:.3f} {calibration_error(beliefs):.3f}"


def main() -> None:
    """Fit and write, or only report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=os.environ.get("FIRSTLINE_FAQ_DEV"), type=Path)
    parser.add_argument("--report", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    if arguments.folder is None:
        parser.error("name the folder of the sets, or set FIRSTLINE_FAQ_DEV")
    everything = list(tasks(Path(arguments.folder)))
    if not arguments.report:
        shipped = fit(everything)
        values = {"ranking": shipped.ranking, "confidence": shipped.confidence}
        written = {part: dict(zip(names, values[part].tolist(), strict=True)) for part, names in PARTS.items()}
        WEIGHTS.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    weights = fit([task.half(0) for task in everything])
    print(f"{'top-1, recall at 5 %, calibration error':45s} learned from        kept aside          source left out")
    for source in sorted({task.source for task in everything}):
        without = fit([task for task in everything if task.source != source])
        for task in (task for task in everything if task.source == source):
            figures = (report(task.half(0), weights), report(task.half(1), weights), report(task, without))
            print(f"{task.name:45s} {'   '.join(figures)}", flush=True)


if __name__ == "__main__":
    main()

"""Print quality and latency of the engine beside rapidfuzz's WRatio and token_set_ratio.

    python benchmarks/matching.py [SHARED]      # the folder that holds evaluate.py and dev/; or FIRSTLINE_FAQ_SHARED

Quality is what SHARED/evaluate.py says of prediction rows. Latency is one message on one thread's clock.
"""

from __future__ import annotations

import importlib.util
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from rapidfuzz import fuzz, process, utils

from faq.evaluation import article_of, knowledge_base, predictions, read_rows
from faq.index import build
from faq.match import match

SETS = (
    ("clinc150", "k1"),
    ("clinc150", "k5"),
    ("clinc150", "full"),
    ("hwu64", "k5"),
    ("alchemy_en_dev", "k1"),
    ("alchemy_zh_dev", "k1"),
)
SLOW_FROM = 2_000  # phrasings from which WRatio is left out: it needs minutes
SIZES = (1_000, 10_000)
Rows = Sequence[Mapping[str, Any]]


def main() -> None:
    """Quality of every set, then latency at growing sizes."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("FIRSTLINE_FAQ_SHARED", "../shared/faq"))
    scoring = _module(shared / "evaluate.py")
    print(f"{'set':20s} {'engine':10s} {'top-1 clean/typo':18s} {'r@5':12s} {'ECE':12s}")
    for name, size in SETS:
        base = _read(shared / "dev" / name / f"kb_{size}.jsonl")
        asked = [_read(shared / "dev" / name / f"queries{typo}.jsonl") for typo in ("", "_typo")]
        index = knowledge_base(base)
        _print(
            f"{name} {size}", "firstline", [scoring.score_faq(rows, list(predictions(index, rows))) for rows in asked]
        )
        for rival, scorer in (("token_set", fuzz.token_set_ratio), ("WRatio", fuzz.WRatio)):
            if rival != "WRatio" or sum(len(row["questions"]) for row in base) < SLOW_FROM:
                _print("", rival, [scoring.score_faq(rows, list(_rapidfuzz(base, rows, scorer))) for rows in asked])
    for many in SIZES:
        print(_latency(shared, many), flush=True)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is not there: name the folder that holds evaluate.py and dev/")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(path: Path) -> Rows:
    return read_rows(path.read_text(encoding="utf-8").splitlines())


def _print(name: str, engine: str, scores: Sequence[Mapping[str, float]]) -> None:
    shown = [" / ".join(f"{score[key]:.3f}" for score in scores) for key in ("top1", "r_at_5fa", "ece")]
    print(f"{name:20s} {engine:10s} {shown[0]:18s} {shown[1]:12s} {shown[2]:12s}", flush=True)


def _rapidfuzz(base: Rows, queries: Rows, scorer: Callable[..., float]) -> Iterator[dict[str, Any]]:
    """What `process.extract` gives: the best phrasing's score as confidence."""
    phrasings = [(row["faq_id"], utils.default_process(text)) for row in base for text in row["questions"]]
    texts = [text for _, text in phrasings]
    for query in queries:
        found = process.extract(utils.default_process(query["text"]), texts, scorer=scorer, limit=10)
        best: dict[str, float] = {}
        for _, score, at in found:
            best.setdefault(phrasings[at][0], score / 100)
        yield {"qid": query["qid"], "ranked": [list(pair) for pair in best.items()]}


def _latency(shared: Path, size: int) -> str:
    """Milliseconds of one match, of one article replaced, and of a whole build, at `size` phrasings of all sets."""
    rows = [row for name, kb in SETS[2:] for row in _read(shared / "dev" / name / f"kb_{kb}.jsonl")]
    single = [
        article_of({"faq_id": f"{row['faq_id']}-{at // 5}", "questions": row["questions"][at : at + 5]})
        for row in rows
        for at in range(0, len(row["questions"]), 5)
    ]
    dice = random.Random(1)
    dice.shuffle(single)
    articles, count = [], 0
    for article in single:
        if count < size:
            articles.append(article)
            count += len(article.phrasings)
    begun = time.perf_counter()
    index = build(articles)
    built = time.perf_counter() - begun
    begun = time.perf_counter()
    index.replace(articles[0])
    replaced = time.perf_counter() - begun
    asked = [
        row for name, _ in SETS[2:] for row in dice.sample(list(_read(shared / "dev" / name / "queries.jsonl")), 100)
    ]
    spent = []
    for query in asked:
        begun = time.thread_time()
        match(index, query["text"], language="en")
        spent.append((time.thread_time() - begun) * 1000)
    spent.sort()
    return (
        f"{len(index.texts)} phrasings: p50 {spent[len(spent) // 2]:.1f}, p99 {spent[len(spent) * 99 // 100]:.1f} ms, "
        f"build {built:.1f} s, one article replaced in {replaced * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()

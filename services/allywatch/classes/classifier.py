"""Sentences to classes, with calibrated probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import prod

import numpy as np

from allywatch.classes.features import FeatureReader, signature
from allywatch.classes.linear import Floats, sigmoid, softmax
from allywatch.classes.marking import MarkedSentence
from allywatch.classes.modelfile import ModelFile, key_of, load_model
from allywatch.classes.phrases import PhraseFile, digest_of, load_phrases
from allywatch.classes.roots import QUAD_OF, QUADS, ROOTS, Root
from allywatch.errors import ConfigError
from allywatch_schemas import PloverRoot, QuadClass

_OF_QUAD = np.array([[QUAD_OF[root] is quad for quad in QUADS] for root in ROOTS], dtype=np.float32)
_YIELD = ROOTS.index(Root.YIELD)
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class ClassReading:
    """What a sentence says, if it tells of an event at all.

    `probability`, `quad_probability`: that the root, the quad class, is right, given an event.
    `none_probability`: that the sentence tells of none, where half of all sentences do. `retreat`: that
    YIELD is RETREAT (troops, arms, prisoners, sieges), not CONCEDE; 0 for other roots. All 0…1.
    """

    root: Root
    probability: float
    quad: QuadClass
    quad_probability: float
    none_probability: float
    retreat: float

    @property
    def quad_number(self) -> int:
        """1…4, as PLOVER numbers quad classes."""
        return QUADS.index(self.quad) + 1

    @property
    def plover_root(self) -> PloverRoot:
        """The root in PLOVER's edition of 2021."""
        if self.root is Root.YIELD:
            return PloverRoot.RETREAT if self.retreat >= _EVEN else PloverRoot.CONCEDE
        return PloverRoot(self.root.value)


class Classifier:
    """Reads English sentences. With a source or a target marked it is surer than without."""

    def __init__(self, model: ModelFile, phrases: PhraseFile) -> None:
        """Take a model and the phrase book that it learned with.

        Raises:
            ConfigError: The book is another one, or features are named differently now.
        """
        self._features = FeatureReader(phrases)
        if (model.facts["phrases"], model.facts["features_as"]) != (
            digest_of(phrases),
            signature(self._features),
        ):
            raise ConfigError(
                "changed since the model learned with it.", file="verbs.yaml", fix="make models DATA=FOLDER."
            )
        self._model = model
        self.version: str = model.facts["version"]
        self.folds: int = model.facts["folds"]

    @staticmethod
    @cache
    def load() -> "Classifier":
        """The classifier of this package."""
        return Classifier(load_model(), load_phrases())

    def classify(self, sentences: Sequence[MarkedSentence]) -> list[ClassReading]:
        """One reading a sentence, in order."""
        return self._read(sentences, held_out=False)

    def held_out(self, sentences: Sequence[MarkedSentence]) -> list[ClassReading]:
        """As `classify`, but sentences it learned from are answered by a fold's model that had not seen them.

        Only root and quad class, not event or none.
        """
        return self._read(sentences, held_out=True)

    def event_probability(self, sentences: Sequence[MarkedSentence]) -> float:
        """That at least one of an article's sentences tells of an event, 0…1, as if each stood alone."""
        return 1 - prod(reading.none_probability for reading in self.classify(sentences))

    def learned_from(self, sentence: MarkedSentence) -> bool:
        """Whether root and quad class were learned from this sentence, marked so."""
        return self._model.held_out[_head(sentence)].find(key_of(sentence)) is not None

    def _read(self, sentences: Sequence[MarkedSentence], *, held_out: bool) -> list[ClassReading]:
        if not sentences:
            return []
        raw = [self._features.names(MarkedSentence(one.text)) for one in sentences]
        roots = self._roots(sentences, raw)
        for place, sentence in enumerate(sentences if held_out else ()):
            held = self._model.held_out[_head(sentence)]
            row = held.find(key_of(sentence))
            if row is not None:
                roots[place] = held.probabilities[row]
        return self._readings(roots, raw)

    def _roots(self, sentences: Sequence[MarkedSentence], raw: Sequence[list[str]]) -> Floats:
        """Probabilities by root; shape (sentences, roots)."""
        result = np.zeros((len(sentences), len(ROOTS)), dtype=np.float32)
        marked = [place for place, one in enumerate(sentences) if _head(one) == "marked"]
        bare = [place for place, one in enumerate(sentences) if _head(one) == "raw"]
        named = {"marked": [self._features.names(sentences[place]) for place in marked]}
        named["raw"] = [raw[place] for place in bare]
        for head, places in (("marked", marked), ("raw", bare)):
            if places:
                result[places] = softmax(self._model.heads[head].logits(named[head]))
        return result

    def _readings(self, roots: Floats, raw: Sequence[list[str]]) -> list[ClassReading]:
        quads = roots @ _OF_QUAD
        best, best_quad = roots.argmax(axis=1), quads.argmax(axis=1)
        yielding = [row for row, root in enumerate(best.tolist()) if root == _YIELD]
        retreat = np.zeros(len(raw), dtype=np.float32)
        retreat[yielding] = self._single("retreat", [raw[row] for row in yielding])
        columns = (
            best,
            np.take_along_axis(roots, best[:, None], axis=1)[:, 0],
            best_quad,
            np.take_along_axis(quads, best_quad[:, None], axis=1)[:, 0],
            1 - self._single("event", raw),
            retreat,
        )
        return [
            ClassReading(ROOTS[root], probability, QUADS[quad], *rest)
            for root, probability, quad, *rest in zip(*(column.tolist() for column in columns), strict=True)
        ]

    def _single(self, head: str, names: Sequence[Sequence[str]]) -> Floats:
        logits: Floats = self._model.heads[head].logits(names)
        return sigmoid(logits[:, 0])


def _head(sentence: MarkedSentence) -> str:
    return "raw" if sentence.source is None and sentence.target is None else "marked"

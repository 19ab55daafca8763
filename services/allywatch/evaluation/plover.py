"""Root and quad class over sentences whose classes are known: accuracy, F1 by root, calibration."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allywatch.classes import Classifier, ClassReading, MarkedSentence, from_tags
from allywatch.errors import AllywatchError
from allywatch.evaluation.classification import accuracy, calibration_error, f1_by_class, macro_f1

COLUMNS = ("marked_sentence", "plover_root", "quad_class")
_DUMPED = ("marked_sentence", "plover_root", "quad_class", "root", "quad", "probability", "answered_by")


@dataclass(frozen=True, slots=True)
class KnownSentence:
    """A sentence with its right answer: a root of `Root`, a quad class "1"…"4"."""

    tagged: str
    root: str
    quad: str

    def read(self, *, raw: bool) -> MarkedSentence:
        """The sentence as the classifier is to see it: with its marks, or `raw`."""
        sentence = from_tags(self.tagged)
        return MarkedSentence(sentence.text) if raw else sentence


def read_known(path: Path) -> list[KnownSentence]:
    """The rows of a TSV with `COLUMNS`; others are left alone. Quotes in it are text.

    Raises:
        AllywatchError: A column is missing, in the file or in a row, or there is no row.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise AllywatchError(f"{path}: no column {missing[0]}. Give a TSV with {', '.join(COLUMNS)}.")
        known = [_known(row, path, rows.line_num) for row in rows]
    if not known:
        raise AllywatchError(f"{path}: holds no sentence. Give one with rows below its first line.")
    return known


def _known(row: dict[str, str | None], path: Path, line: int) -> KnownSentence:
    tagged, root, quad = (row[column] for column in COLUMNS)
    if tagged is None or root is None or quad is None:
        raise AllywatchError(f"{path}:{line}: fewer columns than the first line. Give a value for each.")
    return KnownSentence(tagged, root, quad)


def evaluate_plover(
    path: Path, *, raw: bool = False, folds: int | None = None, dump: Path | None = None
) -> dict[str, Any]:
    """Figures of the shipped classifier on a file; writes every answer to `dump`.

    `folds`: sentences that the model learned from are answered by the fold model that had not seen them.
    Without it such sentences are counted as `trained_on`, and the figures of the others stand in `unseen`.

    Raises:
        AllywatchError: The file is not as `read_known` wants it, or the model has another number of folds.
    """
    classifier = Classifier.load()
    if folds is not None and folds != classifier.folds:
        raise AllywatchError(
            f"The model was made with {classifier.folds} folds. Say --folds {classifier.folds}."
        )
    known = read_known(path)
    sentences = [one.read(raw=raw) for one in known]
    seen = [classifier.learned_from(sentence) for sentence in sentences]
    readings = classifier.classify(sentences) if folds is None else classifier.held_out(sentences)
    if dump is not None:
        _write(dump, known, readings, ["trained" if each else "unseen" for each in seen], folds)
    unseen = [index for index, each in enumerate(seen) if not each]
    result: dict[str, Any] = {
        "marks": "hidden" if raw else "given",
        "model": classifier.version,
        "figures": _kind(sum(seen), len(known), folds),
        "trained_on": sum(seen),
        **figures(known, readings),
    }
    if folds is None and any(seen):
        result["unseen"] = (
            figures([known[i] for i in unseen], [readings[i] for i in unseen]) if unseen else None
        )
    return result


def figures(known: Sequence[KnownSentence], readings: Sequence[ClassReading]) -> dict[str, Any]:
    """`n`, accuracies, F1 and calibration error (of the root's probability), each 0…1."""
    gold, said = [one.root for one in known], [reading.root.value for reading in readings]
    quads = [str(reading.quad_number) for reading in readings]
    right = [a == b for a, b in zip(gold, said, strict=True)]
    return {
        "n": len(known),
        "root_accuracy": round(accuracy(gold, said), 4),
        "quad_accuracy": round(accuracy([one.quad for one in known], quads), 4),
        "macro_f1": round(macro_f1(gold, said), 4),
        "ece": round(calibration_error([reading.probability for reading in readings], right), 4),
        "f1": {root: round(value, 4) for root, value in f1_by_class(gold, said).items()},
    }


def _kind(seen: int, total: int, folds: int | None) -> str:
    if not seen:
        return "held out"
    if folds is not None:
        return f"cross-validated in {folds} folds"
    return "in sample" if seen == total else "partly in sample"


def _write(
    path: Path,
    known: Sequence[KnownSentence],
    readings: Sequence[ClassReading],
    seen: Sequence[str],
    folds: int | None,
) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n")
        rows.writerow(_DUMPED)
        for one, reading, learned in zip(known, readings, seen, strict=True):
            answered = "fold" if folds is not None and learned == "trained" else "shipped"
            answer = (reading.root.value, reading.quad_number, f"{reading.probability:.4f}", answered)
            rows.writerow((one.tagged, one.root, one.quad, *answer))

"""Learns what a sentence says of a region, from sentences of our own and from headlines that say nothing."""

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import allywatch.text
from allywatch.gold import GoldArticle, Split, load_gold
from allywatch.regions import load_registry
from allywatch.text.bearing import MODEL_FILE, NONE, BearingModel, features, label_of, of_cues
from allywatch.text.clean import clean
from allywatch.text.folding import fold
from allywatch.text.lexicon import load_lexicon
from allywatch.text.names import Mention
from allywatch.text.relations import ADVERSARY, PATRON, SELF, Relations, View, symbols
from allywatch.text.scanning import Scanner
from allywatch.text.sentences import index_at, split
from allywatch.text.surmising import LEAST, Surmiser, Told, told_by
from allywatch_schemas import Mechanism
from training.events import business
from training.fitting import Names, Space, space_of

SENTENCES = Path(__file__).parent / "data" / "mechanisms"
DAY = date(2026, 3, 1)
FOLDS = 5
MOST_FEATURES = 40_000
_C = 40.0
_ALSO = 0.15
"""Probability from which a sentence may say what its article says."""
_LARGEST = 6


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence as one view sees it, and what it says of that view's regions."""

    sentence: int
    language: str
    named: tuple[str, ...]
    label: str


def examples(rows: Iterable[tuple[str, dict[str, str]]]) -> Iterator[Example]:
    """One for each view of each sentence; a view of which two things are said is two.

    `rows`: a language, and the sentence with its labels.

    Where a patron or an adversary is named, the sentence counts once more as if the region itself stood in
    the one before.
    """
    registry = load_registry()
    scanner, relations = Scanner(registry, load_lexicon().mechanisms), Relations(registry)
    for number, (language, row) in enumerate(rows):
        text, labels = row["sentence"], _labels(row["labels"])
        scan = scanner.scan(text, DAY, language.split("-")[0])
        if scan is None:
            continue
        cues = [(hit.start, hit.cue.rule) for hit in scan.cues if hit.cue.rule]
        for view in relations.views(text, 0, scan.mentions):
            meant = {m for region in view.regions for m in (region, *relations.members(region, _LARGEST))}
            said = sorted({label for region, label in labels if region in meant}) or [NONE]
            seen = symbols(fold(text), view.marks)
            unnamed = [each for each in seen if not each[0].startswith(SELF)]
            for symbols_seen in (seen, unnamed) if _names_another_side(seen) else (seen,):
                named = (*features(symbols_seen), *of_cues(symbols_seen, cues))
                for label in said:
                    yield Example(number, language, named, label)


def _business(data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    return (("en", {"labels": "-", "sentence": one.sentence.text}) for one in business(data))


def _rows(files: Iterable[Path]) -> Iterator[tuple[str, dict[str, str]]]:
    for file in sorted(files):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield file.stem.rsplit("-", 1)[0], row


def _names_another_side(seen: Sequence[tuple[str, int]]) -> bool:
    return any(symbol.startswith((PATRON, ADVERSARY)) for symbol, _ in seen)


def _labels(written: str) -> list[tuple[str, str]]:
    if written.strip() in ("", "-"):
        return []
    parts = [each.split(":") for each in written.split()]
    return [
        (region, label_of(Mechanism(mechanism), 1 if sign == "+" else -1))
        for region, mechanism, sign in parts
    ]


def learned(found: Sequence[Example], most: int = MOST_FEATURES) -> dict[str, NDArray[Any]]:
    """The arrays of the model file."""
    named, labels = [each.named for each in found], sorted({each.label for each in found})
    space = space_of(named, fewest=2, most=most)
    fitted = _fit(space, named, [each.label for each in found])
    return {
        "names": _bytes("\n".join(space.names)),
        "rarity": space.rarity.astype(np.float16),
        "weights": fitted.coef_.T.astype(np.float16),
        "bias": fitted.intercept_.astype(np.float32),
        "labels": _bytes("\n".join(labels)),
    }


def held_out(found: Sequence[Example]) -> dict[str, Any]:
    """Figures of five folds, whole sentences in one: what is said, and what of it is right."""
    labels = sorted({each.label for each in found})
    none, folds = labels.index(NONE), np.array([each.sentence % FOLDS for each in found])
    gold = np.array([labels.index(each.label) for each in found])
    shares = np.zeros((len(found), len(labels)))
    for part in range(FOLDS):
        seen = [each for each, of in zip(found, folds, strict=True) if of != part]
        unseen = [each.named for each, of in zip(found, folds, strict=True) if of == part]
        space = space_of([each.named for each in seen], fewest=2, most=MOST_FEATURES)
        fitted = _fit(space, [each.named for each in seen], [each.label for each in seen])
        shares[folds == part] = fitted.predict_proba(space.matrix(unseen))
    shares[:, none] = 0
    said = shares.max(axis=1) >= LEAST
    right = said & (shares.argmax(axis=1) == gold)
    given = int((gold != none).sum())
    return {
        "precision": round(float(right.sum() / said.sum()), 4),
        "recall": round(float(right.sum() / given), 4),
        "calibration": [
            [round(float(low), 1), int(band.sum()), round(float(right[band].mean()), 3)]
            for low in np.arange(0.3, 1, 0.1)
            if (band := said & (shares.max(axis=1) >= low) & (shares.max(axis=1) < low + 0.1)).any()
        ],
    }


def _fit(space: Space, named: Names, labels: Sequence[str]) -> LogisticRegression:
    return LogisticRegression(C=_C, max_iter=200, tol=1e-3).fit(space.matrix(named), labels)


def of_articles(found: Sequence[Example]) -> Iterator[Example]:
    """Sentences of the gold articles to develop on. Their labels are of whole articles.

    So each label goes to the sentence that a model of `found` thinks likeliest to say it, and what seems to
    say it as well is left out; all others say nothing.
    """
    lexicon, registry = load_lexicon().mechanisms, load_registry()
    scanner, surmiser = Scanner(registry, lexicon), Surmiser(registry, lexicon)
    model = BearingModel.unpacked(learned(found))
    for number, gold in enumerate(load_gold(Split.DEV), 1_000_000):
        text = clean(gold.article).text
        language = (gold.article.language or "und").split("-")[0]
        scan = scanner.scan(text, gold.article.published_at.date(), language)
        if scan is None:
            continue
        sentences = split(text, len(gold.article.title), language)
        mentions: list[list[Mention]] = [[] for _ in sentences]
        starts = [sentence.start for sentence in sentences]
        for mention in scan.mentions:
            mentions[index_at(starts, mention.start)].append(mention)
        views = list(surmiser.views(text, told_by(text, scan, sentences, mentions)))
        yield from _shared_out(gold, views, model, number)


def _shared_out(
    gold: GoldArticle, views: Sequence[tuple[Told, View]], model: BearingModel, number: int
) -> Iterator[Example]:
    language = gold.article.language or "und"
    relations = Relations(load_registry())
    named = [told.features(symbols(told.folded, view.marks)) for told, view in views]
    shares = model.shares(named)
    said: list[set[str]] = [set() for _ in views]
    left_out = [False] * len(views)
    for label in gold.labels:
        name = label_of(label.mechanism, label.sign)
        concerned = [
            at
            for at, (_, view) in enumerate(views)
            if any(label.region in (r, *relations.members(r, _LARGEST)) for r in view.regions)
        ]
        if not concerned or name not in model.labels:
            continue
        column = model.labels.index(name)
        best = max(concerned, key=lambda at: shares[at][column])
        said[best].add(name)
        for at in concerned:
            left_out[at] = left_out[at] or shares[at][column] > _ALSO
    for at, names in enumerate(said):
        if names or not left_out[at]:
            for name in sorted(names) or [NONE]:
                yield Example(number, language, tuple(named[at]), name)


def main() -> None:
    """Learn, write, tell how well."""
    parser = argparse.ArgumentParser(prog="training.bearing", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of development data")
    parser.add_argument("--figures", action="store_true", help="also say how well, by folds: takes minutes")
    wanted = parser.parse_args()
    own = list(examples(chain(_rows(SENTENCES.glob("*.tsv")), _business(wanted.data))))
    found = [*own, *of_articles(own)]
    buffer = BytesIO()
    np.savez_compressed(buffer, **learned(found))  # type: ignore[arg-type]
    path = Path(allywatch.text.__file__).parent / "data" / MODEL_FILE
    path.write_bytes(buffer.getvalue())
    figures = held_out(found) if wanted.figures else {}
    print(json.dumps({"name": "bearing", "bytes": path.stat().st_size, "examples": len(found), **figures}))


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


if __name__ == "__main__":
    main()

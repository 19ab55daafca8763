"""Rebuilds the model of modality from our own sentences: `python -m training.modality`.

Input: `training/data/modality/<language>.txt`, invented sentences under the modality that is meant. The cue
stands in braces (`{!…}`: an act of words; `{}` at the end: what a list hangs on); `= ` begins a headline.
`frames.yaml` says what to put around them. Output: `modality.model.json` beside the lexicon; the same input
gives the same file.

Prints how well it does in cross-validation, and with `--check` only that.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from allywatch.regions import load_registry
from allywatch.text.folding import fold
from allywatch.text.lexicon import load_lexicon
from allywatch.text.modality import ModalityModel, ModalityReader
from allywatch.text.modality.model import Judge
from allywatch.text.scanning import Scanner
from allywatch_schemas import Modality

SENTENCES = Path(__file__).parent / "data" / "modality"
MODEL = Path(__file__).parents[1] / "services" / "allywatch" / "text" / "data" / "modality.model.json"
FOLDS = 5
_DAY = date(2026, 6, 1)
_LEAST_COUNT = 3
"""Features met in fewer sentences teach nothing that lasts."""
_STRENGTH = 0.5
"""Inverse of the L2 penalty; .5, 1 and 2 lie within half a point in cross-validation."""
_FRAMED = frozenset({Modality.ASSERTED, Modality.PLANNED})
_FRAME_WEIGHT = 0.5
"""How much a framed sentence counts beside a written one; with .2 a hedge may not outweigh the rest."""
_CUE = re.compile(r"\{(!?)([^}]*)\}")
_LABELS = tuple(Modality)
_EMPTY = ModalityModel(version="none", labels=_LABELS, bias=(0.0,) * len(_LABELS), weights={})


@dataclass(frozen=True, slots=True)
class Example:
    """A cue at [start, end) of a sentence, and what is meant."""

    language: str
    modality: Modality
    sentence: str
    start: int
    end: int
    heading: bool
    verbal: bool
    """Whether the cue is itself an act of words; `{!…}` in the file."""
    fold: int
    """Which part of the cross-validation it is in; one sentence is in one part, with all its frames."""
    weight: float = 1.0


def examples(folder: Path = SENTENCES) -> list[Example]:
    """All examples, by language and place."""
    return [example for file in sorted(folder.glob("*.txt")) for example in _of_file(file)]


def _of_file(file: Path) -> Iterator[Example]:
    modality = Modality.ASSERTED
    for number, line in enumerate(file.read_text("utf-8").splitlines()):
        if line.startswith("["):
            modality = Modality(line.strip("[]"))
            continue
        text = line.removeprefix("= ")
        sentence = _CUE.sub(r"\2", text)
        removed = 0
        for cue in _CUE.finditer(text):
            start = cue.start() - removed
            end = start + len(cue[2])
            removed += len(cue[0]) - len(cue[2])
            yield Example(
                file.stem, modality, sentence, start, end, text != line, bool(cue[1]), number % FOLDS
            )


def framed(every: Sequence[Example], folder: Path = SENTENCES) -> list[Example]:
    """The sure ones among the examples again, in the frames of their language; a few frames each, in turn."""
    frames = yaml.safe_load((folder / "frames.yaml").read_text("utf-8"))
    return [
        _put(each, frame, modality)
        for place, each in enumerate(every)
        if each.modality in _FRAMED and not each.heading and each.sentence.endswith((".", "。"))
        for modality, several in frames[each.language].items()
        for frame in [several[place % len(several)]]
    ]


def _put(each: Example, frame: str, modality: str) -> Example:
    before, after = frame.split("{}")
    return replace(
        each,
        modality=each.modality if modality == "same" else Modality(modality),
        sentence=before + each.sentence[:-1] + after + each.sentence[-1],
        start=len(before) + each.start,
        end=len(before) + each.end,
        weight=_FRAME_WEIGHT,
    )


def features(every: Sequence[Example]) -> list[set[str]]:
    """What the model is told of each example."""
    reader = ModalityReader(load_lexicon().modality, _EMPTY)
    scanner = Scanner(load_registry(), load_lexicon().mechanisms)
    found = []
    for each in every:
        named = [(m.start, m.actor) for m in scanner.mentions(each.sentence, _DAY)]
        tone = reader.tone(
            each.sentence,
            fold(each.sentence),
            each.language,
            _DAY.year,
            named=named,
            heading=each.heading,
        )
        found.append(tone.features(each.start, each.end, verbal=each.verbal))
    return found


def fit(every: Sequence[Example], told: Sequence[set[str]]) -> ModalityModel:
    """Multinomial logistic regression; weights to two decimals."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for one in told for name in one)
    names = sorted(name for name, count in counts.items() if count >= _LEAST_COUNT)
    index = {name: place for place, name in enumerate(names)}
    rows = [[index[name] for name in sorted(one) if name in index] for one in told]
    starts = np.cumsum([0, *map(len, rows)])
    places = [place for row in rows for place in row]
    matrix = csr_matrix((np.ones(len(places)), places, starts), shape=(len(rows), len(names)))
    regression = LogisticRegression(C=_STRENGTH, max_iter=2_000)
    regression.fit(matrix, [_LABELS.index(each.modality) for each in every], [each.weight for each in every])
    weights = np.round(regression.coef_.T, 2)
    return ModalityModel(
        version=_DAY.isoformat(),
        labels=_LABELS,
        bias=tuple(np.round(regression.intercept_, 2).tolist()),
        weights={n: tuple(row) for n, row in zip(names, weights.tolist(), strict=True) if any(row)},
    )


def written(model: ModalityModel) -> str:
    """The file, one feature a line."""
    head = {"version": model.version, "labels": model.labels, "bias": model.bias}
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in model.weights.items())
    return json.dumps(head)[:-1] + ', "weights": {\n' + rows + "\n}}\n"


def cross_validated(every: Sequence[Example], told: Sequence[set[str]]) -> list[Modality]:
    """What is found for each example by a model that did not see its part."""
    found = [Modality.ASSERTED] * len(every)
    for fold_ in range(FOLDS):
        seen = [place for place, each in enumerate(every) if each.fold != fold_]
        judge = Judge(fit([every[place] for place in seen], [told[place] for place in seen]))
        for place, each in enumerate(every):
            if each.fold == fold_:
                found[place] = judge.judge(told[place]).modality
    return found


def macro_f1(given: Sequence[Modality], found: Sequence[Modality]) -> float:
    """Mean F1 over the modalities given."""
    right = Counter(one for one, other in zip(given, found, strict=True) if one is other)
    there, claimed = Counter(given), Counter(found)
    return sum(2 * right[each] / (there[each] + claimed[each]) for each in there) / len(there)


def figures(every: Sequence[Example], told: Sequence[set[str]]) -> dict[str, float]:
    """Macro-F1 in cross-validation: of what was written (all, not English, by language), and framed."""
    found = cross_validated(every, told)
    groups: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(every):
        if each.weight < 1:
            groups["framed"].append(place)
            continue
        for name in ("all", each.language, *(["not en"] if each.language != "en" else [])):
            groups[name].append(place)
    return {
        name: round(macro_f1([every[p].modality for p in places], [found[p] for p in places]), 3)
        for name, places in groups.items()
    }


def main(arguments: Sequence[str]) -> None:
    """Print the figures; write the model unless told to `--check`."""
    every = examples()
    every += framed(every)
    told = features(every)
    print(json.dumps({"modality_macro_f1": figures(every, told), "examples": len(every)}))
    if "--check" not in arguments:
        MODEL.write_text(written(fit(every, told)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

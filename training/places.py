"""Rebuilds the weights of country tags: `python -m training.places FOLDER`, with SGML files of Reuters-21578.

Articles that the agency's editors passed over are left out. Every second file teaches and the others judge;
what is written then learns from all of them. The same files give the same weights. With `--check` only the
figures are printed.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import yaml

from allywatch.evaluation.places import RECALL, Allies, TaggedArticle, answers, place_figures, read_reuters
from allywatch.regions import Registry, load_registry
from allywatch.text.places import PlacesFile, PlaceTagger, load_places
from allywatch.text.scanning import Scanner

OUTPUT = Path("services/allywatch/text/data/places.yaml")
_RIDGE = 1.0
_STEPS = 25
_MARGIN = 0.005
"""The threshold is set for a little more than the recall asked for."""
_HEAD = """\
# Weights of country tags: a logistic regression on the signs of `text/places.py`; a country is a tag from
# `threshold` on. Rebuilt by `python -m training.places FOLDER` from Reuters-21578; `datelines` are our own.
"""

Row = tuple[dict[str, float], bool]
"""What speaks for one country in one article, and whether the editors tagged it."""


def rows_of(tagged: Iterable[TaggedArticle], tagger: PlaceTagger, allies: Allies) -> Iterator[Row]:
    """One row for each ally that an article names, and an empty one for each that it does not."""
    for one in tagged:
        right = allies.of(one.places)
        signs = {actor: s for actor, s in tagger.signs(one.article).items() if actor in allies.ids}
        yield from ((s, actor in right) for actor, s in signs.items())
        yield from (({}, True) for _ in right - signs.keys())


def learned_from(rows: Sequence[Row], datelines: dict[str, str]) -> PlacesFile:
    """The weights with the least loss (Newton's method, ridge 1), and the threshold that finds enough."""
    named = [(signs, right) for signs, right in rows if signs]
    names = sorted({sign for signs, _ in named for sign in signs})
    x = np.array([[1.0, *(signs.get(name, 0.0) for name in names)] for signs, _ in named])
    y = np.array([right for _, right in named], dtype=float)
    weights = np.zeros(x.shape[1])
    ridge = np.diag([1e-6] + [_RIDGE] * len(names))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        weights -= np.linalg.solve(
            x.T @ (x * (p * (1 - p))[:, None]) + ridge, x.T @ (p - y) + ridge @ weights
        )
    right = np.sort((1 / (1 + np.exp(-x @ weights)))[y > 0])[::-1]
    enough = int((RECALL + _MARGIN) * sum(is_right for _, is_right in rows))
    return PlacesFile(
        datelines=datelines,
        threshold=round(float(right[min(enough, len(right) - 1)]), 3),
        intercept=round(float(weights[0]), 3),
        weights={name: round(float(w), 3) for name, w in zip(names, weights[1:], strict=True)},
    )


def _learned(registry: Registry, tagged: Iterable[TaggedArticle]) -> PlacesFile:
    tagger = PlaceTagger(registry, Scanner(registry))
    return learned_from(list(rows_of(tagged, tagger, Allies(registry))), load_places().datelines)


def main(arguments: Sequence[str]) -> None:
    """Print the figures of the half that was held out; write the weights unless told to `--check`."""
    folder = Path(next(argument for argument in arguments if argument != "--check"))
    files = [[one for one in read_reuters(path) if one.indexed] for path in sorted(folder.glob("*.sgm*"))]
    teaching, judging = ([one for file in files[first::2] for one in file] for first in (0, 1))
    registry = load_registry()
    half = _learned(registry, teaching)
    tagger = PlaceTagger(registry, Scanner(registry), half)
    held_out = place_figures(list(answers(judging, tagger, Allies(registry))), half.threshold)
    print(json.dumps({"held_out": held_out}))
    if "--check" not in arguments:
        model = _learned(registry, teaching + judging).model_dump()
        OUTPUT.write_text(_HEAD + yaml.safe_dump(model, sort_keys=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

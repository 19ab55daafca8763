"""Every figure of the reading of articles, from the folder of development data and our own gold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allywatch.classes import Classifier
from allywatch.evaluation.events import evaluate_events
from allywatch.evaluation.names import evaluate_names
from allywatch.evaluation.own import evaluate_copies, evaluate_gold
from allywatch.evaluation.places import evaluate_places
from allywatch.evaluation.plover import evaluate_plover
from allywatch.gold import Split

PLOVER, STORIES, REUTERS = (
    "text/plover_sentences_train.tsv",
    "text/ngec_synthetic_stories.csv.zip",
    "text/reuters21578",
)


def evaluate_everything(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and figures, one after the other; sentences that a model learned from are answered by folds.

    Raises:
        AllywatchError: A file is not there, or not what it must be.
    """
    folds = Classifier.load().folds
    for raw in (False, True):
        yield "plover", evaluate_plover(data / PLOVER, raw=raw, folds=folds)
    for split in Split:
        yield "gold", evaluate_gold(split)
        yield "events", evaluate_events(split)
    yield "names", evaluate_names()
    yield "places", evaluate_places(sorted((data / REUTERS).glob("*.sgm*")))
    yield "copies", evaluate_copies(data / STORIES)

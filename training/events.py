"""Event or none: sentences that tell of a political event, and sentences of newsrooms that do not."""

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allywatch.classes import MarkedSentence
from allywatch.classes.linear import LinearModel, sigmoid
from training.examples import Example, leads, plover, records, titles
from training.fitting import Array, fit_two, space_of
from training.heads import FOLDS, Read, fold_of

REUTERS = "text/reuters21578"
HEADLINES = "text/guardian_headlines_2017_2020.csv.gz"

_BUSINESS = frozenset(
    [
        "earn",
        "acq",
        "money-fx",
        "grain",
        "crude",
        "interest",
        "ship",
        "coffee",
        "sugar",
        "gnp",
        "cpi",
        "housing",
        "jobs",
    ]
)
_STORY = re.compile(r"<TOPICS>(.*?)</TOPICS>.*?<BODY>(.*?)</BODY>", re.S)
_TOPIC = re.compile(r"<D>(.*?)</D>")
_SENTENCE_END = re.compile(r"(?<=[a-z\d][.!?])\s+(?=[A-Z\"])")
_FEATURES, _STRENGTH = 15_000, 2.0
_TOO_LIKE_AN_EVENT = 0.6
_LEAD_WEIGHT, _RECORD_WEIGHT, _REUTERS_WEIGHT = 0.3, 0.5, 0.5
_OF_STORIES, _OF_HEADLINES = 6, 3
"""Every so many are taken: there are many more than of the events."""


def event_head(data: Path, read: Read) -> LinearModel:
    """The model of event or none.

    Headlines and wire copy hold events too, unmarked: those that a model which had not seen them takes
    for events are left out of what the model learns as none.
    """
    events, others = _events(data), _others(data)
    suspicion = _held_out(events, others, read)
    kept = [one for one, share in zip(others, suspicion, strict=True) if share < _TOO_LIKE_AN_EVENT]
    return _fitted(events, kept, read)


def _events(data: Path) -> list[Example]:
    """PLOVER's sentences, and those of other sources at less weight."""
    stories = [Example(one.sentence, one.label, _LEAD_WEIGHT) for one in leads(data)]
    coded = [Example(one.sentence, one.label, _RECORD_WEIGHT) for one in records(data)]
    heads = [Example(one.sentence, one.label) for one in titles(data)]
    return [*plover(data), *heads, *coded, *stories]


def _others(data: Path) -> list[Example]:
    """Headlines of every kind, and sentences of business news of 1987."""
    return [*_headlines(data), *_business(data)]


def _headlines(data: Path) -> list[Example]:
    with gzip.open(data / HEADLINES, "rt", encoding="utf-8", newline="") as lines:
        texts = [row["Headlines"] for row in csv.DictReader(lines)]
    return [Example(MarkedSentence(text), "none") for text in texts[::_OF_HEADLINES]]


def _business(data: Path) -> Iterator[Example]:
    stories = [
        body
        for path in sorted((data / REUTERS).glob("*.sgm.gz"))
        for topics, body in _STORY.findall(gzip.decompress(path.read_bytes()).decode("latin-1"))
        if not _BUSINESS.isdisjoint(_TOPIC.findall(topics))
    ]
    for body in stories[::_OF_STORIES]:
        for sentence in _SENTENCE_END.split(" ".join(unescape(body).split()))[:3]:
            if 40 <= len(sentence) <= 400:
                yield Example(MarkedSentence(sentence), "none", _REUTERS_WEIGHT)


def _held_out(events: Sequence[Example], others: Sequence[Example], read: Read) -> NDArray[np.float32]:
    """How much each of the others looks like an event, to a model that saw neither it nor its fold."""
    folds = np.array([fold_of(one.sentence.text) for one in others])
    result = np.zeros(len(others), dtype=np.float32)
    for number in range(FOLDS):
        model = _fitted(
            events, [one for one, fold in zip(others, folds, strict=True) if fold != number], read
        )
        out = folds == number
        left_out = [read(one.sentence) for one, here in zip(others, out, strict=True) if here]
        result[out] = sigmoid(model.logits(left_out)[:, 0])
    return result


def _fitted(events: Sequence[Example], others: Sequence[Example], read: Read) -> LinearModel:
    names = [read(MarkedSentence(one.sentence.text)) for one in (*events, *others)]
    positive = np.arange(len(names)) < len(events)
    weights: Array = np.array([one.weight for one in (*events, *others)])
    return fit_two(space_of(names, most=_FEATURES), names, positive, weights, _STRENGTH)

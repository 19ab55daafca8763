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
from allywatch.classes.features import FUNCTION_WORDS
from allywatch.classes.linear import LinearModel, sigmoid
from training.examples import Example, leads, plover, records, titles
from training.fitting import Array, fit_two, space_of
from training.heads import FOLDS, Read, fold_of

REUTERS = "text/reuters21578"
HEADLINES = "text/guardian_headlines_2017_2020.csv.gz"
OWN = Path(__file__).parent / "data"

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
_FEATURES, _STRENGTH = 20_000, 2.0
_TOO_LIKE_AN_EVENT = 0.6
_LEAD_WEIGHT, _RECORD_WEIGHT, _REUTERS_WEIGHT = 0.3, 0.5, 0.5
_OWN_WEIGHT, _RISK_WEIGHT, _NO_RISK_WEIGHT = 10.0, 3.0, 6.0
"""Of our own sentences: they are few, and of the news that is to be read."""
_OF_STORIES, _OF_HEADLINES = 6, 3
"""Every so many are taken: there are many more than of the events."""
_STYLE = re.compile(r"[\^@#$%<]|^N:|(?:^|[ _])(?:mr|say|said)(?:$|[ _])")
"""Features of how a newsroom writes: names, dates, figures, who said so."""


def event_head(data: Path, read: Read) -> LinearModel:
    """The model of event or none, over features of content alone: it must not know newsrooms by their style.

    Headlines and wire copy hold events too, unmarked: those that a model which had not seen them takes
    for events are left out of what the model learns as none.
    """

    def content(sentence: MarkedSentence) -> list[str]:
        return [name for name in read(sentence) if _tells(name)]

    events, others = _events(data), _others(data)
    suspicion = _held_out(events, others, content)
    kept = [one for one, share in zip(others, suspicion, strict=True) if share < _TOO_LIKE_AN_EVENT]
    return _fitted([*events, *_own(event=True)], [*kept, *_own(event=False)], content)


def _tells(name: str) -> bool:
    """Whether a feature tells of content: phrases of the book, words and pairs of words."""
    if ":" in name:
        return name.startswith(("D", "F"))
    words = re.split("[ _]", name)
    return len(words) < 3 and not _STYLE.search(name) and any(map(_is_content, words))


def _is_content(word: str) -> bool:
    return word[:1].isalpha() and word not in FUNCTION_WORDS


def own_inputs() -> list[Path]:
    """Files of our own sentences."""
    return [*sorted((OWN / "events").glob("*.txt")), *sorted((OWN / "mechanisms").glob("en-*.tsv"))]


def _own(*, event: bool) -> list[Example]:
    """Sentences of ours that tell of an event, or of none; those with a mechanism bear on some risk."""
    lines = (OWN / "events" / ("event.txt" if event else "none.txt")).read_text("utf-8").splitlines()
    label = "event" if event else "none"
    found = [Example(MarkedSentence(line), label, _OWN_WEIGHT) for line in lines if not line.startswith("#")]
    weight = _RISK_WEIGHT if event else _NO_RISK_WEIGHT
    for path in own_inputs():
        if path.suffix == ".tsv":
            with path.open(encoding="utf-8", newline="") as rows:
                for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                    if (row["labels"].strip() not in ("", "-")) is event:
                        found.append(Example(MarkedSentence(row["sentence"]), label, weight))
    return found


def _events(data: Path) -> list[Example]:
    """PLOVER's sentences, and those of other sources at less weight."""
    stories = [Example(one.sentence, one.label, _LEAD_WEIGHT) for one in leads(data)]
    coded = [Example(one.sentence, one.label, _RECORD_WEIGHT) for one in records(data)]
    heads = [Example(one.sentence, one.label) for one in titles(data)]
    return [*plover(data), *heads, *coded, *stories]


def _others(data: Path) -> list[Example]:
    """Headlines of every kind, and sentences of business news of 1987."""
    return [*_headlines(data), *business(data)]


def _headlines(data: Path) -> list[Example]:
    with gzip.open(data / HEADLINES, "rt", encoding="utf-8", newline="") as lines:
        texts = [row["Headlines"] for row in csv.DictReader(lines)]
    return [Example(MarkedSentence(text), "none") for text in texts[::_OF_HEADLINES]]


def business(data: Path) -> Iterator[Example]:
    """First sentences of business news of 1987: they tell of no event."""
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

"""How the reader of articles does on the gold articles: what it finds, which way, and how sure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from allywatch.gold import GoldArticle
from allywatch_schemas import Evidence, Mechanism, Modality, NewsArticle

SUREST = (
    Modality.ASSERTED,
    Modality.PLANNED,
    Modality.QUOTED_CLAIM,
    Modality.CONDITIONAL,
    Modality.SPECULATIVE,
    Modality.HISTORIC,
    Modality.DENIED,
)
"""As the guide to labelling orders them: an article's claim is as sure as its surest mention."""

Key = tuple[str, Mechanism]
Read = Callable[[NewsArticle], Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class Found:
    """Labels given, labels found, and those that are both."""

    given: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the found that are right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the given that are found."""
        return self.right / self.given if self.given else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.given + self.found
        return 2 * self.right / total if total else 0.0


@dataclass(frozen=True, slots=True)
class GoldFigures:
    """Figures in [0, 1]; `labels` by (region, mechanism), sign and modality among those rightly found."""

    articles: int
    without_evidence: int
    labels: Found
    english: Found
    other_languages: Found
    sign: float
    modality: float
    """Share that is right."""
    modality_f1: float
    """Mean F1 over the modalities that the labels hold."""
    false_alarms: float
    """Share of the articles without evidence in which the reader finds some."""
    auc: float
    """Area under the curve of "holds evidence or none" by the surest item."""
    by_mechanism: dict[str, Found]
    by_language: dict[str, Found]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A gold article and what the reader found in it."""

    gold: GoldArticle
    found: Mapping[Key, Evidence]
    strength: float


def read_gold(articles: Collection[GoldArticle], read: Read) -> GoldFigures:
    """Read every article and hold what is found against its labels."""
    readings = [_reading(gold, read(gold.article)) for gold in articles]
    common = [
        (label, one.found[label.key])
        for one in readings
        for label in one.gold.labels
        if label.key in one.found
    ]
    empty = [one for one in readings if not one.gold.labels]
    languages = sorted({one.gold.article.language or "" for one in readings})
    return GoldFigures(
        articles=len(readings),
        without_evidence=len(empty),
        labels=_count(readings),
        english=_count(one for one in readings if one.gold.in_english),
        other_languages=_count(one for one in readings if not one.gold.in_english),
        sign=_share([label.sign * item.sign > 0 for label, item in common]),
        modality=_share([label.modality is item.modality for label, item in common]),
        modality_f1=_macro_f1([(label.modality, item.modality) for label, item in common]),
        false_alarms=_share([bool(one.found) for one in empty]),
        auc=auc([(one.strength, bool(one.gold.labels)) for one in readings]),
        by_mechanism={str(each): _count(readings, _of(each)) for each in Mechanism},
        by_language={
            each: _count(one for one in readings if one.gold.article.language == each) for each in languages
        },
    )


def _reading(gold: GoldArticle, items: Sequence[Evidence]) -> _Reading:
    return _Reading(gold, _surest(items), strength(items))


def strength(items: Iterable[Evidence]) -> float:
    """How surely an article holds evidence, in [0, 1]: the probability of its surest item; 0 without any."""
    return max((item.probability for item in items), default=0.0)


def auc(values: Collection[tuple[float, bool]]) -> float:
    """Area under the curve: the share of pairs in the right order, ties as half; 0 without pairs."""
    right = sorted(value for value, holds in values if holds)
    wrong = sorted(value for value, holds in values if not holds)
    if not right or not wrong:
        return 0.0
    ahead = sum((one > other) + (one == other) / 2 for one in right for other in wrong)
    return ahead / (len(right) * len(wrong))


def _surest(items: Iterable[Evidence]) -> dict[Key, Evidence]:
    """The surest item of each region and mechanism; of equals the one more probable, then the first."""
    best: dict[Key, Evidence] = {}
    for item in sorted(items, key=lambda item: (SUREST.index(item.modality), -item.probability)):
        if item.mechanism is not None:
            best.setdefault((item.region, item.mechanism), item)
    return best


def _count(readings: Iterable[_Reading], counts: Callable[[Key], bool] = lambda _: True) -> Found:
    given = found = right = 0
    for one in readings:
        keys = {label.key for label in one.gold.labels if counts(label.key)}
        given += len(keys)
        found += sum(map(counts, one.found))
        right += len(keys & one.found.keys())
    return Found(given, found, right)


def _of(mechanism: Mechanism) -> Callable[[Key], bool]:
    return lambda key: key[1] is mechanism


def _share(values: Collection[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _macro_f1(pairs: Collection[tuple[Modality, Modality]]) -> float:
    given, found = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    right = Counter(one for one, other in pairs if one is other)
    each = [2 * right[kind] / (given[kind] + found[kind]) for kind in given]
    return sum(each) / len(each) if each else 0.0

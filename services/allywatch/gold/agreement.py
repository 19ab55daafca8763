"""How far two passes of labelling agree, before anything was settled."""

from collections.abc import Collection
from dataclasses import dataclass

from allywatch.gold.articles import GoldArticle, Label


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures in [0, 1] over the articles that have two passes."""

    articles: int
    found: float
    """F1 of (region, mechanism) of one pass held against the other."""
    sign: float
    """Share of the labels found by both that have one sign."""
    modality: float
    """Share of the labels found by both that have one modality."""
    modality_kappa: float
    """The same beyond chance (Cohen 1960)."""


def agreement(articles: Collection[GoldArticle]) -> Agreement:
    """Of the first pass with the second; all zero without articles that have both."""
    both = [(each.first, each.second) for each in articles if each.second is not None]
    pairs = [pair for first, second in both for pair in _common(first, second)]
    given = sum(len(first) + len(second) for first, second in both)
    return Agreement(
        len(both),
        2 * len(pairs) / given if given else 0.0,
        _share([one.sign == other.sign for one, other in pairs]),
        _share([one.modality is other.modality for one, other in pairs]),
        _kappa([(one.modality.value, other.modality.value) for one, other in pairs]),
    )


def _common(first: Collection[Label], second: Collection[Label]) -> list[tuple[Label, Label]]:
    others = {label.key: label for label in second}
    return [(label, others[label.key]) for label in first if label.key in others]


def _share(values: Collection[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _kappa(pairs: Collection[tuple[str, str]]) -> float:
    if not pairs:
        return 0.0
    observed = _share([one == other for one, other in pairs])
    kinds = {kind for pair in pairs for kind in pair}
    chance = sum(
        _share([one == kind for one, _ in pairs]) * _share([other == kind for _, other in pairs])
        for kind in kinds
    )
    return (observed - chance) / (1 - chance) if chance < 1 else 1.0

"""How well a score is founded: per mille, beside the score and never inside it. All in integers.

    confidence = min(corroboration, firmness) × history × coverage

A chain of reasons is as good as its weakest link, so what many say loosely is worth no more than what one
says loosely, and what one says firmly no more than one word. The formula keeps both halves apart, so that
which origins it hangs on can be told exactly (`allywatch.risk.counterfactual`).

It knows no freshness: fading lowers the pressure already, and would count twice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import prod

from allywatch.risk.ledger import Copy
from allywatch.risk.weights import ConfidenceWeights, Weights
from allywatch_schemas import CoverageState

FULL = 1_000
"""Per mille."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The parts of a confidence, each per mille."""

    roots: int
    """How many independent ones there are."""
    corroboration: int
    """The chance that at least one independent origin is right."""
    firmness: int
    """How firmly they say it, by weight: 1000 asserted, a quarter of that speculative."""
    history: int
    """How well the region's own past is known."""
    coverage: int
    """How well we hear."""

    @property
    def founded(self) -> int:
        """What is heard, and how it compares: all but coverage, since silence must not lower a level."""
        return min(self.corroboration, self.firmness) * self.history // FULL

    @property
    def total(self) -> int:
        """The confidence that is published."""
        return self.founded * self.coverage // FULL


def confidence_of(
    copies: Collection[Copy], coverage: CoverageState, days: int, weights: Weights
) -> Confidence:
    """The confidence in what some origins say.

    Args:
        copies: The leading copies of those that the score leans on.
        coverage: The worst of the feeds that speak of the region.
        days: Of its history.
        weights: The method's.
    """
    given = weights.confidence
    reliabilities = most_reliable(copies, given)
    return Confidence(
        len(reliabilities),
        corroboration_of(reliabilities.values()),
        firmness_of(copies, weights),
        history_of(days, given),
        coverage_of(coverage, given),
    )


def root_of(copy: Copy) -> str:
    """Whose word a copy is; origins with one root are not independent of each other."""
    return copy.voice or copy.source_id or copy.key


def most_reliable(copies: Iterable[Copy], given: ConfidenceWeights) -> Mapping[str, int]:
    """By root, the chance that the best of its copies is right, per mille: read right, and well sourced."""
    most = round(given.one_origin * FULL)
    best: dict[str, int] = {}
    for copy in copies:
        root = root_of(copy)
        if best.get(root, -1) < copy.certainty:
            best[root] = copy.certainty
    return {root: min(certainty, most) for root, certainty in best.items()}


def corroboration_of(reliabilities: Collection[int]) -> int:
    """The chance that not all independent roots are wrong: 1 − Π(1 − r), rounded down.

    The noisy or of Pearl (Probabilistic Reasoning in Intelligent Systems, 1988). Exact whatever the order.
    """
    wrong = prod(FULL - each for each in reliabilities)
    scale: int = FULL ** len(reliabilities)
    return (scale - wrong) * FULL // scale


def firmness_of(copies: Collection[Copy], weights: Weights) -> int:
    """The mean weight of their modality, per mille; each counts by its fresh points."""
    said = weights.said
    total = sum([copy.weight for copy in copies])
    return sum([copy.weight * said[copy.modality] for copy in copies]) // total if total else 0


def history_of(days: int, given: ConfidenceWeights) -> int:
    """Rises from `no_history` towards 1; halfway after `history_half_days`."""
    least, days = round(given.no_history * FULL), max(0, days)
    return least + (FULL - least) * days // (days + given.history_half_days)


def coverage_of(coverage: CoverageState, given: ConfidenceWeights) -> int:
    """What is heard of what should be."""
    factors = {CoverageState.DEGRADED: given.degraded, CoverageState.SILENT: given.silent}
    return round(factors.get(coverage, 1.0) * FULL)

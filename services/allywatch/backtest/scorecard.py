"""Everything a replay is measured by, in one value: for people, for JSON and for the report."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache

from allywatch.backtest.history import Sample, Transition
from allywatch.backtest.selfscoring import Opening, SelfScore, Truth, jumps_of, self_score
from allywatch.backtest.truth import Monthly
from allywatch.backtest.yardsticks import (
    Agreement,
    Crisis,
    Hits,
    Verdict,
    agreement,
    alarms,
    hits,
    judge,
    months,
    threshold_for,
)
from allywatch.engine.state import DAY_MS
from allywatch.risk.weights import MICRO
from allywatch_schemas import AlertState, TransitionReason

EPOCH = date(1970, 1, 1).toordinal()


def openings_of(transitions: Iterable[Transition], rules: Collection[str] | None = None) -> list[Transition]:
    """What people are interrupted by: of each episode the first that fires and tells, and each escalation.

    Args:
        transitions: In order.
        rules: Only of these; None: of all.
    """
    told: set[tuple[str, str, int]] = set()
    out = []
    for each in transitions:
        episode = (each.region, each.rule, each.episode)
        if (rules is not None and each.rule not in rules) or not each.notify:
            continue
        if each.state is AlertState.FIRING and (
            episode not in told or each.reason is TransitionReason.ESCALATED
        ):
            told.add(episode)
            out.append(each)
    return out


def day_of(transition: Transition) -> int:
    """The ordinal of its day."""
    return transition.time // DAY_MS + EPOCH


@dataclass(frozen=True, slots=True)
class Curves:
    """Daily values of every region."""

    scores: Mapping[str, Mapping[int, float]]
    """Standard deviations, by ordinal of the day; days of learning left out."""
    levels: Mapping[str, Mapping[int, float]]
    """Points of slow pressure; none, where nobody asked for them."""
    confidence: Mapping[str, Mapping[int, float]]
    """0 to 1, of days with any evidence."""


class CurveKeeper:
    """Takes up samples as they come."""

    def __init__(self) -> None:
        self._scores: dict[str, dict[int, float]] = {}
        self._levels: dict[str, dict[int, float]] = {}
        self._confidence: dict[str, dict[int, float]] = {}

    def take(self, samples: Iterable[Sample]) -> None:
        """One day's samples, days rising."""
        for sample in samples:
            day = sample.day.toordinal()
            scores = self._scores.setdefault(sample.region, {})
            if sample.z is not None:
                scores[day] = sample.z / 1000
            levels = self._levels.setdefault(sample.region, {})
            if sample.level is not None:
                levels[day] = sample.level / MICRO
            if sample.confidence:
                self._confidence.setdefault(sample.region, {})[day] = sample.confidence / 1000

    def curves(self) -> Curves:
        """All so far."""
        return Curves(self._scores, self._levels, self._confidence)


@lru_cache(maxsize=16_384)
def month_of(day: int) -> str:
    """`2018-01`."""
    return date.fromordinal(day).isoformat()[:7]


class _Months(dict[int, str]):
    def __missing__(self, day: int) -> str:
        return month_of(day)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The yardsticks of one replay."""

    budget: float
    threshold: float | None
    by_score: Hits | None
    by_alert: Hits | None
    gprc: Agreement | None
    verdicts: tuple[Verdict, ...]
    alerts_per_region_year: float
    """Over all regions."""
    self_score: SelfScore

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        by_score = None
        if self.by_score is not None and self.threshold is not None:
            by_score = {"threshold": round(self.threshold, 3), **self.by_score.as_dict()}
        return {
            "budget": self.budget,
            "alerts_per_region_year": self.alerts_per_region_year,
            "by_score": by_score,
            "by_alert": None if self.by_alert is None else self.by_alert.as_dict(),
            "gprc": None if self.gprc is None else asdict(self.gprc),
            "crises": [_crisis(each) for each in self.verdicts],
            "self_score": self.self_score.as_dict(),
        }


def _crisis(verdict: Verdict) -> dict[str, object]:
    crisis = verdict.crisis
    return {
        "region": crisis.region,
        "date": date.fromordinal(crisis.day).isoformat(),
        "label": crisis.label,
        "assessed": verdict.assessed,
        "delay_days": verdict.delay,
    }


def score(
    curves: Curves,
    transitions: Sequence[Transition],
    rules: Sequence[str],
    counted: Collection[str],
    budget: float,
    crises: Sequence[Crisis] | None = None,
    gprc: Monthly | None = None,
) -> Scorecard:
    """Hold a replay against what happened.

    Args:
        curves: Of all regions.
        transitions: All of them.
        rules: Names of all.
        counted: Those whose openings are held against budget and crises.
        budget: Alerts per region and year.
        crises: That should have been told of; None: not asked.
        gprc: By region and month; None: not asked.
    """
    openings = openings_of(transitions, counted)
    told: dict[str, list[int]] = {}
    for each in openings:
        told.setdefault(each.region, []).append(day_of(each))
    for days in told.values():
        days.sort()
    by_score = by_alert = threshold = None
    verdicts: list[Verdict] = []
    if crises is not None:
        listed = {crisis.region for crisis in crises}
        scores = {region: days for region, days in curves.scores.items() if region in listed}
        threshold = threshold_for(budget, scores.values())
        raised = {region: alarms(days, threshold) for region, days in scores.items()}
        by_score = hits(judge(crises, raised, scores), raised, scores)
        verdicts = judge(crises, told, scores)
        by_alert = hits(verdicts, told, scores)
    fit = None
    if gprc is not None:
        fit = agreement({r: months(days, _Months()) for r, days in curves.levels.items()}, gprc)
    own = self_score(
        [Opening(each.region, each.rule, day_of(each)) for each in openings_of(transitions)],
        counted,
        transitions,
        curves.scores,
        Truth(crises or (), jumps_of(gprc or {})),
        rules,
    )
    return Scorecard(
        budget, threshold, by_score, by_alert, fit, tuple(verdicts), own.overall.per_region_year, own
    )

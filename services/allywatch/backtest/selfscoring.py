"""Each rule and each region held against what happened: precision, lead time, misses, flapping.

An opening is *founded* if within 7 days of it lies a listed crisis of its region, or a month in which the
region's GPRC jumped (by at least `JUMP` standard deviations of its monthly changes). That is a proxy: what no
list names may still be true. Regions that neither list knows are not judged.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median, pstdev
from typing import NamedTuple

from allywatch.backtest.history import Transition
from allywatch.backtest.truth import Monthly
from allywatch.backtest.yardsticks import DAYS_A_YEAR, HIT_DAYS, Crisis, Days, Verdict, judge
from allywatch_schemas import AlertState

JUMP = 1.5
NEAR_DAYS = 7
LEAD_DAYS = 14
"""How long before a crisis an opening may be said to have told of it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a rule told people, once per episode."""

    region: str
    rule: str
    day: int
    """Ordinal."""


@dataclass(frozen=True, slots=True)
class Record:
    """How often something was right, early, late or silent."""

    name: str
    """Of a rule or a region."""
    openings: int
    per_region_year: float
    judged: int
    """Openings in regions of which some list speaks."""
    founded: int
    crises: int
    """That could be assessed."""
    hits: int
    median_delay_days: float | None
    """Of the hits."""
    median_lead_days: float | None
    """From the first opening within 14 days before to 7 days after a crisis, to the crisis."""
    opens_per_episode: float | None
    """1: no episode came back; None: none opened."""

    @property
    def misses(self) -> int:
        """Crises that nothing told of within a week."""
        return self.crises - self.hits

    @property
    def precision(self) -> float | None:
        """Share of the judged openings that were founded."""
        return self.founded / self.judged if self.judged else None

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        precision = None if self.precision is None else round(self.precision, 3)
        return {**asdict(self), "misses": self.misses, "precision": precision}


@dataclass(frozen=True, slots=True)
class SelfScore:
    """All records of one replay."""

    overall: Record
    rules: tuple[Record, ...]
    regions: tuple[Record, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "overall": self.overall.as_dict(),
            "rules": [each.as_dict() for each in self.rules],
            "regions": [each.as_dict() for each in self.regions],
        }


@dataclass(frozen=True, slots=True)
class Truth:
    """When something happened where."""

    crises: Sequence[Crisis]
    jumps: Mapping[str, frozenset[str]]
    """Months of each region that GPRC knows."""

    def knows(self, region: str) -> bool:
        """Whether some list speaks of the region."""
        return region in self.jumps or any(crisis.region == region for crisis in self.crises)

    def founds(self, opening: Opening) -> bool:
        """Whether something lies within a week of the opening."""
        if any(
            crisis.region == opening.region and abs(crisis.day - opening.day) <= NEAR_DAYS
            for crisis in self.crises
        ):
            return True
        months = self.jumps.get(opening.region, frozenset())
        middle, week = date.fromordinal(opening.day), timedelta(days=NEAR_DAYS)
        return any(day.isoformat()[:7] in months for day in (middle - week, middle, middle + week))


def jumps_of(gprc: Monthly) -> dict[str, frozenset[str]]:
    """The months in which each country's GPRC rose much more than it usually moves."""
    out = {}
    for region, values in gprc.items():
        months = sorted(values)
        changes = {after: values[after] - values[before] for before, after in pairwise(months)}
        usual = pstdev(changes.values()) if len(changes) > 1 else 0.0
        out[region] = frozenset(
            month for month, change in changes.items() if usual and change >= JUMP * usual
        )
    return out


def self_score(
    openings: Sequence[Opening],
    counted: Collection[str],
    transitions: Iterable[Transition],
    scores: Mapping[str, Days],
    truth: Truth,
    rules: Sequence[str],
) -> SelfScore:
    """Records of all counted openings, of each rule, and of each region (counted openings alone).

    Args:
        openings: What people were told, by all rules.
        counted: The rules that are held against the budget.
        transitions: All of them, for flapping.
        scores: Daily, of every region.
        truth: What happened.
        rules: Names, in the order to report; a rule that never opened is reported as well.
    """
    flaps = _opens_per_episode(transitions)
    within = [opening for opening in openings if opening.rule in counted]
    by_rule, by_region = _by(openings, "rule"), _by(within, "region")
    of_counted = {episode: count for episode, count in flaps.items() if episode.rule in counted}
    return SelfScore(
        overall=_record("all", within, scores, truth, list(of_counted.values())),
        rules=tuple(
            _record(rule, by_rule[rule], scores, truth, [n for at, n in flaps.items() if at.rule == rule])
            for rule in rules
        ),
        regions=tuple(
            _record(
                region,
                by_region[region],
                {region: scores[region]},
                truth,
                [n for at, n in of_counted.items() if at.region == region],
            )
            for region in sorted(scores)
        ),
    )


def _by(openings: Iterable[Opening], field: str) -> defaultdict[str, list[Opening]]:
    out: defaultdict[str, list[Opening]] = defaultdict(list)
    for opening in openings:
        out[getattr(opening, field)].append(opening)
    return out


def _record(
    name: str, openings: Sequence[Opening], scores: Mapping[str, Days], truth: Truth, flaps: list[int]
) -> Record:
    days = sum(map(len, scores.values()))
    told: dict[str, list[int]] = defaultdict(list)
    for opening in openings:
        told[opening.region].append(opening.day)
    for each in told.values():
        each.sort()
    judged = [opening for opening in openings if truth.knows(opening.region)]
    verdicts = judge([crisis for crisis in truth.crises if crisis.region in scores], told, scores)
    hit = [each.delay for each in verdicts if each.hit and each.delay is not None]
    leads = [lead for each in verdicts if (lead := _lead(each, told)) is not None]
    return Record(
        name=name,
        openings=len(openings),
        per_region_year=round(len(openings) * DAYS_A_YEAR / days, 2) if days else 0.0,
        judged=len(judged),
        founded=sum(map(truth.founds, judged)),
        crises=sum(each.assessed for each in verdicts),
        hits=len(hit),
        median_delay_days=median(hit) if hit else None,
        median_lead_days=median(leads) if leads else None,
        opens_per_episode=round(sum(flaps) / len(flaps), 3) if flaps else None,
    )


def _lead(verdict: Verdict, told: Mapping[str, Sequence[int]]) -> int | None:
    if not verdict.assessed:
        return None
    crisis = verdict.crisis
    days = told.get(crisis.region, ())
    at = bisect_left(days, crisis.day - LEAD_DAYS)
    return crisis.day - days[at] if at < len(days) and days[at] <= crisis.day + HIT_DAYS else None


class _Episode(NamedTuple):
    region: str
    rule: str
    number: int


def _opens_per_episode(transitions: Iterable[Transition]) -> dict[_Episode, int]:
    """How often each episode fired: the first time, held or at once, and whenever it had recovered."""
    begins = None, AlertState.PENDING, AlertState.RECOVERING
    out: dict[_Episode, int] = {}
    for each in transitions:
        if each.state is AlertState.FIRING and each.previous in begins:
            episode = _Episode(each.region, each.rule, each.episode)
            out[episode] = out.get(episode, 0) + 1
    return out

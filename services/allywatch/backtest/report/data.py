"""What the report shows, worked out of a replay: binned lines, marks, rows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from allywatch.backtest.history import Tally, Transition
from allywatch.backtest.scorecard import Curves, Scorecard, day_of
from allywatch.backtest.selfscoring import Record
from allywatch.backtest.truth import Monthly
from allywatch.backtest.yardsticks import Crisis, Days, Verdict, standardised
from allywatch_schemas import Severity

MAX_POINTS = 840
"""Of one line: more cannot be told apart on a screen. A point is the highest value of its days."""


@dataclass(frozen=True, slots=True)
class Line:
    """A daily series, binned; each bin has its first day."""

    days: tuple[int, ...]
    values: tuple[float | None, ...]
    """None: no value that day, as while learning."""
    bin_days: int


@dataclass(frozen=True, slots=True)
class Mark:
    """An opening."""

    day: int
    rule: str
    severity: Severity
    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class RegionPage:
    """One region's part of the report."""

    id: str
    name: str
    line: Line
    level: Line
    """Slow pressure, monthly, standardised."""
    gprc: Line | None
    marks: tuple[Mark, ...]
    verdicts: tuple[Verdict, ...]
    record: Record
    confidence: float | None

    @property
    def peak(self) -> float:
        """The highest value shown; 0: there is none."""
        return max((value for value in self.line.values if value is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows."""

    title: str
    method: str
    digest: str
    first: int
    last: int
    seconds: float
    tally: Tally
    scorecard: Scorecard
    regions: tuple[RegionPage, ...]
    """Those of which there is most to tell come first."""
    closeups: tuple[tuple[Verdict, Days, tuple[Mark, ...]], ...]
    """Each crisis with the days around it."""


BEFORE, AFTER = 14, 21
"""Days around a crisis that are shown."""


def binned(days: Days, first: int, last: int) -> Line:
    """The highest value of each bin, so that no peak is lost."""
    size = max(1, -(-(last - first + 1) // MAX_POINTS))
    starts = range(first, last + 1, size)
    values = []
    for start in starts:
        found = [days[day] for day in range(start, min(start + size, last + 1)) if day in days]
        values.append(max(found) if found else None)
    return Line(tuple(starts), tuple(values), size)


def monthly(days: Days) -> dict[str, float]:
    """Mean of each month."""
    found: dict[str, list[float]] = {}
    for day, value in days.items():
        found.setdefault(date.fromordinal(day).isoformat()[:7], []).append(value)
    return {month: fsum(values) / len(values) for month, values in found.items()}


def monthly_line(values: Mapping[str, float]) -> Line:
    """Standardised, a point in the middle of each month."""
    months = sorted(values)
    scaled = standardised([values[month] for month in months]) if len(months) > 1 else None
    middles = tuple(date.fromisoformat(f"{month}-15").toordinal() for month in months)
    return Line(middles, tuple(scaled or [0.0] * len(months)), 30)


def marks_of(openings: Sequence[Transition]) -> dict[str, list[Mark]]:
    """By region, days rising."""
    out: dict[str, list[Mark]] = {}
    for each in openings:
        mark = Mark(day_of(each), each.rule, each.severity, each.value, each.threshold)
        out.setdefault(each.region, []).append(mark)
    for marks in out.values():
        marks.sort(key=lambda mark: (mark.day, mark.rule))
    return out


def report_of(
    title: str,
    method: tuple[str, str],
    tally: Tally,
    seconds: float,
    curves: Curves,
    openings: Sequence[Transition],
    scorecard: Scorecard,
    names: Mapping[str, str],
    gprc: Monthly | None,
) -> Report:
    """Work it out.

    Args:
        title: Of the page.
        method: Version and digest.
        tally: What became of the rows.
        seconds: How long it took.
        curves: Daily values.
        openings: What people were told.
        scorecard: The yardsticks.
        names: Of the regions, for people.
        gprc: By region and month; None: not given.
    """
    first = min(min(days) for days in curves.levels.values() if days)
    last = max(max(days) for days in curves.levels.values() if days)
    marks = marks_of(openings)
    records = {record.name: record for record in scorecard.self_score.regions}
    pages = [
        _region(
            region,
            names.get(region, region),
            curves,
            marks.get(region, []),
            scorecard,
            records[region],
            gprc,
            first,
            last,
        )
        for region in curves.scores
    ]
    pages.sort(key=lambda page: (-len(page.verdicts), -len(page.marks), -page.peak, page.id))
    return Report(
        title,
        *method,
        first,
        last,
        seconds,
        tally,
        scorecard,
        tuple(pages),
        tuple(_closeup(verdict, curves, marks) for verdict in scorecard.verdicts),
    )


def _region(
    region: str,
    name: str,
    curves: Curves,
    marks: Sequence[Mark],
    scorecard: Scorecard,
    record: Record,
    gprc: Monthly | None,
    first: int,
    last: int,
) -> RegionPage:
    level = monthly(curves.levels[region])
    given = {month: value for month, value in (gprc or {}).get(region, {}).items() if month in level}
    sure = curves.confidence.get(region, {})
    return RegionPage(
        id=region,
        name=name,
        line=binned(curves.scores[region], first, last),
        level=monthly_line(level),
        gprc=monthly_line(given) if given else None,
        marks=tuple(marks),
        verdicts=tuple(each for each in scorecard.verdicts if each.crisis.region == region),
        record=record,
        confidence=fsum(sure.values()) / len(sure) if sure else None,
    )


def _closeup(
    verdict: Verdict, curves: Curves, marks: Mapping[str, Sequence[Mark]]
) -> tuple[Verdict, Days, tuple[Mark, ...]]:
    crisis: Crisis = verdict.crisis
    start, end = crisis.day - BEFORE, crisis.day + AFTER
    scores = curves.scores.get(crisis.region, {})
    near = {day: scores[day] for day in range(start, end + 1) if day in scores}
    return verdict, near, tuple(mark for mark in marks.get(crisis.region, ()) if start <= mark.day <= end)

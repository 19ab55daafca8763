"""How well scores and alerts fit what happened: the yardsticks of the method's own trials.

Rules, the same for every method. *By score*: an alarm is a day with a standardised score above one
threshold, silent for 14 days after an alarm unless the score is 1.5 times that of the last; the threshold is
set so that alarms per region and year meet the budget, over the regions that the crises name. *By alert*: the
method's own openings. A *hit* is an alarm on day 0 to 7 after a crisis. *Agreement* is Spearman's ρ between
monthly means of the level and GPRC (Caldara and Iacoviello 2022), both standardised within countries, pooled.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum, sqrt
from statistics import median

SILENCE_DAYS = 14
ESCALATION = 1.5
HIT_DAYS = 7
LONGEST_DAYS = 14
LEAST_DAYS_BEFORE = 5
"""With fewer scores up to its day, a crisis cannot be assessed."""
DAYS_A_YEAR = 365.25
LEAST_DAYS_OF_MONTH = 20
LEAST_MONTHS = 3

Days = Mapping[int, float]
"""By ordinal of the day, rising; only days that have a value."""


@dataclass(frozen=True, slots=True)
class Crisis:
    """Something that a monitor should have told of."""

    region: str
    day: int
    """Ordinal (`datetime.date.toordinal`)."""
    label: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one crisis."""

    crisis: Crisis
    assessed: bool
    delay: int | None
    """Days to the first alarm on day 0 to 14; None: missed, or not assessed."""

    @property
    def hit(self) -> bool:
        """Whether it was told of within a week."""
        return self.delay is not None and self.delay <= HIT_DAYS


@dataclass(frozen=True, slots=True)
class Hits:
    """Crises told of, and how many chance would have hit."""

    crises: int
    not_assessed: int
    hits_3d: int
    hits_7d: int
    hits_14d: int
    median_delay_days: float | None
    chance_7d: float
    """Share of all region-days that some alarm follows within a week."""
    alerts_per_region_year: float

    def as_dict(self) -> dict[str, float | None]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Agreement:
    """With GPRC, within countries."""

    rho: float | None
    country_months: int
    countries: int


def alarms(scores: Days, threshold: float) -> list[int]:
    """Days on which one threshold would have told people."""
    out: list[int] = []
    last: int | None = None
    told = 0.0
    for day, value in scores.items():
        if value > threshold and (last is None or day - last > SILENCE_DAYS or value > ESCALATION * told):
            out.append(day)
            last, told = day, value
    return out


def threshold_for(budget: float, scores: Iterable[Days]) -> float:
    """The lowest threshold at which alarms per region and year stay within the budget (50 halvings)."""
    known = [each for each in scores if each]
    years = sum(map(len, known)) / DAYS_A_YEAR
    low, high = 0.0, max((max(each.values()) for each in known), default=0.0)
    for _ in range(50):
        middle = (low + high) / 2
        if sum(len(alarms(each, middle)) for each in known) > budget * years:
            low = middle
        else:
            high = middle
    return high


def judge(
    crises: Iterable[Crisis], openings: Mapping[str, Sequence[int]], scores: Mapping[str, Days]
) -> list[Verdict]:
    """Hold each crisis against the alarms of its region, which must rise."""
    out = []
    for crisis in crises:
        known = scores.get(crisis.region, {})
        if sum(1 for day in known if day <= crisis.day) < LEAST_DAYS_BEFORE:
            out.append(Verdict(crisis, False, None))
            continue
        told = openings.get(crisis.region, ())
        at = bisect_left(told, crisis.day)
        delay = told[at] - crisis.day if at < len(told) else LONGEST_DAYS + 1
        out.append(Verdict(crisis, True, delay if delay <= LONGEST_DAYS else None))
    return out


def hits(
    verdicts: Sequence[Verdict], openings: Mapping[str, Sequence[int]], scores: Mapping[str, Days]
) -> Hits:
    """Count the verdicts, over the regions that have scores here."""
    delays = [each.delay for each in verdicts if each.delay is not None]
    days = sum(map(len, scores.values()))
    told = sum(len(openings.get(region, ())) for region in scores)
    return Hits(
        crises=sum(each.assessed for each in verdicts),
        not_assessed=sum(not each.assessed for each in verdicts),
        hits_3d=sum(delay <= 3 for delay in delays),
        hits_7d=sum(delay <= HIT_DAYS for delay in delays),
        hits_14d=len(delays),
        median_delay_days=float(median(delays)) if delays else None,
        chance_7d=round(chance(openings, scores), 3),
        alerts_per_region_year=round(told * DAYS_A_YEAR / days, 2) if days else 0.0,
    )


def chance(openings: Mapping[str, Sequence[int]], scores: Mapping[str, Days]) -> float:
    """Share of region-days that an alarm follows within a week: what a crisis on a random day would hit."""
    covered = total = 0
    for region, days in scores.items():
        near = {told - before for told in openings.get(region, ()) for before in range(HIT_DAYS + 1)}
        covered += sum(day in near for day in days)
        total += len(days)
    return covered / total if total else 0.0


def months(levels: Days, month_of: Mapping[int, str]) -> dict[str, float]:
    """Mean level of each month with at least 20 days; `month_of` names the month of a day."""
    found: dict[str, list[float]] = {}
    for day, level in levels.items():
        found.setdefault(month_of[day], []).append(level)
    return {
        month: fsum(values) / len(values)
        for month, values in found.items()
        if len(values) >= LEAST_DAYS_OF_MONTH
    }


def agreement(
    levels: Mapping[str, Mapping[str, float]], truth: Mapping[str, Mapping[str, float]]
) -> Agreement:
    """Pooled Spearman of two monthly series per country, each standardised within the country.

    Args:
        levels: By region and month.
        truth: GPRC by region and month; regions it lacks do not count.
    """
    ours: list[float] = []
    theirs: list[float] = []
    countries = 0
    for region, months_of in sorted(levels.items()):
        given = truth.get(region, {})
        both = [(value, given[month]) for month, value in months_of.items() if month in given]
        if len(both) < LEAST_MONTHS:
            continue
        mine, other = (standardised([pair[side] for pair in both]) for side in (0, 1))
        if mine is None or other is None:
            continue
        countries += 1
        ours += mine
        theirs += other
    rho = spearman(ours, theirs)
    return Agreement(None if rho is None else round(rho, 3), len(ours), countries)


def standardised(values: Sequence[float]) -> list[float] | None:
    """Distance from the mean in standard deviations (of a sample); None: they do not vary."""
    mean = fsum(values) / len(values)
    spread = sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return [(value - mean) / spread for value in values] if spread > 0 else None


def ranks(values: Sequence[float]) -> list[float]:
    """From 1; equal values share the mean of their ranks."""
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value) + 1) / 2 for value in values]


def spearman(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's r of the ranks; None: too few, or no variation."""
    if len(left) < 2:
        return None
    a, b = standardised(ranks(left)), standardised(ranks(right))
    if a is None or b is None:
        return None
    return fsum(x * y for x, y in zip(a, b, strict=True)) / (len(a) - 1)

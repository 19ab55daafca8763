"""One backtest from files to findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import process_time

from allywatch.backtest.dumps import (
    ALERT_COLUMNS,
    SCORE_COLUMNS,
    TRANSITION_COLUMNS,
    Dump,
    alert_row,
    score_row,
    transition_row,
)
from allywatch.backtest.evidence_form import evidence_form
from allywatch.backtest.forms import Extraction, Opener, gdelt_form, icews_form
from allywatch.backtest.history import Tally, Transition
from allywatch.backtest.methods import budget_of, counted_rules, load
from allywatch.backtest.replaying import Replay
from allywatch.backtest.rows import Share, Survey, by_day, survey
from allywatch.backtest.scorecard import CurveKeeper, Curves, Scorecard, day_of, openings_of, score
from allywatch.backtest.selfscoring import Opening
from allywatch.backtest.truth import Monthly, read_crises, read_gprc
from allywatch.errors import AllywatchError
from allywatch.ingest.files import expand
from allywatch.ingest.items import Kind
from allywatch.regions import Registry

_KINDS = {"icews": Kind.ICEWS, "gdelt": Kind.GDELT, "evidence": Kind.JSONL}


@dataclass(frozen=True, slots=True)
class Order:
    """What to replay, and what to hold it against."""

    events: tuple[Path, ...]
    format: str
    since: date | None = None
    until: date | None = None
    regions: frozenset[str] = frozenset()
    """Empty: all."""
    budget: float | None = 6.0
    """None: as the method says."""
    tick_hours: int | None = None
    """None: 24 for events dated by the day, else 1."""
    crises: Path | None = None
    crisis_set: str | None = None
    gprc: Path | None = None
    levels: bool = True
    """Work out the slow pressure too: only dumped scores, GPRC and the report have a use for it."""
    method: Path | None = None


@dataclass(frozen=True, slots=True)
class Dumps:
    """Where to write what."""

    scores: Path | None = None
    alerts: Path | None = None
    transitions: Path | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of it."""

    method: str
    digest: str
    first: date
    last: date
    tally: Tally
    curves: Curves
    transitions: Sequence[Transition]
    openings: Sequence[Transition]
    scorecard: Scorecard
    seconds: float
    """Of one core."""
    names: Mapping[str, str]
    """Of the regions, for people."""
    gprc: Monthly | None

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "method": self.method,
            "method_digest": self.digest,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "regions": len(self.curves.scores),
            "rows": self.tally.rows,
            "documents": self.tally.documents,
            "evidence": self.tally.items,
            "bad_rows": self.tally.bad,
            "transitions": len(self.transitions),
            "openings": len(self.openings),
            "events_per_s": round(self.tally.rows / self.seconds) if self.seconds else None,
            **self.scorecard.as_dict(),
        }


def openings_told(findings: Findings) -> list[Opening]:
    """What people were told, by any rule."""
    return [Opening(each.region, each.rule, day_of(each)) for each in openings_of(findings.transitions)]


def run(
    order: Order, dumps: Dumps | None = None, progress: Callable[[int, int], None] | None = None
) -> Findings:
    """Replay and measure.

    Args:
        order: What.
        dumps: Files to write on the way.
        progress: Told (rows done, rows in all) after each day.

    Raises:
        AllywatchError: A file cannot be used, or an option makes no sense.
    """
    dumps = dumps or Dumps()
    crises = None if order.crises is None else read_crises(order.crises, order.crisis_set)
    gprc = None if order.gprc is None else read_gprc(order.gprc)
    started = process_time()
    registry, method = load(order.method, order.budget)
    regions = _regions(order.regions, registry)
    opener = opener_of(order.format, registry)
    surveys = surveyed(order, opener)
    replay = Replay(method, registry, regions, *_pace(order, surveys), levels=order.levels)
    keeper, total = CurveKeeper(), sum(each.rows for each in surveys)
    first = last = None
    with ExitStack() as files:
        scores = files.enter_context(Dump(dumps.scores, SCORE_COLUMNS))
        for samples in replay.days(_between(by_day(surveys, opener), order)):
            keeper.take(samples)
            if progress is not None:
                progress(replay.tally.rows, total)
            scores.rows(map(score_row, samples))
            first, last = first or samples[0].day, samples[0].day
        seconds = process_time() - started
        counted = counted_rules(method)
        openings = openings_of(replay.transitions, counted)
        files.enter_context(Dump(dumps.alerts, ALERT_COLUMNS)).rows(map(alert_row, openings))
        files.enter_context(Dump(dumps.transitions, TRANSITION_COLUMNS)).rows(
            map(transition_row, replay.transitions)
        )
    if first is None or last is None:
        raise AllywatchError("no row lies within those days. Give other files, or other --from and --to.")
    curves, rules = keeper.curves(), [rule.name for rule in method.rules.rules]
    return Findings(
        method.version,
        method.digest,
        first,
        last,
        replay.tally,
        curves,
        replay.transitions,
        openings,
        score(curves, replay.transitions, rules, counted, order.budget or budget_of(method), crises, gprc),
        seconds,
        {region: registry.regions[region].name for region in regions},
        gprc,
    )


def write_report(findings: Findings, path: Path) -> None:
    """Write the findings as one HTML page.

    Raises:
        AllywatchError: It cannot be written.
    """
    from allywatch.backtest.report import render
    from allywatch.backtest.report.data import report_of

    report = report_of(
        f"Backtest, {'–'.join(sorted({str(findings.first.year), str(findings.last.year)}))}",
        (findings.method, findings.digest),
        findings.tally,
        findings.seconds,
        findings.curves,
        findings.openings,
        findings.scorecard,
        findings.names,
        findings.gprc,
    )
    try:
        path.write_text(render(report), "utf-8")
    except OSError as exc:
        raise AllywatchError(f"{path}: {exc.strerror}. Give a path you may write.") from None


def opener_of(format: str, registry: Registry) -> Opener:
    """How to open a file of this format."""
    if format == "evidence":
        return evidence_form
    extraction = Extraction(registry)
    form = {"icews": icews_form, "gdelt": gdelt_form}[format]
    return lambda rows: form(rows, extraction)


def surveyed(order: Order, opener: Opener) -> list[Survey]:
    """A look at every file.

    Raises:
        AllywatchError: One cannot be used, or none holds a dated row.
    """
    paths = [path for given in order.events for path in expand(given, _KINDS[order.format])]
    found = [each for path in paths if (each := survey(path, opener)) is not None]
    if not found:
        raise AllywatchError(f"{order.events[0]}: no row has a date. Give files that hold events.")
    return found


def _pace(order: Order, surveys: Iterable[Survey]) -> tuple[bool, int]:
    by_the_day = all(each.by_day for each in surveys)
    hours = order.tick_hours or (24 if by_the_day else 1)
    if 24 % hours:
        raise AllywatchError(f"--tick {hours}: give a divisor of 24 (1, 2, 3, 4, 6, 8, 12 or 24).")
    return by_the_day, hours


def _regions(wanted: frozenset[str], registry: Registry) -> frozenset[str]:
    if unknown := sorted(wanted - registry.regions.keys()):
        raise AllywatchError(
            f"--regions: {', '.join(unknown)}: no such region. Known: {', '.join(sorted(registry.regions))}."
        )
    return wanted or frozenset(registry.regions)


def _between(days: Iterator[tuple[date, list[Share]]], order: Order) -> Iterator[tuple[date, list[Share]]]:
    for day, shares in days:
        if order.until is not None and day > order.until:
            return
        if order.since is None or day >= order.since:
            yield day, shares

"""`allywatch backtest`."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from allywatch.terminal import printable

if TYPE_CHECKING:
    from allywatch.backtest.run import Findings


class EventFormat(StrEnum):
    """What the files hold."""

    ICEWS = "icews"
    GDELT = "gdelt"
    EVIDENCE = "evidence"


DAYS = ["%Y-%m-%d"]


def backtest(
    events: list[Path] = typer.Option(..., help="Files, or folders of them; plain, .gz or .zip."),
    more: list[Path] = typer.Argument(None, metavar="[FILE]...", help="Further files, as after --events."),
    format: EventFormat = typer.Option(..., help="What the files hold."),
    since: datetime | None = typer.Option(None, "--from", formats=DAYS, help="First day."),
    until: datetime | None = typer.Option(None, "--to", formats=DAYS, help="Last day."),
    regions: str = typer.Option("", help="Only these, by id, with commas between; none: all."),
    budget: float = typer.Option(6.0, min=0.1, help="Alerts per region and year."),
    tick: int | None = typer.Option(None, min=1, max=24, help="Hours between ticks: a divisor of 24."),
    crises: Path | None = typer.Option(None, help="CSV of crises: set, country, date, label."),
    set_: str | None = typer.Option(None, "--set", help="Which set of the crises."),
    gprc: Path | None = typer.Option(None, help="CSV of GPRC by month: month, GPRC_AAA, …"),
    method: Path | None = typer.Option(None, help="Folder with weights.yaml, rules.yaml, registry/."),
    dump_scores: Path | None = typer.Option(None, help="CSV: region, date, score, level, confidence."),
    dump_alerts: Path | None = typer.Option(
        None,
        help="CSV: region, time of every opening, by the rules that have a budget (if none has: by all).",
    ),
    dump_transitions: Path | None = typer.Option(None, help="CSV: every transition."),
    report: Path | None = typer.Option(None, help="A page with charts: one HTML file, for any browser."),
    json: bool = typer.Option(False, "--json", help="All yardsticks as one JSON object."),
) -> None:
    """Replay history through the engine and hold scores and alerts against what happened."""
    from json import dumps

    from allywatch.backtest.progress import Progress
    from allywatch.backtest.run import Dumps, Order, run, write_report
    from allywatch.stream.heap import freeze_heap

    order = Order(
        events=(*events, *(more or ())),
        format=format.value,
        since=None if since is None else since.date(),
        until=None if until is None else until.date(),
        regions=ids_of(regions),
        budget=budget,
        tick_hours=tick,
        crises=crises,
        crisis_set=set_,
        gprc=gprc,
        levels=any((dump_scores, gprc, report)),
        method=method,
    )
    freeze_heap()
    with Progress("replaying", quiet=json) as progress:
        findings = run(order, Dumps(dump_scores, dump_alerts, dump_transitions), progress)
    if report is not None:
        write_report(findings, report)
    for bad in findings.tally.first_bad:
        typer.secho(printable(str(bad)), fg="yellow", err=True)
    if json:
        typer.echo(dumps(findings.as_dict(), ensure_ascii=False))
    else:
        _say(findings, report)


def ids_of(regions: str) -> frozenset[str]:
    """The ids of a list with commas."""
    return frozenset(each.strip() for each in regions.split(",") if each.strip())


def _say(findings: "Findings", report: Path | None) -> None:
    from rich.console import Console
    from rich.table import Table

    card, tally = findings.scorecard, findings.tally
    speed = f"{tally.rows / findings.seconds:,.0f} events/s" if findings.seconds else ""
    typer.echo(
        f"{findings.first} to {findings.last}: {tally.rows:,} rows, {tally.items:,} items of evidence, "
        f"{len(findings.curves.scores)} regions, {speed}"
    )
    if tally.bad:
        typer.secho(f"{tally.bad:,} rows could not be used; the first are listed above.", fg="yellow")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("", "≤ 3 d", "≤ 7 d", "≤ 14 d", "of", "chance ≤ 7 d", "delay", "alerts/yr"):
        table.add_column(name, justify="left" if not name else "right")
    for words, hits in (("by the service's alerts", card.by_alert), ("by one threshold", card.by_score)):
        if hits is not None:
            delay = "–" if hits.median_delay_days is None else f"{hits.median_delay_days:g} d"
            counts = (hits.hits_3d, hits.hits_7d, hits.hits_14d, hits.crises)
            rate = f"{hits.alerts_per_region_year:g}"
            table.add_row(words, *map(str, counts), f"{hits.chance_7d:.3f}", delay, rate)
    if table.row_count:
        Console().print(table)
    if card.by_alert is not None and card.by_alert.not_assessed:
        unknown = [each.crisis for each in card.verdicts if not each.assessed]
        named = ", ".join(f"{crisis.region} {crisis.label}" for crisis in unknown)
        typer.secho(f"not assessed (no score before it): {printable(named)}", fg="yellow")
    typer.echo(f"alerts per region and year: {card.alerts_per_region_year:g} of a budget of {card.budget:g}")
    if card.gprc is not None:
        typer.echo(f"ρ with GPRC within {card.gprc.countries} countries: {card.gprc.rho}")
    if report is not None:
        typer.secho(f"report: {report}", bold=True)

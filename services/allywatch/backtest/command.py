"""`allywatch backtest`."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from allywatch.backtest.run import Findings, Order


class EventFormat(StrEnum):
    """What the files hold."""

    ICEWS = "icews"
    GDELT = "gdelt"
    EVIDENCE = "evidence"


_DAYS = ["%Y-%m-%d"]


def backtest(
    events: list[Path] = typer.Option(..., help="Files, or folders of them; plain, .gz or .zip."),
    more: list[Path] = typer.Argument(None, metavar="[FILE]...", help="Further files, as after --events."),
    format: EventFormat = typer.Option(..., help="What the files hold."),
    since: datetime | None = typer.Option(None, "--from", formats=_DAYS, help="First day."),
    until: datetime | None = typer.Option(None, "--to", formats=_DAYS, help="Last day."),
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
    from allywatch.backtest.run import Dumps, Order, run, write_report

    order = Order(
        events=(*events, *(more or ())),
        format=format.value,
        since=None if since is None else since.date(),
        until=None if until is None else until.date(),
        regions=frozenset(each.strip() for each in regions.split(",") if each.strip()),
        budget=budget,
        tick_hours=tick,
        crises=crises,
        crisis_set=set_,
        gprc=gprc,
        method=method,
    )
    findings = run(order, Dumps(dump_scores, dump_alerts, dump_transitions))
    if report is not None:
        write_report(findings, report)
    _say(findings, order, as_json=json)


def _say(findings: "Findings", order: "Order", *, as_json: bool) -> None:
    from json import dumps

    for bad in findings.tally.first_bad:
        typer.secho(str(bad), fg="yellow", err=True)
    if as_json:
        typer.echo(dumps(findings.as_dict(), ensure_ascii=False))
    else:
        typer.echo(dumps(findings.as_dict(), ensure_ascii=False, indent=2))

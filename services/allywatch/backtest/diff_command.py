"""`allywatch diff`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from allywatch.backtest.command import DAYS, EventFormat

if TYPE_CHECKING:
    from allywatch.backtest.comparing import Comparison
    from allywatch.backtest.run import Findings

SHIPPED = "shipped"
_MOST_LISTED = 20
_METHOD = "A folder with weights.yaml, rules.yaml, registry/; or `shipped`."


def diff(
    old: str = typer.Argument(..., help=_METHOD),
    new: str = typer.Argument(..., help=_METHOD),
    events: list[Path] = typer.Option(..., help="Files, or folders of them. Repeat it."),
    format: EventFormat = typer.Option(..., help="What the files hold."),
    since: datetime | None = typer.Option(None, "--from", formats=DAYS, help="First day."),
    until: datetime | None = typer.Option(None, "--to", formats=DAYS, help="Last day."),
    regions: str = typer.Option("", help="Only these, by id, with commas between; none: all."),
    json: bool = typer.Option(False, "--json", help="All of it as one JSON object."),
) -> None:
    """Replay history under two methods: alerts gained, lost and moved, and bias by region."""
    from json import dumps

    from allywatch.backtest.command import ids_of
    from allywatch.backtest.comparing import compare
    from allywatch.backtest.progress import Progress
    from allywatch.backtest.run import Order, openings_told, run

    def replayed(method: str) -> "Findings":
        order = Order(
            events=tuple(events),
            format=format.value,
            since=None if since is None else since.date(),
            until=None if until is None else until.date(),
            regions=ids_of(regions),
            budget=None,
            method=None if method == SHIPPED else Path(method),
        )
        with Progress(f"under {method}", quiet=json) as progress:
            return run(order, progress=progress)

    before, after = replayed(old), replayed(new)
    found = compare(
        openings_told(before),
        openings_told(after),
        (before.curves.scores, after.curves.scores),
        (before.curves.levels, after.curves.levels),
    )
    if json:
        methods = {"old": [before.method, before.digest], "new": [after.method, after.digest]}
        typer.echo(dumps({**methods, **found.as_dict()}, ensure_ascii=False))
    else:
        _say(before, after, found)


def _say(before: "Findings", after: "Findings", found: "Comparison") -> None:
    from datetime import date

    methods = " → ".join(f"{each.method} ({each.digest[:8]})" for each in (before, after))
    typer.echo(f"{before.first} to {before.last}: {methods}")
    if found.nothing:
        typer.secho(f"Nothing changes: {found.kept} alerts, every score the same.", bold=True)
        return
    counts = (
        f"{len(found.gained)} gained, {len(found.lost)} lost, {len(found.moved)} moved, {found.kept} kept"
    )
    typer.secho(f"Alerts: {counts}", bold=True)
    lines = [
        *((each.day, "green", f"+ {each.region:<18} {each.rule}") for each in found.gained),
        *((each.day, "red", f"- {each.region:<18} {each.rule}") for each in found.lost),
        *(
            (each.new_day, "yellow", f"~ {each.region:<18} {each.rule}, by {each.by:+d} d")
            for each in found.moved
        ),
    ]
    for day, colour, words in sorted(lines)[:_MOST_LISTED]:
        typer.secho(f"  {date.fromordinal(day)} {words}", fg=colour)
    if len(lines) > _MOST_LISTED:
        typer.echo(f"  … and {len(lines) - _MOST_LISTED} more (--json has all)")
    typer.secho("Bias by region (mean of new minus old)", bold=True)
    for bias in found.bias[:_MOST_LISTED]:
        score = "  learning" if bias.score is None else f"{bias.score:+9.3f} σ"
        typer.echo(f"  {bias.region:<18} {score}   level {bias.level:+9.3f}   alerts {bias.alerts:+d}")
    if len(found.bias) > _MOST_LISTED:
        typer.echo(f"  … and {len(found.bias) - _MOST_LISTED} more regions")

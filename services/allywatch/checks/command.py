"""`allywatch check-config`."""

from pathlib import Path

import typer

_FOLDER = "Folder of a registry to check instead of the shipped one."


def check_config(
    registry: Path | None = typer.Option(None, exists=True, file_okay=False, help=_FOLDER),
    weights: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Weights instead."),
    rules: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Alert rules instead."),
    lexicon: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Mechanisms instead."),
    feeds: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Feeds instead."),
) -> None:
    """Validate every configuration file; errors name file, line and fix."""
    from allywatch.checks.configuration import Replaced, check_all

    wrong = 0
    for finding in check_all(Replaced(registry, weights, rules, lexicon, feeds)):
        wrong += len(finding.errors)
        if finding.errors:
            typer.secho(f"✗ {finding.subject}", fg="red", bold=True)
            for error in finding.errors:
                typer.echo(f"  {error}")
        else:
            typer.secho("✓ ", fg="green", nl=False)
            typer.echo(f"{finding.subject}: {finding.summary}")
    if wrong:
        raise typer.Exit(1)

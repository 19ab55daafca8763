"""`allywatch evaluate`: one JSON object a line for each family of figures asked for."""

from pathlib import Path
from typing import Any

import typer


def evaluate(
    plover: Path | None = typer.Option(
        None, help="TSV with marked_sentence, plover_root, quad_class: how well classes are read."
    ),
    raw: bool = typer.Option(False, "--raw", help="With --plover: hide who the source and the target are."),
    folds: int | None = typer.Option(
        None,
        help="With --plover: answer each sentence that the model learned from by the fold that did not.",
    ),
    dump: Path | None = typer.Option(None, help="TSV: each item's prediction and its probability."),
) -> None:
    """Hold what the package reads against labelled files; figures are JSON, one object a line."""
    if plover is None:
        raise typer.BadParameter("say what to evaluate: --plover FILE.")
    from allywatch.evaluation.plover import evaluate_plover

    _show("plover", evaluate_plover(plover, raw=raw, folds=folds, dump=dump))


def _show(name: str, figures: dict[str, Any]) -> None:
    from json import dumps

    typer.echo(dumps({"name": name, **figures}, ensure_ascii=False))

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
    gold: str | None = typer.Option(None, help="Our own gold articles: `dev` or `test`."),
    stories: Path | None = typer.Option(None, help="Zipped CSV of stories: how near copies are known."),
    places: list[Path] | None = typer.Option(None, help="Files of Reuters-21578: how countries are tagged."),
    more_places: list[Path] | None = typer.Argument(None, help="With --places: further files."),
    names: bool = typer.Option(False, "--names", help="Our golden names, by language."),
    data: Path | None = typer.Option(None, help="The folder of development data: every figure there is."),
) -> None:
    """Hold what the package reads against labelled files; figures are JSON, one object a line."""
    if not any((plover, gold, stories, places, names, data)):
        raise typer.BadParameter(
            "say what to evaluate: --plover, --gold, --stories, --places, --names or --data."
        )
    if plover is not None:
        from allywatch.evaluation.plover import evaluate_plover

        _show("plover", evaluate_plover(plover, raw=raw, folds=folds, dump=dump))
    if gold is not None:
        from allywatch.evaluation.events import evaluate_events
        from allywatch.evaluation.own import evaluate_gold
        from allywatch.gold import Split

        if gold not in tuple(Split):
            raise typer.BadParameter(f"{gold!r} is no split: dev or test.", param_hint="--gold")
        _show("gold", evaluate_gold(Split(gold)))
        _show("events", evaluate_events(Split(gold)))
    if stories is not None:
        from allywatch.evaluation.own import evaluate_copies

        _show("copies", evaluate_copies(stories))
    if places:
        from allywatch.evaluation.places import evaluate_places

        _show("places", evaluate_places([*places, *(more_places or ())]))
    if names:
        from allywatch.evaluation.names import evaluate_names

        _show("names", evaluate_names())
    if data is not None:
        from allywatch.evaluation.everything import evaluate_everything

        for name, figures in evaluate_everything(data):
            _show(name, figures)


def _show(name: str, figures: dict[str, Any]) -> None:
    from json import dumps

    typer.echo(dumps({"name": name, **figures}, ensure_ascii=False))

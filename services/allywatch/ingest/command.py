"""`allywatch ingest`: one command per source."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from allywatch.ingest.items import Kind
    from allywatch.ingest.session import Order

ingest_app = typer.Typer(
    no_args_is_help=True,
    help="Bring news and coded events in: files, folders, feeds, live exports → Kafka.",
)

Backfill = Annotated[bool, typer.Option("--backfill", help="Mark it as history: it never changes an alert.")]
State = Annotated[
    Path | None,
    typer.Option(
        envvar="ALLYWATCH_STATE_DIR",
        help="Where to remember how far it came: folder or .json file. Default: the user's state folder.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and count only: no Kafka, nothing remembered.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Stop after that many rows.")]
Rate = Annotated[float | None, typer.Option(min=0.1, help="Rows per second, at most.")]
Source = Annotated[Path, typer.Argument(exists=True, help="A file or a folder; plain, .gz or .zip.")]

FORMATS = {
    "icews": "ICEWS tab files: raw (20 columns), or source, relation, target, date.",
    "jsonl": "JSON Lines: a NewsArticle, DiplomaticEvent or Retraction a line.",
    "ninjs": "IPTC ninjs: `canceled` withdraws an item, a new version replaces the old one.",
}
"""Kinds that come in files alone, and what is said of their command."""


@ingest_app.command()
def gdelt(
    path: Annotated[
        Path | None, typer.Argument(exists=True, help="An export (.CSV, .CSV.zip, .gz) or a folder of them.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Follow the 15-minute exports over HTTP.")] = False,
    backfill: Backfill = False,
    state: State = None,
    dry_run: DryRun = False,
    limit: Limit = None,
    rate: Rate = None,
) -> None:
    """GDELT 2 event exports."""
    from allywatch.ingest.items import Kind
    from allywatch.ingest.session import Order, live_exports, run

    if live == (path is not None):
        raise typer.BadParameter("give a file or folder, or --live")
    order = Order("gdelt", state, dry_run, backfill, limit, rate)
    if path is None:
        run(replace(order, name="gdelt-live", lasting=True), live_exports())
    else:
        _files(path, Kind.GDELT, order)


@ingest_app.command()
def rss(
    path: Annotated[
        Path | None,
        typer.Argument(exists=True, help="A feed document or a folder; none: poll feeds."),
    ] = None,
    feeds: Annotated[
        Path | None, typer.Option(exists=True, help="The list of feeds to poll (YAML). Default: ours.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Poll every feed once and end.")] = False,
    backfill: Backfill = False,
    state: State = None,
    dry_run: DryRun = False,
    limit: Limit = None,
    rate: Rate = None,
) -> None:
    """RSS 2.0, Atom and RDF feeds: polled over HTTP, or from files."""
    from allywatch.ingest.feeds import load_feeds
    from allywatch.ingest.items import Kind
    from allywatch.ingest.session import Order, polled_feeds, run

    order = Order("rss", state, dry_run, backfill, limit, rate)
    if path is not None:
        _files(path, Kind.RSS, replace(order, name="rss-files"))
    else:
        run(replace(order, lasting=not once), polled_feeds(load_feeds(feeds), once=once))


@ingest_app.command()
def watch(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The drop folder.")],
    backfill: Backfill = False,
    state: State = None,
    dry_run: DryRun = False,
    limit: Limit = None,
    rate: Rate = None,
) -> None:
    """Take in whatever is put into a folder, of any of these formats. Nothing is moved or changed."""
    from allywatch.ingest.session import Order, drop_folder, run

    run(Order("watch", state, dry_run, backfill, limit, rate, lasting=True), drop_folder(folder))


def _add_command(name: str, description: str) -> None:
    @ingest_app.command(name, help=description)
    def take_in(
        path: Source,
        backfill: Backfill = False,
        state: State = None,
        dry_run: DryRun = False,
        limit: Limit = None,
        rate: Rate = None,
    ) -> None:
        from allywatch.ingest.items import Kind
        from allywatch.ingest.session import Order

        _files(path, Kind(name), Order(name, state, dry_run, backfill, limit, rate))


for _name, _description in FORMATS.items():
    _add_command(_name, _description)


def _files(path: Path, kind: "Kind", order: "Order") -> None:
    from allywatch.ingest.session import files, run

    run(order, files(path, kind))

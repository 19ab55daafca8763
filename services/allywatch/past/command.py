"""`allywatch as-of` and `allywatch explain`."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from allywatch.past.methods import Rulebook
    from allywatch.records import Output
    from allywatch.stream.log import Log

T = TypeVar("T")

MethodFolder = Annotated[
    list[Path] | None,
    typer.Option(
        "--method", exists=True, file_okay=False, help="Folder with the files of the method then in force."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
Raw = Annotated[
    bool, typer.Option("--raw", help="Only the record's value, byte for byte as it was published.")
]


def as_of(
    time: Annotated[
        str,
        typer.Argument(
            metavar="TIME",
            help="2026-05-01T12:00Z; 15m, 2h, 3d ago; or @OFFSET, the `sequence` of a score or an alert.",
        ),
    ],
    region: Annotated[str, typer.Argument(metavar="REGION", help="Such as POL.")],
    method: MethodFolder = None,
    as_json: Json = False,
    raw: Raw = False,
) -> None:
    """Rebuild a region's score as it was at a moment, with its reasons, from the log alone."""
    from datetime import UTC

    from allywatch.past.asking import as_of as ask
    from allywatch.past.telling import as_of_json, as_of_lines

    now = datetime.now(UTC)
    asked = _moment(time, now)
    rebuilt = _ask(lambda log, books: ask(log, books, region, asked, now), method)
    if raw:
        _write(rebuilt.told.score(region))
    elif as_json:
        typer.echo(as_of_json(rebuilt))
    else:
        typer.echo("\n".join(as_of_lines(rebuilt)))
    if not rebuilt.comparison.holds:
        raise typer.Exit(1)


def explain(
    alert_id: Annotated[
        str,
        typer.Argument(
            metavar="ALERT_ID",
            help="An episode (rule:REGION:7: its last transition) or one transition (rule:REGION:7:3).",
        ),
    ],
    all_revisions: Annotated[
        bool, typer.Option("--all-revisions", help="Every transition of the episode.")
    ] = False,
    method: MethodFolder = None,
    as_json: Json = False,
    raw: Raw = False,
) -> None:
    """Rebuild why an alert said what it said, from the log alone, and hold it against what was published."""
    from allywatch.past.asking import AlertId
    from allywatch.past.asking import explain as ask
    from allywatch.past.telling import transition_json, transition_lines

    wanted = AlertId.parse(alert_id)
    found = _ask(lambda log, books: ask(log, books, wanted, all_revisions=all_revisions), method)
    for transition in found:
        if raw:
            _write(transition.rebuilt)
        elif as_json:
            typer.echo(transition_json(transition))
        else:
            typer.echo("\n".join(transition_lines(transition)))
    if not all(transition.same for transition in found):
        raise typer.Exit(1)


def _moment(text: str, now: datetime) -> datetime | int:
    from allywatch.moments import parse_moment

    if text.startswith("@") and text[1:].isdigit():
        return int(text[1:])
    return parse_moment(text, now)


def _ask(question: "Callable[[Log, Sequence[Rulebook]], Awaitable[T]]", folders: Sequence[Path] | None) -> T:
    """Put a question to Kafka, with the methods of these folders and the installed one at hand."""
    import asyncio

    from rich.console import Console

    from allywatch.config import KafkaSettings
    from allywatch.kafkaadmin import topic_ids
    from allywatch.past.methods import from_folder, installed
    from allywatch.past.partition import NEEDED
    from allywatch.stream.kafka_log import KafkaLog

    books = [*(from_folder(folder) for folder in folders or ()), installed()]
    kafka = KafkaSettings()
    ids = topic_ids(kafka, NEEDED)

    async def topic_id(topic: str) -> str:
        return ids[topic]

    async def ask() -> T:
        return await question(KafkaLog(kafka.for_aiokafka(), topic_id), books)

    with Console(stderr=True).status("Replaying the log: up to a day of it, at most a minute or two"):
        return asyncio.run(ask())


def _write(output: "Output | None") -> None:
    sys.stdout.buffer.write((output.value or b"") if output else b"")
    sys.stdout.buffer.write(b"\n")

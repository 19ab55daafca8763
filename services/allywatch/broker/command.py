"""`allywatch broker`, `allywatch topics` and `allywatch redrive`."""

import shlex
import signal
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import typer

from allywatch.errors import AllywatchError

if TYPE_CHECKING:
    from rich.text import Text

    from allywatch.broker.deadletters import DeadLetter, Filter
    from allywatch.broker.redrive import Redrive
    from allywatch.broker.topics import Provisioning


def broker(
    data_dir: Path | None = typer.Option(
        None, help="Where its data live; kept when it stops. Default: the user's cache folder."
    ),
    port: int = typer.Option(9092, min=0, max=65535, help="Where it listens; 0 takes a free port."),
    host: str = typer.Option("127.0.0.1", help="The interface it listens on and tells its clients."),
    topics: bool = typer.Option(True, help="Create and check allywatch's topics."),
    jvm_options: str = typer.Option(
        "", envvar="ALLYWATCH_BROKER_JVM_OPTIONS", help="Instead of the options for a quick start."
    ),
) -> None:
    """Run a real Apache Kafka for development, until Ctrl-C. Fetches it through Maven once."""
    from allywatch.broker.distribution import BrokerError, user_cache
    from allywatch.broker.local import FAST_START, LocalBroker
    from allywatch.broker.topics import ensure_topics
    from allywatch.config import KafkaSettings

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if topics:  # the JVM takes a second to start; the client is read in meanwhile
        Thread(target=import_module, args=["kafka.admin"], daemon=True).start()
    local = LocalBroker(
        data_dir or user_cache() / "broker",
        port,
        host=host,
        jvm_options=shlex.split(jvm_options) or FAST_START,
    )
    try:
        with local:
            if topics:
                ensure_topics(KafkaSettings(bootstrap=local.bootstrap))
            typer.echo(f"Kafka is ready at {local.bootstrap} (data in {local.data_dir}). Ctrl-C stops it.")
            local.wait()
            raise BrokerError(f"the broker ended by itself. See {local.log_file}.")
    except KeyboardInterrupt:
        typer.echo("Kafka has stopped; its data are kept.")


def topics(
    check_only: bool = typer.Option(False, "--check-only", help="Change nothing."),
    fix_config: bool = typer.Option(
        False, "--fix-config", help="Set differing settings as declared. Never changes partitions."
    ),
    replication_factor: int | None = typer.Option(
        None, min=1, help="Of new topics, and checked on existing ones. Default: the cluster's."
    ),
) -> None:
    """Create allywatch's topics on Kafka and check them; any difference is shown, and exits 1."""
    from allywatch.broker.topics import provision
    from allywatch.config import KafkaSettings
    from allywatch_schemas import TOPICS

    if check_only and fix_config:
        raise AllywatchError("--check-only and --fix-config exclude each other. Choose one.")
    outcome = provision(
        KafkaSettings(),
        check_only=check_only,
        fix_config=fix_config,
        replication_factor=replication_factor,
    )
    for name in outcome.created:
        typer.echo(f"created {name}")
    for change in outcome.fixed:
        typer.echo(f"set {change.setting}={change.declared} on {change.topic} (was {change.found})")
    if outcome.mismatches:
        _show(outcome)
        raise typer.Exit(1)
    typer.echo(f"{len(TOPICS)} topics are as declared.")


def _show(outcome: "Provisioning") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("topic", "setting", "declared", "found", "what to do", title="Topics that differ")
    for mismatch in outcome.mismatches:
        table.add_row(mismatch.topic, mismatch.setting, mismatch.declared, mismatch.found, mismatch.remedy)
    Console().print(table)


def redrive(
    topic: str = typer.Argument(help="The topic whose dead letters are meant, such as news-articles."),
    reason: str | None = typer.Option(None, help="Only this reason, such as invalid."),
    since: str | None = typer.Option(None, help="Only newer ones: 15m, 2h, 3d or 2026-05-01T12:00Z."),
    partition: int | None = typer.Option(None, min=0, help="Only from this partition of the topic."),
    region: str | None = typer.Option(None, help="Only of this region."),
    grep: str | None = typer.Option(None, help="Only with this text in value, key or detail."),
    limit: int | None = typer.Option(None, min=1, help="At most so many. Shown without --put-back: 50."),
    put_back: bool = typer.Option(False, "--put-back", help="Write them to their topic again."),
    again: bool = typer.Option(False, "--again", help="Also those that were put back before."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
) -> None:
    """Show the dead letters of a topic; with --put-back, give them to the workers once more."""
    from datetime import UTC, datetime

    from allywatch.broker.deadletters import Filter, original_topic, parse_since
    from allywatch.broker.redrive import open_redrive
    from allywatch.config import KafkaSettings, WorkerSettings

    after = parse_since(since, datetime.now(UTC)) if since else None
    wanted = Filter(reason, after, partition, region, grep)
    with open_redrive(KafkaSettings(), original_topic(topic), WorkerSettings().app_id) as opened:
        if put_back:
            _put_back(opened, wanted, limit, again, yes)
        else:
            _show_letters(opened, wanted, limit or 50, again)


def _put_back(opened: "Redrive", wanted: "Filter", limit: int | None, again: bool, yes: bool) -> None:
    from rich.progress import Progress

    plan = opened.plan(wanted, limit=limit, again=again)
    for hindrance, count in plan.hindrances.items():
        typer.echo(f"{count} cannot be put back: {hindrance}.")
    if plan.count == 0:
        typer.echo("Nothing to put back.")
        return
    if not yes:
        typer.confirm(f"Put {plan.count} dead letters back?", abort=True)
    with Progress(transient=True) as bar:
        task = bar.add_task("putting back", total=plan.count)
        written = opened.execute(plan, lambda count: bar.advance(task, count))
    typer.echo(f"Put {plan.count} dead letters back as {written} records.")


def _show_letters(opened: "Redrive", wanted: "Filter", limit: int, again: bool) -> None:
    from collections import Counter

    from rich.console import Console
    from rich.table import Table

    from allywatch.records import REASON
    from allywatch.terminal import printable

    progress = opened.progress()
    table = Table("where", "when (UTC)", "reason", "detail", "region", "key", "bytes", "excerpt")
    reasons = Counter[str]()
    for letter in opened.letters():
        handled = letter.record.offset in progress[letter.record.partition]
        if (again or not handled) and wanted.matches(letter):
            reasons[printable(letter.header(REASON)) or "unknown"] += 1
            if reasons.total() <= limit:
                table.add_row(*_row(letter))
    console = Console()
    console.print(table)
    console.print(f"{reasons.total()} dead letters, {min(limit, reasons.total())} shown", end="")
    counts = "".join(f"; {reason} {count}" for reason, count in sorted(reasons.items()))
    console.print(f"{counts}.", markup=False)


def _row(letter: "DeadLetter") -> "list[Text]":
    from rich.text import Text

    from allywatch.records import DETAIL, REASON, REGION
    from allywatch.terminal import printable

    record = letter.record
    cells = [
        f"{record.partition}:{record.offset}",
        f"{letter.time:%Y-%m-%d %H:%M:%S}",
        letter.header(REASON),
        letter.header(DETAIL)[:120],
        letter.header(REGION),
        _excerpt(record.key, 40),
        str(letter.size),
        _excerpt(record.value, 60),
    ]
    return [Text(printable(cell)) for cell in cells]  # Text: what came from outside is not read as markup


def _excerpt(value: bytes | None, length: int) -> str:
    return ("(null)" if value is None else value[: 4 * length].decode("utf-8", "replace"))[:length]

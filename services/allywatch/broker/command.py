"""`allywatch broker` and `allywatch topics`."""

import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from allywatch.errors import AllywatchError

if TYPE_CHECKING:
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

"""`allywatch score` and `allywatch rebuild-state`."""

from enum import StrEnum

import typer


class Ticks(StrEnum):
    """Who makes time pass."""

    LIVE = "live"
    EXTERNAL = "external"


def score(
    ticks: Ticks = typer.Option(
        Ticks.LIVE, help="live: this worker writes the time; external: somebody else does (replays)."
    ),
    tick_interval: float = typer.Option(5.0, min=0.1, help="Seconds between two live ticks."),
    interval_ms: int = typer.Option(50, min=0, max=5_000, help="Least time between two transactions."),
) -> None:
    """Score regions and publish alerts: read region-inputs, write region-risk and region-alerts."""
    import asyncio

    from allywatch.config import KafkaSettings, WorkerSettings
    from allywatch.logs import configure_logs
    from allywatch.stream.engines import engine_maker
    from allywatch.stream.scoring import ScoreOptions, Scorer

    settings = WorkerSettings()
    configure_logs(settings.log_level, settings.log_format)
    options = ScoreOptions(ticks is Ticks.LIVE, tick_interval, interval_ms / 1_000)

    async def run() -> None:
        await Scorer(KafkaSettings(), settings, options, engine_maker()).run()

    asyncio.run(run())


def rebuild_state(
    partition: int = typer.Option(..., min=0, help="Of region-inputs and region-state."),
    accept_loss: bool = typer.Option(
        False, "--accept-loss", help="Also where the log no longer starts at 0: begin at what is left."
    ),
) -> None:
    """Forget the stored state of a partition, so that score workers build it again from region-inputs.

    Stop all score workers first. Alerts that were published are published again under the same ids.
    """
    import asyncio

    from allywatch.config import KafkaSettings, WorkerSettings
    from allywatch.stream.rebuild import rebuild

    done = asyncio.run(rebuild(KafkaSettings(), WorkerSettings().app_id, partition, accept_loss=accept_loss))
    typer.echo(
        f"partition {partition}: {done.forgotten} states forgotten; the next score worker starts at "
        f"offset {done.start} of {done.end}."
    )

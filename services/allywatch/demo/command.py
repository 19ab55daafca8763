"""`allywatch demo`: from nothing to a running system that plays three weeks of an invented story."""

import signal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from allywatch.demo.production import Production

_DROP = Path("drop")
_PIPE_WIDTH = 100


def demo(
    once: bool = typer.Option(False, "--once", help="Play the story, tell what it showed, end."),
    seconds: float = typer.Option(30.0, min=5.0, help="How long the three weeks take, at least."),
    port: int = typer.Option(0, min=0, max=65535, help="Where Kafka listens; 0 takes a free port."),
    drop: Path = typer.Option(_DROP, help="Drop folder for live input where the network is out of reach."),
) -> None:
    """Start a real Kafka and all workers, play an exercise, then stay up on live input until Ctrl-C."""
    from rich.console import Console

    from allywatch.demo.production import Production
    from allywatch.demo.screen import Screen

    for ending in (signal.SIGTERM, signal.SIGHUP):  # also when the terminal is closed
        signal.signal(ending, signal.default_int_handler)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPE_WIDTH)
    screen = Screen(console)
    production = Production(screen, seconds=seconds, port=port, drop=drop)
    try:
        complete = _run(production, once)
    except KeyboardInterrupt:
        screen.say("Stopped.")
        return
    if not complete:
        raise typer.Exit(1)


def _run(production: "Production", once: bool) -> bool:
    with production:
        production.play(datetime.now().astimezone())
        complete = production.finish(stays=not once)
        if not once:
            production.stay()
        return complete

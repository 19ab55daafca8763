"""`allywatch tail`: scores and alerts as they come, in the terminal."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from allywatch.client import AlertSubscriber, RiskReader
    from allywatch.stream.tail import ScoreBoard

_WAIT_SECONDS = 0.2


def tail(
    alerts: bool = typer.Option(False, "--alerts", help="Only alerts."),
    scores: bool = typer.Option(False, "--scores", help="Only scores."),
    region: list[str] | None = typer.Option(
        None, help="Only this region, or members of this group; repeatable."
    ),
    inhibit: bool = typer.Option(
        False, "--inhibit", help="Leave out alerts while another open alert tells the same cause."
    ),
    as_json: bool = typer.Option(False, "--json", help="One message as JSON per line."),
    once: bool = typer.Option(False, "--once", help="Show what is there now, then exit."),
) -> None:
    """Show scores and alerts as they come. Into a pipe: a line for each."""
    from allywatch.client import AlertSubscriber, RiskReader
    from allywatch.config import KafkaSettings
    from allywatch.stream.tail import ScoreBoard

    kafka = KafkaSettings()
    connection = kafka.for_kafka_python() | {"bootstrap_servers": kafka.servers}
    board = ScoreBoard(region or (), inhibit=inhibit)
    both = alerts == scores
    with (
        RiskReader(kafka.bootstrap, **connection) as reader,
        AlertSubscriber(kafka.bootstrap, start="open", **connection) as subscriber,
    ):
        sources = _Sources(reader if both or scores else None, subscriber if both or alerts else None)
        try:
            if sys.stdout.isatty() and not as_json:
                _draw(sources, board, once)
            else:
                _print(sources, board, _line(as_json), once)
        except KeyboardInterrupt:
            pass


class _Sources:
    """What to read; either may be left out."""

    def __init__(self, reader: "RiskReader | None", subscriber: "AlertSubscriber | None") -> None:
        self._reader, self._subscriber = reader, subscriber

    def now(self, board: "ScoreBoard") -> list[Any]:
        """What is there now: the scores, and the alerts that are open."""
        new: list[Any] = list(self._reader.catch_up().values()) if self._reader else []
        if self._subscriber:
            new += self._subscriber.open_alerts().values()
        return _shown(new, board)

    def more(self, board: "ScoreBoard") -> list[Any]:
        """What came since, after a short wait."""
        new: list[Any] = self._reader.poll(_WAIT_SECONDS) if self._reader else []
        wait = 0.0 if self._reader else _WAIT_SECONDS
        while self._subscriber and (alert := self._subscriber.poll(wait)):
            new.append(alert)
            wait = 0.0
        return _shown(new, board)


def _shown(messages: list[Any], board: "ScoreBoard") -> list[Any]:
    """The messages that the board takes up."""
    from allywatch_schemas import Alert, RegionRisk

    board.hold_back([message for message in messages if isinstance(message, Alert)])
    return [
        message
        for message in messages
        if (isinstance(message, RegionRisk) and board.update(message))
        or (isinstance(message, Alert) and board.add(message))
    ]


def _draw(sources: _Sources, board: "ScoreBoard", once: bool) -> None:
    from rich.console import Console
    from rich.live import Live

    console = Console()
    if once:
        sources.now(board)
        console.print(board.render())
        return
    with Live(board.render(), console=console, refresh_per_second=4, screen=True) as live:
        while True:
            if sources.more(board):
                live.update(board.render())


def _line(as_json: bool) -> Callable[[Any], str]:
    from allywatch.stream.tail import plain_alert, plain_score
    from allywatch.terminal import escaped_json
    from allywatch_schemas import Alert

    if as_json:
        return lambda message: escaped_json(str(message.write().decode()))
    encoding = sys.stdout.encoding or "ascii"
    return lambda message: (
        plain_alert(message, encoding) if isinstance(message, Alert) else plain_score(message, encoding)
    )


def _print(sources: _Sources, board: "ScoreBoard", line: Callable[[Any], str], once: bool) -> None:
    while True:
        for message in sources.now(board) if once else sources.more(board):
            typer.echo(line(message))
        if once:
            return

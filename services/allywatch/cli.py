"""The command line: one command per worker or tool, each defined in its own package's `command.py`."""

import sys

import typer

from allywatch import __version__
from allywatch.backtest.command import backtest
from allywatch.backtest.diff_command import diff
from allywatch.broker.command import broker, redrive, topics
from allywatch.checks.command import check_config
from allywatch.control.command import activate, alert_app, alerts, retract
from allywatch.demo.command import demo
from allywatch.errors import AllywatchError
from allywatch.evaluation.command import evaluate
from allywatch.ingest.command import ingest_app
from allywatch.past.command import as_of, explain
from allywatch.reading.command import read
from allywatch.ruletests.command import run_rule_tests
from allywatch.stream.extract_command import extract
from allywatch.stream.score_command import rebuild_state, score
from allywatch.stream.tail_command import tail
from allywatch.terminal import printable

app = typer.Typer(
    name="allywatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Risk alerts for allied regions, from news and diplomatic events on Kafka.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"allywatch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print it and exit."
    ),
) -> None:
    pass


app.command()(demo)
app.add_typer(ingest_app, name="ingest")
app.command()(extract)
app.command()(score)
app.command()(tail)
app.command()(read)
app.command()(backtest)
app.command()(diff)
app.command()(evaluate)
app.command()(alerts)
app.add_typer(alert_app, name="alert")
app.command()(retract)
app.command()(explain)
app.command("as-of")(as_of)
app.command()(activate)
app.command()(broker)
app.command()(topics)
app.command()(redrive)
app.command("rebuild-state")(rebuild_state)
app.command("check-config")(check_config)
app.command("test-rules")(run_rule_tests)


def main() -> None:
    """Run the command line; an error that a person can act on is a line, without a traceback."""
    try:
        app()
    except* AllywatchError as group:
        for error in _leaves(group):
            for line in f"allywatch: {error}".split("\n"):
                typer.secho(printable(line), fg="red", err=True)
        sys.exit(1)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]

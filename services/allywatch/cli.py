"""The command line: one command per worker or tool, each defined in its own package's `command.py`."""

import sys

import typer

from allywatch import __version__
from allywatch.errors import AllywatchError

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
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print it and exit."),
) -> None:
    pass


def main() -> None:
    """Run the command line; an error that a person can act on is a line, without a traceback."""
    try:
        app()
    except* AllywatchError as group:
        for error in _leaves(group):
            typer.secho(f"allywatch: {error}", fg="red", err=True)
        sys.exit(1)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]

"""What a person sees: a bar on long files, and at the end what became of the rows."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from allywatch.ingest.items import Portion, Tally


class Progress:
    """A bar per run, on the portion in hand; nothing where there is no terminal."""

    def __init__(self, *, shown: bool) -> None:
        console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not (shown and console.is_terminal),
        )
        self._task = self._bar.add_task("", total=None, rows=0)

    def __enter__(self) -> Self:
        """Show it."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take it away."""
        self._bar.stop()

    def show(self, portion: Portion, tally: Tally) -> None:
        """So far."""
        self._bar.update(
            self._task,
            description=portion.name,
            total=portion.size or None,
            completed=portion.progress(),
            rows=tally.rows,
        )


def say(name: str, tally: Tally, *, stopped: bool) -> None:
    """The summary, one line to standard output."""
    print(summary(name, tally) + (" (stopped)" if stopped else ""), file=sys.stdout, flush=True)


def summary(name: str, tally: Tally) -> str:
    """`gdelt: 2,111 rows in = 2,110 events + 1 rejected (bad_row 1)`; every row is in the sum."""
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (tally.events, "events"),
            (tally.articles, "articles"),
            (tally.retractions, "retractions"),
            (tally.coverages, "words on feeds"),
            (tally.resumed, "taken in before"),
        )
        if count
    ]
    for counter, what in ((tally.skipped, "skipped"), (tally.rejected, "rejected")):
        if counter:
            reasons = ", ".join(f"{reason.value} {count:,}" for reason, count in sorted(counter.items()))
            parts.append(f"{counter.total():,} {what} ({reasons})")
    return f"{name}: {tally.rows:,} rows in = {' + '.join(parts) or '0'}"

"""A bar on a terminal while a replay runs; nothing anywhere else."""

import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any


class Progress(AbstractContextManager["Progress"]):
    """Call it with (rows done, rows in all)."""

    def __init__(self, words: str, *, quiet: bool = False) -> None:
        """`quiet`: no bar even on a terminal."""
        self._words = words
        self._bar: Any = None
        self._task: Any = None
        if sys.stderr.isatty() and not quiet:
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)

    def __enter__(self) -> "Progress":
        """Show it."""
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task(self._words, total=None)
        return self

    def __call__(self, done: int, total: int) -> None:
        """So far."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.stop()

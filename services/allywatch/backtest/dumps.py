"""Samples and transitions as CSV, written as they come."""

import csv
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from allywatch.backtest.history import Sample, Transition
from allywatch.errors import AllywatchError
from allywatch.risk.weights import MICRO

SCORE_COLUMNS = ("region", "date", "score", "level", "confidence")
ALERT_COLUMNS = ("region", "time")
TRANSITION_COLUMNS = (
    *("region", "time", "rule", "episode", "revision", "state", "previous", "reason"),
    *("severity", "value", "threshold", "notify"),
)


class Dump(AbstractContextManager["Dump"]):
    """A CSV file with a header; does nothing without a path.

    Raises:
        AllywatchError: It cannot be written.
    """

    def __init__(self, path: Path | None, columns: tuple[str, ...]) -> None:
        self._file: IO[str] | nullcontext[None] = nullcontext()
        self._writer: Any = None
        if path is not None:
            try:
                self._file = path.open("w", newline="", encoding="utf-8")
            except OSError as exc:
                raise AllywatchError(f"{path}: {exc.strerror}. Give a path you may write.") from None
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow(columns)

    def rows(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Write these."""
        if self._writer is not None:
            self._writer.writerows(rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.__exit__(kind, error, trace)


def score_row(sample: Sample) -> tuple[object, ...]:
    """`score`: standard deviations, empty while learning; `level`: points of slow pressure."""
    score = "" if sample.z is None else f"{sample.z / 1000:.3f}"
    return (
        sample.region,
        sample.day,
        score,
        "" if sample.level is None else f"{sample.level / MICRO:.6f}",
        f"{sample.confidence / 1000:.3f}",
    )


def alert_row(opening: Transition) -> tuple[object, ...]:
    """Where and when."""
    return opening.region, _moment(opening.time)


def transition_row(transition: Transition) -> tuple[object, ...]:
    """All of it."""
    return (
        transition.region,
        _moment(transition.time),
        transition.rule,
        transition.episode,
        transition.revision,
        transition.state.value,
        "" if transition.previous is None else transition.previous.value,
        transition.reason.value,
        transition.severity.value,
        f"{transition.value:g}",
        f"{transition.threshold:g}",
        int(transition.notify),
    )


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

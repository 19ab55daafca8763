"""Rows of history, day by day: from files in any order, with the memory of one day.

Each file is gone through once for its dates. One whose days do not rise is sorted, by way of temporary files
where it is long.
"""

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from allywatch.backtest.forms import Form, Line, Opener
from allywatch.errors import AllywatchError
from allywatch.ingest.files import unpacked
from allywatch.ingest.rows import Rows

MAX_ROWS_IN_HAND = 200_000
"""Of a file that must be sorted; more go through temporary files."""

Dated = tuple[date, Line]


@dataclass(frozen=True, slots=True)
class Survey:
    """A file, and what one look at its dates told."""

    path: Path
    rows: int
    first: date
    last: date
    in_order: bool
    by_day: bool


class Share(NamedTuple):
    """The rows that one file holds of a day, sorted, so that their order there does not matter."""

    path: Path
    form: Form
    lines: list[Line]


def survey(path: Path, opener: Opener) -> Survey | None:
    """Go through a file for its dates; None: it holds no row that has one.

    Raises:
        AllywatchError: It cannot be read, or is of another format.
    """
    with _opened(path, opener) as (form, lines):
        count, in_order = 0, True
        first = last = before = None
        for _, raw in lines:
            count += 1
            if (day := form.day_of(raw)) is not None and day != before:
                in_order = in_order and (before is None or day > before)
                first, last = min(first or day, day), max(last or day, day)
                before = day
        if first is None or last is None:
            return None
        return Survey(path, count, first, last, in_order, form.by_day)


def by_day(surveys: Sequence[Survey], opener: Opener) -> Iterator[tuple[date, list[Share]]]:
    """All rows of each day that has any, days rising; a row without a date goes with the row before it."""
    waiting = sorted(surveys, key=lambda each: (each.first, str(each.path)), reverse=True)
    reading: list[tuple[date, str, Share, Iterator[tuple[date, Share]]]] = []

    def follow(name: str, days: Iterator[tuple[date, Share]]) -> None:
        for day, share in islice(days, 1):
            heapq.heappush(reading, (day, name, share, days))

    while waiting or reading:
        while waiting and (not reading or waiting[-1].first <= reading[0][0]):
            started = waiting.pop()
            follow(str(started.path), _days_of(started, opener))
        day, shares = reading[0][0], []
        while reading and reading[0][0] == day:
            _, name, share, days = heapq.heappop(reading)
            shares.append(share)
            follow(name, days)
        yield day, shares


def _days_of(given: Survey, opener: Opener) -> Iterator[tuple[date, Share]]:
    with _opened(given.path, opener) as (form, lines):
        dated = _dated(lines, form, given.first)
        for day, rows in groupby(dated if given.in_order else _sorted(dated), itemgetter(0)):
            yield day, Share(given.path, form, sorted((line for _, line in rows), key=itemgetter(1)))


def _dated(lines: Iterable[Line], form: Form, first: date) -> Iterator[Dated]:
    day = first
    for line in lines:
        day = form.day_of(line[1]) or day
        yield day, line


def _sorted(dated: Iterator[Dated]) -> Iterator[Dated]:
    """By date. The lines of one date stay in their order."""
    with tempfile.TemporaryDirectory(prefix="allywatch-backtest-") as folder:
        runs: list[Iterator[Dated]] = []
        while rows := sorted(islice(dated, MAX_ROWS_IN_HAND)):
            if len(rows) < MAX_ROWS_IN_HAND:
                runs.append(iter(rows))
                break
            runs.append(_spilled(rows, Path(folder) / str(len(runs))))
        yield from heapq.merge(*runs)


def _spilled(rows: list[Dated], path: Path) -> Iterator[Dated]:
    with path.open("wb") as file:
        for start in range(0, len(rows), 1_000):
            pickle.dump(rows[start : start + 1_000], file)
    return chain.from_iterable(_read_back(path))


def _read_back(path: Path) -> Iterator[list[Dated]]:
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)  # what this process wrote a moment ago


@contextmanager
def _opened(path: Path, opener: Opener) -> Iterator[tuple[Form, Iterator[Line]]]:
    try:
        file = path.open("rb")
    except OSError as exc:
        raise AllywatchError(f"{path}: {exc.strerror}. Check the path and its permissions.") from None
    with file:
        rows = Rows(unpacked(file, path.name), path.name)
        form = opener(rows)
        yield form, islice(rows, form.header, None)

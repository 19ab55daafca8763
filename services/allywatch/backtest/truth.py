"""What happened, as files say: dated crises, and GPRC by month."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from allywatch.backtest.yardsticks import Crisis
from allywatch.errors import AllywatchError

Monthly = Mapping[str, Mapping[str, float]]
"""By region and month (`2018-01`)."""


def read_crises(path: Path, name: str | None) -> list[Crisis]:
    """The crises of one set, oldest first.

    Args:
        path: CSV with the columns set, country, date, label.
        name: Of the set; None: all that the file holds.

    Raises:
        AllywatchError: The file cannot be read, a row is wrong, or the set is not there.
    """
    found, sets = [], set()
    for number, row in _rows(path, ("set", "country", "date", "label")):
        sets.add(row["set"])
        try:
            day = date.fromisoformat(row["date"]).toordinal()
        except ValueError:
            raise AllywatchError(f"{path}:{number}: {row['date']!r} is not a day (YYYY-MM-DD).") from None
        if name is None or row["set"] == name:
            found.append(Crisis(row["country"], day, row["label"]))
    if not found:
        known = ", ".join(sorted(sets)) or "none"
        raise AllywatchError(f"{path}: no crisis of set {name}. Give --set, one of: {known}.")
    return sorted(found, key=lambda crisis: (crisis.day, crisis.region))


def read_gprc(path: Path) -> dict[str, dict[str, float]]:
    """GPRC by country and month.

    Args:
        path: CSV with the columns month (a date), GPRC_AAA, GPRC_BBB, …

    Raises:
        AllywatchError: The file cannot be read, or holds no such column.
    """
    out: dict[str, dict[str, float]] = {}
    for number, row in _rows(path, ("month",)):
        for column, text in row.items():
            if column.startswith("GPRC_") and text:
                try:
                    out.setdefault(column.removeprefix("GPRC_"), {})[row["month"][:7]] = float(text)
                except ValueError:
                    raise AllywatchError(f"{path}:{number}: {text!r} in {column} is not a number.") from None
    if not out:
        raise AllywatchError(f"{path}: no column GPRC_…. Give the monthly file, one column a country.")
    return out


def _rows(path: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "not UTF-8"
        raise AllywatchError(f"{path}: {why}. Check the path and its permissions.") from None
    reader = csv.DictReader(text.splitlines())
    if missing := [name for name in needed if name not in (reader.fieldnames or ())]:
        raise AllywatchError(f"{path}: no column {missing[0]}. It needs {', '.join(needed)}.")
    rows = [(number, {k: v or "" for k, v in row.items() if k}) for number, row in enumerate(reader, 2)]
    return rows

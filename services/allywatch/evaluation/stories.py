"""The synthetic stories of the development data, by the event that they tell."""

import csv
import io
import zipfile
from collections import defaultdict
from pathlib import Path

from allywatch.errors import AllywatchError


def stories_by_event(file: Path) -> dict[str, list[str]]:
    """The bodies of the stories in a zipped CSV with `title` and `text`, by title: several tell one event.

    Raises:
        AllywatchError: It is no such file.
    """
    by_event: dict[str, list[str]] = defaultdict(list)
    try:
        with zipfile.ZipFile(file) as packed:
            name = next(each for each in packed.namelist() if each.endswith(".csv") and "/" not in each)
            with packed.open(name) as raw:
                for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8")):
                    by_event[row["title"]].append(row["text"])
    except (OSError, zipfile.BadZipFile, StopIteration, KeyError, UnicodeDecodeError) as exc:
        raise AllywatchError(
            f"cannot read stories from {file}: {exc!r}. Give a zip that holds a CSV with title and text."
        ) from None
    return dict(by_event)

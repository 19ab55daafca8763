"""GDELT 2.0 event exports: tab-separated, no header, 61 columns, UTF-8, one event a line.

Columns after "The GDELT Event Database Data Format Codebook V2.0". The data are by the GDELT Project
(https://www.gdeltproject.org).
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial
from urllib.parse import urlsplit

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.items import BadFile, Item, text_of, validated
from allywatch.ingest.rows import Rows
from allywatch.ingest.tables import country_codes
from allywatch_schemas import DiplomaticEvent

PROVIDER = "gdelt"
COLUMNS = 61
_SNIFFED = 20
"""Rows to look at before a file is said not to be GDELT."""

_ID, _DAY = 0, 1
_ACTOR1, _ACTOR2 = 5, 15
_NAME, _COUNTRY, _TYPES = 1, 2, slice(7, 10)
_CODE, _GOLDSTEIN, _MENTIONS, _TONE = 26, 30, 31, 34
_ADDED, _URL = 59, 60


def items(rows: Rows) -> Iterator[Item]:
    """The events of an export.

    Raises:
        BadFile: None of the first rows has 61 columns.
    """
    check(rows)
    for number, raw in rows:
        yield Item(number, raw, partial(parse, raw))


def check(rows: Rows) -> None:
    """Look at the first rows of a file.

    Raises:
        BadFile: None of them has 61 columns.
    """
    head = rows.peek(_SNIFFED)
    if not any(raw.count(b"\t") == COLUMNS - 1 for _, raw in head):
        found = head[0][1].count(b"\t") + 1 if head else 0
        raise BadFile(
            f"{rows.name}: not a GDELT 2 event export: {COLUMNS} tab-separated columns are expected, "
            f"the first row has {found}. Give a *.export.CSV file, plain, .gz or .zip."
        )


def glance(raw: bytes) -> tuple[str | None, str | None, str] | None:
    """Countries and code of a row, for who wants few of the rows; None: ask `parse`."""
    row = raw.split(b"\t", _CODE + 1)
    if raw.count(b"\t") != COLUMNS - 1:
        return None
    source, target, code = (
        row[at].decode("ascii", "replace") for at in (_ACTOR1 + _COUNTRY, _ACTOR2 + _COUNTRY, _CODE)
    )
    codes = country_codes()
    return codes.get(source), codes.get(target), code


def parse(raw: bytes) -> DiplomaticEvent:
    """One row of an export as an event.

    Raises:
        Reject: `bad_row` (shape, dates, numbers), `wrong_encoding`, `invalid` (values).
    """
    row = text_of(raw).rstrip("\r\n").split("\t")
    if len(row) != COLUMNS:
        raise Reject(RejectReason.BAD_ROW, f"{len(row)} columns instead of {COLUMNS}")
    if not row[_ID].isdecimal():
        raise Reject(RejectReason.BAD_ROW, f"GLOBALEVENTID {row[_ID]!r:.40} is not a number")
    day = _day(row[_DAY])
    added = _moment(row[_ADDED])
    url = row[_URL] if row[_URL].startswith(("http://", "https://")) else None
    return validated(
        DiplomaticEvent,
        {
            "id": f"gdelt:{row[_ID]}",
            "provider": PROVIDER,
            "occurred_at": added if added.date() == day.date() else day,
            "reported_at": added,
            "source_actor": _actor(row, _ACTOR1),
            "target_actor": _actor(row, _ACTOR2),
            "cameo": row[_CODE],
            "goldstein": _number(row[_GOLDSTEIN], "GoldsteinScale"),
            "mentions": row[_MENTIONS],
            "tone": _number(row[_TONE], "AvgTone"),
            "url": url,
            "publisher": _host(url) if url else row[_URL] or None,
        },
    )


def _actor(row: list[str], at: int) -> dict[str, object]:
    return {
        "name": row[at + _NAME],
        "country": country_codes().get(row[at + _COUNTRY]),
        "sectors": tuple(code for code in row[at:][_TYPES] if code),
    }


def _number(text: str, column: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Reject(RejectReason.BAD_ROW, f"{column} {text!r:.40} is not a number")
    return number


@lru_cache(maxsize=4096)
def _day(text: str) -> datetime:
    if len(text) == 8 and text.isdecimal():
        try:
            return datetime(int(text[:4]), int(text[4:6]), int(text[6:]), tzinfo=UTC)
        except ValueError:
            pass
    raise Reject(RejectReason.BAD_ROW, f"SQLDATE {text!r:.40} is not a day (YYYYMMDD)")


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise Reject(RejectReason.BAD_ROW, f"DATEADDED {text!r:.40} is not a time (YYYYMMDDHHMMSS)") from None


def _host(url: str) -> str | None:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None

"""ICEWS coded events: raw tab files with 20 columns, and the four-column form of research data sets.

Raw columns after the codebook of the ICEWS Coded Event Data (Boschee et al., Harvard Dataverse,
doi:10.7910/DVN/28075). The four columns are source, relation in words, target, date.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import sha256

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.actors import country_of_actor
from allywatch.ingest.items import BadFile, Item, text_of, validated
from allywatch.ingest.rows import Rows
from allywatch.ingest.tables import cameo_of_code, cameo_of_name, country_of_name
from allywatch_schemas import DiplomaticEvent

FOUR_COLUMNS = ("source", "relation", "target", "date")
RAW_COLUMNS = (
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
    "Target Name",
    "Target Sectors",
    "Target Country",
    "Publisher",
)
"""The columns we read, in this order; a file may hold more, in any order."""

_DAYS_REMEMBERED = 64


def items(rows: Rows) -> Iterator[Item]:
    """The events of a file of either form; its first row is the header.

    Raises:
        BadFile: The header is neither.
    """
    layout = layout_of(rows)
    return _four_column_items(rows) if layout is None else _raw_items(rows, *layout)


def layout_of(rows: Rows) -> tuple[tuple[int, ...], int] | None:
    """Where RAW_COLUMNS stand in the rows of a raw file and how many columns a row has; None: four columns.

    The header stays where it is.

    Raises:
        BadFile: The header is neither.
    """
    head = rows.peek(1)
    header = tuple(head[0][1].decode("utf-8-sig", "replace").split("\t")) if head else ()
    if header == FOUR_COLUMNS:
        return None
    if set(RAW_COLUMNS) <= set(header):
        return tuple(header.index(name) for name in RAW_COLUMNS), len(header)
    raise BadFile(
        f"{rows.name}: not an ICEWS file: its first row must name the columns, "
        f"`{' '.join(FOUR_COLUMNS)}` or those of the raw files (Event ID, Event Date, …), tab-separated. "
        "Give such a file, plain, .gz or .zip."
    )


def _raw_items(rows: Rows, columns: Sequence[int], width: int) -> Iterator[Item]:
    numbered = iter(rows)
    next(numbered)
    for number, raw in numbered:
        yield Item(number, raw, partial(parse_raw, raw, columns, width))


def _four_column_items(rows: Rows) -> Iterator[Item]:
    ordinals = _Ordinals()
    numbered = iter(rows)
    next(numbered)
    for number, raw in numbered:
        yield Item(number, raw, partial(parse_four, raw, ordinals.next(raw)))


class _Ordinals:
    """How many equal rows of a day came before: tells a repetition from the same row read twice."""

    def __init__(self) -> None:
        self._days: OrderedDict[bytes, dict[bytes, int]] = OrderedDict()

    def next(self, raw: bytes) -> int:
        day = raw.rpartition(b"\t")[2]
        seen = self._days.get(day)
        if seen is None:
            seen = self._days[day] = {}
            if len(self._days) > _DAYS_REMEMBERED:
                self._days.popitem(last=False)
        else:
            self._days.move_to_end(day)
        ordinal = seen[raw] = seen.get(raw, 0) + 1
        return ordinal


def parse_raw(raw: bytes, columns: Sequence[int], width: int) -> DiplomaticEvent:
    """One row of a raw file as an event.

    Args:
        raw: The row.
        columns: Where each of RAW_COLUMNS stands in it.
        width: How many columns a row has.

    Raises:
        Reject: `bad_row` (shape, date, unknown code), `wrong_encoding`, `invalid` (values).
    """
    row = text_of(raw).split("\t")
    if len(row) != width:
        raise Reject(RejectReason.BAD_ROW, f"{len(row)} columns instead of {width}")
    event_id, day, source, source_sectors, source_country, words, code, intensity, *target = (
        "" if row[at] in ("NA", "NULL") else row[at] for at in columns
    )
    target_name, target_sectors, target_country, publisher = target
    if not event_id:
        raise Reject(RejectReason.BAD_ROW, "Event ID is empty")
    return validated(
        DiplomaticEvent,
        {
            "id": f"icews:{event_id}",
            "provider": "icews",
            "occurred_at": _day(day),
            "source_actor": _actor(source, source_sectors, source_country),
            "target_actor": _actor(target_name, target_sectors, target_country),
            "cameo": cameo_of_code(code) or _code_of(words, code),
            "goldstein": intensity or None,
            "text": words or None,
            "publisher": publisher or None,
        },
    )


def parse_four(raw: bytes, ordinal: int) -> DiplomaticEvent:
    """One row of the four-column form as an event.

    The id is a hash of the row's content and `ordinal`, the count of equal rows of that day so far: so
    reading a file twice, or two files that overlap, is harmless, and a true repetition still counts.

    Raises:
        Reject: `bad_row` (shape, date, unknown relation), `wrong_encoding`, `invalid` (values).
    """
    row = text_of(raw).split("\t")
    if len(row) != len(FOUR_COLUMNS):
        raise Reject(RejectReason.BAD_ROW, f"{len(row)} columns instead of {len(FOUR_COLUMNS)}")
    source, words, target, day = row
    return validated(
        DiplomaticEvent,
        {
            "id": f"icews:{sha256(raw).hexdigest()[:32]}:{ordinal}",
            "provider": "icews",
            "occurred_at": _day(day),
            "source_actor": {"name": source, "country": country_of_actor(source)},
            "target_actor": {"name": target, "country": country_of_actor(target)},
            "cameo": _code_of(words, ""),
            "text": words,
        },
    )


def glance_at_four(raw: bytes) -> tuple[str | None, str | None, str] | None:
    """Countries and code of a row of four columns, for who wants few of the rows; None: ask `parse_four`."""
    try:
        source, words, target, _ = raw.decode().split("\t")
        return country_of_actor(source), country_of_actor(target), _code_of(words, "")
    except (ValueError, Reject):  # another number of columns, not UTF-8, or an unknown relation
        return None


def _actor(name: str, sectors: str, country: str) -> dict[str, object]:
    return {
        "name": name,
        "country": country_of_name(country) if country else None,
        "sectors": tuple(dict.fromkeys(part.strip() for part in sectors.split(",") if part.strip())),
    }


@lru_cache(maxsize=4096)
def _code_of(words: str, code: str) -> str:
    found = cameo_of_name(words)
    if found is None:
        wrong = f"CAMEO code {code!r:.20} and relation" if code else "relation"
        raise Reject(RejectReason.BAD_ROW, f"{wrong} {words!r:.80} are not in the CAMEO table")
    return found


@lru_cache(maxsize=4096)
def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Reject(RejectReason.BAD_ROW, f"date {text!r:.40} is not a day (YYYY-MM-DD)") from None

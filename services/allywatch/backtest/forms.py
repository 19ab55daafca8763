"""What files of history say: each format's rows as documents with their evidence.

The readers are those of `allywatch ingest`, the extraction is that of `allywatch extract`. What touches no
region is told by a glance at the row and never becomes a message.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from allywatch.errors import Reject
from allywatch.events import EventReader
from allywatch.ingest import gdelt, icews
from allywatch.ingest.rows import Rows
from allywatch.regions import Registry, contagion
from allywatch.stream.extraction import document_of_event
from allywatch_schemas import DiplomaticEvent, Document, Evidence

Line = tuple[int, bytes]
"""Number from 1, and the row."""


class Found(NamedTuple):
    """A document that says something about some region."""

    known: datetime
    """When it could be known."""
    document: Document
    items: Sequence[Evidence]


class Bad(NamedTuple):
    """A row that could not be used."""

    line: int
    why: Reject


class Form(Protocol):
    """One opened file."""

    @property
    def by_day(self) -> bool:
        """Dates are days: nothing is known of the hour."""
        ...

    @property
    def header(self) -> int:
        """How many rows come before the first that counts."""
        ...

    def day_of(self, raw: bytes) -> date | None:
        """On which day a row could be known; None: it does not say."""
        ...

    def hour_of(self, raw: bytes) -> int:
        """In which hour of its day; 0 where that is not known."""
        ...

    def read(self, lines: Iterable[Line]) -> Iterator[Found | Bad]:
        """What rows of one day say. Rows that concern no region give nothing."""
        ...


Opener = Callable[[Rows], Form]
"""Takes the header, if there is one. Raises BadFile: the file is of another format."""

Glance = Callable[[bytes], tuple[str | None, str | None, str] | None]
"""Countries and code of a row, without making a message of it; None: it takes more than a glance."""
Parse = Callable[[bytes, int], DiplomaticEvent]


@lru_cache(maxsize=4096)
def _iso_day(text: bytes) -> date | None:
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _compact_day(text: bytes) -> date | None:
    return _iso_day(b"-".join((text[:4], text[4:6], text[6:8])))


class Extraction:
    """Coded events to documents with evidence, derived evidence included."""

    def __init__(self, registry: Registry) -> None:
        self._reader = EventReader(registry)
        self._registry = registry

    def heeds(self, source: str | None, target: str | None, cameo: str) -> bool:
        """Whether an event of this code between these countries may say anything about a region."""
        return self._reader.heeds(source, target, cameo)

    def found(self, event: DiplomaticEvent) -> Found | None:
        """None: it says nothing about any region."""
        direct = self._reader.read(event)
        if not direct:
            return None
        items = (*direct, *contagion.derive(direct, self._registry))
        return Found(event.reported_at or event.occurred_at, document_of_event(event), items)


@dataclass(frozen=True, slots=True)
class EventForm:
    """A file of coded events, one a row."""

    by_day: bool
    header: int
    extraction: Extraction
    day_of_row: Callable[[bytes], date | None]
    glance: Glance
    parse: Parse

    def day_of(self, raw: bytes) -> date | None:
        """See `Form`."""
        return self.day_of_row(raw)

    def hour_of(self, raw: bytes) -> int:
        """See `Form`."""
        return 0 if self.by_day else _added_hour(raw)

    def read(self, lines: Iterable[Line]) -> Iterator[Found | Bad]:
        """See `Form`; equal rows are counted, so that a true repetition is another event."""
        seen: dict[bytes, int] = {}
        for number, raw in lines:
            glimpsed = self.glance(raw)
            if glimpsed is not None and not self.extraction.heeds(*glimpsed):
                continue
            ordinal = seen[raw] = seen.get(raw, 0) + 1
            try:
                found = self.extraction.found(self.parse(raw, ordinal))
            except Reject as why:
                yield Bad(number, why)
                continue
            if found is not None:
                yield found


def icews_form(rows: Rows, extraction: Extraction) -> Form:
    """Four columns, or the raw files.

    Raises:
        BadFile: It is neither.
    """
    layout = icews.layout_of(rows)
    if layout is None:
        return EventForm(True, 1, extraction, _last_column, icews.glance_at_four, icews.parse_four)
    columns, width = layout
    at = columns[icews.RAW_COLUMNS.index("Event Date")]

    def day_of(raw: bytes) -> date | None:
        cells = raw.split(b"\t", at + 1)
        return _iso_day(cells[at]) if len(cells) > at else None

    return EventForm(
        True, 1, extraction, day_of, lambda _: None, lambda raw, _: icews.parse_raw(raw, columns, width)
    )


def _last_column(raw: bytes) -> date | None:
    return _iso_day(raw.rpartition(b"\t")[2])


def gdelt_form(rows: Rows, extraction: Extraction) -> Form:
    """An export of GDELT 2.

    Raises:
        BadFile: It is none.
    """
    gdelt.check(rows)
    return EventForm(False, 0, extraction, _added, gdelt.glance, lambda raw, _: gdelt.parse(raw))


def _added(raw: bytes) -> date | None:
    cells = raw.rsplit(b"\t", 2)
    return _compact_day(cells[1][:8]) if len(cells) == 3 else None


def _added_hour(raw: bytes) -> int:
    cells = raw.rsplit(b"\t", 2)
    hour = cells[1][8:10] if len(cells) == 3 else b""
    return min(int(hour), 23) if hour.isdigit() else 0

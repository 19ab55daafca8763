"""Evidence as JSON Lines: what `allywatch extract --output` writes, or whole batches with their documents."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import ValidationError
from pydantic_core import from_json

from allywatch.backtest.forms import Bad, Found, Line
from allywatch.errors import Reject, RejectReason
from allywatch.ingest.items import BadFile
from allywatch.ingest.rows import Rows
from allywatch_schemas import Document, Evidence, EvidenceBatch, Source
from allywatch_schemas.identity import identity_of

_TIME = re.compile(rb'"event_time"\s*:\s*"([0-9-]{10})T([0-9]{2})')
_UNNAMED = Source(id="unknown", name="unknown")


@dataclass(frozen=True, slots=True)
class EvidenceForm:
    """One file of evidence. A line without documents has its document named by `doc_id` alone."""

    by_day: bool = False
    header: int = 0

    def day_of(self, raw: bytes) -> date | None:
        """The day of the first item's event."""
        found = _TIME.search(raw)
        try:
            return None if found is None else date.fromisoformat(found[1].decode())
        except ValueError:
            return None

    def hour_of(self, raw: bytes) -> int:
        """The hour of the first item's event."""
        found = _TIME.search(raw)
        return 0 if found is None else min(int(found[2]), 23)

    def read(self, lines: Iterable[Line]) -> Iterator[Found | Bad]:
        """What the lines say, document by document; items of one document are counted together."""
        items: dict[str, list[Evidence]] = {}
        documents: dict[str, Document] = {}
        for number, raw in lines:
            try:
                known, said = _parts(raw)
            except ValueError as wrong:
                yield Bad(number, Reject(RejectReason.INVALID, _first(wrong)))
                continue
            documents.update((document.doc_id, document) for document in known)
            for item in said:
                items.setdefault(item.doc_id, []).append(item)
        for name, own in sorted(items.items()):
            document = documents.get(name) or _document_of(own)
            yield Found(document.published_at, document, tuple({item.id: item for item in own}.values()))


def evidence_form(rows: Rows) -> EvidenceForm:
    """A file of evidence.

    Raises:
        BadFile: Its first row is no JSON object.
    """
    head = rows.peek(1)
    if not head or not head[0][1].lstrip().startswith(b"{"):
        raise BadFile(
            f"{rows.name}: not JSON Lines. Give Evidence or EvidenceBatch, one a line, as "
            "`allywatch extract --input … --output …` writes it."
        )
    return EvidenceForm()


def _parts(raw: bytes) -> tuple[Iterable[Document], Iterable[Evidence]]:
    content = from_json(raw)
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    if "items" in content:
        batch = EvidenceBatch.model_validate_json(raw)
        return (document.model_copy(update={"range": 0}) for document in batch.documents), batch.items
    return (), (Evidence.model_validate_json(raw),)


def _document_of(items: list[Evidence]) -> Document:
    name = items[0].doc_id
    return Document(
        doc_id=name,
        fingerprint=identity_of(name),
        source=_UNNAMED,
        published_at=max((item.event_time for item in items), default=datetime(1970, 1, 1, tzinfo=UTC)),
        range=0,
        offset=0,
    )


def _first(wrong: ValueError) -> str:
    if isinstance(wrong, ValidationError):
        error = wrong.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
    return str(wrong)

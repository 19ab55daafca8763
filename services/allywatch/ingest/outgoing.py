"""From a document, or a row that is none, to records for Kafka."""

from dataclasses import dataclass

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.items import Document, Item, Kind, Portion, moment_of
from allywatch.records import Record, Rejection, dead_letter
from allywatch_schemas import PARTITIONS, Coverage, DiplomaticEvent, NewsArticle, Retraction
from allywatch_schemas.codec import Headers, encode
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, MAX_INPUT_BYTES, NEWS_ARTICLES, REGION_INPUTS

_SOURCES = {kind: f"/allywatch/ingest/{kind.value}" for kind in Kind}
_OVERHEAD = 2_048
"""Room for headers and the record itself within the largest size of a topic."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to send; `partition` None: by its key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


def records_of(document: Document, kind: Kind) -> list[Outgoing]:
    """The records that say `document`: one, or of a broadcast one copy for every partition of regions.

    Raises:
        Reject: `oversized`.
    """
    version = "1" if isinstance(document, Retraction | Coverage) else str(document.version)
    value, headers = encode(
        document,
        id=f"{document.id}:{version}",
        source=_SOURCES[kind],
        time=moment_of(document),
    )
    key = document.id.encode()
    if len(value) + len(key) + _OVERHEAD > MAX_INPUT_BYTES:
        raise Reject(
            RejectReason.OVERSIZED, f"the message has {len(value)} bytes, the topic takes {MAX_INPUT_BYTES}"
        )
    match document:
        case NewsArticle():
            return [Outgoing(NEWS_ARTICLES.name, key, value, headers)]
        case DiplomaticEvent():
            return [Outgoing(DIPLOMATIC_EVENTS.name, key, value, headers)]
        case Retraction() | Coverage():
            return [
                Outgoing(REGION_INPUTS.name, None, value, headers, partition)
                for partition in range(PARTITIONS)
            ]


def dead_letter_of(item: Item, portion: Portion, reject: Reject, worker: str) -> Outgoing:
    """The dead letter of an item: its bytes as they stood there, its position as key and in the detail.

    Of an item larger than a message may be, the beginning: Kafka would refuse the whole, again and again.
    In its headers the partition is -1, for it was in none, and the offset is the item's number.
    """
    position = f"{portion.name}:{item.number}"
    record = Record(
        portion.topic, -1, item.number, position.encode("utf-8", "replace"), item.raw[:MAX_INPUT_BYTES]
    )
    rejection = Rejection(reject.reason, f"{position}: {reject.detail}")
    letter = dead_letter(record, rejection, worker)
    return Outgoing(letter.topic, letter.key, letter.value, letter.headers)

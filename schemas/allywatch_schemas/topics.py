"""The topics: the one place that declares names, partitions, retention and size."""

from dataclasses import dataclass, field

from allywatch_schemas.base import Message
from allywatch_schemas.control import AlertCommand, Coverage, MethodActivated, Retraction, Tick
from allywatch_schemas.evidence import EvidenceBatch
from allywatch_schemas.results import Alert, RegionRisk
from allywatch_schemas.sources import DiplomaticEvent, NewsArticle

PARTITIONS = 4
"""Of every topic. Keyed state pins it for `region-*`: changing it needs a new set of topics."""

MAX_INPUT_BYTES = 1_048_588
"""Largest record on a source topic and on `region-inputs` (Kafka's own default)."""

MAX_BATCH_BYTES = 524_288
"""Largest EvidenceBatch."""

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be: who creates it checks exactly this."""

    name: str
    messages: tuple[type[Message], ...]
    description: str
    retention_days: int | None
    """None: compacted, kept for ever."""
    max_message_bytes: int = MAX_INPUT_BYTES
    partitions: int = PARTITIONS
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def compacted(self) -> bool:
        """Whether only the last record of a key is kept."""
        return self.retention_days is None

    @property
    def config(self) -> dict[str, str]:
        """Kafka's own topic settings."""
        policy = (
            {"cleanup.policy": "compact"}
            if self.retention_days is None
            else {"cleanup.policy": "delete", "retention.ms": str(self.retention_days * _DAY_MS)}
        )
        return policy | {"max.message.bytes": str(self.max_message_bytes)} | self.extra


# 500,000 records of 200 keys fell to 7,000 within 12 s under these: recovery reads little.
_SMALL_LOG = {
    "segment.bytes": "10485760",
    "segment.ms": "10000",
    "max.compaction.lag.ms": "10000",
    "min.cleanable.dirty.ratio": "0.1",
}

NEWS_ARTICLES = Topic("news-articles", (NewsArticle,), "Articles as published; key: article id.", 7)
DIPLOMATIC_EVENTS = Topic("diplomatic-events", (DiplomaticEvent,), "Coded events; key: event id.", 7)
REGION_INPUTS = Topic(
    "region-inputs",
    (EvidenceBatch, Retraction, AlertCommand, Tick, Coverage, MethodActivated),
    "Everything that may change a region's state, in one order per partition; "
    "key: the region, or none for a batch or a broadcast.",
    30,
)
REGION_STATE = Topic(
    "region-state",
    (),
    "The engine's state and position; private.",
    None,
    max_message_bytes=2 * MAX_INPUT_BYTES,
    extra=_SMALL_LOG,
)
REGION_SNAPSHOTS = Topic(
    "region-snapshots",
    (),
    "The engine's state at the first tick of each day: where a look into the past starts from; private.",
    31,
    max_message_bytes=2 * MAX_INPUT_BYTES,
)
REGION_RISK = Topic(
    "region-risk",
    (RegionRisk,),
    "The latest score of a region; key: the region.",
    None,
    extra=_SMALL_LOG,
)
REGION_ALERTS = Topic("region-alerts", (Alert,), "Every transition of every alert; key: the alert key.", 90)

_MAIN = (
    NEWS_ARTICLES,
    DIPLOMATIC_EVENTS,
    REGION_INPUTS,
    REGION_STATE,
    REGION_SNAPSHOTS,
    REGION_RISK,
    REGION_ALERTS,
)


def dead_letters_of(topic: str) -> str:
    """The name of a topic's dead-letter topic."""
    return f"{topic}-dlq"


def _dead_letter_topic(topic: Topic) -> Topic:
    return Topic(
        dead_letters_of(topic.name),
        (),
        f"What could not be read or processed on {topic.name}: original key, bytes and headers, and why.",
        30,
        max_message_bytes=2 * MAX_INPUT_BYTES,
    )


TOPICS: dict[str, Topic] = {t.name: t for main in _MAIN for t in (main, _dead_letter_topic(main))}

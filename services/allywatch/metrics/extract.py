"""What `allywatch extract` measures."""

from prometheus_client import CollectorRegistry

from allywatch.errors import RejectReason
from allywatch.metrics.definition import SIZES, Metric
from allywatch_schemas import EvidenceKind
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES

TOPICS = (NEWS_ARTICLES.name, DIPLOMATIC_EVENTS.name)
STAGES = ("read", "pack", "send", "commit")
OUTCOMES = ("extracted", "empty", "withdrawn", "rejected")

RECORDS = Metric(
    "allywatch_extract_records_total",
    "counter",
    "Records taken up, by what became of them: evidence, none, a withdrawal, or a dead letter.",
    {"topic": TOPICS, "outcome": OUTCOMES},
)
REJECTS = Metric(
    "allywatch_extract_rejects_total",
    "counter",
    "Records sent to the dead-letter topic, by reason.",
    {"topic": TOPICS, "reason": tuple(RejectReason)},
)
EVIDENCE = Metric(
    "allywatch_extract_evidence_total", "counter", "Items of evidence.", {"kind": tuple(EvidenceKind)}
)
BATCH_BYTES = Metric(
    "allywatch_extract_batch_bytes",
    "histogram",
    "Size of an evidence batch.",
    buckets=(1_000.0, 4_000.0, 16_000.0, 64_000.0, 256_000.0, 524_288.0),
)
POLL_RECORDS = Metric(
    "allywatch_extract_poll_records", "histogram", "Records in a poll that brought any.", buckets=SIZES
)
POLL_INTERVAL = Metric(
    "allywatch_extract_poll_interval_seconds", "gauge", "Least time from poll to poll, at the present load."
)
STAGE_SECONDS = Metric(
    "allywatch_extract_stage_seconds", "histogram", "Time of a poll's stages.", {"stage": STAGES}
)
LAG = Metric(
    "allywatch_extract_lag_records",
    "gauge",
    "Log end minus position, of the partitions this worker holds.",
    {"topic": (), "partition": ()},
)
NEWEST = Metric(
    "allywatch_extract_newest_record_timestamp_seconds",
    "gauge",
    "Event time of the newest record taken up, backfill aside; the age of news is `time()` minus this.",
    {"topic": TOPICS},
)
RESTARTS = Metric(
    "allywatch_extract_restarts_total",
    "counter",
    "Times it started again from the committed offsets, with a new producer, after a failure.",
)
LOST = Metric(
    "allywatch_extract_lost_records_total",
    "counter",
    "Records that the broker's retention removed before they were read.",
    {"topic": TOPICS},
)

METRICS = (
    RECORDS,
    REJECTS,
    EVIDENCE,
    BATCH_BYTES,
    POLL_RECORDS,
    POLL_INTERVAL,
    STAGE_SECONDS,
    LAG,
    NEWEST,
    RESTARTS,
    LOST,
)


class ExtractMetrics:
    """The metrics of one extractor, on the registry given."""

    __slots__ = (
        "batch_bytes",
        "evidence",
        "lag",
        "lost",
        "newest",
        "poll_interval",
        "poll_records",
        "records",
        "rejects",
        "restarts",
        "stage_seconds",
    )

    def __init__(self, registry: CollectorRegistry) -> None:
        self.records = RECORDS.counter(registry)
        self.rejects = REJECTS.counter(registry)
        self.evidence = EVIDENCE.counter(registry)
        self.batch_bytes = BATCH_BYTES.histogram(registry)
        self.poll_records = POLL_RECORDS.histogram(registry)
        self.poll_interval = POLL_INTERVAL.gauge(registry)
        self.stage_seconds = STAGE_SECONDS.histogram(registry)
        self.lag = LAG.gauge(registry)
        self.newest = NEWEST.gauge(registry)
        self.restarts = RESTARTS.counter(registry)
        self.lost = LOST.counter(registry)

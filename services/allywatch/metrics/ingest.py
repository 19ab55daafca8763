"""Metrics of `allywatch ingest`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge

from allywatch.errors import RejectReason
from allywatch.metrics.definition import Metric

SOURCES = ("gdelt", "icews", "rss", "jsonl", "ninjs")
OUTCOMES = ("event", "article", "retraction", "coverage", "skipped", "rejected")


class FetchOutcome(StrEnum):
    """What became of a request for a feed or a list."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    HTTP_ERROR = "http_error"
    TIMEOUT = "timeout"
    CONNECTION_FAILED = "connection_failed"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_CONTENT = "bad_content"


_BY_SOURCE = {"source": SOURCES}

RECORDS = Metric(
    "allywatch_ingest_records_total",
    "counter",
    "Rows and entries by what became of them, once acknowledged.",
    {"source": SOURCES, "outcome": OUTCOMES},
)
REJECTS = Metric(
    "allywatch_ingest_rejects_total",
    "counter",
    "Rows and entries that went to a dead-letter topic, by reason.",
    {"source": SOURCES, "reason": tuple(reason.value for reason in RejectReason)},
)
BYTES = Metric("allywatch_ingest_bytes_total", "counter", "Bytes of rows and entries read.", _BY_SOURCE)
FETCHES = Metric(
    "allywatch_ingest_fetches_total",
    "counter",
    "Requests over HTTP by what became of them, repeats included.",
    {"source": ("gdelt", "rss"), "outcome": tuple(outcome.value for outcome in FetchOutcome)},
)
BAD_FILES = Metric("allywatch_ingest_bad_files_total", "counter", "Files that could not be read.", {})
NEWEST = Metric(
    "allywatch_ingest_newest_item_timestamp_seconds",
    "gauge",
    "Event time of the newest item taken in; `time() - this` is the age of the news. 0: none yet.",
    _BY_SOURCE,
)
LAST_SUCCESS = Metric(
    "allywatch_ingest_last_success_timestamp_seconds",
    "gauge",
    "When something was last fetched or read and acknowledged. 0: not yet.",
    _BY_SOURCE,
)
UNREACHABLE = Metric(
    "allywatch_ingest_feed_unreachable_seconds",
    "gauge",
    "For how long a feed of the list has not answered, as of its last poll; 0: it does.",
    {"feed": ()},
)
METRICS = (RECORDS, REJECTS, BYTES, FETCHES, BAD_FILES, NEWEST, LAST_SUCCESS, UNREACHABLE)


@dataclass(frozen=True, slots=True)
class IngestMetrics:
    """The metrics of one ingest worker."""

    records: Counter
    rejects: Counter
    bytes: Counter
    fetches: Counter
    bad_files: Counter
    newest: Gauge
    last_success: Gauge
    unreachable: Gauge
    _latest: dict[str, float] = field(default_factory=dict)

    @classmethod
    def on(cls, registry: CollectorRegistry) -> "IngestMetrics":
        """All of them, registered, at 0."""
        return cls(
            RECORDS.counter(registry),
            REJECTS.counter(registry),
            BYTES.counter(registry),
            FETCHES.counter(registry),
            BAD_FILES.counter(registry),
            NEWEST.gauge(registry),
            LAST_SUCCESS.gauge(registry),
            UNREACHABLE.gauge(registry),
        )

    def fetched(self, source: str, outcome: FetchOutcome, now: float) -> None:
        """Note a request, at `now` (seconds since 1970). That nothing is new is a success too."""
        self.fetches.labels(source, outcome.value).inc()
        if outcome in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED):
            self.last_success.labels(source).set(now)

    def unreached(self, feed: str, seconds: float) -> None:
        """Note for how long a feed has not answered."""
        self.unreachable.labels(feed).set(seconds)

    def took(
        self,
        source: str,
        outcomes: Mapping[str, int],
        rejects: Mapping[str, int],
        size: int,
        newest: float | None,
        now: float,
    ) -> None:
        """Note what was acknowledged.

        Args:
            source: One of SOURCES.
            outcomes: How many rows by outcome.
            rejects: How many rejected rows by reason.
            size: Bytes read.
            newest: The latest event time among them, seconds since 1970.
            now: The time, likewise.
        """
        for outcome, count in outcomes.items():
            self.records.labels(source, outcome).inc(count)
        for reason, count in rejects.items():
            self.rejects.labels(source, reason).inc(count)
        self.bytes.labels(source).inc(size)
        self.last_success.labels(source).set(now)
        if newest is not None:
            latest = max(newest, self._latest.get(source, newest))
            self._latest[source] = latest
            self.newest.labels(source).set(latest)

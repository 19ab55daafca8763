"""What `allywatch score` measures: the observer of its partition owners."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry

from allywatch.errors import RejectReason
from allywatch.metrics.definition import Metric
from allywatch.records import Output, Record, Rejection
from allywatch_schemas import Alert, AlertState, EvidenceBatch, Level, Severity, Tick
from allywatch_schemas.codec import header
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS, REGION_RISK

OTHER = "other"
TYPES = (*(message.TYPE for message in REGION_INPUTS.messages), OTHER)

RECORDS = Metric(
    "allywatch_score_records_total",
    "counter",
    "Records of region-inputs applied or dead-lettered, by message type.",
    {"type": TYPES},
)
REJECTS = Metric(
    "allywatch_score_rejects_total",
    "counter",
    "Records, or one region's share of them, sent to a dead-letter topic, by reason.",
    {"reason": tuple(RejectReason)},
)
TRANSACTIONS = Metric("allywatch_score_transactions_total", "counter", "Transactions that count.")
COMMIT_SECONDS = Metric(
    "allywatch_score_commit_seconds", "histogram", "From the start of a transaction to its end."
)
LAG = Metric(
    "allywatch_score_lag_records", "gauge", "Log end minus position, by owned partition.", {"partition": ()}
)
RECOVERY = Metric(
    "allywatch_score_recovery_ratio",
    "gauge",
    "Share of the state log read, by owned partition; 1: recovered.",
    {"partition": ()},
)
STATES = Metric("allywatch_score_states", "gauge", "States restored with the partition.", {"partition": ()})
ACQUIRED = Metric("allywatch_score_acquired_total", "counter", "Times a partition was taken over.")
ACQUIRE_SECONDS = Metric(
    "allywatch_score_acquire_seconds", "histogram", "From the start of a take-over to applying again."
)
FENCED = Metric(
    "allywatch_score_fenced_total",
    "counter",
    "Times another worker took over; its transaction counts, not ours.",
)
FAILURES = Metric(
    "allywatch_score_failures_total", "counter", "Failures after which a partition was acquired again."
)
NEWEST = Metric(
    "allywatch_score_newest_evidence_timestamp_seconds",
    "gauge",
    "When the newest document that was applied had been published; the age of news is `time()` minus this.",
)
ALERTS = Metric(
    "allywatch_score_alerts_total",
    "counter",
    "Alert transitions published.",
    {"state": tuple(AlertState), "severity": tuple(Severity)},
)
REGIONS = Metric(
    "allywatch_score_regions", "gauge", "Regions by level of their score, as this worker last said.",
    {"level": tuple(Level)},
)  # fmt: skip

METRICS: tuple[Metric, ...] = (
    RECORDS, REJECTS, TRANSACTIONS, COMMIT_SECONDS, LAG, RECOVERY, STATES, ACQUIRED, ACQUIRE_SECONDS, FENCED,
    FAILURES, NEWEST, ALERTS, REGIONS,
)  # fmt: skip

# Reading the whole messages again would cost more than applying them.
_PUBLISHED = re.compile(rb'"published_at":"([^"]{20,40})"')
_TIME = re.compile(rb'"time":"([0-9T:.+Z-]{20,40})"')
_AHEAD = timedelta(minutes=15)
"""The engine believes no later date either, see `docs/method.md`."""
_LEVEL = re.compile(rb'"level":"(\w+)"')


class ScoreMetrics:
    """Implements `allywatch.stream.observer.Observer`; labels of partitions go when they are released."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Build all of them on `registry`."""
        self._records = RECORDS.counter(registry)
        self._rejects = REJECTS.counter(registry)
        self._transactions = TRANSACTIONS.counter(registry)
        self._commit_seconds = COMMIT_SECONDS.histogram(registry)
        self._lag = LAG.gauge(registry)
        self._recovery = RECOVERY.gauge(registry)
        self._states = STATES.gauge(registry)
        self._acquired = ACQUIRED.counter(registry)
        self._acquire_seconds = ACQUIRE_SECONDS.histogram(registry)
        self._fenced = FENCED.counter(registry)
        self._failures = FAILURES.counter(registry)
        self._newest = NEWEST.gauge(registry)
        self._alerts = ALERTS.counter(registry)
        self._regions = REGIONS.gauge(registry)
        self._newest_text = b""
        self._believable = b"9"
        self._levels: dict[int, dict[bytes, str]] = {}

    def restoring(self, partition: int, done: int, total: int) -> None:
        """Show how far the recovery is."""
        self._recovery.labels(partition).set(done / total if total else 1.0)

    def acquired(self, partition: int, seconds: float, records: int, states: int, position: int) -> None:
        """Count it."""
        self._acquired.inc()
        self._acquire_seconds.observe(seconds)
        self._recovery.labels(partition).set(1.0)
        self._states.labels(partition).set(states)

    def released(self, partition: int) -> None:
        """Forget what was said of the partition."""
        for gauge in (self._lag, self._recovery, self._states):
            gauge.labels(partition)  # so that there is something to remove
            gauge.remove(partition)
        self._levels.pop(partition, None)
        self._count_levels()

    def fenced(self, partition: int) -> None:
        """Count it."""
        self._fenced.inc()

    def failed(self, partition: int, error: Exception) -> None:
        """Count it."""
        self._failures.inc()

    def applied(self, record: Record) -> None:
        """Count it by type, and note the newest document in it."""
        kind = header(record.headers, "ce_type")
        self._records.labels(kind if kind in TYPES else OTHER).inc()
        if kind == EvidenceBatch.TYPE and record.value is not None:
            published = _PUBLISHED.findall(record.value)
            newest = max((text for text in published if text <= self._believable), default=b"")
            if newest > self._newest_text:
                self._note_newest(newest)
        elif kind == Tick.TYPE and record.value is not None:
            self._note_time(record.value)

    def _note_time(self, tick: bytes) -> None:
        """A date in the future would hide for ever that no news comes."""
        if found := _TIME.search(tick):
            limit = datetime.fromisoformat(found[1].decode()) + _AHEAD
            self._believable = limit.isoformat().encode()

    def _note_newest(self, text: bytes) -> None:
        try:
            self._newest.set(datetime.fromisoformat(text.decode()).timestamp())
        except ValueError:
            return
        self._newest_text = text

    def rejected(self, record: Record, rejection: Rejection) -> None:
        """Count it by reason."""
        self._rejects.labels(rejection.reason).inc()

    def committed(self, partition: int, seconds: float, position: int, outputs: Sequence[Output]) -> None:
        """Count the transaction, its alerts, and regions by level."""
        self._transactions.inc()
        self._commit_seconds.observe(seconds)
        levels = self._levels.setdefault(partition, {})
        for output in outputs:
            if output.topic == REGION_ALERTS.name and output.value is not None:
                alert = Alert.read(output.value)
                self._alerts.labels(alert.state, alert.severity).inc()
            elif output.topic == REGION_RISK.name and (found := _LEVEL.search(output.value or b"")):
                levels[output.key or b""] = found[1].decode()
        self._count_levels()

    def _count_levels(self) -> None:
        said = [level for levels in self._levels.values() for level in levels.values()]
        for level in Level:
            self._regions.labels(level).set(said.count(level))

    def measured(self, partition: int, end: int, position: int) -> None:
        """Show the lag."""
        self._lag.labels(partition).set(max(0, end - position))

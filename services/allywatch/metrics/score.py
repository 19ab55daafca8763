"""What `allywatch score` measures: the observer of its partition owners."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product

from prometheus_client import CollectorRegistry

from allywatch.errors import RejectReason
from allywatch.metrics.definition import Metric
from allywatch.records import Output, Record, Rejection
from allywatch_schemas import (
    Alert,
    AlertAction,
    AlertCommand,
    AlertState,
    EvidenceBatch,
    Level,
    RegionState,
    Severity,
    Tick,
    TransitionReason,
)
from allywatch_schemas.codec import header
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS, REGION_RISK

OTHER = "other"
TYPES = (*(message.TYPE for message in REGION_INPUTS.messages), OTHER)


class Verdict(StrEnum):
    """What happened to an alert that says how good its rule is."""

    TOLD = "told"
    """It fired, and people were told for the first time: what the others are a share of."""
    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    UNMUTED = "unmuted"
    RESOLVED = "resolved_by_person"
    CANCELLED = "cancelled_by_person"
    RETRACTED = "retracted"


_BY_REASON = {
    TransitionReason.ACKNOWLEDGED_BY_PERSON: Verdict.ACKNOWLEDGED,
    TransitionReason.RESOLVED_BY_PERSON: Verdict.RESOLVED,
    TransitionReason.CANCELLED_BY_PERSON: Verdict.CANCELLED,
    TransitionReason.EVIDENCE_RETRACTED: Verdict.RETRACTED,
}
_OPENINGS = frozenset(
    {TransitionReason.THRESHOLD_CROSSED, TransitionReason.HELD_FOR, TransitionReason.UNHEARD}
)
_BY_ACTION = {AlertAction.MUTE: Verdict.MUTED, AlertAction.UNMUTE: Verdict.UNMUTED}

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
VERDICTS = Metric(
    "allywatch_score_rule_verdicts_total",
    "counter",
    "What became of a rule's alerts: told, acknowledged, muted, ended by a person, retracted.",
    {"rule": (), "verdict": tuple(Verdict)},
)
REGIONS = Metric(
    "allywatch_score_regions", "gauge", "Regions by level of their score, as this worker last said.",
    {"level": tuple(Level)},
)  # fmt: skip

STATES_OF_REGIONS = Metric(
    "allywatch_score_regions_by_state",
    "gauge",
    "Regions by what their score rests on, as this worker last said; `unknown`: too little is heard of them.",
    {"state": tuple(RegionState)},
)

METRICS: tuple[Metric, ...] = (
    RECORDS, REJECTS, TRANSACTIONS, COMMIT_SECONDS, LAG, RECOVERY, STATES, ACQUIRED, ACQUIRE_SECONDS, FENCED,
    FAILURES, NEWEST, ALERTS, VERDICTS, REGIONS, STATES_OF_REGIONS,
)  # fmt: skip

# Reading the whole messages again would cost more than applying them.
_PUBLISHED = re.compile(rb'"published_at":"([^"]{20,40})"')
_TIME = re.compile(rb'"time":"([0-9T:.+Z-]{20,40})"')
_AHEAD = timedelta(minutes=15)
"""The engine believes no later date either, see `docs/method.md`."""
_LEVEL = re.compile(rb'"level":"(\w+)"')
_STATE = re.compile(rb'"state":"(\w+)"')
"""Of a RegionRisk the first is its own; those of its open alerts come later."""


class ScoreMetrics:
    """Implements `allywatch.stream.observer.Observer`; labels of partitions go when they are released."""

    def __init__(self, registry: CollectorRegistry, rules: Collection[str] = ()) -> None:
        """Build all of them on `registry`; `rules` are the names of the alert rules in force."""
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
        self._verdicts = VERDICTS.counter(registry)
        self._rules = frozenset((*rules, OTHER))
        for rule, verdict in product(sorted(self._rules), Verdict):
            self._verdicts.labels(rule, verdict)
        self._regions = REGIONS.gauge(registry)
        self._states_of_regions = STATES_OF_REGIONS.gauge(registry)
        self._newest_text = b""
        self._believable = b"9"
        self._said: dict[int, dict[bytes, tuple[str, str]]] = {}
        """By partition and region: level and state."""

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
        self._said.pop(partition, None)
        self._count_regions()

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
        elif kind == AlertCommand.TYPE and record.value is not None:
            self._note_command(record.value)

    def _note_command(self, value: bytes) -> None:
        """Muting makes no transition, so the command itself is counted, carried out or not."""
        try:
            command = AlertCommand.read(value)
        except ValueError:
            return
        if (verdict := _BY_ACTION.get(command.action)) is not None:
            self._judge(command.alert_key.partition(":")[0], verdict)

    def _note_alert(self, alert: Alert) -> None:
        self._alerts.labels(alert.state, alert.severity).inc()
        if alert.notify and alert.state is AlertState.FIRING and alert.reason in _OPENINGS:
            self._judge(alert.rule, Verdict.TOLD)
        elif (verdict := _BY_REASON.get(alert.reason)) is not None:
            self._judge(alert.rule, verdict)

    def _judge(self, rule: str, verdict: Verdict) -> None:
        self._verdicts.labels(rule if rule in self._rules else OTHER, verdict).inc()

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
        said = self._said.setdefault(partition, {})
        for output in outputs:
            if output.topic == REGION_ALERTS.name and output.value is not None:
                self._note_alert(Alert.read(output.value))
            elif output.topic == REGION_RISK.name and output.value is not None:
                level, state = _LEVEL.search(output.value), _STATE.search(output.value)
                if level and state:
                    said[output.key or b""] = level[1].decode(), state[1].decode()
        self._count_regions()

    def _count_regions(self) -> None:
        said = [one for regions in self._said.values() for one in regions.values()]
        levels, states = [level for level, _ in said], [state for _, state in said]
        for level in Level:
            self._regions.labels(level).set(levels.count(level))
        for state in RegionState:
            self._states_of_regions.labels(state).set(states.count(state))

    def measured(self, partition: int, end: int, position: int) -> None:
        """Show the lag."""
        self._lag.labels(partition).set(max(0, end - position))

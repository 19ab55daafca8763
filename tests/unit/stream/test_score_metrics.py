"""What the score worker's metrics say, and what ticks say."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from allywatch.errors import RejectReason
from allywatch.metrics.score import ScoreMetrics, Verdict
from allywatch.records import Output, Record, Rejection
from allywatch.stream.ticks import append_ticks
from allywatch_schemas import PARTITIONS, AlertAction, AlertState, Tick, TickOrigin, TransitionReason
from allywatch_schemas.codec import decode, encode
from builders import a_batch, a_command, a_document, a_risk, an_alert

PUBLISHED = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def a_record(message: Any) -> Record:
    value, headers = encode(message, id="x", source="/tests")
    return Record("region-inputs", 0, 1, None, value, headers)


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"allywatch_score_{name}", labels)


def test_records_count_by_type_and_the_newest_document_gives_the_age_of_news() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    documents = (a_document(published_at=PUBLISHED),)
    metrics.applied(a_record(a_batch(documents=documents)))
    metrics.applied(Record("region-inputs", 0, 2, None, b"?", (("ce_type", b"made.up"),)))
    assert value(registry, "records_total", type="org.allywatch.evidence-batch.v1") == 1
    assert value(registry, "records_total", type="other") == 1
    assert value(registry, "newest_evidence_timestamp_seconds") == PUBLISHED.timestamp()


def test_a_document_dated_in_the_future_does_not_hide_that_no_news_comes() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    metrics.applied(a_record(Tick(time=PUBLISHED + timedelta(minutes=1))))
    future = a_document(doc_id="future", published_at=PUBLISHED + timedelta(days=30))
    metrics.applied(a_record(a_batch(documents=(future, a_document(published_at=PUBLISHED)))))
    assert value(registry, "newest_evidence_timestamp_seconds") == PUBLISHED.timestamp()


def test_what_people_do_to_alerts_is_counted_by_rule() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry, ["score-high"])
    mute = a_command(action=AlertAction.MUTE)
    metrics.applied(a_record(mute))
    metrics.applied(a_record(mute.model_copy(update={"alert_key": "made-up:LVA"})))
    metrics.applied(a_record(a_command(action=AlertAction.ACKNOWLEDGE)))
    alerts = [
        an_alert(),
        an_alert(notify=False),
        an_alert(reason=TransitionReason.NEW_EVIDENCE),
        an_alert(state=AlertState.ACKNOWLEDGED, reason=TransitionReason.ACKNOWLEDGED_BY_PERSON),
        an_alert(state=AlertState.CANCELLED, reason=TransitionReason.EVIDENCE_RETRACTED),
    ]
    metrics.committed(0, 0.01, 5, [Output("region-alerts", b"k", each.write()) for each in alerts])
    counted = {
        verdict: value(registry, "rule_verdicts_total", rule="score-high", verdict=verdict)
        for verdict in Verdict
    }
    assert {verdict for verdict, count in counted.items() if count == 1} == {
        *(Verdict.TOLD, Verdict.MUTED, Verdict.ACKNOWLEDGED, Verdict.RETRACTED)
    }
    assert counted[Verdict.CANCELLED] == 0
    assert value(registry, "rule_verdicts_total", rule="other", verdict=Verdict.MUTED) == 1


def test_a_transaction_counts_its_alerts_and_the_regions_by_level() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    alert, risk = an_alert(), a_risk()
    outputs = [
        Output("region-alerts", b"k", alert.write()),
        Output("region-risk", b"LVA", risk.write()),
        Output("region-risk", b"LVA", risk.write()),
    ]
    metrics.committed(0, 0.01, 5, outputs)
    assert value(registry, "alerts_total", state=alert.state, severity=alert.severity) == 1
    assert value(registry, "regions", level=risk.level) == 1
    metrics.released(0)
    assert value(registry, "regions", level=risk.level) == 0


def test_regions_are_counted_by_what_their_score_rests_on() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    for risk in (a_risk(state="unknown", open_alerts=()), a_risk(state="learning")):
        metrics.committed(0, 0.01, 5, [Output("region-risk", b"LVA", risk.write())])
        states = {s: value(registry, "regions_by_state", state=s) for s in ("ok", "learning", "unknown")}
        assert states == {state: float(state == risk.state) for state in states}


def test_what_is_said_of_a_partition_goes_with_it() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    metrics.restoring(2, 50, 200)
    metrics.measured(2, 30, 10)
    assert value(registry, "recovery_ratio", partition="2") == 0.25
    assert value(registry, "lag_records", partition="2") == 20
    metrics.released(2)
    assert value(registry, "lag_records", partition="2") is None


def test_rejects_have_a_reason() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    metrics.rejected(a_record(a_batch()), Rejection(RejectReason.OVERSIZED, ""))
    assert value(registry, "rejects_total", reason="oversized") == 1
    assert value(registry, "rejects_total", reason="not_json") == 0


class Sent:
    """Notes what is sent."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes, int, Any]] = []

    async def send_and_wait(self, topic: str, value: bytes, *, partition: int, headers: Any) -> object:
        self.records.append((topic, value, partition, headers))
        return None


async def test_ticks_go_to_every_partition_with_the_same_time() -> None:
    sent = Sent()
    await append_ticks(sent, PUBLISHED, TickOrigin.EXTERNAL)
    assert [(topic, partition) for topic, _, partition, _ in sent.records] == [
        ("region-inputs", partition) for partition in range(PARTITIONS)
    ]
    ticks = {decode(body, headers) for _, body, _, headers in sent.records}
    assert ticks == {Tick(time=PUBLISHED, origin=TickOrigin.EXTERNAL)}

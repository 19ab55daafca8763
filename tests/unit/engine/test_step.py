"""What goes in and what comes out, record by record."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from allywatch.engine import (
    PARTITION_KEY,
    PartitionState,
    RegionEngine,
    RegionState,
    Replay,
    load_method,
    replay,
)
from allywatch.errors import RejectReason, StopWorker
from allywatch.records import REDRIVEN, Record
from allywatch_schemas import (
    Alert,
    AlertAction,
    AlertState,
    CoverageState,
    EvidenceBatch,
    Message,
    Modality,
    RegionRisk,
    TransitionReason,
)
from allywatch_schemas import RegionState as Rests
from allywatch_schemas.codec import decode, header
from builders import (
    NOON,
    a_batch,
    a_command,
    a_coverage,
    a_document,
    a_method_activated,
    a_range,
    a_retraction,
    a_superseded,
    a_tick,
    an_evidence,
)
from fakes import FakePlaces, InputLog

PLACES = FakePlaces()
METHOD = load_method(PLACES)
ENGINE = RegionEngine(METHOD, PLACES, {"LVA", "EST", "BALTIC_STATES"}, 0)


def told(result: Replay) -> list[Message]:
    return [decode(output.value, output.headers) for output in result.outputs]


def alerts(result: Replay, rule: str = "") -> list[Alert]:
    return [each for each in told(result) if isinstance(each, Alert) and each.rule.startswith(rule)]


def risks(result: Replay, region: str = "LVA") -> list[RegionRisk]:
    return [each for each in told(result) if isinstance(each, RegionRisk) and each.region == region]


def play(*messages: Message, after: Replay | None = None) -> Replay:
    offset = 0
    if after is not None:
        shared = after.states[PARTITION_KEY]
        assert isinstance(shared, PartitionState)
        offset = (shared.offset or 0) + 1
    records = InputLog(offset=offset).records(messages)
    return replay(records, ENGINE, after.states if after else None)


def news(*docs: str, start: int = 0, **changes: Any) -> EvidenceBatch:
    """One asserted, strong doubt about Latvia per document."""
    given = {"intensity": 1.0, "modality": Modality.ASSERTED, "probability": 1.0} | changes
    about = {
        key: given.pop(key) for key in ("version", "backfill", "redriven", "fingerprint") if key in given
    }
    return a_batch(
        id=f"batch-{start}",
        ranges=(a_range(start=start, end=start + len(docs)),),
        documents=tuple(
            a_document(**{"doc_id": doc, "fingerprint": f"text of {doc}", "offset": start + n} | about)
            for n, doc in enumerate(docs)
        ),
        items=tuple(an_evidence(id=f"evidence of {doc}", doc_id=doc, **given) for doc in docs),
    )


def later(**by: float) -> Any:
    return a_tick(time=NOON + timedelta(**by))


def latvia(result: Replay) -> RegionState:
    state = result.states[b"LVA"]
    assert isinstance(state, RegionState)
    return state


def shared(result: Replay) -> PartitionState:
    state = result.states[PARTITION_KEY]
    assert isinstance(state, PartitionState)
    return state


STORM = ("a", "b", "c", "d", "e", "f")


def test_the_first_tick_gives_every_region_a_score_that_is_learning() -> None:
    scores = [each for each in told(play(a_tick())) if isinstance(each, RegionRisk)]
    assert [each.region for each in scores] == ["BALTIC_STATES", "EST", "LVA"]
    assert {each.state for each in scores} == {Rests.LEARNING}


def test_evidence_opens_an_alert_that_fires_when_it_held() -> None:
    result = play(a_tick(), news(*STORM), later(minutes=29), later(minutes=30))
    assert [each.state for each in alerts(result, "risk-elevated")] == [AlertState.PENDING, AlertState.FIRING]
    first = alerts(result)[0]
    assert first.key == "risk-elevated:LVA"
    assert first.episode == "risk-elevated:LVA:1"
    assert first.evidence[0].quote
    assert first.origins == len(STORM)
    assert first.note.startswith("Held at elevated or below: the region is still learning")


def test_alerts_have_deterministic_identity_and_the_clock_for_time() -> None:
    output = play(a_tick(), news(*STORM)).outputs[3]
    assert output.key == b"risk-elevated:LVA"
    assert header(output.headers, "ce_id") == "risk-elevated:LVA:1:1"
    assert header(output.headers, "ce_time") == "2026-03-02T12:00:00Z"


def test_contributions_sum_to_the_pressure() -> None:
    docs = [f"doc-{n}" for n in range(30)]
    risk = risks(play(a_tick(), news(*docs), later(hours=7)))[-1]
    assert sum(each.points for each in risk.contributions) == risk.pressure > 0
    assert risk.contributions[-1].origin == "other"


def test_before_the_first_tick_there_is_evidence_and_no_word_of_it() -> None:
    result = play(news(*STORM))
    assert result.outputs == ()
    assert len(latvia(result).ledger.origins) == len(STORM)


def test_a_lower_or_equal_tick_changes_nothing() -> None:
    before = play(a_tick())
    after = play(a_tick(), later(hours=-1), after=before)
    assert after.states == before.states
    assert after.outputs == ()


def test_a_quiet_tick_within_the_hour_says_nothing_and_the_next_hour_speaks() -> None:
    before = play(a_tick())
    assert play(later(seconds=5), after=before).outputs == ()
    assert len(risks(play(later(minutes=60), after=before))) == 1


def test_evidence_never_moves_the_clock() -> None:
    assert (
        shared(play(a_tick(), news("a", event_time=NOON + timedelta(days=9)))).clock
        == shared(play(a_tick())).clock
    )


def test_evidence_from_the_future_counts_as_of_now_and_says_so() -> None:
    result = play(a_tick(), news(*STORM, event_time=NOON + timedelta(days=2)))
    assert risks(result)[-1].pressure == 6_000_000
    assert "dated in the future" in alerts(result)[0].note


def test_fifteen_minutes_ahead_is_no_future() -> None:
    ahead = play(a_tick(), news("a", event_time=NOON + timedelta(minutes=15)))
    assert not any(c.clamped for o in latvia(ahead).ledger.origins.values() for c in o.copies)


def test_evidence_older_than_a_state_reaches_counts_nothing() -> None:
    result = play(a_tick(), news("a", event_time=NOON - timedelta(days=401)))
    assert risks(result)[-1].pressure == 0
    assert result.rejections == ()


def test_records_at_or_below_the_watermark_are_skipped() -> None:
    before = play(a_tick(), news("a", "b"))
    again = play(news("x", "y"), after=before)
    assert again.states == before.states
    assert shared(before).watermarks == {("news-articles", "exercise-topic-1", 0): 2}


def test_another_topic_id_is_another_log() -> None:
    renewed = news("a").model_copy(update={"ranges": (a_range(topic_id="made anew"),)})
    result = play(a_tick(), news("first"), renewed)
    assert set(latvia(result).ledger.origins) == {"text of first", "text of a"}


def test_a_range_partly_below_the_watermark_counts_in_proportion() -> None:
    result = play(
        a_batch(items=(), ranges=(a_range(start=0, end=6, totals={}),)),
        a_batch(items=(), ranges=(a_range(start=4, end=8, totals={"2026-03-02T12": 9}),)),
    )
    assert sum(shared(result).world_hours.values()) == 9 * 2 // 4
    assert list(shared(result).counted.values()) == [8]


def test_totals_of_no_hour_reject_the_batch_and_change_nothing() -> None:
    result = play(a_batch(ranges=(a_range(totals={"2026-13-40T25": 3}),)))
    assert [each.reason for _, each in result.rejections] == [RejectReason.INVALID]
    assert result.states == {}


def test_world_hours_become_days() -> None:
    result = play(a_tick(), news("a"), later(days=3))
    assert shared(result).world_hours == {}
    assert list(shared(result).world_days.values()) == [1]


def test_the_same_article_ingested_twice_counts_once() -> None:
    before = play(a_tick(), news("a"))
    again = play(news("a", start=1), after=before)
    assert again.states[b"LVA"] is before.states[b"LVA"]


def test_a_redriven_document_passes_the_watermark_and_counts_once() -> None:
    before = play(a_tick(), news("a", "b"))
    assert risks(play(news("x", redriven=True), after=before))[-1].pressure == 3_000_000
    assert play(news("a", redriven=True), after=before).states == before.states


def test_a_redriven_batch_passes_the_watermark_as_a_whole() -> None:
    before = play(a_tick(), news("a", "b"))
    record = InputLog(offset=9).record(news("x"), (REDRIVEN, b"region-inputs:0:3"))
    assert risks(replay([record], ENGINE, before.states))[-1].pressure == 3_000_000


def test_a_superseded_document_leaves_every_region_it_no_longer_names() -> None:
    before = play(a_tick(), news("a"), news("a2", region="EST", start=1))
    batch = a_batch(
        items=(), ranges=(a_range(start=2, end=3),), superseded=(a_superseded(doc_id="a", version=2),)
    )
    after = play(batch, after=before)
    assert risks(after)[-1].pressure == 0
    assert after.states[b"EST"] is before.states[b"EST"]
    late = play(news("a", start=3), after=after)
    assert late.states[b"LVA"] is after.states[b"LVA"]


def test_a_new_version_counts_beside_its_own_notice() -> None:
    second = news("a", start=1, version=2, intensity=0.5).model_copy(
        update={"superseded": (a_superseded(doc_id="a", version=2),)}
    )
    assert risks(play(a_tick(), news("a"), second))[-1].pressure == 500_000


def test_a_retraction_cancels_the_alert_that_rested_on_it() -> None:
    result = play(a_tick(), news(*STORM), *(a_retraction(doc_id=doc) for doc in STORM))
    last = alerts(result, "risk-elevated")[-1]
    assert (last.state, last.reason) == (AlertState.CANCELLED, TransitionReason.EVIDENCE_RETRACTED)
    assert last.evidence
    assert risks(result)[-1].pressure == 0


def test_a_retraction_of_everything_at_once_still_names_its_evidence() -> None:
    one = news("a").model_copy(
        update={
            "items": tuple(
                an_evidence(id=f"e{n}", doc_id="a", intensity=1.0, modality="asserted") for n in range(9)
            )
        }
    )
    last = alerts(play(a_tick(), one, a_retraction(doc_id="a")), "risk-elevated")[-1]
    assert last.state is AlertState.CANCELLED
    assert last.evidence[0].title


def test_a_retraction_restores_the_state_as_if_the_document_was_never_seen() -> None:
    before = play(a_tick(), news("a"))
    after = play(news("wrong", start=1, intensity=0.2), a_retraction(doc_id="wrong"), after=before)
    assert ENGINE.encode_state(b"LVA", latvia(after)) == ENGINE.encode_state(b"LVA", latvia(before))


def test_a_retraction_that_comes_first_works_too_and_a_second_changes_nothing() -> None:
    before = play(a_tick(), a_retraction(doc_id="a"))
    assert play(a_retraction(doc_id="a", id="retraction-2"), after=before).states == before.states
    assert play(news("a"), after=before).states[b"LVA"] is before.states[b"LVA"]


def test_withdrawals_are_forgotten_after_thirty_days() -> None:
    result = play(a_tick(), a_retraction(doc_id="a"), later(days=31))
    assert not any(key.startswith(b"\0withdrawn") for key in result.states)


def test_backfill_never_opens_an_alert() -> None:
    docs = [f"doc-{n}" for n in range(40)]
    result = play(a_tick(), news(*docs, backfill=True), later(hours=1), later(hours=30))
    assert alerts(result) == []


def test_backfilled_history_ends_learning() -> None:
    old = [news(f"day-{n}", start=n, backfill=True, event_time=NOON - timedelta(days=n)) for n in range(60)]
    result = play(a_tick(), *old, later(days=1))
    assert risks(result)[-1].state is Rests.OK
    assert risks(result)[-1].history_days >= 59
    assert risks(result)[-1].baseline_mean > 0
    assert alerts(result) == []


def test_evidence_for_another_partition_is_rejected_and_the_rest_counts() -> None:
    both = a_batch(items=(an_evidence(), an_evidence(id="other", region="TWN")))
    result = play(a_tick(), both)
    assert [(each.reason, each.region) for _, each in result.rejections] == [
        (RejectReason.UNKNOWN_REGION, "TWN")
    ]
    assert risks(result)[-1].pressure > 0


def test_one_failing_region_is_marked_unknown_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from allywatch.engine import batch as batch_module

    real = batch_module.take_up

    def failing(state: Any, around: Any, *rest: Any) -> Any:
        if around.region == "LVA":
            raise RuntimeError("a defect")
        return real(state, around, *rest)

    before = play(a_tick())
    both = a_batch(items=(an_evidence(), an_evidence(id="other", region="EST")))
    with monkeypatch.context() as patch:
        patch.setattr(batch_module, "take_up", failing)
        failed = play(both, after=before)
    assert [(each.reason, each.region) for _, each in failed.rejections] == [
        (RejectReason.PROCESSING_FAILED, "LVA")
    ]
    assert risks(failed)[-1].state is Rests.UNKNOWN
    assert risks(failed)[-1].pressure == 0
    assert risks(failed, "EST")[-1].pressure > 0
    record = InputLog(offset=9).record(both, (REDRIVEN, b"region-inputs-dlq:0:0"))
    redriven = replay([record], ENGINE, failed.states)
    assert risks(redriven)[-1].state is Rests.LEARNING
    assert risks(redriven)[-1].pressure > 0
    assert redriven.states[b"EST"] is failed.states[b"EST"]


def test_a_redriven_retraction_reaches_the_region_that_missed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from allywatch.engine import engine as engine_module

    def failing(*_: Any) -> Any:
        raise RuntimeError("a defect")

    before = play(a_tick(), news("a"))
    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "take_up", failing)
        failed = play(a_retraction(doc_id="a"), after=before)
    assert {each.region for _, each in failed.rejections} == {"BALTIC_STATES", "EST", "LVA"}
    assert risks(failed)[-1].pressure > 0
    record = InputLog(offset=9).record(a_retraction(doc_id="a"), (REDRIVEN, b"region-inputs-dlq:0:0"))
    mended = replay([record], ENGINE, failed.states)
    assert risks(mended)[-1].pressure == 0
    assert risks(mended)[-1].state is Rests.LEARNING


def test_a_silent_feed_makes_a_region_unknown_and_holds_its_alerts_open() -> None:
    fired = play(a_tick(), news(*STORM), later(minutes=31), later(hours=40))
    assert alerts(fired, "risk-elevated")[-1].state is AlertState.RECOVERING
    silent = a_coverage(state=CoverageState.SILENT, window_end=NOON + timedelta(hours=40))
    held = play(silent, later(hours=47), later(hours=60), after=fired)
    assert alerts(held, "risk-elevated") == []
    assert risks(held)[0].state is Rests.UNKNOWN
    heard = a_coverage(id="coverage-2", window_end=NOON + timedelta(hours=60))
    freed = play(heard, later(hours=61), later(hours=67), after=held)
    assert alerts(freed, "risk-elevated")[-1].state is AlertState.RESOLVED


def test_coverage_of_one_feed_concerns_the_regions_it_names() -> None:
    silent = a_coverage(state=CoverageState.SILENT, regions=("EST",))
    result = play(a_tick(), silent)
    assert risks(result, "EST")[-1].state is Rests.UNKNOWN
    assert risks(result)[-1].state is Rests.LEARNING


def test_old_word_on_a_feed_changes_nothing() -> None:
    before = play(a_tick(), a_coverage())
    old = a_coverage(id="old", state=CoverageState.SILENT, window_end=NOON - timedelta(minutes=1))
    assert play(old, after=before).states == before.states


COMMAND = {"alert_key": "risk-elevated:LVA"}


def test_a_person_acknowledges_once() -> None:
    fired = play(a_tick(), news(*STORM), later(minutes=31))
    result = play(a_command(**COMMAND), a_command(**COMMAND), after=fired)
    [alert] = alerts(result)
    assert (alert.state, alert.actor, alert.revision) == (AlertState.ACKNOWLEDGED, "duty editor", 3)
    assert risks(result)[-1].open_alerts[1].state is AlertState.ACKNOWLEDGED
    assert result.rejections == ()


def test_a_muted_alert_is_still_told_and_says_that_it_is_muted() -> None:
    mute = a_command(**COMMAND, action=AlertAction.MUTE, until=NOON + timedelta(hours=1))
    result = play(a_tick(), mute, news(*STORM))
    assert alerts(result, "risk-elevated")[0].muted
    assert not alerts(result, "rapid-rise")[0].muted


@pytest.mark.parametrize(
    "changes",
    [{"alert_key": "no-such-rule:LVA"}, {"alert_key": "risk-high:EST"}, COMMAND],
    ids=["unknown rule", "another region", "nothing open"],
)
def test_a_command_that_makes_no_sense_is_rejected(changes: dict[str, str]) -> None:
    before = play(a_tick())
    result = play(a_command(**changes), after=before)
    assert [each.reason for _, each in result.rejections] == [RejectReason.INVALID]
    assert result.states == before.states


def test_a_command_for_another_episode_is_ignored() -> None:
    fired = play(a_tick(), news(*STORM), later(minutes=31))
    result = play(a_command(**COMMAND, episode="risk-elevated:LVA:7"), after=fired)
    assert (result.outputs, result.rejections) == ((), ())


def test_the_method_in_force_is_remembered_and_an_unknown_one_stops_the_worker() -> None:
    known = a_method_activated(version=METHOD.version, digest=METHOD.digest)
    assert shared(play(known)).method == (METHOD.version, METHOD.digest)
    with pytest.raises(StopWorker, match="Start the release"):
        play(a_method_activated())


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (None, (), RejectReason.NULL_VALUE),
        (b"{}", (("ce_type", b"org.example.other"),), RejectReason.UNKNOWN_TYPE),
        (b"{", (("ce_type", b"org.allywatch.tick.v1"),), RejectReason.NOT_JSON),
        (b"{}", (("ce_type", b"org.allywatch.tick.v1"),), RejectReason.INVALID),
        (b'{"time":"\xff"}', (("ce_type", b"org.allywatch.tick.v1"),), RejectReason.WRONG_ENCODING),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_reason(
    value: bytes | None, headers: Sequence[tuple[str, bytes]], reason: RejectReason
) -> None:
    effects = ENGINE.apply(Record("region-inputs", 0, 0, None, value, tuple(headers)), {})
    assert [each.reason for each in effects.rejections] == [reason]
    assert effects.changes == {}


def test_a_lost_region_starts_anew_as_unknown_with_numbers_never_used_before() -> None:
    recovered = ENGINE.recover_state(b"LVA", b"damaged", ValueError("damaged"))
    before = play(a_tick(), news(*STORM))
    states = {**before.states, b"LVA": recovered}
    result = replay(InputLog(offset=9).records([news("u", "v", "w", "x", "y", "z", start=6)]), ENGINE, states)
    opened = alerts(result, "risk-elevated")[0]
    assert int(opened.episode.rpartition(":")[2]) > NOON.timestamp()
    assert risks(result)[-1].state is Rests.UNKNOWN


@pytest.mark.parametrize("key", [PARTITION_KEY, b"\0withdrawn-A"])
def test_without_what_the_partition_shares_the_worker_stops(key: bytes) -> None:
    with pytest.raises(StopWorker, match="put back region-state"):
        ENGINE.recover_state(key, b"damaged", ValueError("damaged"))


def test_apply_leaves_the_states_it_was_given_alone() -> None:
    before = play(a_tick(), news(*STORM))
    bytes_before = before.encoded(ENGINE)
    play(news("more", start=6), later(days=2), a_retraction(doc_id="a"), after=before)
    assert before.encoded(ENGINE) == bytes_before

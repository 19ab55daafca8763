"""What evidence and time do, record by record."""

from datetime import timedelta

import pytest

from allywatch.engine import (
    replay,
)
from allywatch.errors import RejectReason
from allywatch.records import REDRIVEN
from allywatch_schemas import (
    AlertState,
    RegionRisk,
    Tick,
)
from allywatch_schemas import RegionState as Rests
from allywatch_schemas.codec import header
from builders import (
    NOON,
    a_batch,
    a_range,
    a_retraction,
    a_superseded,
    a_tick,
    an_evidence,
)
from fakes import InputLog
from playing import ENGINE, STORM, alerts, later, latvia, news, play, risks, shared, told


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
    assert "Held at elevated or below: the region is still learning" in first.note


def test_alerts_have_deterministic_identity_and_the_clock_for_time() -> None:
    output = play(a_tick(), news(*STORM)).outputs[3]
    assert output.key == b"risk-elevated:LVA"
    assert header(output.headers, "ce_id") == "risk-elevated:LVA:1:1"
    assert header(output.headers, "ce_time") == "2026-03-02T12:00:00Z"


def test_contributions_sum_to_the_pressure_and_to_the_score() -> None:
    docs = [f"doc-{n}" for n in range(30)]
    risk = risks(play(a_tick(), news(*docs), later(hours=7)))[-1]
    assert sum(each.points for each in risk.contributions) == risk.pressure > 0
    assert sum(each.score_tenths for each in risk.contributions) == round(risk.score * 10) > 0
    assert [each.origin for each in risk.contributions[-2:]] == ["other", "usual"]


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
    assert list(shared(result).world_days.values()) == [841], "a record of noon, faded by midnight"


@pytest.mark.parametrize("started", [(), (a_tick(),)])
def test_records_of_a_far_future_fade_from_the_worlds_volume_as_those_of_now_do(
    started: tuple[Tick, ...],
) -> None:
    wrong = a_batch(items=(), ranges=(a_range(totals={"9999-12-31T23": 3}),))
    result = play(*started, wrong, later(hours=1))
    assert shared(result).world == 3_000
    assert shared(play(later(days=90), after=result)).world == 0


def test_days_that_the_clock_jumped_over_are_closed_with_all_that_was_known() -> None:
    crowd = play(a_tick(), news(*(f"paper {n}" for n in range(30))), later(days=3))
    slept = latvia(play(later(days=100), after=crowd)).closed
    daily = latvia(play(*(later(days=day) for day in range(4, 101)), after=crowd)).closed
    assert slept.first == daily.first
    assert all(abs(a - b) <= 20 for a, b in zip(slept.tensions, daily.tensions, strict=True))


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


def test_apply_leaves_the_states_it_was_given_alone() -> None:
    before = play(a_tick(), news(*STORM))
    bytes_before = before.encoded(ENGINE)
    play(news("more", start=6), later(days=2), a_retraction(doc_id="a"), after=before)
    assert before.encoded(ENGINE) == bytes_before

"""What withdrawals, people, coverage, a method, and rubbish do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from allywatch.engine import (
    PARTITION_KEY,
    replay,
)
from allywatch.errors import RejectReason, StopWorker
from allywatch.records import REDRIVEN, Record
from allywatch_schemas import (
    AlertAction,
    AlertState,
    CoverageState,
    TransitionReason,
)
from allywatch_schemas import RegionState as Rests
from builders import (
    NOON,
    a_batch,
    a_command,
    a_coverage,
    a_method_activated,
    a_retraction,
    a_superseded,
    a_tick,
    an_evidence,
)
from fakes import InputLog
from playing import ENGINE, METHOD, STORM, alerts, later, latvia, news, play, risks, shared


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
    heard_once = replace(latvia(after), taken=latvia(after).taken - 1)
    assert ENGINE.encode_state(b"LVA", heard_once) == ENGINE.encode_state(b"LVA", latvia(before))


def test_a_retraction_that_comes_first_works_too_and_a_second_changes_nothing() -> None:
    before = play(a_tick(), a_retraction(doc_id="a"))
    assert play(a_retraction(doc_id="a", id="retraction-2"), after=before).states == before.states
    assert play(news("a"), after=before).states[b"LVA"] is before.states[b"LVA"]


def test_withdrawals_are_forgotten_after_thirty_days() -> None:
    result = play(a_tick(), a_retraction(doc_id="a"), later(days=31))
    assert not any(key.startswith(b"\0withdrawn") for key in result.states)


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
    fired = play(a_tick(), news(*STORM), later(minutes=31), later(hours=120))
    assert alerts(fired, "risk-elevated")[-1].state is AlertState.RECOVERING
    silent = a_coverage(state=CoverageState.SILENT, window_end=NOON + timedelta(hours=120))
    held = play(silent, later(hours=127), later(hours=140), after=fired)
    [unheard] = alerts(held, "risk-elevated")
    assert (unheard.state, unheard.reason) == (AlertState.RECOVERING, TransitionReason.UNHEARD)
    assert not unheard.notify
    assert risks(held)[0].state is Rests.UNKNOWN
    heard = a_coverage(id="coverage-2", window_end=NOON + timedelta(hours=140))
    freed = play(heard, later(hours=141), later(hours=147), after=held)
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
    listed = {each.rule: each.state for each in risks(result)[-1].open_alerts}
    assert listed["risk-elevated"] is AlertState.ACKNOWLEDGED
    assert result.rejections == ()


def test_a_muted_alert_is_still_told_and_says_that_it_is_muted() -> None:
    mute = a_command(**COMMAND, action=AlertAction.MUTE, until=NOON + timedelta(hours=1))
    result = play(a_tick(), mute, news(*"abcdefghijklmnop"))
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
    with pytest.raises(StopWorker, match="rebuild-state --partition"):
        ENGINE.recover_state(key, b"damaged", ValueError("damaged"))


def test_a_correction_in_other_words_takes_back_what_an_alert_on_a_mechanism_stood_on() -> None:
    fired = play(a_tick(), news(*"abcd"), later(minutes=31))
    assert alerts(fired, "patron-doubt")[-1].state is AlertState.FIRING
    corrected = news("a", start=10, version=2, fingerprint="other words", intensity=0.1)
    withdrawn = tuple(a_superseded(doc_id=doc, version=2) for doc in "abcd")
    result = play(corrected.model_copy(update={"superseded": withdrawn}), after=fired)
    assert result.rejections == ()
    assert alerts(result, "patron-doubt")[-1].reason is TransitionReason.EVIDENCE_RETRACTED

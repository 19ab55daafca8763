"""What a score and an alert say about why they are what they are."""

from datetime import timedelta
from typing import Any

import pytest

from allywatch.engine import PartitionState, RegionState, Replay
from allywatch.engine.account import Account
from allywatch.engine.notes import note_on_alert
from allywatch.engine.turn import Setting
from allywatch.engine.view import look
from allywatch.risk.ledger import Ledger
from allywatch.risk.weighing import HOUR_MS
from allywatch_schemas import (
    AlertState,
    CoverageState,
    EvidenceBatch,
    Level,
    Modality,
    Severity,
    Track,
)
from builders import NOON, a_coverage, a_retraction, a_source, a_tick
from playing import METHOD, PLACES, alerts, later, news, play, risks


def a_known_past() -> Replay:
    """Latvia after two months that were all alike: mean and spread of its pressure are known."""
    days = [
        news(f"day-{n}", start=n, backfill=True, event_time=NOON - timedelta(days=n, hours=1))
        for n in range(1, 61)
    ]
    return play(a_tick(), *days, later(days=1))


def today(*docs: str, **changes: Any) -> EvidenceBatch:
    return news(*docs, start=100, **{"event_time": NOON + timedelta(days=1)} | changes)


WITNESSES = tuple(f"witness {n}" for n in range(32))


def test_a_critical_alert_names_the_fewest_origins_that_its_level_hangs_on() -> None:
    result = play(today(*WITNESSES), after=a_known_past())
    alert = alerts(result, "risk-critical")[0]
    assert alert.level is Level.CRITICAL
    assert alert.flip is not None
    assert alert.flip.level is Level.HIGH
    assert set(alert.flip.origins) <= {each.origin for each in risks(result)[-1].contributions}
    assert alert.note.startswith(f"Without {alert.flip.size} of its 16 live origins (The witness ")
    assert "it would be high, not critical." in alert.note
    assert risks(result)[-1].flip == alert.flip


def test_without_its_flip_set_a_region_has_the_level_that_was_told() -> None:
    before = play(today(*WITNESSES), after=a_known_past())
    flip = risks(before)[-1].flip
    assert flip is not None
    documents = [name.removeprefix("text of ") for name in flip.origins]
    after = play(*(a_retraction(id=each, doc_id=each) for each in documents), after=before)
    assert risks(after)[-1].level is flip.level


def test_what_hangs_on_many_origins_names_three_and_counts_the_others() -> None:
    many = tuple(f"w{n}" for n in range(32))
    note = alerts(play(today(*many), after=a_known_past()), "risk-critical")[0].note
    assert " more) it would be high" in note


@pytest.mark.parametrize(
    "changes",
    [{"source": a_source(id="house.example")}, {"modality": Modality.SPECULATIVE}],
    ids=["one house", "only supposed"],
)
def test_however_loud_one_house_or_mere_supposition_is_no_alert_is_above_warning(
    changes: dict[str, Any],
) -> None:
    many = tuple(f"w{n}" for n in range(150))
    result = play(today(*many, **changes), later(days=1, minutes=45), after=a_known_past())
    assert risks(result)[-1].score > 80
    assert risks(result)[-1].level is Level.ELEVATED
    assert risks(result)[-1].note.startswith("Held at elevated or below: ")
    told = alerts(result)
    assert any(each.state is AlertState.FIRING for each in told)
    assert all(each.severity is not Severity.CRITICAL for each in told)
    assert all(each.level is Level.ELEVATED for each in told)


def test_the_share_of_an_origin_is_the_same_in_the_alert_and_in_the_score() -> None:
    result = play(today(*WITNESSES), after=a_known_past())
    rows = {each.origin: each for each in risks(result)[-1].contributions}
    cited = alerts(result)[-1].evidence
    assert cited
    assert all(rows[each.origin] == each for each in cited)


def test_rows_say_who_else_carries_a_text() -> None:
    copies = [
        news(
            doc,
            start=100 + n,
            fingerprint="one text",
            intensity=1 - n / 10,
            event_time=NOON + timedelta(days=1),
        )
        for n, doc in enumerate(("first", "second", "third"))
    ]
    row = risks(play(*copies, after=a_known_past()))[-1].contributions[0]
    assert row.root == "first.example"
    assert [each.name for each in row.copies] == ["The second", "The third"]
    assert row.documents == 3


def test_an_opportunity_cites_what_calms() -> None:
    talks = today("talks", "treaty", "visit", "pledge", sign=-1.0, track=Track.DE_ESCALATION)
    threat = news("threat", start=200, event_time=NOON + timedelta(days=1))
    told = alerts(play(talks, threat, after=a_known_past()), "opportunity")[0]
    assert {each.track for each in told.evidence} == {Track.DE_ESCALATION}


def test_where_no_origin_is_left_an_alert_cites_the_rest() -> None:
    clock = 1_000 * round(NOON.timestamp())
    around = Setting(METHOD, PLACES, frozenset({"LVA"}), 0).around("LVA", PartitionState(clock=clock))
    state = RegionState(ledger=Ledger(hours=({clock // HOUR_MS: 5_000_000}, {}, {})))
    account = Account.of(state, around, look(state, around))
    (row,) = account.reasons(METHOD.rules.rules[0])
    assert (row.origin, row.points) == ("other", 5_000_000)
    assert note_on_alert(account).startswith("It is elevated without any live origin. Held at")


def test_a_score_says_how_far_it_stands_from_the_usual_and_how_well_it_is_heard() -> None:
    assert risks(play(a_tick()))[-1].z is None
    silent = a_coverage(state=CoverageState.SILENT, window_end=NOON + timedelta(days=1))
    risk = risks(play(today(*WITNESSES[:4]), silent, after=a_known_past()))[-1]
    assert risk.z is not None
    assert risk.z > 0
    assert risk.coverage is CoverageState.SILENT
    assert "We do not hear everything: nothing resolves by itself." in risk.note


def test_the_lowest_level_hangs_on_nothing_and_says_nothing() -> None:
    risk = risks(play(a_tick()))[-1]
    assert (risk.level, risk.flip, risk.note) == (Level.LOW, None, "")
    assert isinstance(risk.contributions[-1].score_tenths, int)

"""The story played through extractor and engine: each thing that it is to show happens, with its reason."""

from datetime import timedelta

import pytest

from allywatch.demo.scenario import corrected_at
from allywatch.demo.seen import Seen
from allywatch.demo.shown import Shown, shown
from allywatch_schemas import Alert, AlertState, RegionState, TransitionReason
from exercise import END, the_scenario, the_story_told

REGIONS = ("EST", "LTU", "POL", "SUWALKI_CORRIDOR", "TAIWAN_STRAIT", "TWN")
START = END - timedelta(days=the_scenario().days)


@pytest.fixture(scope="module")
def told() -> tuple[Seen, list[str]]:
    return the_story_told(the_scenario(), REGIONS)


@pytest.fixture(scope="module")
def seen(told: tuple[Seen, list[str]]) -> Seen:
    return told[0]


@pytest.fixture(scope="module")
def things(seen: Seen) -> list[Shown]:
    return shown(seen, corrected_at(the_scenario(), END))


def followed(seen: Seen) -> list[Alert]:
    """The episode that the duty desk acknowledged."""
    return next(each for each in seen.episodes().values() if any(alert.actor for alert in each))


def test_everything_that_the_story_is_there_to_show_happens(things: list[Shown]) -> None:
    assert len(things) == 6
    assert [thing.promise for thing in things if not thing.times] == []


def test_every_decision_of_the_story_is_carried_out(told: tuple[Seen, list[str]]) -> None:
    assert told[1] == []


def test_a_copy_does_not_lift_an_acknowledgement_and_independent_evidence_does(seen: Seen) -> None:
    alerts = followed(seen)
    at = next(n for n, alert in enumerate(alerts) if alert.state is AlertState.ACKNOWLEDGED)
    acknowledged, after = alerts[at], alerts[at + 1]
    copied = START + timedelta(days=11, hours=6, minutes=40)
    assert acknowledged.changed_at < copied < after.changed_at - timedelta(hours=1)
    assert (after.state, after.reason) == (AlertState.FIRING, TransitionReason.NEW_EVIDENCE)
    assert after.notify
    assert {each.root for each in after.evidence} - {each.root for each in acknowledged.evidence}


def test_the_forged_report_ends_what_stood_on_it(seen: Seen) -> None:
    withdrawn = START + timedelta(days=3, hours=22)
    then = {a.reason: a for a in seen.alerts if a.region == "EST" and a.changed_at == withdrawn}
    gone = then[TransitionReason.EVIDENCE_RETRACTED]
    assert gone.state is AlertState.CANCELLED
    before = seen.score_before(gone)
    assert before is not None
    assert gone.score < before


def test_nothing_of_a_region_resolves_while_it_is_unknown(seen: Seen) -> None:
    unknown = [point.time for point in seen.course["TWN"] if point.state is RegionState.UNKNOWN]
    assert unknown[-1] - unknown[0] > timedelta(days=2)
    ended = [
        a.changed_at for a in seen.alerts if a.region == "TWN" and a.reason is TransitionReason.STAYED_BELOW
    ]
    assert [at for at in ended if unknown[0] < at <= unknown[-1]] == []


def test_an_alert_that_would_be_over_waits_until_the_feed_is_heard_again(seen: Seen) -> None:
    waits = [alert for alert in seen.alerts if alert.reason is TransitionReason.UNHEARD and not alert.notify]
    held = [alert for alert in waits if alert.state is AlertState.RECOVERING]
    heard = [p.time for p in seen.course["TWN"] if p.state is RegionState.UNKNOWN][-1]
    assert held
    assert all(seen.episodes()[alert.episode][-1].changed_at > heard for alert in held)


def test_all_is_over_at_the_end(seen: Seen) -> None:
    assert [each[-1].episode for each in seen.episodes().values() if each[-1].open] == []


def test_everything_that_comes_of_the_story_is_marked_as_exercise(seen: Seen) -> None:
    assert all(alert.exercise for alert in seen.alerts)


@pytest.mark.parametrize(
    ("missing", "lost"),
    [
        ({TransitionReason.NEW_EVIDENCE}, "A whole life"),
        ({TransitionReason.EVIDENCE_RETRACTED}, "Cancelled"),
        ({TransitionReason.EVIDENCE_REVISED}, "Corrected"),
    ],
)
def test_what_did_not_happen_is_not_claimed(seen: Seen, missing: set[TransitionReason], lost: str) -> None:
    rest = Seen([a for a in seen.alerts if a.reason not in missing], seen.highest, seen.course)
    failed = [each.promise for each in shown(rest, corrected_at(the_scenario(), END)) if not each.times]
    assert [promise.partition(":")[0] for promise in failed] == [lost]


def test_nothing_received_shows_nothing() -> None:
    assert [thing.times for thing in shown(Seen(), ())] == [0] * 6


def test_an_alert_that_resolves_of_itself_while_unknown_breaks_that_promise(seen: Seen) -> None:
    unknown = [point.time for point in seen.course["TWN"] if point.state is RegionState.UNKNOWN]
    wrong = followed(seen)[-1].model_copy(update={"changed_at": unknown[len(unknown) // 2]})
    silence = shown(Seen([*seen.alerts, wrong], seen.highest, seen.course), ())[4]
    assert silence.promise.startswith("Unknown")
    assert not silence.times

"""What a budget pays for: each alert, and each escalation of one, raises the region's bar."""

from dataclasses import replace
from datetime import timedelta

from allywatch.alerts.budget import UNIT, raised
from allywatch.alerts.episode import Slot
from allywatch.engine import RegionEngine, Replay, method_files, parse_method, replay
from allywatch.engine.method import RULES_FILE
from allywatch_schemas import Message, TransitionReason
from builders import NOON, a_retraction, a_tick
from fakes import InputLog
from playing import PAST, PLACES, STORM, alerts, later, latvia, news

RULES = """
version: exercise
capped_severity: warning
budgets: {quiet_days: 0}
rules:
  - name: alarm
    measure: z
    budget: 6
    while_learning: false
    for_minutes: 0
    keep_firing_minutes: 60
    severity: warning
"""

METHOD = parse_method(method_files() | {RULES_FILE: RULES}, PLACES)
ENGINE = RegionEngine(METHOD, PLACES, {"LVA"}, 0)
BUDGETS = METHOD.rules.budgets


def play(*messages: Message, after: Replay | None = None) -> Replay:
    records = InputLog(offset=1_000 * bool(after)).records(messages)
    return replay(records, ENGINE, after.states if after else {})


def a_region(bar: int = 2 * UNIT) -> Replay:
    """One that knows its past, and stands at this bar."""
    known = play(a_tick(time=NOON - timedelta(days=1)), *PAST, a_tick())
    at_bar = replace(latvia(known), slots={"alarm": Slot(bar=bar)})
    return replace(known, states={**known.states, b"LVA": at_bar})


def reasons(result: Replay) -> list[TransitionReason]:
    return [alert.reason for alert in alerts(result)]


def bar(result: Replay) -> int | None:
    return latvia(result).slots["alarm"].bar


def test_an_alert_raises_the_bar_by_a_step() -> None:
    opened = play(news(*STORM, start=99), after=a_region())
    assert reasons(opened) == [TransitionReason.THRESHOLD_CROSSED]
    assert bar(opened) == raised(2 * UNIT, BUDGETS)


def test_an_escalation_interrupts_people_as_an_alert_does_and_raises_the_bar_as_well() -> None:
    much_more = news(*(f"more {n}" for n in range(40)), start=200)
    result = play(news(*STORM, start=99), much_more, after=a_region())
    assert reasons(result) == [TransitionReason.THRESHOLD_CROSSED, TransitionReason.ESCALATED]
    assert bar(result) == raised(raised(2 * UNIT, BUDGETS), BUDGETS)


def test_what_does_not_hold_interrupts_nobody_and_costs_nothing() -> None:
    patient = parse_method(
        method_files() | {RULES_FILE: RULES.replace("for_minutes: 0", "for_minutes: 1440")}, PLACES
    )
    engine = RegionEngine(patient, PLACES, {"LVA"}, 0)
    records = InputLog(offset=1_000).records([news(*STORM, start=99)])
    pending = replay(records, engine, a_region().states)
    assert reasons(pending) == [TransitionReason.THRESHOLD_CROSSED]
    assert bar(pending) == 2 * UNIT
    held = InputLog(offset=2_000).records([later(minutes=1439), later(minutes=1440)])
    fired = replay(held, engine, pending.states)
    assert TransitionReason.HELD_FOR in reasons(fired)
    assert (bar(fired) or 0) > 2 * UNIT


def test_new_evidence_of_the_same_height_costs_nothing() -> None:
    result = play(news(*STORM, start=99), later(minutes=1), news("x", "y", start=200), after=a_region())
    assert reasons(result) == [TransitionReason.THRESHOLD_CROSSED, TransitionReason.NEW_EVIDENCE]
    assert bar(result) == raised(2 * UNIT, BUDGETS)


def test_a_withdrawal_gives_nothing_back() -> None:
    result = play(news(*STORM, start=99), a_retraction(doc_id="a"), after=a_region())
    assert reasons(result)[0] is TransitionReason.THRESHOLD_CROSSED
    assert TransitionReason.ESCALATED not in reasons(result)
    assert bar(result) == raised(2 * UNIT, BUDGETS)


def test_days_lower_the_bar_whether_anything_is_heard_or_not() -> None:
    calm = play(*(later(days=days) for days in range(1, 11)), after=a_region())
    daily = bar(play(later(days=1), after=a_region()))
    assert alerts(calm) == []
    assert (bar(calm) or 0) < (daily or 0) < 2 * UNIT


def test_a_region_that_slept_for_days_catches_up() -> None:
    by_the_day = bar(play(*(later(days=days) for days in range(1, 11)), after=a_region()))
    at_once = bar(play(later(days=10), after=a_region()))
    assert by_the_day is not None
    assert at_once is not None
    assert abs(by_the_day - at_once) <= 10

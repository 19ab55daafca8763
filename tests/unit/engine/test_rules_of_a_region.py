"""Which rules a region is held to: budgets once it has a bar, stated numbers while it learns."""

from dataclasses import replace
from datetime import timedelta

from allywatch.alerts.episode import Slot
from allywatch.engine import RegionEngine, RegionState, Replay, method_files, parse_method, replay
from allywatch.engine.method import RULES_FILE
from allywatch_schemas import AlertState, Message
from builders import NOON, a_tick
from fakes import InputLog
from playing import PAST, PLACES, STORM, alerts, news

RULES = """
version: exercise
capped_severity: warning
rules:
  - name: alarm
    measure: z
    budget: 6
    while_learning: false
    for_minutes: 0
    keep_firing_minutes: 60
    severity: warning
  - name: absolute
    measure: score
    enter: 40
    exit: 35
    while_learning: only
    for_minutes: 0
    keep_firing_minutes: 60
    severity: info
"""

METHOD = parse_method(method_files() | {RULES_FILE: RULES}, PLACES)
ENGINE = RegionEngine(METHOD, PLACES, {"LVA"}, 0)

BEFORE = a_tick(time=NOON - timedelta(days=1))


def play(*messages: Message, bar: int | None = None, after: Replay | None = None) -> Replay:
    states = dict(after.states) if after else {}
    if bar is not None:
        state = states[b"LVA"]
        assert isinstance(state, RegionState)
        states[b"LVA"] = replace(state, slots={"alarm": Slot(bar=1000 * bar)})
    return replay(InputLog(offset=1_000 * bool(after)).records(messages), ENGINE, states)


def test_while_it_learns_a_region_is_held_to_stated_numbers() -> None:
    result = play(a_tick(), news(*STORM))
    assert [each.rule for each in alerts(result)] == ["absolute"]


def test_a_budget_opens_at_the_regions_own_bar() -> None:
    known = play(BEFORE, *PAST, a_tick())
    [first] = alerts(play(news(*STORM, start=99), after=known))
    assert first.threshold == 1.3, "where every region starts"
    [alert] = alerts(play(news(*STORM, start=99), after=known, bar=3_000))
    assert (alert.rule, alert.state, alert.threshold) == ("alarm", AlertState.FIRING, 3.0)
    assert alert.value > alert.threshold
    assert alerts(play(news(*STORM, start=99), after=known, bar=90_000)) == []


def test_a_slot_remembers_when_it_opened_and_what_people_were_told() -> None:
    known = play(BEFORE, *PAST, a_tick())
    state = play(news(*STORM, start=99), after=known, bar=3_000).states[b"LVA"]
    assert isinstance(state, RegionState)
    slot = state.slots["alarm"]
    assert slot.last_opened == NOON.timestamp() * 1000
    assert slot.last_told is not None
    assert slot.last_told > 3_000
    assert ENGINE.decode_state(b"LVA", ENGINE.encode_state(b"LVA", state)) == state


def test_an_alert_that_opened_while_learning_lives_on_after_it() -> None:
    """The score jumps to another scale when learning ends, which is no escalation."""
    opened = play(a_tick(), news(*STORM))
    old = [each.model_copy(update={"id": f"late {each.id}"}) for each in PAST]
    later = [a_tick(time=NOON + timedelta(hours=hours)) for hours in (24, 240, 242)]
    after = play(*old, *later, after=opened)
    assert [each.state for each in alerts(after, "absolute")] == [AlertState.RECOVERING, AlertState.RESOLVED]

"""One region's step: its state, what happened and the clock give its next state and transitions of alerts."""

from dataclasses import replace

from allywatch.engine.reviewing import Outcome, review
from allywatch.engine.state import DAY_MS, IMPAIRED_SINCE_UNKNOWN, RegionState
from allywatch.engine.view import Surroundings, View, look
from allywatch.risk import pressure
from allywatch.risk.coverage import Volume, turn
from allywatch.risk.draft import Draft
from allywatch.risk.ledger import HOURS
from allywatch.risk.score import is_learning
from allywatch.risk.weighing import HOUR_MS

IMPAIRED_MS = 7 * DAY_MS
"""A missing share has faded after so long: several half-lives."""


def settle(state: RegionState, clock: int | None) -> RegionState:
    """Fill in what a new or recovered state could not know without the clock."""
    if clock is None:
        return state
    if state.born is None:
        state = replace(state, born=clock // DAY_MS)
    if state.impaired == IMPAIRED_SINCE_UNKNOWN:
        state = replace(state, impaired=clock, episode_floor=clock // 1000)
    return state


def tick(state: RegionState, around: Surroundings, clock: int) -> Outcome:
    """Time passed: fade, fold, compare with the past once a day, and look at every open alert."""
    state = settle(state, clock)
    if state.impaired is not None and clock - state.impaired > IMPAIRED_MS:
        state = replace(state, impaired=None)
    new_hour = state.hour != around.hour
    if new_hour:
        state = _turn_hour(state, around, clock)
    view = look(state, around)
    if new_hour:
        state = _leave_trail(state, clock // HOUR_MS, view)
    return review(state, around, view, clock)


def rests(state: RegionState, hour: int) -> bool:
    """Whether a tick within `hour` changes nothing: most regions, most of the time."""
    return (
        state.hour == hour
        and state.impaired is None
        and not any(slot.episode for slot in state.slots.values())
    )


def hear(state: RegionState, around: Surroundings) -> Outcome:
    """What is heard of the region changed: rules on coverage look at once, the others wait or go on."""
    if around.clock is None:
        return Outcome(state)
    return review(state, around, look(state, around), around.clock)


def _turn_hour(state: RegionState, around: Surroundings, clock: int) -> RegionState:
    day, hour = clock // DAY_MS, clock // HOUR_MS
    draft = Draft(state.ledger, around.method.decay, hour)
    draft.roll()
    new_day = state.baseline.day != day
    if new_day:
        draft.fold_faded()
    volume = _turn_volume(state, hour)
    state = replace(state, ledger=draft.done(), hour=hour, volume=volume, taken=0)
    return _compare_with_past(state, around, day) if new_day else state


def _turn_volume(state: RegionState, hour: int) -> Volume | None:
    """The first hour with documents is left out: the log may have waited for us."""
    if state.volume is None or state.hour is None:
        return Volume(hour) if state.taken else state.volume
    return turn(state.volume, state.hour, state.taken, hour)


def _compare_with_past(state: RegionState, around: Surroundings, day: int) -> RegionState:
    method = around.method
    first = min(each for each in (state.born, state.ledger.first_day, day) if each is not None)
    fresh = pressure.baseline(state.ledger, method.decay, method.weights.baseline, day, first, around.ends)
    if is_learning(state.baseline, method.weights) == is_learning(fresh, method.weights):
        return replace(state, baseline=fresh)
    # When learning ends, scores are on another scale: no rise and no escalation between the two.
    slots = {rule: replace(slot, last_told=None) for rule, slot in state.slots.items()}
    return replace(state, baseline=fresh, trail={}, slots=slots)


def _leave_trail(state: RegionState, hour: int, view: View) -> RegionState:
    recent = {at: score for at, score in state.trail.items() if at > hour - HOURS}
    return replace(state, trail={**recent, hour: view.assessment.effective})


def drop_leads(state: RegionState) -> RegionState:
    """Forget the first reasons of episodes that ended, once their end is written."""
    kept = {rule: lead for rule, lead in state.leads.items() if state.slots[rule].episode is not None}
    return state if len(kept) == len(state.leads) else replace(state, leads=kept)

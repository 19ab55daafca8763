"""One region's step: its state, what happened and the clock give its next state and transitions of alerts."""

from collections.abc import Mapping
from dataclasses import replace

from allywatch.alerts.budget import first_bar, lowered
from allywatch.alerts.episode import Slot
from allywatch.engine.reviewing import Outcome, review
from allywatch.engine.state import DAY_MS, IMPAIRED_SINCE_UNKNOWN, RegionState
from allywatch.engine.view import Surroundings, View, look
from allywatch.risk.baseline import baseline
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
    new_day = state.baseline.day != day
    if new_day:
        # Before `roll` drops the sums of what has faded by now, but had not on the days that passed.
        state = _close_days(state, around, day)
    draft = Draft(state.ledger, around.method.decay, hour)
    draft.roll()
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


def _close_days(state: RegionState, around: Surroundings, day: int) -> RegionState:
    born = day if state.born is None else state.born
    closed = state.closed.until(day, state.ledger, around.method.decay, born, around.ends)
    return replace(state, closed=closed)


def _compare_with_past(state: RegionState, around: Surroundings, day: int) -> RegionState:
    method, ledger, closed = around.method, state.ledger, state.closed
    born = day if state.born is None else state.born
    first = min(born, day if ledger.first_day is None else ledger.first_day)
    fresh = baseline(closed, ledger, method.decay, method.weights.baseline, day, first, around.ends)
    learning = is_learning(fresh, method.weights)
    ended = is_learning(state.baseline, method.weights) and not learning
    slots = _with_bars(state, around, 0 if learning else max(0, day - state.baseline.day))
    if ended:
        # Scores are on another scale from now on: no rise and no escalation between the two.
        slots = {rule: replace(slot, last_told=None) for rule, slot in slots.items()}
    trail = {} if ended else state.trail
    return replace(state, baseline=fresh, slots=slots, trail=trail)


def _with_bars(state: RegionState, around: Surroundings, days: int) -> Mapping[str, Slot]:
    """Slots in which the bars of rules with a budget sank for `days`; 0: the region is learning."""
    rules, slots = around.method.rules, dict(state.slots)
    for rule in around.rules if days else ():
        if rule.budget is None:
            continue
        slot = slots.get(rule.name) or Slot(episodes=state.episode_floor)
        if slot.bar is None:
            bar = first_bar(rule.budget, rules.budgets)
        else:
            bar = lowered(slot.bar, rule.budget, rules.budgets, days)
        slots[rule.name] = replace(slot, bar=bar)
    return slots


def _leave_trail(state: RegionState, hour: int, view: View) -> RegionState:
    recent = {at: score for at, score in state.trail.items() if at > hour - HOURS}
    return replace(state, trail={**recent, hour: view.assessment.effective})


def drop_leads(state: RegionState) -> RegionState:
    """Forget the first reasons of episodes that ended, once their end is written."""
    kept = {rule: lead for rule, lead in state.leads.items() if state.slots[rule].episode is not None}
    return state if len(kept) == len(state.leads) else replace(state, leads=kept)

"""One region's step: its state, what happened and the clock give its next state and transitions of alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allywatch.alerts import lifecycle
from allywatch.alerts.lifecycle import Episode, Footing, Reading, Slot, Transition
from allywatch.alerts.rules import Measure, Rule
from allywatch.engine.method import Method
from allywatch.engine.state import DAY_MS, IMPAIRED_SINCE_UNKNOWN, RegionState
from allywatch.risk import explanation, pressure
from allywatch.risk.draft import Draft
from allywatch.risk.ledger import HOURS, Origin
from allywatch.risk.pressure import Triad
from allywatch.risk.score import Assessment, assess, is_learning
from allywatch.risk.weighing import HOUR_MS
from allywatch.risk.weights import MICRO, TRACKS
from allywatch_schemas import CoverageState

IMPAIRED_MS = 7 * DAY_MS
"""A missing share has faded after so long: several half-lives."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where and when a region is."""

    method: Method
    region: str
    groups: tuple[str, ...]
    clock: int | None
    coverage: CoverageState
    waits: bool = False
    """Evidence is reviewed at the next tick, not when it comes."""

    @property
    def hour(self) -> int | None:
        """The clock's hour."""
        return None if self.clock is None else self.clock // HOUR_MS

    @property
    def rules(self) -> list[Rule]:
        """The rules for this region."""
        return [rule for rule in self.method.rules.rules if rule.regions.matches(self.region, self.groups)]


@dataclass(frozen=True, slots=True)
class View:
    """A region's pressure and score at the clock."""

    points: Mapping[str, Triad]
    """Of each origin."""
    sums: Triad
    """Of everything else."""
    tracks: Triad
    assessment: Assessment

    @property
    def pressure(self) -> int:
        """Micro-points."""
        return sum(self.tracks)


@dataclass(frozen=True, slots=True)
class Before:
    """A region before something was withdrawn from it."""

    origins: Mapping[str, Origin]
    view: View


@dataclass(frozen=True, slots=True)
class Change:
    """A transition of a rule's alert and what the rule saw."""

    rule: Rule
    transition: Transition
    value: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A region after a step."""

    state: RegionState
    view: View | None = None
    changes: tuple[Change, ...] = ()


def look(state: RegionState, around: Surroundings) -> View:
    """What the region's state says at the clock."""
    decay, weights = around.method.decay, around.method.weights
    ledger = state.ledger
    points = explanation.of_origins(ledger.origins, decay, around.hour)
    sums = pressure.of_sums(ledger, decay, around.hour)
    words, acts, calm = (sum(track) for track in zip(sums, *points.values(), strict=True))
    tracks = words, acts, calm
    origins = tuple(ledger.origins.values())
    assessed = assess(sum(tracks), state.baseline, origins, around.coverage, weights)
    return View(points, sums, tracks, assessed)


def heard(state: RegionState, around: Surroundings) -> bool:
    """Whether calm may be believed."""
    return state.impaired is None and around.coverage is not CoverageState.SILENT


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
    if not new_hour and not any(slot.episode for slot in state.slots.values()):
        return Outcome(state)
    view = look(state, around)
    if new_hour:
        state = _leave_trail(state, clock // HOUR_MS, view)
    return review(state, around, view, clock)


def _turn_hour(state: RegionState, around: Surroundings, clock: int) -> RegionState:
    day, hour = clock // DAY_MS, clock // HOUR_MS
    draft = Draft(state.ledger, around.method.decay, hour)
    draft.roll()
    new_day = state.baseline.day != day
    if new_day:
        draft.fold_faded()
    state = replace(state, ledger=draft.done(), hour=hour)
    return _compare_with_past(state, around.method, day) if new_day else state


def _compare_with_past(state: RegionState, method: Method, day: int) -> RegionState:
    first = min(each for each in (state.born, state.ledger.first_day, day) if each is not None)
    fresh = pressure.baseline(state.ledger, method.decay, method.weights.baseline, day, first)
    # Scores before and after the end of learning are on different scales: no rise between them.
    same_scale = is_learning(state.baseline, method.weights) == is_learning(fresh, method.weights)
    return replace(state, baseline=fresh, trail=state.trail if same_scale else {})


def _leave_trail(state: RegionState, hour: int, view: View) -> RegionState:
    recent = {at: score for at, score in state.trail.items() if at > hour - HOURS}
    return replace(state, trail={**recent, hour: view.assessment.effective})


def review(
    state: RegionState, around: Surroundings, view: View, clock: int, withdrawn_from: Before | None = None
) -> Outcome:
    """Hold the region against every rule.

    Args:
        state: The region.
        around: Where and when.
        view: What its state says now.
        clock: Milliseconds.
        withdrawn_from: The region before something was withdrawn; alerts that rested on that are cancelled.
    """
    slots, leads, changes = dict(state.slots), dict(state.leads), []
    for rule in around.rules:
        slot = before = slots.get(rule.name) or Slot(episodes=state.episode_floor)
        value = measure(rule, view, state.trail, around)
        transitions: tuple[Transition, ...] = ()
        if withdrawn_from is not None:
            past = measure(rule, withdrawn_from.view, state.trail, around)
            footing = _footing(state, rule.name, slot.episode, withdrawn_from)
            slot, transitions = lifecycle.retract(slot, rule, past, value, footing)
        if slot.episode is not None or state.ledger.origins:
            severity = around.method.rules.severity(rule, bool(view.assessment.caps))
            slot, more = lifecycle.observe(slot, rule, Reading(value, severity, heard(state, around)), clock)
            transitions = (*transitions, *more)
        changes += [Change(rule, each, value) for each in transitions]
        if slot != before:
            slots[rule.name] = slot
        if slot.episode is None:
            continue
        if rule.name not in leads or slot.episodes != before.episodes:
            leads[rule.name] = _strongest(state, view)
    if slots != state.slots:
        state = replace(state, slots=slots, leads=leads)
    return Outcome(state, view, tuple(changes))


def _footing(state: RegionState, rule: str, episode: Episode | None, before: Before) -> Footing:
    """What the withdrawal left of what a rule's episode began with."""
    now, then = state.ledger.origins, before.origins
    lead, _ = state.leads.get(rule, ("", None))
    if not now or (lead in then and lead not in now):
        return Footing.GONE
    lost = (origin.lead for fingerprint, origin in then.items() if fingerprint not in now)
    if episode and any(copy.published * 1000 <= episode.started for copy in lost):
        return Footing.SHAKEN
    return Footing.WHOLE


def drop_leads(state: RegionState) -> RegionState:
    """Forget the first reasons of episodes that ended, once their end is written."""
    kept = {rule: lead for rule, lead in state.leads.items() if state.slots[rule].episode is not None}
    return state if len(kept) == len(state.leads) else replace(state, leads=kept)


def _strongest(state: RegionState, view: View) -> tuple[str, Origin]:
    fingerprint = min(state.ledger.origins, key=lambda each: (-sum(view.points[each]), each))
    return fingerprint, Origin((state.ledger.origins[fingerprint].lead,))


def measure(rule: Rule, view: View, trail: Mapping[int, int], around: Surroundings) -> float:
    """The value that a rule holds against its thresholds."""
    effective = view.assessment.effective
    if rule.measure is Measure.SCORE:
        return effective / 10
    if rule.measure is Measure.RISE:
        since = (around.hour or 0) - rule.window_hours
        return (effective - min((s for hour, s in trail.items() if hour >= since), default=effective)) / 10
    track = next(index for index, track in enumerate(TRACKS) if track.value == rule.measure.value)
    return view.tracks[track] / MICRO

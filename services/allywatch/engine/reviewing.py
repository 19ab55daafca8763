"""A region held against every alert rule that is for it: what the rules see, and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from allywatch.alerts import lifecycle
from allywatch.alerts.budget import raised
from allywatch.alerts.episode import Episode, Evidence, Ground, Reading, Slot, Transition
from allywatch.alerts.lifecycle import Footing
from allywatch.alerts.rules import Measure, Rule
from allywatch.alerts.terms import Terms, thresholds_of
from allywatch.alerts.thresholds import Direction, Thresholds
from allywatch.engine.state import RegionState
from allywatch.engine.view import Surroundings, View, heard
from allywatch.risk.confidence import root_of
from allywatch.risk.ledger import Ledger, Origin, mark_of, short_key
from allywatch.risk.pressure import Triad
from allywatch.risk.score import is_learning
from allywatch.risk.weights import MICRO, TRACKS
from allywatch_schemas import AlertAction, AlertState, Mechanism, TransitionReason

MILLI = MICRO // 1000
"""Micro-points in a thousandth of a point."""

_TRACKS = {Measure(track.value): index for index, track in enumerate(TRACKS)}


_SPENDS = frozenset(
    {TransitionReason.THRESHOLD_CROSSED, TransitionReason.HELD_FOR, TransitionReason.ESCALATED}
)
"""What a budget pays for once it fires: an alert, and the same grown half as high again."""


@dataclass(frozen=True, slots=True)
class Before:
    """A region before something was withdrawn from it."""

    ledger: Ledger
    view: View

    def sight(self, after: RegionState, around: Surroundings) -> "Sight":
        """What rules saw then."""
        return Sight(replace(after, ledger=self.ledger), around, self.view)


@dataclass(frozen=True, slots=True)
class Change:
    """A transition of a rule's alert, and what the rule saw and held it against, in the measure's unit."""

    rule: Rule
    transition: Transition
    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A region after a step."""

    state: RegionState
    view: View | None = None
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Sight:
    """What rules see of one region at one moment; worked out once for all of them."""

    state: RegionState
    around: Surroundings
    view: View
    learning: bool = field(init=False)
    heard: bool = field(init=False)
    _evidence: dict[tuple[Measure, Mechanism | None, Direction], Evidence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What most rules ask for."""
        self.learning = is_learning(self.state.baseline, self.around.method.weights)
        self.heard = heard(self.state, self.around)

    def value(self, rule: Rule) -> int | None:
        """Thousandths of the measure's unit, turned so that more is nearer to an alert; None: unknown."""
        value = self._value(rule)
        return None if value is None else rule.direction.sign * value

    def reading(self, rule: Rule, value: int) -> Reading:
        """All that a rule needs to judge `value`."""
        severity = self.around.method.rules.severity(rule, bool(self.view.assessment.caps))
        audible = self.heard or rule.measure is Measure.COVERAGE
        return Reading(value, severity, audible, partial(self._evidence_of, rule))

    def terms(self, rule: Rule, lines: Thresholds) -> Terms:
        """What an alert of the rule is held to."""
        rules = self.around.method.rules
        return Terms(rule, lines, rules.flapping, rules.telling)

    def _value(self, rule: Rule) -> int | None:
        match rule.measure:
            case Measure.SCORE:
                return 100 * self.view.assessment.effective
            case Measure.RISE:
                return 100 * self._rise(rule.window_hours)
            case Measure.Z:
                return self.view.assessment.z_milli
            case Measure.COVERAGE:
                return 0 if self.heard else 1000
            case _:
                return self._points_of(rule) // MILLI

    def _rise(self, hours: int) -> int:
        """Tenths of a score."""
        now, since = self.view.assessment.effective, (self.around.hour or 0) - hours
        return now - min((at for hour, at in self.state.trail.items() if hour >= since), default=now)

    def _points_of(self, rule: Rule) -> int:
        """Micro-points of a track, of a mechanism's live origins, or else of everything."""
        if (track := _TRACKS.get(rule.measure)) is not None:
            return self.view.tracks[track]
        if rule.mechanism is None:
            return self.view.pressure
        points, total = self.view.points, 0
        for name, origin in self.state.ledger.origins.items():
            if origin.lead.mechanism == rule.mechanism:
                words, acts, calm = points[name]
                total += words + acts + calm
        return total

    def _evidence_of(self, rule: Rule) -> Evidence:
        if rule.measure is Measure.COVERAGE:
            return Evidence()
        kind = Measure.SCORE if rule.measure in (Measure.RISE, Measure.Z) else rule.measure
        key = (kind, rule.mechanism, rule.direction)
        if key not in self._evidence:
            sign, points = rule.direction.sign, self.view.points
            grounds = tuple(
                Ground(mark_of(name), origin.marks, _root_mark(root_of(origin.lead)), share)
                for name, origin in sorted(self.state.ledger.origins.items())
                if (share := sign * counted(rule, origin, points[name])) > 0
            )
            total = max(sign * self._points_of(rule), sum(ground.points for ground in grounds))
            self._evidence[key] = Evidence(grounds, total)
        return self._evidence[key]


def review(
    state: RegionState, around: Surroundings, view: View, clock: int, withdrawn_from: Before | None = None
) -> Outcome:
    """Hold the region against every rule that is for it.

    Args:
        state: The region.
        around: Where and when.
        view: What its state says now.
        clock: Milliseconds.
        withdrawn_from: The region before something was withdrawn; alerts that rested on that are cancelled.
    """
    sight = Sight(state, around, view)
    slots, leads = dict(state.slots), dict(state.leads)
    changes: list[Change] = []
    new = Slot(episodes=state.episode_floor)
    past = None if withdrawn_from is None else withdrawn_from.sight(state, around)
    for rule in around.rules:
        slot = before = slots.get(rule.name, new)
        value, lines = sight.value(rule), thresholds_of(rule, slot, clock, around.method.rules)
        if value is None or lines is None or not _concerns(sight, rule, slot, value, lines):
            continue
        terms, reading = sight.terms(rule, lines), sight.reading(rule, value)
        transitions: tuple[Transition, ...] = ()
        if past is not None and slot.episode is not None:
            left = _footing(leads.get(rule.name), slot.episode, past.state.ledger, state.ledger)
            slot, transitions = lifecycle.retract(slot, terms, past.value(rule) or 0, reading, left, clock)
            if left is Footing.GONE and slot.episode is not None:
                del leads[rule.name]
        slot, more = lifecycle.observe(slot, terms, reading, clock)
        changes += [change_of(rule, each, value, lines) for each in (*transitions, *more)]
        if rule.budget is not None and _spends((*transitions, *more)):
            slot = replace(slot, bar=raised(slot.bar or 0, around.method.rules.budgets))
        if slot == before:
            continue
        slots[rule.name] = slot
        if slot.episode is not None and (rule.name not in leads or slot.episodes != before.episodes):
            leads |= _lead(sight, rule)
    if slots != state.slots:
        state = replace(state, slots=slots, leads=leads)
    return Outcome(state, view, tuple(changes))


def _spends(transitions: Iterable[Transition]) -> bool:
    """Whether one of them costs a part of a budget; what is pending may never interrupt anybody."""
    return any(each.reason in _SPENDS and each.episode.state is AlertState.FIRING for each in transitions)


def carry_out(
    state: RegionState, around: Surroundings, view: View, rule: Rule, action: AlertAction, until: int | None
) -> Outcome:
    """Do what a person decided about the alert of one rule.

    Raises:
        Refused: It makes no sense for the alert as it is.
    """
    clock, sight = around.clock or 0, Sight(state, around, view)
    slot = state.slots.get(rule.name) or Slot(episodes=state.episode_floor)
    value = sight.value(rule) or 0
    slot, transitions = lifecycle.command(slot, action, sight.reading(rule, value), clock, until)
    lines = thresholds_of(rule, slot, clock, around.method.rules)
    changes = tuple(change_of(rule, each, value, lines) for each in transitions)
    return Outcome(replace(state, slots={**state.slots, rule.name: slot}), view, changes)


def change_of(rule: Rule, transition: Transition, value: int, lines: Thresholds | None) -> Change:
    """A transition with the numbers behind it, as people state them."""
    sign = rule.direction.sign
    return Change(rule, transition, sign * value / 1000, sign * lines.enter / 1000 if lines else 0.0)


def _concerns(sight: Sight, rule: Rule, slot: Slot, value: int, lines: Thresholds) -> bool:
    """Whether anything can follow: most rules of most regions are far from their threshold."""
    if slot.episode is not None or not slot.armed:
        return True
    if value < lines.enter or not rule.runs(sight.learning):
        return False
    return bool(sight.state.ledger.origins) or rule.measure is Measure.COVERAGE


def _footing(lead: tuple[str, Origin] | None, episode: Episode, before: Ledger, after: Ledger) -> Footing:
    """What a withdrawal left of what an episode stands on."""
    lost, changed = set[str](), set[str]()
    first = mark_of(lead[0]) if lead else None
    for mark in {*episode.began, *episode.known, *([first] if first else [])}:
        if (name := before.index.get(mark)) is None:
            continue
        origin = before.origins[name]
        now = next((at for key in _keys(mark, origin) if (at := after.index.get(key))), None)
        if now is None:
            lost.add(mark)
        elif after.origins[now].lead != origin.lead:
            changed.add(mark)
    return lifecycle.footing(episode, first, lost, changed)


def _keys(mark: str, origin: Origin) -> tuple[str, ...]:
    """What the origin of a mark is still found by when its first copy is gone."""
    return (mark, *(copy.key for copy in origin.copies), *origin.further)


def _lead(sight: Sight, rule: Rule) -> dict[str, tuple[str, Origin]]:
    """The strongest reason for the rule's alert, told by its leading copy; empty: there is none."""
    sign, origins, points = rule.direction.sign, sight.state.ledger.origins, sight.view.points
    if not origins:
        return {}
    name = min(origins, key=lambda each: (-sign * counted(rule, origins[each], points[each]), each))
    return {rule.name: (name, Origin((origins[name].lead,)))}


def counted(rule: Rule, origin: Origin, points: Triad) -> int:
    """Micro-points of an origin that the rule's measure counts."""
    if rule.mechanism is not None:
        return sum(points) if origin.lead.mechanism == rule.mechanism else 0
    track = _TRACKS.get(rule.measure)
    return sum(points) if track is None else points[track]


@lru_cache(maxsize=4_096)
def _root_mark(root: str) -> str:
    return short_key(f"root {root}")

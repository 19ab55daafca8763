"""Why a region stands where it does: which origins, for how much of its score, what its level hangs on."""

from dataclasses import dataclass

from allywatch.alerts.rules import Measure, Rule
from allywatch.engine.reviewing import counted
from allywatch.engine.state import RegionState
from allywatch.engine.view import Surroundings, View, coverage, silence, usual
from allywatch.risk.counterfactual import Flip, Standpoint, flip_set
from allywatch.risk.explanation import Shares, contribution, explain, shares_of
from allywatch.risk.ledger import Origin
from allywatch_schemas import Contribution, FlipSet

REASONS = 5
"""Reasons that an alert lists."""

NAMED = 20
"""Origins of a flip set that are named; of a larger one, their number alone."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one region at one moment, for all that is said about it then."""

    state: RegionState
    around: Surroundings
    view: View
    now: dict[str, int]
    """What each origin adds, micro-points."""
    shares: Shares
    """The same of the score."""
    flip: Flip | None
    """What the level hangs on."""

    @classmethod
    def of(cls, state: RegionState, around: Surroundings, view: View) -> "Account":
        """Share the score out, and find what the level hangs on."""
        seen = Standpoint(usual(state, around), coverage(state, around), around.method.weights)
        now = {name: sum(points) for name, points in view.points.items()}
        shares = shares_of(now, sum(view.sums), seen.score)
        flip = flip_set(state.ledger.origins, now, view.pressure, view.assessment.level, seen)
        return cls(state, around, view, now, shares, flip)

    def contributions(self) -> tuple[Contribution, ...]:
        """Rows that sum to the pressure, and to the score."""
        return explain(self.state.ledger.origins, self.now, sum(self.view.sums), self.shares)

    def reasons(self, rule: Rule) -> tuple[Contribution, ...]:
        """The origins that speak most for a rule's alert; if none does, what the episode began with."""
        if rule.measure is Measure.COVERAGE:
            return (silence(self.state, self.around),)
        origins, sign = self.state.ledger.origins, rule.direction.sign
        told = {name: sign * counted(rule, origins[name], self.view.points[name]) for name in origins}
        order = sorted(told, key=lambda name: (-told[name], name))
        speaking = [name for name in order if told[name] > 0][:REASONS]
        if not speaking and rule.name in self.state.leads:
            return (self._row(*self.state.leads[rule.name]),)
        if not origins:
            return self.contributions()[:1]
        return tuple(self._row(name, origins[name]) for name in speaking or order[:1])

    def flip_message(self) -> FlipSet | None:
        """What the level hangs on, as it is published."""
        if self.flip is None:
            return None
        size = len(self.flip.origins)
        return FlipSet(size=size, origins=self.flip.origins if size <= NAMED else (), level=self.flip.level)

    def _row(self, name: str, origin: Origin) -> Contribution:
        return contribution(name, origin, self.now.get(name, 0), self.shares.origins.get(name, 0))

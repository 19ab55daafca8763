"""Everything that is seen of one region at one moment: all origins, all rules. Made on request alone."""

from dataclasses import dataclass

from allywatch.alerts.rules import Rule, alert_key, episode_id
from allywatch.alerts.terms import thresholds_of
from allywatch.engine.account import Account
from allywatch.engine.reviewing import Sight
from allywatch.engine.state import RegionState
from allywatch.engine.view import Surroundings, look
from allywatch.risk.explanation import explain
from allywatch.risk.score import Cap
from allywatch_schemas import AlertState, Contribution


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """What one rule sees, in the unit of its measure and as the rule was written."""

    name: str
    measure: str
    value: float | None
    """None: it cannot be measured, for want of history."""
    enter: float | None
    """None: a budget has not found its threshold yet; the same for `exit`."""
    exit: float | None
    episode: str | None
    """Open under this rule."""
    state: AlertState | None
    """Of that."""
    muted: bool


@dataclass(frozen=True, slots=True)
class Inspection:
    """The account in full."""

    contributions: tuple[Contribution, ...]
    """Every live origin, then the rest; they sum to the pressure and to the score."""
    caps: tuple[Cap, ...]
    """What would hold the level down."""
    rules: tuple[RuleSeen, ...]
    """Those for the region."""


def inspect(state: RegionState, around: Surroundings) -> Inspection:
    """Look at a region as the engine does at the clock, and leave nothing out."""
    view = look(state, around)
    account = Account.of(state, around, view)
    origins = state.ledger.origins
    rows = explain(origins, account.now, sum(view.sums), account.shares, listed=len(origins))
    sight = Sight(state, around, view)
    rules = tuple(_seen(rule, sight, around) for rule in around.rules)
    return Inspection(rows, tuple(view.assessment.caps), rules)


def _seen(rule: Rule, sight: Sight, around: Surroundings) -> RuleSeen:
    now, slot = around.clock or 0, sight.state.slots.get(rule.name)
    lines = rule.fixed if slot is None else thresholds_of(rule, slot, now, around.method.rules)
    episode = slot.episode if slot else None
    sign = rule.direction.sign

    def written(turned: int | None) -> float | None:
        return None if turned is None else sign * turned / 1000

    return RuleSeen(
        name=rule.name,
        measure=rule.measure.value,
        value=written(sight.value(rule)),
        enter=written(lines.enter if lines else None),
        exit=written(lines.exit if lines else None),
        episode=episode_id(alert_key(rule.name, around.region), episode.number) if episode else None,
        state=episode.state if episode else None,
        muted=slot is not None and slot.muted(now),
    )

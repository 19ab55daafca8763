"""What an alert is held to: its rule, where that stands for the region, and what is common to all rules."""

from dataclasses import dataclass

from allywatch.alerts.budget import UNIT
from allywatch.alerts.episode import Slot
from allywatch.alerts.rules import Flapping, Rule, Rules, Telling
from allywatch.alerts.thresholds import Thresholds

DAY_MS = 86_400_000

EXIT_SHARE = 900
"""Per mille of its bar at which a rule with a budget still holds."""


@dataclass(frozen=True, slots=True)
class Terms:
    """All that `lifecycle` needs to know beside the slot and the reading."""

    rule: Rule
    thresholds: Thresholds
    flapping: Flapping
    telling: Telling


def thresholds_of(rule: Rule, slot: Slot, now: int, rules: Rules) -> Thresholds | None:
    """Where a rule stands for one region at `now` (milliseconds); None: its bar is not known yet."""
    if rule.fixed is not None:
        return rule.fixed
    if slot.bar is None:
        return None
    bar = slot.bar * 1000 // UNIT
    return Thresholds(max(bar, _rested(slot, now, rules)), bar * EXIT_SHARE // 1000)


def _rested(slot: Slot, now: int, rules: Rules) -> int:
    """Soon after an alert, only what is much worse is another."""
    quiet_ms = rules.budgets.quiet_days * DAY_MS
    if slot.episode is not None or slot.last_told is None or slot.last_opened is None:
        return 0
    if now - slot.last_opened > quiet_ms:
        return 0
    return slot.last_told * round(rules.telling.escalated * 1000) // 1000

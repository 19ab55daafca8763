"""What an alert is held to: its rule, where that stands for the region, and what is common to all rules."""

from dataclasses import dataclass

from allywatch.alerts.episode import Slot
from allywatch.alerts.rules import Flapping, Rule, Telling
from allywatch.alerts.thresholds import Thresholds

EXIT_SHARE = 600
"""Per mille of its bar at which a rule with a budget still holds."""


@dataclass(frozen=True, slots=True)
class Terms:
    """All that `lifecycle` needs to know beside the slot and the reading."""

    rule: Rule
    thresholds: Thresholds
    flapping: Flapping
    telling: Telling


def thresholds_of(rule: Rule, slot: Slot, now: int) -> Thresholds | None:
    """Where a rule stands for one region at `now` (milliseconds); None: its bar is not known yet."""
    if rule.fixed is not None:
        return rule.fixed
    return None if slot.bar is None else Thresholds(slot.bar, slot.bar * EXIT_SHARE // 1000)

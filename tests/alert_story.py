"""One alert's slot, told minute by minute, for tests of the life cycle."""

from typing import Any

from allywatch.alerts.episode import Evidence, Ground, Reading, Slot, Transition
from allywatch.alerts.lifecycle import Footing, command, observe, retract
from allywatch.alerts.rules import Measure, Rule, Rules
from allywatch.alerts.terms import Terms, thresholds_of
from allywatch.alerts.thresholds import milli
from allywatch_schemas import AlertAction, AlertState, Severity, TransitionReason

MINUTE = 60_000


def a_rule(**changes: Any) -> Rule:
    defaults = {
        "name": "risk-high",
        "measure": Measure.SCORE,
        "enter": 60,
        "exit": 50,
        "for_minutes": 10,
        "keep_firing_minutes": 60,
        "severity": Severity.WARNING,
    }
    return Rule.model_validate(defaults | changes)


RULE = a_rule()

RULES = Rules(version="exercise", capped_severity=Severity.WARNING, rules=(RULE,))
"""What is common to all rules, as it is where a file says nothing else."""


def grounds(names: str) -> tuple[Ground, ...]:
    """One origin of a point for each letter; the same letter in upper case has the same root."""
    return tuple(
        Ground(f"mark-{name}", (f"mark-{name}",), f"root-{name.lower()}", 1_000_000) for name in names
    )


class Story:
    """What happens to one slot. Values are in the unit of the rule's measure."""

    def __init__(self, rule: Rule = RULE) -> None:
        self.rule, self.slot, self.now = rule, Slot(), 0
        self.evidence = grounds("a")
        self.transitions: list[Transition] = []

    def rests_on(self, names: str) -> "Story":
        """What holds from now on: one origin for each letter."""
        self.evidence = grounds(names)
        return self

    def sees(
        self, *values: float, minutes: int = 1, heard: bool = True, severity: Severity | None = None
    ) -> "Story":
        for value in values:
            self.now += minutes * MINUTE
            reading = self._reading(value, severity, heard)
            self._take(observe(self.slot, self._terms(), reading, self.now))
        return self

    def told(self, action: AlertAction, until: int | None = None, value: float = 65) -> "Story":
        self._take(command(self.slot, action, self._reading(value), self.now, until))
        return self

    def loses(self, before: float, after: float, footing: Footing = Footing.SHAKEN) -> "Story":
        reading = self._reading(after)
        self._take(retract(self.slot, self._terms(), milli(before), reading, footing, self.now))
        return self

    @property
    def states(self) -> list[str]:
        return [transition.episode.state.value for transition in self.transitions]

    @property
    def reasons(self) -> list[TransitionReason]:
        return [transition.reason for transition in self.transitions]

    @property
    def last(self) -> TransitionReason:
        return self.transitions[-1].reason

    @property
    def notices(self) -> list[str]:
        """The states that people were told of."""
        return [each.episode.state.value for each in self.transitions if each.notify]

    def openings(self) -> int:
        return sum(each.previous is None for each in self.transitions)

    def endings(self) -> int:
        return sum(
            each.episode.state in (AlertState.RESOLVED, AlertState.CANCELLED) for each in self.transitions
        )

    def _terms(self) -> Terms:
        lines = thresholds_of(self.rule, self.slot, self.now, RULES)
        assert lines is not None
        return Terms(self.rule, lines, RULES.flapping, RULES.telling)

    def _reading(self, value: float, severity: Severity | None = None, heard: bool = True) -> Reading:
        total = sum(ground.points for ground in self.evidence)
        evidence = Evidence(self.evidence, total)
        return Reading(milli(value), severity or self.rule.severity, heard, lambda: evidence)

    def _take(self, step: tuple[Slot, tuple[Transition, ...]]) -> None:
        self.slot, transitions = step
        self.transitions += transitions

"""Which alerts a subscriber is told of: what it wants, what is new, what is open now. Pure."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from allywatch_schemas import Alert, AlertState, OpenAlert, RegionRisk, Severity

_SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts a subscriber wants; what is empty does not matter."""

    states: frozenset[AlertState] = frozenset()
    regions: frozenset[str] = frozenset()
    min_severity: Severity = Severity.INFO

    @classmethod
    def of(
        cls, states: Collection[str] | None, regions: Collection[str] | None, min_severity: str | None
    ) -> Self:
        """From plain words.

        Raises:
            ValueError: A state or severity that does not exist.
        """
        return cls(
            frozenset(AlertState(state) for state in states or ()),
            frozenset(regions or ()),
            Severity(min_severity) if min_severity else Severity.INFO,
        )

    def takes(self, alert: Alert) -> bool:
        """Whether the alert is among them."""
        return (not self.states or alert.state in self.states) and self.concerns(
            alert.severity, alert.region, alert.groups
        )

    def concerns(self, severity: Severity, region: str, groups: Iterable[str]) -> bool:
        """The same, whatever the state: a region counts as wanted if one of its groups is."""
        return _SEVERITIES.index(severity) >= _SEVERITIES.index(self.min_severity) and (
            not self.regions or not self.regions.isdisjoint((region, *groups))
        )


class Revisions:
    """The last revision of each episode, of the most recent episodes: what was seen is not news."""

    def __init__(self, remember: int) -> None:
        self._remember = remember
        self._last: OrderedDict[str, int] = OrderedDict()

    def is_new(self, alert: Alert) -> bool:
        """Whether this transition was not seen before; from now on it was."""
        if alert.revision <= self._last.get(alert.episode, 0):
            return False
        self._last[alert.episode] = alert.revision
        self._last.move_to_end(alert.episode)
        if len(self._last) > self._remember:
            self._last.popitem(last=False)
        return True


def open_now(
    scores: Iterable[RegionRisk], last: Mapping[str, Alert], wanted: Wanted
) -> dict[str, Alert | OpenAlert]:
    """What is open, by alert key.

    Args:
        scores: The latest score of each region, read first: no order holds across the topics.
        last: The last transition of each alert, read after them; it is right where both know an alert.
        wanted: Which are of interest; its states do not matter.
    """
    out: dict[str, Alert | OpenAlert] = {}
    for risk in scores:
        for alert in risk.open_alerts:
            if alert.key not in last and wanted.concerns(alert.severity, risk.region, risk.groups):
                out[alert.key] = alert
    for key, transition in last.items():
        if transition.open and wanted.concerns(transition.severity, transition.region, transition.groups):
            out[key] = transition
    return out

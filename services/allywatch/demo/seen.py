"""What a subscriber has received so far: every alert, and of every score what the end has to tell."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from allywatch_schemas import Alert, AlertState, RegionRisk, RegionState


class Point(NamedTuple):
    """A region's score at one input of its partition."""

    time: datetime
    offset: int
    score: float
    state: RegionState


@dataclass(slots=True)
class Seen:
    """Alerts as they came, the highest score of each region, and how each region's score went."""

    alerts: list[Alert] = field(default_factory=list)
    highest: dict[str, RegionRisk] = field(default_factory=dict)
    course: dict[str, list[Point]] = field(default_factory=dict)

    def score(self, risk: RegionRisk) -> None:
        """Take up a score."""
        point = Point(risk.time, risk.sequence.offset, risk.score, risk.state)
        self.course.setdefault(risk.region, []).append(point)
        known = self.highest.get(risk.region)
        if known is None or risk.score > known.score:
            self.highest[risk.region] = risk

    def alert(self, alert: Alert) -> None:
        """Take up a transition."""
        self.alerts.append(alert)

    def reached(self) -> datetime | None:
        """The time up to which every region has a score; None: there is none yet."""
        return min((points[-1].time for points in self.course.values()), default=None)

    def in_order(self) -> list[Alert]:
        """The alerts by the engine's clock; within a partition as they happened."""
        return sorted(self.alerts, key=lambda a: (a.changed_at, a.sequence.partition, a.sequence.offset))

    def episodes(self) -> dict[str, list[Alert]]:
        """The transitions of each episode, in their order."""
        told: dict[str, list[Alert]] = {}
        for alert in sorted(self.alerts, key=lambda alert: alert.revision):
            told.setdefault(alert.episode, []).append(alert)
        return told

    def fired(self, region: str) -> int:
        """Episodes of a region that fired."""
        fired = (a for a in self.alerts if a.region == region and a.state is AlertState.FIRING)
        return len({alert.episode for alert in fired})

    def score_before(self, alert: Alert) -> float | None:
        """The region's score as last received before the input that caused a transition; None: it never was.

        Scores come once for many inputs, alerts come with each: the later of the two is taken.
        """
        scores = ((point.offset, point.score) for point in self.course.get(alert.region, ()))
        told = ((each.sequence.offset, each.score) for each in self.alerts if each.region == alert.region)
        earlier = [each for each in (*scores, *told) if each[0] < alert.sequence.offset]
        return max(earlier, key=lambda each: each[0])[1] if earlier else None

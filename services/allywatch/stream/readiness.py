"""Whether a score worker is ready, and why not: a pure look at what its owners say."""

from dataclasses import dataclass, field

ASSIGNED, RECOVERED, STABLE, COMMITTING = "assigned", "recovered", "not_rebalancing", "committing"
CONDITIONS = (ASSIGNED, RECOVERED, STABLE, COMMITTING)

Verdict = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class View:
    """One look at a worker."""

    assigned: bool
    """The group has answered at least once (it may have given us nothing: a standby is ready)."""
    rebalancing: bool
    positions: dict[int, int | None]
    """The committed position by owned partition; None: not recovered yet."""
    lags: dict[int, int]
    """Log end minus position, where measured."""


@dataclass(slots=True)
class Readiness:
    """Remembers when positions last moved. Times are seconds of any monotonic clock."""

    stuck_after: float = 15.0
    _moved: dict[int, tuple[int | None, float]] = field(default_factory=dict)

    def judge(self, view: View, now: float) -> dict[str, Verdict]:
        """Each condition of `CONDITIONS`: whether it holds, with what a person wants to know."""
        owned = len(view.positions)
        recovered = sum(position is not None for position in view.positions.values())
        stuck = self._stuck(view, now)
        return {
            ASSIGNED: (view.assigned, f"{owned} partitions"),
            RECOVERED: (view.assigned and recovered == owned, f"{recovered} of {owned} partitions"),
            STABLE: (not view.rebalancing, "the group is rebalancing" if view.rebalancing else ""),
            COMMITTING: (view.assigned and not stuck, f"stuck: partitions {stuck}" if stuck else ""),
        }

    def _stuck(self, view: View, now: float) -> list[int]:
        for partition, position in view.positions.items():
            before = self._moved.get(partition)
            if before is None or before[0] != position or not view.lags.get(partition):
                self._moved[partition] = (position, now)
        for gone in self._moved.keys() - view.positions.keys():
            del self._moved[gone]
        return sorted(p for p, (_, since) in self._moved.items() if now - since > self.stuck_after)

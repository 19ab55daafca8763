"""What a worker knows of its health, and shows on `/metrics` beside the figures of its process."""

import threading
from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry
from prometheus_client.process_collector import ProcessCollector

from allywatch.metrics.definition import Metric

READY = Metric("allywatch_worker_ready", "gauge", "1 when `/ready` says so: live, and every condition holds.")
CONDITION = Metric(
    "allywatch_worker_condition",
    "gauge",
    "1 when this condition of `/ready` holds; each worker declares its own few.",
    {"condition": ()},
)

METRICS = (READY, CONDITION)


class Health:
    """What a worker knows of itself. Ready = every condition holds; live = its loop moved lately.

    Thread-safe: the loop sets, the server's thread reads.

    Args:
        conditions: What must hold for the worker to be ready; none holds at first.
        clock: Seconds that never go back.
        stale_after: Seconds without a `beat` after which the worker counts as stuck.
    """

    def __init__(
        self, conditions: tuple[str, ...], clock: Callable[[], float], stale_after: float = 30.0
    ) -> None:
        self._conditions: dict[str, tuple[bool, str]] = dict.fromkeys(conditions, (False, "not yet"))
        self._clock = clock
        self._stale_after = stale_after
        self._beat = clock()
        self._lock = threading.Lock()

    def beat(self) -> None:
        """The loop moved."""
        self._beat = self._clock()

    def set(self, condition: str, holds: bool, detail: str = "") -> None:
        """Say whether a condition holds, and why or how far (`recovered 1200/50000`)."""
        with self._lock:
            if condition not in self._conditions:
                raise KeyError(condition)
            self._conditions[condition] = (holds, detail)

    @property
    def conditions(self) -> tuple[str, ...]:
        """What must hold for the worker to be ready."""
        return tuple(self._conditions)

    def holds(self, condition: str) -> bool:
        """Whether a condition holds now."""
        with self._lock:
            return self._conditions[condition][0]

    def live(self) -> tuple[bool, dict[str, object]]:
        """Whether the loop moved within `stale_after` seconds."""
        age = self._clock() - self._beat
        return age < self._stale_after, {"seconds_since_last_beat": round(age, 3)}

    def ready(self) -> tuple[bool, dict[str, object]]:
        """Whether the worker is live and all conditions hold, with each condition and its detail."""
        with self._lock:
            conditions = dict(self._conditions)
        alive, beat = self.live()
        states = {name: {"ok": ok, "detail": detail} for name, (ok, detail) in conditions.items()}
        return alive and all(ok for ok, _ in conditions.values()), {"conditions": states, **beat}


def register_health(registry: CollectorRegistry, health: Health) -> None:
    """Show a health on a registry; the values are taken when they are asked for."""
    ProcessCollector(registry=registry)
    READY.gauge(registry).set_function(lambda: float(health.ready()[0]))
    conditions = CONDITION.gauge(registry)
    for name in health.conditions:
        conditions.labels(name).set_function(partial(_holds, health, name))


def _holds(health: Health, condition: str) -> float:
    return float(health.holds(condition))

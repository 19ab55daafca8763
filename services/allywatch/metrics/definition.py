"""How a metric is built: every label value is known beforehand and exists at 0 from the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SIZES = (1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 2_000.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: name (`allywatch_<noun>_<unit>[_total]`), kind, meaning, closed sets of labels."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Label name → its values. Empty: bounded by the number of partitions, made when assigned."""
    buckets: tuple[float, ...] = SECONDS

    def _exist(self, metric: Counter | Gauge | Histogram) -> None:
        if all(self.labels.values()):
            for values in product(*self.labels.values()):
                if values:
                    metric.labels(*values)

    def counter(self, registry: CollectorRegistry) -> Counter:
        """Build it as the counter it is."""
        metric = Counter(self.name, self.meaning, tuple(self.labels), registry=registry)
        self._exist(metric)
        return metric

    def gauge(self, registry: CollectorRegistry) -> Gauge:
        """Build it as the gauge it is."""
        metric = Gauge(self.name, self.meaning, tuple(self.labels), registry=registry)
        self._exist(metric)
        return metric

    def histogram(self, registry: CollectorRegistry) -> Histogram:
        """Build it as the histogram it is."""
        metric = Histogram(
            self.name, self.meaning, tuple(self.labels), registry=registry, buckets=self.buckets
        )
        self._exist(metric)
        return metric

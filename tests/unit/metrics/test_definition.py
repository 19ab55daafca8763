import pytest
from prometheus_client import CollectorRegistry

from allywatch.metrics.definition import Metric

REASONS = ("invalid", "not_json")


def test_every_label_value_exists_at_zero_from_the_start() -> None:
    registry = CollectorRegistry()
    Metric("allywatch_a_total", "counter", "A.", {"reason": REASONS, "topic": ("x", "y")}).counter(registry)
    Metric("allywatch_b", "gauge", "B.", {"reason": REASONS}).gauge(registry)
    Metric("allywatch_c_seconds", "histogram", "C.", {"reason": REASONS}).histogram(registry)
    for reason in REASONS:
        for topic in ("x", "y"):
            labels = {"reason": reason, "topic": topic}
            assert registry.get_sample_value("allywatch_a_total", labels) == 0
        assert registry.get_sample_value("allywatch_b", {"reason": reason}) == 0
        assert registry.get_sample_value("allywatch_c_seconds_count", {"reason": reason}) == 0


@pytest.mark.parametrize("kind", ["counter", "gauge", "histogram"])
def test_labels_bounded_by_partitions_start_empty(kind: str) -> None:
    registry = CollectorRegistry()
    metric = Metric("allywatch_lag", "gauge", "L.", {"partition": ()})
    getattr(metric, kind)(registry)
    assert [sample for family in registry.collect() for sample in family.samples] == []

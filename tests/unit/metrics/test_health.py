from prometheus_client import CollectorRegistry

from allywatch.metrics.health import Health, register_health


def test_readiness_is_a_metric_as_it_is_when_asked() -> None:
    registry, now = CollectorRegistry(), [0.0]
    health = Health(("assigned", "recovered"), lambda: now[0], stale_after=30.0)
    register_health(registry, health)

    def shown(condition: str | None = None) -> float | None:
        if condition is None:
            return registry.get_sample_value("allywatch_worker_ready")
        return registry.get_sample_value("allywatch_worker_condition", {"condition": condition})

    assert (shown(), shown("assigned"), shown("recovered")) == (0, 0, 0)
    health.set("assigned", True)
    assert (shown(), shown("assigned"), shown("recovered")) == (0, 1, 0)
    health.set("recovered", True)
    assert shown() == 1
    now[0] = 31.0
    assert shown() == 0


def test_the_process_tells_its_start_and_memory() -> None:
    registry = CollectorRegistry()
    register_health(registry, Health((), lambda: 0.0))
    assert (registry.get_sample_value("process_start_time_seconds") or 0) > 0
    assert (registry.get_sample_value("process_resident_memory_bytes") or 0) > 0

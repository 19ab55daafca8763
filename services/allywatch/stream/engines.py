"""The engine of each partition: which regions live there is decided by the hash of their keys."""

from collections.abc import Callable
from typing import Any

from allywatch.engine import RegionEngine, load_method
from allywatch.records import Application
from allywatch.regions import load_registry
from allywatch_schemas import PARTITIONS
from allywatch_schemas.partitioning import partition_of


def engine_maker() -> Callable[[int], Application[Any]]:
    """Load registry and method once; the result makes the engine of a partition.

    Raises:
        ConfigError: One of them is wrong.
    """
    registry = load_registry()
    method = load_method(registry)

    def make(partition: int) -> Application[Any]:
        regions = [r for r in registry.regions if partition_of(r.encode(), PARTITIONS) == partition]
        return RegionEngine(method, registry, regions, partition)

    return make

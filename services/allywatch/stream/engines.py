"""The engine of each partition: which regions live there is decided by the hash of their keys."""

from collections.abc import Callable
from typing import Any

import structlog

from allywatch.alerts.rules import Rules
from allywatch.configfile import parse
from allywatch.engine import (
    PARTITION_KEY,
    Method,
    PartitionState,
    RegionEngine,
    State,
    load_method,
    method_files,
)
from allywatch.engine.method import RULES_FILE
from allywatch.records import Application
from allywatch.regions import Registry, load_registry
from allywatch_schemas import PARTITIONS
from allywatch_schemas.partitioning import partition_of

_log = structlog.get_logger("allywatch.score")


def engine_maker() -> Callable[[int], Application[Any]]:
    """Load registry and method once; the result makes the engine of a partition.

    Raises:
        ConfigError: One of them is wrong.
    """
    registry = load_registry()
    method = load_method(registry)

    def make(partition: int) -> Application[Any]:
        return DeployedEngine(method, registry, regions_of(partition, registry), partition)

    return make


def regions_of(partition: int, registry: Registry) -> list[str]:
    """The regions of a partition."""
    return [region for region in registry.regions if partition_of(region.encode(), PARTITIONS) == partition]


def rule_names() -> tuple[str, ...]:
    """The alert rules of this release.

    Raises:
        ConfigError: The rules are wrong.
    """
    rules, _ = parse(method_files()[RULES_FILE], Rules, RULES_FILE)
    return tuple(rule.name for rule in rules.rules)


class DeployedEngine(RegionEngine):
    """The engine as workers run it: it takes snapshots, and says when the method changed."""

    def __init__(self, method: Method, registry: Registry, regions: list[str], partition: int) -> None:
        super().__init__(method, registry, regions, partition, snapshots=True)
        self._installed = method.version, method.digest
        self._partition = partition

    def decode_state(self, key: bytes, value: bytes) -> State:
        """The state as stored.

        Raises:
            ValueError: It is corrupt.
        """
        state = super().decode_state(key, value)
        if key == PARTITION_KEY and isinstance(state, PartitionState):
            self._compare(state.method)
        return state

    def _compare(self, activated: tuple[str, str] | None) -> None:
        if activated is not None and activated != self._installed:
            _log.warning(
                "this partition was last scored under another method: unless `allywatch activate` put the "
                "installed one in force at this point of the log, the log does not say where the change is",
                partition=self._partition,
                activated=f"{activated[0]} ({activated[1][:12]})",
                installed=f"{self._installed[0]} ({self._installed[1][:12]})",
            )

"""The real score worker with another application or method: `python -m bench.score_main plumbing|probe`.

`plumbing` runs `bench.application`; `probe` the real engine with one alert rule more (`bench.probes`).
Otherwise it is what `allywatch score` starts.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.engine import RegionEngine
from allywatch.records import Application
from allywatch.regions import load_registry
from allywatch.stream.scoring import ScoreOptions, Scorer
from allywatch_schemas import PARTITIONS
from allywatch_schemas.partitioning import partition_of
from bench.application import Plumbing
from bench.probes import probe_method


def maker(kind: str) -> Callable[[int], Application[Any]]:
    """What makes the application of a partition."""
    if kind == "plumbing":
        return lambda partition: Plumbing()
    registry = load_registry()
    method = probe_method(registry)

    def make(partition: int) -> Application[Any]:
        regions = [r for r in registry.regions if partition_of(r.encode(), PARTITIONS) == partition]
        return RegionEngine(method, registry, regions, partition)

    return make


async def _run(kind: str) -> None:
    await Scorer(KafkaSettings(), WorkerSettings(), ScoreOptions(), maker(kind)).run()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))

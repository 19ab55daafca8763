"""The load: articles at a constant rate, with probes among them, from a process of its own.

  python -m bench.load_main RATE SECONDS PROBES

Prints one line per probe: its number and the wall clock (seconds) just before the producer was called.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from allywatch.config import KafkaSettings
from bench.articles import article
from bench.cluster import encoded, producer
from bench.probes import probes

_SLICE = 0.01
"""Seconds; the rate is kept in slices, as many articles at once as are due."""


async def run(kafka: KafkaSettings, rate: float, seconds: float, count: int) -> None:
    """Send; what is late is sent at once, so that the rate holds on the whole."""
    prefix = f"load-{time.time_ns()}"
    waiting = list(probes(count))
    every = seconds / max(1, count)
    async with producer(kafka) as sender:
        began, sent, probed = time.monotonic(), 0, 0
        while (passed := time.monotonic() - began) < seconds:
            while probed < count and probed * every <= passed:
                probe = waiting[probed]
                topic, key, value, headers = encoded(probe.article(datetime.now(UTC), prefix))
                print(probe.number, time.time(), flush=True)
                await sender.send(topic, value, key, headers=list(headers))
                probed += 1
            now = datetime.now(UTC)
            while sent < passed * rate:
                topic, key, value, headers = encoded(article(sent, published=now, prefix=prefix))
                await sender.send(topic, value, key, headers=list(headers))
                sent += 1
            await asyncio.sleep(_SLICE)
        await sender.flush()
    print(f"{sent} articles, {probed} probes", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(run(KafkaSettings(), float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))

"""`python -m bench [NAME …] [--quick]`: all benchmarks, or those named."""

import argparse
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import backtest, engine, hostile, latency, memory, peer, reading, recovery, startup, throughput
from bench.cluster import cluster

_LIGHT = {
    "startup": startup.run,
    "engine": engine.run,
    "reading": reading.run,
    "backtest": backtest.run,
    "hostile": hostile.run,
}
_ON_A_BROKER: dict[str, Callable[..., None]] = {
    "throughput": throughput.run,
    "memory": memory.run,
    "peer": peer.run,
    "latency": latency.run,
    "recovery": recovery.run,
}
NAMES = (*_LIGHT, *_ON_A_BROKER)


def main() -> None:
    """Run what was asked for, one after another, each on a broker of its own."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], help=f"of {', '.join(NAMES)}; none: all")
    parser.add_argument("--quick", action="store_true", help="less of everything: does it run at all?")
    given = parser.parse_args()
    logging.getLogger("kafka").setLevel(logging.ERROR)
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    for name in given.names or NAMES:
        with tempfile.TemporaryDirectory(prefix=f"allywatch-bench-{name}-") as folder:
            if name in _LIGHT:
                _LIGHT[name](Path(folder), quick=given.quick)
            else:
                with cluster(Path(folder)) as started:
                    _ON_A_BROKER[name](started, quick=given.quick)


if __name__ == "__main__":
    main()

"""From a publisher's send to the subscriber's hands, at a steady rate, through the whole real system."""

import time
from collections.abc import Iterable
from threading import Event, Thread

from allywatch.client import AlertSubscriber
from bench.cluster import Cluster
from bench.probes import OPENED, RULE, WITHDRAWN, probes
from bench.processes import start
from bench.report import emit, growth, percentile, say
from bench.workers import PROBE_SCORE, REAL_EXTRACT, pair

_PROBES_PER_SECOND = 4.0
_SETTLE_SECONDS = 8.0
"""After both workers are ready: a region without a first tick has no time, and so no alerts yet."""
_AFTER_SECONDS = 20.0

Received = tuple[str, str, str, float]
"""Region, state, title of the first reason, wall clock."""


def run(cluster: Cluster, *, quick: bool) -> None:
    """At 500 and at 2,000 articles a second."""
    for rate in (500, 2_000):
        seconds = 12.0 if quick else 60.0
        samples = measure(cluster, rate, seconds)
        late = [late for _, late in samples]
        emit(f"latency_p50_ms_at_{rate}", percentile(late, 0.5) * 1e3, "ms")
        emit(f"latency_p99_ms_at_{rate}", percentile(late, 0.99) * 1e3, "ms")
        emit(f"latency_p99_growth_ms_at_{rate}", growth(samples, 0.99) * 1e3, "ms")
        emit(f"latency_p50_growth_ms_at_{rate}", growth(samples, 0.5) * 1e3, "ms")
        emit(f"latency_probes_at_{rate}", len(late), "alerts")


def measure(cluster: Cluster, rate: float, seconds: float) -> list[tuple[float, float]]:
    """Moment of sending and seconds until received, of every probe that was answered."""
    count = int(seconds * _PROBES_PER_SECOND)
    say(f"latency: {rate:g} articles/s for {seconds:g} s with {count} probes")
    app_id = f"latency-{rate:g}"
    with pair(cluster, app_id, REAL_EXTRACT, PROBE_SCORE, app_id), Listener(cluster, count) as listener:
        time.sleep(_SETTLE_SECONDS)
        arguments = ["-m", "bench.load_main", str(rate), str(seconds), str(count)]
        load = start(f"{app_id}-load", arguments, cluster.folder, cluster.environment)
        load.finish()
        listener.done.wait(_AFTER_SECONDS)
        say(f"latency: {load.log.read_text().splitlines()[-1]}, {len(listener.received)} alerts")
    return matched(sent_of(load.log.read_text()), listener.received)


def sent_of(log: str) -> list[float]:
    """When each probe was sent, from the load's log."""
    pairs = [line.split() for line in log.splitlines()]
    return [float(at) for number, at in (pair for pair in pairs if len(pair) == 2 and pair[0].isdigit())]


def matched(sent: list[float], received: Iterable[Received]) -> list[tuple[float, float]]:
    """Moment and delay of each probe whose alert came, by region, state and title of the article."""
    arrived = {(region, state, title): at for region, state, title, at in received}
    out = []
    for probe, at in zip(probes(len(sent)), sent, strict=True):
        came = arrived.get((probe.region, probe.expected, probe.title))
        if came is not None:
            out.append((at, came - at))
    return out


class Listener:
    """A subscriber in a thread, as a newsroom would run it."""

    def __init__(self, cluster: Cluster, expected: int) -> None:
        """Subscribe; alerts from now on count."""
        self.received: list[Received] = []
        self.done = Event()
        self._expected = expected
        self._stop = Event()
        self._subscriber = AlertSubscriber(cluster.kafka.bootstrap)
        self._thread = Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Listener":
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join()
        self._subscriber.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            alert = self._subscriber.poll(0.5)
            now = time.time()
            if alert and alert.rule == RULE and alert.state in (OPENED, WITHDRAWN):
                self.received.append((alert.region, alert.state, alert.evidence[0].title, now))
                if len(self.received) >= self._expected:
                    self.done.set()

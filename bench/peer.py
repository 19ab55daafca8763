"""The same job on our plumbing and on Quix Streams: articles per CPU-second of each, and their ratio.

Both sides read the same articles from the same broker, run the same extractor and the same step, and are
counted from the start of their processes until the last item is counted, all processes but the broker's. Each
runs with few articles and with many: the difference is what articles cost once the processes are up
(`…_ratio_quix`); the longer run as it is includes the start-up, which is two processes on our side and one
on Quix's (`…_ratio_quix_with_startup`). In Quix's favour: it delivers at least once where ours commits states
and position in one transaction, and its last flush is not counted.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from allywatch.broker.distribution import user_cache
from allywatch_schemas.topics import REGION_STATE
from bench.articles import articles
from bench.cluster import REGION_TOPICS, Cluster, preload
from bench.plumbing import Extract, extract_nothing, real_extract
from bench.processes import start
from bench.report import emit, say
from bench.states import latest
from bench.workers import PLUMBING_EXTRACT, PLUMBING_SCORE, REAL_EXTRACT, Watch, worker

_PEER = Path(__file__).parent / "peers" / "quix"
_ROOT = Path(__file__).parent.parent
_PATHS = os.pathsep.join(str(_ROOT / part) for part in ("", "services", "schemas"))


def run(cluster: Cluster, *, quick: bool) -> None:
    """Plumbing alone, then with the real extractor on both sides, each with few articles and with many."""
    python = peer_python()
    few, some, many, runs = (1_000, 2_000, 4_000, 1) if quick else (8_000, 20_000, 80_000, 3)
    preload(cluster.kafka, articles(few))
    plumbing_few = _alternate(cluster, python, f"plumbing-{few}", "nothing", few, runs)
    pipeline_few = _alternate(cluster, python, f"pipeline-{few}", "real", few, runs)
    preload(cluster.kafka, articles(some - few, first=few))
    pipeline = _alternate(cluster, python, f"pipeline-{some}", "real", some, runs)
    preload(cluster.kafka, articles(many - some, first=some))
    plumbing = _alternate(cluster, python, f"plumbing-{many}", "nothing", many, runs)
    _emit("pipeline", pipeline_few, pipeline)
    _emit("plumbing", plumbing_few, plumbing)


@dataclass(frozen=True, slots=True)
class Costs:
    """Median CPU seconds of both sides for so many articles, start-up included."""

    articles: int
    ours: float
    theirs: float


def _alternate(cluster: Cluster, python: str, name: str, kind: str, count: int, runs: int) -> Costs:
    """Both sides in turn, the median of each."""
    expected = items_of(extract_nothing if kind == "nothing" else real_extract(), count)
    say(f"{name}: {count} articles, {expected} items, {runs} alternating runs")
    extract = PLUMBING_EXTRACT if kind == "nothing" else REAL_EXTRACT
    our_runs, their_runs = [], []
    for number in range(runs):
        our_runs.append(ours(cluster, f"{name}-{number}", extract, expected))
        their_runs.append(theirs(cluster, f"{name}-{number}", python, kind, expected))
        say(f"{name}: ours {our_runs[-1]:.2f}, Quix {their_runs[-1]:.2f} CPU-s")
    return Costs(count, median(our_runs), median(their_runs))


def _emit(name: str, few: Costs, many: Costs) -> None:
    """Rates and ratios: of running (what more articles cost), and with the start-up of the processes."""
    more = many.articles - few.articles
    rate, peer_rate = more / (many.ours - few.ours), more / (many.theirs - few.theirs)
    emit(f"{name}_articles_per_cpu_s", rate, "articles/CPU-s")
    emit(f"{name}_articles_per_cpu_s_quix", peer_rate, "articles/CPU-s")
    emit(f"{name}_ratio_quix", rate / peer_rate, "ratio")
    emit(f"{name}_ratio_quix_with_startup", many.theirs / many.ours, "ratio")


def items_of(extract: Extract, count: int) -> int:
    """How many items the job must count."""
    return sum(len(extract(article)[1]) for article in articles(count))


def ours(cluster: Cluster, name: str, extract: tuple[str, ...], expected: int) -> float:
    """CPU seconds of our two workers, from their start to the last item.

    Raises:
        RuntimeError: They counted another number of items.
    """
    cluster.renew(REGION_TOPICS)
    app_id = f"ours-{name}"
    with ExitStack() as stack:
        scoring = stack.enter_context(worker(cluster, f"{name}-score", PLUMBING_SCORE, app_id))
        extracting = stack.enter_context(worker(cluster, f"{name}-extract", extract, app_id))
        watch = stack.enter_context(Watch(cluster, app_id))
        both = (extracting.measured, scoring.measured)
        watch.wait_through(both)
        cpu = sum(each.cpu_seconds() for each in both)
        if restarts := extracting.metric("allywatch_extract_restarts_total"):
            say(f"{name}: the extractor started again {restarts:.0f} times, all in its CPU")
    states = latest(cluster.kafka, REGION_STATE.name)
    counted = sum(json.loads(value)["count"] for key, value in states.items() if not key.startswith(b"\0"))
    if counted != expected:
        raise RuntimeError(f"{name}: ours counted {counted} items of {expected}")
    return cpu


def theirs(cluster: Cluster, name: str, python: str, kind: str, expected: int) -> float:
    """CPU seconds of the peer's process, from its start to the last item."""
    state = cluster.folder / f"quix-state-{name}"
    arguments = [str(_PEER / "job.py"), cluster.kafka.bootstrap, kind, str(expected), str(state)]
    job = start(f"quix-{name}", arguments, cluster.folder, {"PYTHONPATH": _PATHS}, python)
    job.finish()
    shutil.rmtree(state, ignore_errors=True)
    last = job.log.read_text().strip().splitlines()[-1]
    return float(json.loads(last)["cpu"])


def peer_python() -> str:
    """The Python of the peer's own environment, made on the first call."""
    pinned = _PEER / "requirements.txt"
    home = user_cache() / "bench-quix"
    python, stamp = home / "bin" / "python", home / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != pinned.read_text():
        say("making Quix's environment")
        uv = _uv()
        environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
        for arguments in (
            ("venv", "--clear", "--python", sys.executable, str(home)),
            ("pip", "install", "--python", str(python), "-r", str(pinned)),
        ):
            subprocess.run([uv, *arguments, "-q"], check=True, env=environment, stdout=sys.stderr)
        shutil.copy(pinned, stamp)
    return str(python)


def _uv() -> str:
    beside = Path(sys.executable).parent
    if found := shutil.which("uv", path=f"{beside}{os.pathsep}{os.environ['PATH']}"):
        return found
    raise RuntimeError("uv is missing; the benchmark makes Quix's environment with it: pip install uv")

"""The same job on our plumbing and on Quix Streams: articles per CPU-second of each, and their ratio.

Both sides read the same articles from the same broker, run the same extractor and the same step, and are
counted from the start of their processes until the last item is counted, all processes but the broker's. In
Quix's favour: it delivers at least once where ours commits states and position in one transaction, its last
flush is not counted, and it is one process with one start-up where ours are two.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
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
    """Plumbing alone, then with the real extractor on both sides."""
    python = peer_python()
    plumbing, pipeline, runs = (4_000, 2_000, 1) if quick else (100_000, 20_000, 3)
    preload(cluster.kafka, articles(pipeline))
    _compare(cluster, python, "pipeline", "real", pipeline, runs)
    preload(cluster.kafka, articles(plumbing - pipeline, first=pipeline))
    _compare(cluster, python, "plumbing", "nothing", plumbing, runs)


def _compare(cluster: Cluster, python: str, name: str, kind: str, count: int, runs: int) -> None:
    """Alternating runs, the median of each side."""
    expected = items_of(extract_nothing if kind == "nothing" else real_extract(), count)
    say(f"{name}: {count} articles, {expected} items, {runs} alternating runs")
    extract = PLUMBING_EXTRACT if kind == "nothing" else REAL_EXTRACT
    our_runs, their_runs = [], []
    for number in range(runs):
        our_runs.append(count / ours(cluster, f"{name}-{number}", extract, expected))
        their_runs.append(count / theirs(cluster, f"{name}-{number}", python, kind, expected))
        say(f"{name}: ours {our_runs[-1]:.0f}, Quix {their_runs[-1]:.0f} articles per CPU-second")
    emit(f"{name}_articles_per_cpu_s", median(our_runs), "articles/CPU-s")
    emit(f"{name}_articles_per_cpu_s_quix", median(their_runs), "articles/CPU-s")
    emit(f"{name}_ratio_quix", median(our_runs) / median(their_runs), "ratio")


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

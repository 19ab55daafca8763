"""What texts made to hurt cost `ArticleReader.read`: the worst time and memory of a megabyte each."""

import gc
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.articles import START
from bench.bombs import bombs
from bench.report import emit, say


def run(_: Path, *, quick: bool) -> None:
    """Each bomb once (quick), or the best of three; time is of this process, so that others do not count."""
    from allywatch.regions import load_registry
    from allywatch.stream.heap import freeze_heap
    from allywatch.text import ArticleReader
    from allywatch_schemas import MediaType, NewsArticle, Source

    reader = ArticleReader(load_registry())
    source = Source(id="outlet.example", name="The Example Outlet")

    def article(media_type: MediaType, body: str) -> NewsArticle:
        return NewsArticle(
            id="bomb", title="Russia", body=body, media_type=media_type, published_at=START, source=source,
            exercise=True,
        )  # fmt: skip

    for media_type, body in (
        (MediaType.HTML, "<html><body><p>" + "Russia may attack Ukraine, it said. " * 20),
        (MediaType.PLAIN, "El ministerio dijo que Rusia no ha atacado a Ucrania. " * 10),
    ):
        reader.read(article(media_type, body))  # what is loaded once is idle
    freeze_heap()  # as the worker does
    slowest, largest = ("", 0.0), ("", 0.0)
    for name, media_type, body in bombs():
        one = article(media_type, body)
        took, megabytes = min(_cost(partial(reader.read, one)) for _ in range(1 if quick else 3))
        say(f"{name}: {took * 1e3:.1f} ms, {megabytes:.1f} MB")
        slowest = max(slowest, (name, took), key=lambda each: each[1])
        largest = max(largest, (name, megabytes), key=lambda each: each[1])
    say(f"slowest {slowest[0]}, largest {largest[0]}")
    emit("hostile_ms_worst", slowest[1] * 1e3, "ms")
    emit("hostile_mb_worst", largest[1], "MB")


def _cost(read: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor time, and megabytes at the highest above what was held before."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # sets the peak back to what is held now
    before = _megabytes("VmRSS")
    began = time.process_time()
    read()
    return time.process_time() - began, _megabytes("VmHWM") - before


def _megabytes(what: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{what}:"))) / 1_000

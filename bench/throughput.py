"""A backlog through the whole system on the real broker: documents per second, and CPU by stage."""

import signal
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from allywatch_schemas import DiplomaticEvent, NewsArticle
from bench.articles import articles, event
from bench.cluster import Cluster, preload
from bench.report import emit, say
from bench.workers import PLUMBING_EXTRACT, PLUMBING_SCORE, REAL_EXTRACT, REAL_SCORE, Watch, pair


@dataclass(frozen=True, slots=True)
class Flow:
    """What a run showed."""

    per_second: float
    extract_us: float
    """CPU per document, start-up aside."""
    score_us: float
    extract_mb: float
    """Most memory resident."""
    score_mb: float


def flow(
    cluster: Cluster,
    name: str,
    documents: Iterable[NewsArticle | DiplomaticEvent],
    extract: tuple[str, ...],
    score: tuple[str, ...],
) -> Flow:
    """Start both workers, hold the extractor, put the backlog on the topics, let go, and wait."""
    say(f"{name}: a backlog through extract and score")
    app_id = f"bench-{name}"
    with ExitStack() as stack:
        extracting, scoring = stack.enter_context(pair(cluster, name, extract, score, app_id))
        extracting.measured.process.send_signal(signal.SIGSTOP)
        count = preload(cluster.kafka, documents)
        watch = stack.enter_context(Watch(cluster, app_id))
        both = (extracting.measured, scoring.measured)
        before = [each.cpu_seconds() for each in both]
        began = time.monotonic()
        extracting.measured.process.send_signal(signal.SIGCONT)
        watch.wait_through(both)
        seconds = time.monotonic() - began
        extract_cpu, score_cpu = (each.cpu_seconds() - was for each, was in zip(both, before, strict=True))
        say(f"{name}: {count} in {seconds:.1f} s")
        return Flow(
            count / seconds,
            extract_cpu / count * 1e6,
            score_cpu / count * 1e6,
            extracting.measured.rss_mb(),
            scoring.measured.rss_mb(),
        )


def run(cluster: Cluster, *, quick: bool) -> None:
    """Articles and events through the real system, articles through the plumbing."""
    many = 2_000 if quick else 20_000
    real = flow(cluster, "pipeline-articles", articles(many), REAL_EXTRACT, REAL_SCORE)
    emit("pipeline_articles_per_s", real.per_second, "articles/s")
    emit("extract_cpu_us_per_article", real.extract_us, "µs")
    emit("score_cpu_us_per_article", real.score_us, "µs")
    events = flow(cluster, "pipeline-events", map(event, range(many)), REAL_EXTRACT, REAL_SCORE)
    emit("pipeline_events_per_s", events.per_second, "events/s")
    emit("extract_cpu_us_per_event", events.extract_us, "µs")
    emit("score_cpu_us_per_event", events.score_us, "µs")
    emit("rss_mb_extract", max(real.extract_mb, events.extract_mb), "MB")
    emit("rss_mb_score", max(real.score_mb, events.score_mb), "MB")
    plumbing = flow(cluster, "plumbing", articles(2 * many), PLUMBING_EXTRACT, PLUMBING_SCORE)
    emit("plumbing_articles_per_s", plumbing.per_second, "articles/s")
    emit("plumbing_extract_cpu_us", plumbing.extract_us, "µs")
    emit("plumbing_score_cpu_us", plumbing.score_us, "µs")

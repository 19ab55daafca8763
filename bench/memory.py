"""Memory and speed of ingest: JSON Lines of articles, through the real command."""

import time
from pathlib import Path

from bench.articles import articles
from bench.cluster import Cluster
from bench.processes import start
from bench.report import emit, say


def run(cluster: Cluster, *, quick: bool) -> None:
    """Take a file in; extract and score are measured under `throughput`."""
    many = 2_000 if quick else 50_000
    file = write(cluster.folder / "articles.jsonl", many)
    say(f"ingest: {many} articles from JSON Lines")
    began = time.monotonic()
    command = ["-m", "allywatch", "ingest", "jsonl", str(file), "--state", str(cluster.folder)]
    cpu, megabytes = start("ingest", command, cluster.folder, cluster.environment).finish()
    emit("rss_mb_ingest", megabytes, "MB")
    emit("ingest_articles_per_s", many / (time.monotonic() - began), "articles/s")
    emit("ingest_cpu_us_per_article", cpu / many * 1e6, "µs")


def write(file: Path, count: int) -> Path:
    """Articles, one a line."""
    with file.open("w", encoding="utf-8") as out:
        for one in articles(count):
            out.write(one.model_dump_json() + "\n")
    return file

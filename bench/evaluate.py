"""`python -m bench.evaluate --data FOLDER`: every row of the data accounted for, and one article read.

First two histories are replayed and held against crises and GPRC: a JSON object each, with every yardstick.
Then it takes in a GDELT export, ten months of ICEWS, a raw ICEWS day and a folder of feeds, and counts what
became of each row; the GDELT export also goes through a real Kafka. Then the article that the project began
with is read, and run through the engine on an empty history and on sixty days of it. Figures are JSON lines;
it ends with 1 if a row is unaccounted for, or the article does not give what it must.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from allywatch.ingest.files import Files, expand
from allywatch.ingest.intake import Intake, Sink, Terms
from allywatch.ingest.items import Kind, Tally
from allywatch.ingest.journal import Journal
from allywatch.ingest.sink import Nowhere, connect
from allywatch.ingest.stopping import Stopping
from allywatch.metrics.ingest import IngestMetrics
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, dead_letters_of
from bench.backtest import replayed
from bench.cluster import cluster, held
from bench.origin import judge
from bench.report import emit, say

SOURCES = {
    "gdelt": ("events/gdelt_20191024143000.export.CSV.gz", Kind.GDELT),
    "icews": ("events/icews_2018.tsv.gz", Kind.ICEWS),
    "icews_raw": ("events/icews_raw_2018-06-01.tab.gz", Kind.ICEWS),
    "rss": ("text/rss", Kind.RSS),
}
ORIGIN = "text/origin_article.txt"
CRISES, GPRC = "truth/crises_2006_2018.csv", "truth/gprc_monthly_1985_2019.csv"
HISTORIES = {"icews0515": "events/icews_2005_2015.tsv.gz", "icews18": "events/icews_2018.tsv.gz"}
BUDGET = 6


def main() -> None:
    """Count, read, judge."""
    parser = argparse.ArgumentParser(prog="bench.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of development data")
    data: Path = parser.parse_args().data
    backtests(data)
    failures = [*account(data), *through_kafka(data), *judge((data / ORIGIN).read_text("utf-8"))]
    for failure in failures:
        say(f"FAILED: {failure}")
    sys.exit(bool(failures))


def backtests(data: Path) -> None:
    """Replay the histories that the yardsticks are kept on; each is one JSON object."""
    for name, path in HISTORIES.items():
        say(f"replaying {path}")
        truth = ("--crises", str(data / CRISES), "--set", name, "--gprc", str(data / GPRC))
        found, peak = replayed(data / path, "--budget", str(BUDGET), *truth)
        found["self_score"].pop("regions")
        print(
            json.dumps({"name": f"backtest_{name}", "rss_mb": round(peak), **found}, ensure_ascii=False),
            flush=True,
        )


def account(data: Path) -> list[str]:
    """Read every source without Kafka; what does not add up."""
    failures = []
    for name, (path, kind) in SOURCES.items():
        say(f"taking in {path}")
        tally = asyncio.run(take_in(data / path, kind, Nowhere()))
        emit(f"{name}_rows", tally.rows, "rows")
        emit(f"{name}_messages", tally.events + tally.articles + tally.retractions, "messages")
        for verdict, counts in (("rejected", tally.rejected), ("skipped", tally.skipped)):
            for reason, count in sorted(counts.items()):
                emit(f"{name}_{verdict}_{reason}", count, "rows")
        if tally.rows != tally.accounted or not tally.rows:
            failures.append(f"{path}: {tally.rows} rows in, {tally.accounted} accounted for")
    return failures


async def take_in(path: Path, kind: Kind, sink: Sink) -> Tally:
    """What became of the rows of a file or folder."""
    from prometheus_client import CollectorRegistry

    stopping = Stopping()
    with Journal(None) as journal:
        intake = Intake(sink, journal, IngestMetrics.on(CollectorRegistry()), stopping, Terms())
        await Files(expand(path, kind), kind, journal, stopping).deliver(intake.take)
    return intake.tally


def through_kafka(data: Path) -> list[str]:
    """Send the GDELT export through a real Kafka: its records must be what was counted."""
    path, kind = SOURCES["gdelt"]
    say(f"sending {path} through Kafka")
    with (
        tempfile.TemporaryDirectory(prefix="allywatch-evaluate-") as folder,
        cluster(Path(folder)) as started,
    ):

        async def send() -> Tally:
            async with connect(started.kafka, Stopping()) as sink:
                if sink is None:
                    raise RuntimeError("the broker is not there")
                return await take_in(data / path, kind, sink)

        tally = asyncio.run(send())
        records = held(started.kafka, DIPLOMATIC_EVENTS.name)
        letters = held(started.kafka, dead_letters_of(DIPLOMATIC_EVENTS.name))
    emit("gdelt_records_on_kafka", records, "records")
    emit("gdelt_dead_letters_on_kafka", letters, "records")
    if (records, letters) != (tally.events, tally.rejected.total()):
        return [f"{path}: {tally.events} events and {tally.rejected.total()} rejects, but on Kafka "
                f"{records} records and {letters} dead letters"]  # fmt: skip
    return []


if __name__ == "__main__":
    main()

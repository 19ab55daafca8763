"""The comparison job on Quix Streams: the same functions as ours, in the way its manual suggests.

  job.py BOOTSTRAP nothing|real EXPECTED STATE_DIR

Reads `news-articles`, extracts, regroups by region through Kafka, keeps a state per region, writes alerts.
An item travels with its document, as ours do: without it, no alert could say where it comes from.
Prints one JSON line with its CPU seconds once EXPECTED items were counted. At-least-once, its default.
"""

import json
import logging
import sys
import time
from typing import Any

from quixstreams import Application, State

from allywatch_schemas import Document, Evidence, NewsArticle
from bench.plumbing import extract_nothing, real_extract, step

ITEMS, ALERTS = "quix-items", "quix-alerts"


def main() -> None:
    bootstrap, kind, expected = sys.argv[1], sys.argv[2], int(sys.argv[3])
    extract = extract_nothing if kind == "nothing" else real_extract()
    logging.getLogger("quixstreams").setLevel(logging.WARNING)
    app = Application(
        broker_address=bootstrap,
        consumer_group=f"quix-{time.time_ns()}",
        auto_offset_reset="earliest",
        state_dir=sys.argv[4],
        loglevel="WARNING",
        auto_create_topics=True,
    )
    articles = app.topic("news-articles", value_deserializer="bytes", key_deserializer="bytes")
    alerts = app.topic(ALERTS, value_serializer="json")
    counted, began = 0, time.monotonic()

    def to_items(value: bytes) -> list[dict[str, Any]]:
        document, items = extract(NewsArticle.read(value))
        written = document.model_dump_json(exclude_none=True) if items else ""
        return [
            {"region": item.region, "item": item.model_dump_json(exclude_none=True), "document": written}
            for item in items
        ]

    def apply(value: dict[str, Any], state: State) -> dict[str, Any] | None:
        nonlocal counted
        Document.model_validate_json(value["document"], extra="ignore")
        new, alert = step(state.get("s"), Evidence.model_validate_json(value["item"], extra="ignore"))
        state.set("s", new)
        counted += 1
        if counted == expected:
            print(
                json.dumps(
                    {"cpu": time.process_time(), "seconds": time.monotonic() - began, "items": counted}
                ),
                flush=True,
            )
            app.stop()
        return alert

    frame = app.dataframe(articles)
    frame = frame.apply(to_items, expand=True)
    frame = frame.group_by("region")
    frame = frame.apply(apply, stateful=True)
    frame = frame.filter(lambda alert: alert is not None)
    frame.to_topic(alerts, key=lambda alert: alert["region"])
    app.run()


if __name__ == "__main__":
    main()

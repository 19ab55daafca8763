"""Golden examples: records of one invented story as they stand on the topics."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allywatch_schemas import Message
from allywatch_schemas.codec import encode
from allywatch_schemas.generate import inputs, results
from allywatch_schemas.generate.inputs import NOON


@dataclass(frozen=True, slots=True)
class Example:
    """One record of one topic."""

    name: str
    topic: str
    key: str | None
    message: Message
    id: str
    source: str
    subject: str | None = None

    def record(self) -> dict[str, Any]:
        """Topic, key, headers and value, as JSON."""
        value, headers = encode(
            self.message,
            id=self.id,
            source=self.source,
            time=NOON,
            subject=self.subject,
            partition_key=self.key,
        )
        return {
            "topic": self.topic,
            "key": self.key,
            "headers": {name: text.decode() for name, text in headers},
            "value": json.loads(value),
        }


def _sources() -> Iterator[Example]:
    for name, article in inputs.ARTICLES.items():
        yield Example(
            name,
            "news-articles",
            article.id,
            article,
            f"{article.id}#{article.version}",
            "/allywatch/ingest",
            article.source.id,
        )
    for name, event in inputs.EVENTS.items():
        yield Example(
            name,
            "diplomatic-events",
            event.id,
            event,
            f"{event.id}#{event.version}",
            "/allywatch/ingest",
            event.provider,
        )


def _region_inputs() -> Iterator[Example]:
    topic = "region-inputs"
    for name, batch in inputs.BATCHES.items():
        yield Example(name, topic, None, batch, batch.id, "/allywatch/extract")
    yield Example("withdrawn", topic, None, inputs.RETRACTION, inputs.RETRACTION.id, "/allywatch/ingest")
    for name, command in inputs.COMMANDS.items():
        yield Example(name, topic, command.region, command, command.id, "/allywatch/desk", command.region)
    for name, tick in inputs.TICKS.items():
        yield Example(
            name, topic, None, tick, f"tick-{tick.origin}-{tick.time:%Y%m%dT%H%M%SZ}", "/allywatch/score"
        )
    for name, coverage in inputs.COVERAGES.items():
        yield Example(name, topic, None, coverage, coverage.id, "/allywatch/ingest", coverage.feed)
    yield Example("activated", topic, None, inputs.METHOD, inputs.METHOD.id, "/allywatch/score")


def _results() -> Iterator[Example]:
    for name, risk in results.RISKS.items():
        where = risk.sequence
        yield Example(
            name,
            "region-risk",
            risk.region,
            risk,
            f"{risk.region}@{where.partition}:{where.offset}",
            "/allywatch/score",
            risk.region,
        )
    for name, alert in results.ALERTS.items():
        yield Example(
            name,
            "region-alerts",
            alert.key,
            alert,
            f"{alert.episode}#{alert.revision}",
            "/allywatch/score",
            alert.region,
        )


EXAMPLES: tuple[Example, ...] = (*_sources(), *_region_inputs(), *_results())

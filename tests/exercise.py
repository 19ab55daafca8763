"""The demonstration's story played in process: through the extractor and an engine of some of its regions."""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from allywatch.demo.player import parse_events, records_of
from allywatch.demo.scenario import Scenario, history, parse_scenario, timeline
from allywatch.demo.seen import Seen
from allywatch.engine import RegionEngine, load_method, replay
from allywatch.records import Record
from allywatch.regions import load_registry
from allywatch.stream.batching import Polled, pack
from allywatch.stream.extraction import make_extractor
from allywatch.stream.reading import read
from allywatch_schemas import (
    PARTITIONS,
    Alert,
    AlertCommand,
    DiplomaticEvent,
    EvidenceBatch,
    Message,
    RegionRisk,
    Tick,
    TickOrigin,
    partition_of,
)
from allywatch_schemas.codec import decode, encode
from allywatch_schemas.topics import REGION_INPUTS

END = datetime(2026, 11, 22, 12, tzinfo=UTC)
_DATA = files("allywatch.demo")
_TAKEN_IN = 400
"""Events of the history in one go."""


def the_scenario() -> Scenario:
    return parse_scenario((_DATA / "scenario.yaml").read_text("utf-8"))


def the_events() -> list[DiplomaticEvent]:
    packed = (_DATA / "gdelt_20191024.export.CSV.gz").read_bytes()
    return parse_events(gzip.decompress(packed).splitlines())


class Stage:
    """What `region-inputs` holds after the extractor has read all that was published."""

    def __init__(self) -> None:
        self.inputs: list[list[Record]] = [[] for _ in range(PARTITIONS)]
        self.rejected: list[Record] = []
        self._places = load_registry()
        self._extract = make_extractor(self._places)
        self._offsets: dict[str, int] = defaultdict(int)

    def tick(self, time: datetime) -> None:
        value, headers = encode(
            Tick(time=time, origin=TickOrigin.EXTERNAL), id=f"{time}", source="/test", time=time
        )
        for partition in range(PARTITIONS):
            self._append(partition, value, headers)

    def publish(self, messages: Iterable[Message]) -> None:
        published: dict[str, list[Record]] = defaultdict(list)
        for topic, key, value, headers, partition in (r for m in messages for r in records_of(m)):
            if topic == REGION_INPUTS.name:
                self._append(partition or 0, value, headers)
                continue
            published[topic].append(Record(topic, 0, self._offsets[topic], key, value, headers))
            self._offsets[topic] += 1
        polled = [self._read(topic, records) for topic, records in published.items()]
        if polled:
            self._pack(polled)

    def _read(self, topic: str, records: Sequence[Record]) -> Polled:
        seen = [read(record, self._extract) for record in records]
        self.rejected += [record for record, each in zip(records, seen, strict=True) if each.rejection]
        return Polled(topic, "topic-id", 0, records[0].offset, records[-1].offset + 1, seen)

    def _pack(self, polled: Sequence[Polled]) -> None:
        for partition, batches in enumerate(pack(polled, PARTITIONS).batches):
            for batch in batches:
                self._append(partition, batch.value, (("ce_type", EvidenceBatch.TYPE.encode()),))

    def _append(self, partition: int, value: bytes, headers: Iterable[tuple[str, bytes]]) -> None:
        log = self.inputs[partition]
        log.append(Record(REGION_INPUTS.name, partition, len(log), None, value, tuple(headers)))


def the_story_told(scenario: Scenario, regions: Sequence[str]) -> tuple[Seen, list[str]]:
    """What a subscriber receives about some of the regions, and why decisions of people were refused."""
    stage, events, places = Stage(), the_events(), load_registry()
    past = history(events, END - timedelta(days=scenario.days))
    for first in range(0, len(past), _TAKEN_IN):
        stage.publish(past[first : first + _TAKEN_IN])
    for step in timeline(scenario, events, END):
        stage.tick(step.time)
        stage.publish(step.messages)
    method = load_method(places)
    seen, refused = Seen(), []
    for partition, log in enumerate(stage.inputs):
        owned = {region for region in regions if partition_of(region.encode(), PARTITIONS) == partition}
        result = replay(log, RegionEngine(method, places, owned, partition))
        for output in result.outputs:
            match decode(output.value, output.headers):
                case Alert() as alert:
                    seen.alert(alert)
                case RegionRisk() as risk:
                    seen.score(risk)
        refused += [
            rejection.detail
            for record, rejection in result.rejections
            if isinstance(decode(record.value or b"", record.headers), AlertCommand)
        ]
    return seen, refused

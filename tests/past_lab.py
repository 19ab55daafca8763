"""A log in memory on which a real owner with the real engine works: something to look back on."""

import asyncio
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allywatch.engine import RegionEngine, method_files
from allywatch.past.methods import Rulebook, from_folder, installed
from allywatch.records import FailureLimit, Record
from allywatch.stream.engines import DeployedEngine, regions_of
from allywatch.stream.owner import PartitionOwner
from allywatch.stream.position import POSITION_KEY, decode_position
from allywatch.stream.work import Work
from allywatch_schemas import Alert, Message
from allywatch_schemas.codec import encode, header
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE, TOPICS
from builders import NOON, a_retraction, a_tick
from memory_log import MemoryLog
from owner_lab import FAST, Watcher
from playing import STORM, news

P = 3
"""Latvia's partition."""
BOOK = installed()


@dataclass
class PastLab:
    """Inputs go in by `tell`; what is published comes out by `score`."""

    log: MemoryLog = field(default_factory=MemoryLog)
    book: Rulebook = BOOK
    watcher: Watcher = field(default_factory=Watcher)
    told: int = 0

    def tell(self, *messages: Message) -> list[Record]:
        records = []
        for message in messages:
            value, headers = encode(message, id=f"told-{self.told}", source="/exercise")
            records.append(self.log.append(REGION_INPUTS.name, P, value, None, headers))
            self.told += 1
        return records

    async def score(self, **changes: Any) -> None:
        """One owner until all is applied."""
        engine = DeployedEngine(self.book.method, self.book.registry, regions_of(P, self.book.registry), P)
        work = Work(
            engine, P, REGION_INPUTS.name, REGION_STATE.name, f"app-{P}", "tester",
            {name: topic.max_message_bytes for name, topic in TOPICS.items()} | changes,
            FailureLimit(100), FAST,
        )  # fmt: skip
        stops: list[Exception] = []
        owner = PartitionOwner(work, self.log, self.watcher, stops.append)
        owner.start()
        try:
            async with asyncio.timeout(20):
                while not stops and self.position < self.log.stable_end(REGION_INPUTS.name, P):
                    assert len(self.watcher.errors) < 5, self.watcher.errors[0]
                    await asyncio.sleep(0.002)
        finally:
            await owner.release()
        if stops:
            raise stops[0]

    @property
    def position(self) -> int:
        stored = self.stored().get(POSITION_KEY)
        return decode_position(stored, P).offset if stored else 0

    def stored(self) -> dict[bytes, bytes]:
        """The last value of each key of the state topic."""
        last = {r.key: r.value for r in self.log.committed(REGION_STATE.name, P) if r.key is not None}
        return {key: value for key, value in last.items() if value is not None}

    def published(self, topic: str, region: str = "LVA") -> list[Record]:
        return [r for r in self.log.committed(topic, P) if header(r.headers, "ce_subject") == region]

    def alerts(self, region: str = "LVA") -> list[Alert]:
        return [Alert.read(r.value or b"") for r in self.published("region-alerts", region)]

    def cut(self, offset: int) -> None:
        """Retention removes the inputs before `offset`."""
        self.log.begins[REGION_INPUTS.name, P] = offset

    @property
    def engine(self) -> RegionEngine:
        return self.book.engine(P)


def ticks(start: datetime, end: datetime, minutes: int = 30) -> Iterable[Message]:
    while start <= end:
        yield a_tick(time=start)
        start += timedelta(minutes=minutes)


_STORIES: dict[int, PastLab] = {}


async def a_story(days: int = 3) -> PastLab:
    """A storm of news, a retraction in the midst of it, and days of quiet: alerts open and resolve."""
    if days not in _STORIES:
        _STORIES[days] = await _play(days)
    return PastLab(log=deepcopy(_STORIES[days].log), told=_STORIES[days].told)


async def _play(days: int) -> PastLab:
    lab = PastLab()
    lab.tell(a_tick(), news(*STORM))
    lab.tell(*ticks(NOON + timedelta(minutes=30), NOON + timedelta(hours=4)))
    lab.tell(a_retraction(doc_id="a"), news("x", "y", start=len(STORM), event_time=NOON))
    lab.tell(*ticks(NOON + timedelta(hours=5), NOON + timedelta(days=days)))
    await lab.score()
    return lab


def another_method(folder: Path) -> Rulebook:
    """The installed method under another version, from files."""
    for name, text in method_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("\nversion: ", "\nversion: x", 1) if "\nversion: " in text else text)
    path = folder / "risk/weights.yaml"
    path.write_text(path.read_text().replace("version: ", "version: x", 1))
    return from_folder(folder)

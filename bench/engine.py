"""What a step of the engine costs once a region's state is full, and how large such a state is. No broker."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from allywatch.engine import RegionEngine, load_method
from allywatch.engine.state import PARTITION_KEY, State
from allywatch.regions import load_registry
from allywatch.stream.heap import freeze_heap
from allywatch_schemas import (
    Document,
    Evidence,
    EvidenceBatch,
    EvidenceKind,
    Mechanism,
    Modality,
    Role,
    Source,
    SourceRange,
    Tick,
    Track,
)
from bench.report import emit, say

REGIONS = 15
"""About as many as a partition owns."""
TOPIC = "news-articles"
_START = datetime(2024, 1, 1, tzinfo=UTC)
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Load:
    """Batches of one source partition: articles with near keys, each about two regions, all different.

    As many calm as alarm: a batch moves the pressure, and opens no alerts.
    """

    def __init__(self, regions: list[str], seed: int = 1) -> None:
        self._regions, self._random, self._offset = regions, Random(seed), 0

    def batch(self, documents: int, at: datetime) -> EvidenceBatch:
        first = self._offset
        self._offset += documents
        named = [self._document(first + each, at) for each in range(documents)]
        return EvidenceBatch(
            id=f"bench-{first}",
            ranges=(
                SourceRange(
                    topic=TOPIC,
                    partition=0,
                    start=first,
                    end=self._offset,
                    totals={at.strftime("%Y-%m-%dT%H"): documents},
                ),
            ),
            documents=tuple(named),
            items=tuple(
                self._item(document.doc_id, region, at)
                for document in named
                for region in self._random.sample(self._regions, 2)
            ),
        )

    def _document(self, offset: int, at: datetime) -> Document:
        bits = self._random.getrandbits
        address = f"https://outlet-{bits(4)}.example/2026/exercise/{bits(128):032x}"
        return Document(
            doc_id=address,
            fingerprint=f"{bits(128):032x}",
            near=tuple("".join(self._random.choices(_ALPHABET, k=8)) for _ in range(8)),
            source=Source(id=f"outlet-{bits(4)}.example", name="An invented outlet"),
            published_at=at,
            title="Exercise: a headline of usual length about what an invented minister said",
            url=address,
            language="en",
            range=0,
            offset=offset,
            exercise=True,
        )

    def _item(self, document: str, region: str, at: datetime) -> Evidence:
        random = self._random
        return Evidence(
            id=f"{random.getrandbits(128):032x}",
            doc_id=document,
            region=region,
            kind=EvidenceKind.MECHANISM,
            track=random.choice((Track.WORDS, Track.ACTS)),
            mechanism=Mechanism.PATRON_DISENGAGEMENT,
            role=Role.TARGET,
            patron="USA",
            sign=random.choice((-1.0, 1.0)),
            intensity=random.random(),
            modality=random.choice(tuple(Modality)),
            probability=0.3 + random.random() / 2,
            half_life_hours=72,
            event_time=at - timedelta(minutes=random.randrange(40 * 60)),
            span=(0, 150),
            quote="q" * 150,
            trigger="may withdraw",
            rule_id="mechanism.withdraw",
            lexicon_version="bench",
        )


class Run:
    """An engine and its states, in process."""

    def __init__(self) -> None:
        registry = load_registry()
        self.regions = sorted(registry.regions)[:REGIONS]
        self.engine = RegionEngine(load_method(registry), registry, self.regions, 0)
        self.states: Mapping[bytes, State] = {}
        self._offset = 0

    def take(self, message: EvidenceBatch | Tick) -> None:
        """Apply, and keep what came of it."""
        changes = self.engine.take(message, self._offset, self.states).changes
        self._offset += 1
        kept = {key: state for key, state in {**self.states, **changes}.items() if state is not None}
        self.states = kept

    def microseconds(self, message: EvidenceBatch, rounds: int) -> float:
        """Of one core, to apply it: the best of so many times, from the same states each time."""
        times = []
        for _ in range(rounds):
            began = time.process_time()
            self.engine.take(message, self._offset, self.states)
            times.append(time.process_time() - began)
        return min(times) * 1e6


def after(days: int) -> tuple[Run, Load, datetime]:
    """A partition that has run for so many days at one pace: everything it may remember is full."""
    run = Run()
    load, at = Load(run.regions), _START
    for _ in range(days):
        for _ in range(4):
            run.take(Tick(time=at))
            run.take(load.batch(50, at))
            at += timedelta(hours=6)
    run.take(Tick(time=at))
    return run, load, at


def run(folder: Path, *, quick: bool) -> None:
    """Batches of three sizes on full states; the middle one is the figure. Then without the long history."""
    del folder
    freeze_heap()
    long, rounds = (45, 5) if quick else (400, 25)
    busy, load, at = after(long)
    for documents in (10, 150, 300):
        batch = load.batch(documents, at)
        cost = busy.microseconds(batch, rounds) / len(batch.items)
        say(f"{len(batch.items)} items a batch: {cost:.1f} µs each")
        if documents == 150:
            emit("engine_us_per_item", cost, "µs")
    states = [(key, state) for key, state in busy.states.items() if key != PARTITION_KEY]
    emit("state_kb_busiest", max(len(busy.engine.encode_state(*each)) for each in states) / 1024, "KB")
    young, load, at = after(40)
    batch = load.batch(150, at)
    cost = young.microseconds(batch, rounds) / len(batch.items)
    say(f"{len(batch.items)} items a batch, after 40 days: {cost:.1f} µs each")

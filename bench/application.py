"""The plumbing job as an application of the real partition owner: `bench.plumbing.step`, and nothing else."""

import json
from collections.abc import Collection, Mapping, Sequence

from allywatch.errors import StopWorker
from allywatch.records import Effects, Output, Record
from allywatch_schemas import EvidenceBatch, Message, SourceRange
from allywatch_schemas.codec import decode
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS
from bench.plumbing import State, step

_MARKS = b"\0marks"
"""How far each source partition is counted, so that what is polled twice counts once, as in the engine."""


class Plumbing:
    """Counts items by region (`allywatch.records.Application`)."""

    def decode_state(self, key: bytes, value: bytes) -> State:
        """As stored."""
        state: State = json.loads(value)
        return state

    def encode_state(self, key: bytes, state: State) -> bytes:
        """As Quix stores it: JSON."""
        return json.dumps(state).encode()

    def recover_state(self, key: bytes, value: bytes, error: Exception) -> State:
        """Nothing is corrupt here."""
        raise StopWorker(f"corrupt state of {key!r}: {error}") from error

    def apply(self, record: Record, states: Mapping[bytes, State]) -> Effects[State]:
        """Count the items of a batch; all other records say nothing."""
        message: Message = decode(record.value, record.headers, REGION_INPUTS.messages)
        if not isinstance(message, EvidenceBatch):
            return Effects()
        marks = states.get(_MARKS) or {}
        known = _known(message, marks)
        ends = {_place(each): max(each.end, marks.get(_place(each), 0)) for each in message.ranges}
        changes: dict[bytes, State | None] = {_MARKS: marks | ends}
        outputs = []
        for item in message.items:
            if item.doc_id in known:
                continue
            key = item.region.encode()
            changes[key], alert = step(changes.get(key) or states.get(key), item)
            if alert is not None:
                outputs.append(Output(REGION_ALERTS.name, key, json.dumps(alert).encode()))
        return Effects(changes, outputs)

    def summarise(self, changed: Collection[bytes], states: Mapping[bytes, State]) -> Sequence[Output]:
        """No scores."""
        return ()


def _place(part: SourceRange) -> str:
    return f"{part.topic}:{part.partition}"


def _known(batch: EvidenceBatch, marks: State) -> set[str]:
    """Documents of a batch that are counted already."""
    below = [marks.get(_place(each), 0) for each in batch.ranges]
    if all(each.start >= mark for each, mark in zip(batch.ranges, below, strict=True)):
        return set()
    return {each.doc_id for each in batch.documents if each.offset < below[each.range]}

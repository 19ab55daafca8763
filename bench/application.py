"""The plumbing job as an application of the real partition owner: `bench.plumbing.step`, and nothing else."""

import json
from collections.abc import Collection, Mapping, Sequence

from allywatch.errors import StopWorker
from allywatch.records import Effects, Output, Record
from allywatch_schemas import EvidenceBatch, Message
from allywatch_schemas.codec import decode
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS
from bench.plumbing import State, step


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
        changes: dict[bytes, State | None] = {}
        outputs = []
        for item in message.items:
            key = item.region.encode()
            changes[key], alert = step(changes.get(key) or states.get(key), item)
            if alert is not None:
                outputs.append(Output(REGION_ALERTS.name, key, json.dumps(alert).encode()))
        return Effects(changes, outputs)

    def summarise(self, changed: Collection[bytes], states: Mapping[bytes, State]) -> Sequence[Output]:
        """No scores."""
        return ()

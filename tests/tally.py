"""A small application to prove the owner with: it counts, and its states depend on the order of records."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from allywatch.errors import Reject, RejectReason, StopWorker
from allywatch.records import Effects, Output, Record, Rejection

KEYS = tuple(b"ABCDEFG"[i : i + 1] for i in range(7))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records a key has seen, and a digest over all of them in order."""

    count: int = 0
    digest: str = ""
    padding: int = 0


class TallyApplication:
    """Values are commands.

    `add K`: one record for key K; every third of a key is an output. `all`: one for every key. `drop K`:
    forget K. `share K`: reject K's share of a broadcast. `bad`: invalid. `bug`: raises. `stop`: stops the
    worker. `pad K n`: a state of n bytes. `die`: calls `die`.
    """

    def __init__(
        self, die: Mapping[int, BaseException] | None = None, alerts: str = "alerts", risk: str = "risk"
    ) -> None:
        self.die = die or {}
        self.alerts, self.risk = alerts, risk

    def decode_state(self, key: bytes, value: bytes) -> Tally:
        stored = json.loads(value)
        return Tally(stored["count"], stored["digest"], len(stored["padding"]))

    def encode_state(self, key: bytes, state: Tally) -> bytes:
        return json.dumps(
            {"count": state.count, "digest": state.digest, "padding": "x" * state.padding}
        ).encode()

    def recover_state(self, key: bytes, value: bytes, error: Exception) -> Tally:
        return Tally(count=-1)

    def apply(self, record: Record, states: Mapping[bytes, Tally]) -> Effects[Tally]:
        if record.offset in self.die:
            raise self.die[record.offset]
        if record.value is None:
            raise Reject(RejectReason.NULL_VALUE, "no value")
        match record.value.decode().split():
            case ["add", key]:
                return self._add(record, states, [key.encode()])
            case ["all"]:
                return self._add(record, states, KEYS)
            case ["drop", key]:
                return Effects({key.encode(): None})
            case ["pad", key, size]:
                state = states.get(key.encode(), Tally())
                return Effects({key.encode(): replace(state, padding=int(size))})
            case ["share", key]:
                rest = [k for k in KEYS if k != key.encode()]
                effects = self._add(record, states, rest)
                return replace(
                    effects, rejections=(Rejection(RejectReason.PROCESSING_FAILED, "its share", key),)
                )
            case ["bug"]:
                raise ZeroDivisionError("a defect")
            case ["stop"]:
                raise StopWorker("asked to. Do not ask.")
        raise Reject(RejectReason.INVALID, "not a command")

    def _add(self, record: Record, states: Mapping[bytes, Tally], keys: Iterable[bytes]) -> Effects[Tally]:
        changes: dict[bytes, Tally | None] = {}
        outputs = []
        for key in keys:
            old = states.get(key, Tally())
            digest = hashlib.sha256(f"{old.digest}{record.offset}{record.value!r}".encode()).hexdigest()[:12]
            changes[key] = replace(old, count=old.count + 1, digest=digest)
            if (old.count + 1) % 3 == 0:
                outputs.append(Output(self.alerts, key, f"{old.count + 1} {digest}".encode(), (("n", b"1"),)))
        return Effects(changes, outputs)

    def summarise(self, changed: Collection[bytes], states: Mapping[bytes, Tally]) -> Sequence[Output]:
        return [
            Output(self.risk, key, str(states[key].count).encode() if key in states else None)
            for key in changed
        ]

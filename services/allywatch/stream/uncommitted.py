"""What an owner has applied and not yet committed. Pure: no I/O, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from allywatch.errors import Reject, RejectReason, StopWorker
from allywatch.records import Application, Output, Record, Rejection, dead_letter

S = TypeVar("S")

RECORD_OVERHEAD = 512
"""Bytes to leave for what Kafka adds to a record and its batch."""


class Oversized(Exception):
    """A state or an output is above its topic's limit."""


def size_of(output: Output) -> int:
    """Bytes of a record on the wire, at most."""
    headers = sum(len(name) + len(value) for name, value in output.headers)
    return len(output.key or b"") + len(output.value or b"") + headers + RECORD_OVERHEAD


@dataclass(slots=True)
class Uncommitted(Generic[S]):
    """The states of one partition, and the changes and outputs of the transaction in hand.

    Nothing is ever undone: after any failure the owner throws this away and restores another.
    """

    application: Application[S]
    states: dict[bytes, S]
    next: int
    """The input offset to apply next."""
    state_topic: str
    worker: str
    """Who we are, for dead letters."""
    limits: Mapping[str, int]
    """Largest record of a topic, bytes; topics that are not named have none."""
    condemned: Mapping[int, Rejection] = field(default_factory=dict)
    """Records that must not be applied: by offset, why."""
    pending: int = 0
    """Records applied since the last commit."""
    _changed: dict[bytes, None] = field(default_factory=dict)
    _outputs: list[Output] = field(default_factory=list)

    def apply(self, record: Record) -> Sequence[Rejection]:
        """Apply the record at `next`, or dead-letter it with the reason.

        Raises:
            StopWorker: The application cannot go on.
        """
        rejections = self._try(record)
        for rejection in rejections:
            self._outputs.append(dead_letter(record, rejection, self.worker))
        self.skip_to(record.offset + 1)
        self.pending += 1
        return rejections

    def _try(self, record: Record) -> Sequence[Rejection]:
        if condemned := self.condemned.get(record.offset):
            return (condemned,)
        try:
            effects = self.application.apply(record, self.states)
        except StopWorker:
            raise
        except Reject as exc:
            return (Rejection(exc.reason, exc.detail),)
        except Exception as exc:
            return (Rejection(RejectReason.PROCESSING_FAILED, f"{type(exc).__name__}: {exc}"),)
        for key, state in effects.changes.items():
            if state is None:
                self.states.pop(key, None)
            else:
                self.states[key] = state
            self._changed[key] = None
        self._outputs.extend(effects.outputs)
        return effects.rejections

    def add(self, outputs: Sequence[Output], changed: Sequence[bytes] = ()) -> None:
        """Put these into the next transaction too, with these states written again."""
        self._outputs.extend(outputs)
        self._changed.update(dict.fromkeys(changed))

    def skip_to(self, offset: int) -> None:
        """Pass over a hole of the log."""
        self.next = max(self.next, offset)

    def settle(self) -> list[Output]:
        """Everything the transaction in hand writes, but the position: outputs first, then states.

        Raises:
            Oversized: One of them is too large; which record did it is known only if `pending` is 1.
        """
        written = list(self._outputs)
        written += self.application.summarise(tuple(self._changed), self.states)
        written += (Output(self.state_topic, key, self._encoded(key)) for key in self._changed)
        for output in written:
            limit = self.limits.get(output.topic)
            if limit is not None and size_of(output) > limit:
                raise Oversized(
                    f"{size_of(output)} bytes for {output.topic} key {output.key!r}: over {limit}"
                )
        return written

    def _encoded(self, key: bytes) -> bytes | None:
        state = self.states.get(key)
        return None if state is None else self.application.encode_state(key, state)

    def settled(self) -> None:
        """The transaction counts."""
        self._outputs.clear()
        self._changed.clear()
        self.pending = 0

"""Records as plain values, and dead letters: what the log, the owner and the engine say to each other."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from allywatch.errors import RejectReason
from allywatch_schemas.codec import Headers
from allywatch_schemas.topics import dead_letters_of


@dataclass(frozen=True, slots=True)
class Record:
    """A record read from a topic. It has no broker time on purpose: replay must not depend on it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A record to write, to the partition in hand."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record, or one region's share of it, was not applied."""

    reason: RejectReason
    detail: str
    region: str | None = None


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Effects(Generic[S]):
    """What applying one record does: changed states (None: forget it), outputs, rejections."""

    changes: Mapping[bytes, S | None] = field(default_factory=dict)
    outputs: Sequence[Output] = ()
    rejections: Sequence[Rejection] = ()


class Application(Protocol[S]):
    r"""What a partition owner runs: pure functions over the states of one partition.

    Keys that start with NUL are not regions; `\0position` and `\0attempt` belong to the owner.
    """

    def decode_state(self, key: bytes, value: bytes) -> S:
        """The state as stored. Raising means: it is corrupt."""
        ...

    def encode_state(self, key: bytes, state: S) -> bytes:
        """The state's bytes; equal states give equal bytes."""
        ...

    def recover_state(self, key: bytes, value: bytes, error: Exception) -> S:
        """What to start from when a stored state is corrupt (its bytes are dead-lettered).

        Raises:
            StopWorker: There is no safe way to go on without it.
        """
        ...

    def apply(self, record: Record, states: Mapping[bytes, S]) -> Effects[S]:
        """Apply one record. Must not change `states`. Raising means: dead-letter the record."""
        ...

    def summarise(self, changed: Collection[bytes], states: Mapping[bytes, S]) -> Sequence[Output]:
        """Once per transaction: the coalesced outputs for the states that changed in it."""
        ...


PREFIX = "allywatch-"
REASON, DETAIL, WORKER, REGION = f"{PREFIX}reason", f"{PREFIX}detail", f"{PREFIX}worker", f"{PREFIX}region"
TOPIC, PARTITION, OFFSET = f"{PREFIX}topic", f"{PREFIX}partition", f"{PREFIX}offset"
REDRIVEN = f"{PREFIX}redriven"
"""On a record that `allywatch redrive` put back; its value is `topic:partition:offset` of the dead letter."""


def dead_letter(record: Record, rejection: Rejection, worker: str) -> Output:
    """The dead letter of a record: original key, value and headers, and headers that say why and where."""
    why: list[tuple[str, str | None]] = [
        (REASON, rejection.reason.value),
        (DETAIL, rejection.detail[:2_000]),
        (WORKER, worker),
        (REGION, rejection.region),
        (TOPIC, record.topic),
        (PARTITION, str(record.partition)),
        (OFFSET, str(record.offset)),
    ]
    kept = tuple(pair for pair in record.headers if pair[0] not in {name for name, _ in why})
    added = tuple((name, text.encode()) for name, text in why if text is not None)
    # Python's Kafka clients refuse to send a record with neither key nor value.
    key = b"" if record.key is None and record.value is None else record.key
    return Output(dead_letters_of(record.topic), key, record.value, kept + added)


class FailureLimit:
    """Counts unexpected failures; too many in a window mean that bad code is deployed.

    Invalid input never counts here: a stream of rubbish must not stop a worker.
    """

    def __init__(self, limit: int, window_seconds: float = 60.0) -> None:
        self._limit = limit
        self._window = window_seconds
        self._times: deque[float] = deque()

    def failed(self, now: float) -> bool:
        """Note one failure at `now` (seconds, any monotonic clock). True: the limit is passed, stop."""
        self._times.append(now)
        while self._times[0] < now - self._window:
            self._times.popleft()
        return len(self._times) > self._limit

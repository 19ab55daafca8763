"""What an owner is to do with its partition, how fast, and what it learnt on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from allywatch.records import Application, FailureLimit, Rejection
from allywatch.stream.patience import ANSWER_SECONDS
from allywatch.stream.position import Attempt

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, numbers in records."""

    interval: float = 0.05
    """At least this long between transactions."""
    backlog: float = 0.25
    """At most this long is applied before a commit while catching up."""
    idle: float = 1.0
    """With nothing delivered for so long, ask for the log's end."""
    measure: float = 5.0
    """At most this long between two looks at the lag."""
    max_batch: int = 2_000
    """Records in one transaction at most."""
    careful: int = 500
    """Records taken singly after a start that got nowhere."""
    start_timeout: float = 60.0
    answer_timeout: float = ANSWER_SECONDS
    """For one question to the log, and for each piece that is read of it."""
    commit_timeout: float = 15.0
    """Kafka's transaction timeout must not be shorter."""
    close_timeout: float = 1.5
    fence_wait: float = 4.0
    """Longer than a heartbeat, so that the group can say first who owns the partition.

    What the last acquisition took is added."""
    retry: float = 0.5
    retry_most: float = 5.0


@dataclass(frozen=True, slots=True)
class Work(Generic[S]):
    """What to do with a partition: the same for every acquisition."""

    application: Application[S]
    partition: int
    source: str
    """The input topic; written without transactions."""
    state: str
    """The compacted topic of states and position."""
    writer_name: str
    """Names the partition: a new owner fences the old one by it."""
    worker: str
    """Who we are, for dead letters."""
    limits: Mapping[str, int]
    """Largest record of a topic, bytes."""
    failures: FailureLimit
    """Shared by all owners of the process."""
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True)
class Precautions:
    """What an owner learnt in sessions that failed."""

    started: bool = False
    """This owner's start has been counted; sessions after the first are no new starts."""
    announced: Attempt | None = None
    """How that start was, or may have been, written."""
    single_until: int = 0
    """Below this offset records are taken one per transaction."""
    noting: bool = False
    """Each of these is noted as in hand beforehand: one of them may kill the process."""
    condemned: dict[int, Rejection] = field(default_factory=dict)
    """Records not to apply: by offset, why."""

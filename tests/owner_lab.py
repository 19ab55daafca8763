"""Runs partition owners on a log in memory, and holds what they wrote against a plain replay."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from allywatch.errors import Reject, RejectReason, StopWorker
from allywatch.records import FailureLimit, Output, Record, Rejection, dead_letter
from allywatch.stream.owner import PartitionOwner
from allywatch.stream.position import ATTEMPT_KEY, POSITION_KEY, Position, decode_position
from allywatch.stream.work import Pace, Work
from memory_log import MemoryLog
from tally import Tally, TallyApplication

SOURCE, STATE, P = "inputs", "state", 2
FAST = Pace(interval=0, idle=0.002, fence_wait=0.004, retry=0.001, retry_most=0.004, max_batch=7, careful=8)
LIMITS = {"risk": 100_000, STATE: 4_000}
COMMANDS = ["add A", "add B", "add C", "all", "drop A", "share B", "bug", "rubbish", None]
MIXED: list[str | None] = [random.Random(7).choice(COMMANDS) for _ in range(120)]


@dataclass
class Watcher:
    """An observer that remembers."""

    fenced_times: int = 0
    errors: list[Exception] = field(default_factory=list)
    rejections: list[tuple[int, Rejection]] = field(default_factory=list)
    commits: int = 0
    acquired_times: int = 0
    most_in_one: int = 0

    def restoring(self, partition: int, done: int, total: int) -> None: ...
    def applied(self, record: Record) -> None: ...
    def released(self, partition: int) -> None: ...
    def measured(self, partition: int, end: int, position: int) -> None: ...

    def acquired(self, partition: int, seconds: float, records: int, states: int, position: int) -> None:
        self.acquired_times += 1

    def fenced(self, partition: int) -> None:
        self.fenced_times += 1

    def failed(self, partition: int, error: Exception) -> None:
        self.errors.append(error)

    def rejected(self, record: Record, rejection: Rejection) -> None:
        self.rejections.append((record.offset, rejection))

    def committed(self, partition: int, seconds: float, position: int, outputs: Sequence[Output]) -> None:
        self.commits += 1


@dataclass
class Lab:
    """One log, and any number of owners of its partition `P`."""

    log: MemoryLog = field(default_factory=MemoryLog)
    application: TallyApplication = field(default_factory=TallyApplication)
    watcher: Watcher = field(default_factory=Watcher)
    stops: list[StopWorker] = field(default_factory=list)
    pace: Pace = FAST
    failure_limit: int = 1_000

    def owner(self) -> PartitionOwner[Tally]:
        work = Work(
            self.application, P, SOURCE, STATE, f"app-{P}", "tester", LIMITS,
            FailureLimit(self.failure_limit), self.pace,
        )  # fmt: skip
        return PartitionOwner(work, self.log, self.watcher, self.stops.append)

    def fill(self, values: Sequence[str | None]) -> list[Record]:
        return [self.log.append(SOURCE, P, v.encode() if v is not None else None) for v in values]

    @property
    def position(self) -> int:
        stored = self.last(STATE).get(POSITION_KEY)
        return decode_position(stored, P).offset if stored else 0

    def last(self, topic: str) -> dict[bytes, bytes]:
        """The last value of each key that has one."""
        latest = {r.key: r.value for r in self.log.committed(topic, P) if r.key is not None}
        return {key: value for key, value in latest.items() if value is not None}

    async def settle(self, seconds: float = 5.0) -> None:
        """Wait until everything is applied, or an owner stopped."""
        async with asyncio.timeout(seconds):
            while not self.stops and self.position < self.log.stable_end(SOURCE, P):
                await asyncio.sleep(0.001)

    async def run(self, hints: Sequence[Record] = (), seconds: float = 5.0) -> None:
        """One owner, these hints, until everything is applied."""
        owner = self.owner()
        owner.start()
        for hint in hints:
            owner.offer(hint)
            await asyncio.sleep(0)
        try:
            await self.settle(seconds)
        finally:
            await owner.release()

    def verify(self, condemned: Mapping[int, RejectReason] | None = None) -> None:
        """Everything equals a replay: states byte for byte, alerts and dead letters in order, last risk."""
        expected = replay(self.log.committed(SOURCE, P), condemned or {})
        states = {k: v for k, v in self.last(STATE).items() if k not in (POSITION_KEY, ATTEMPT_KEY)}
        assert states == expected.states
        assert told(self.log.committed("alerts", P)) == expected.alerts
        letters = [replace(r, topic="", offset=0) for r in self.log.committed(f"{SOURCE}-dlq", P)]
        assert [(r.value, why(r.headers)) for r in letters] == expected.dead
        assert self.last("risk") == expected.risk
        assert self.position == self.log.stable_end(SOURCE, P)


Told = list[tuple[bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]]


def told(records: Sequence[Record]) -> Told:
    return [(r.key, r.value, r.headers) for r in records]


def why(headers: Sequence[tuple[str, bytes]]) -> tuple[str, str]:
    found = dict(headers)
    return found["allywatch-reason"].decode(), found["allywatch-offset"].decode()


@dataclass
class Expected:
    states: dict[bytes, bytes] = field(default_factory=dict)
    alerts: Told = field(default_factory=list)
    risk: dict[bytes, bytes] = field(default_factory=dict)
    dead: list[tuple[bytes | None, tuple[str, str]]] = field(default_factory=list)


def replay(records: Sequence[Record], condemned: Mapping[int, RejectReason]) -> Expected:
    """What must come out: one record after another, without transactions, failures or owners."""
    application = TallyApplication()
    states: dict[bytes, Tally] = {}
    expected = Expected()
    for record in records:
        if reason := condemned.get(record.offset):
            expected.dead.append((record.value, (reason.value, str(record.offset))))
            continue
        try:
            effects = application.apply(record, states)
        except Reject as exc:
            expected.dead.append((record.value, (exc.reason.value, str(record.offset))))
            continue
        except ZeroDivisionError:
            expected.dead.append((record.value, ("processing_failed", str(record.offset))))
            continue
        for key, state in effects.changes.items():
            if state is None:
                states.pop(key, None)
                expected.risk.pop(key, None)
            else:
                states[key] = state
                expected.risk[key] = str(state.count).encode()
        expected.alerts += [(o.key, o.value, o.headers) for o in effects.outputs]
        for rejection in effects.rejections:
            letter = dead_letter(record, rejection, "tester")
            expected.dead.append((record.value, why(letter.headers)))
    expected.states = {key: application.encode_state(key, state) for key, state in states.items()}
    return expected


def failing_at(steps: Callable[[str, int], bool]) -> Callable[[str], None]:
    """A fault: `steps(name, n)` says whether the n-th step of all fails."""
    count = 0

    def fault(step: str) -> None:
        nonlocal count
        count += 1
        if steps(step, count):
            raise ConnectionError(f"step {count}: {step}")

    return fault


def stored_position(offset: int, topic_id: str = f"id-of-{SOURCE}") -> bytes:
    return Position(topic_id, offset).encode()

"""Replay in process what an owner does on Kafka: for proofs, backtests and tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allywatch.engine.engine import RegionEngine
from allywatch.engine.state import State
from allywatch.records import Output, Record, Rejection


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of the records."""

    states: Mapping[bytes, State]
    outputs: tuple[Output, ...]
    """Alerts in order; after each transaction the scores of the regions that it changed."""
    rejections: tuple[tuple[Record, Rejection], ...]

    def encoded(self, engine: RegionEngine) -> dict[bytes, bytes]:
        """The states' bytes."""
        return {key: engine.encode_state(key, state) for key, state in self.states.items()}


def replay(
    records: Iterable[Record],
    engine: RegionEngine,
    states: Mapping[bytes, State] | None = None,
    *,
    transaction: int | None = 1,
) -> Replay:
    """Apply records of one partition in order.

    Args:
        records: From `region-inputs`.
        engine: Of that partition.
        states: What to start from; none: nothing. It is not changed.
        transaction: Scores come after so many records; None: once, at the end.
    """
    current = dict(states or {})
    outputs: list[Output] = []
    rejections: list[tuple[Record, Rejection]] = []
    changed: set[bytes] = set()
    for count, record in enumerate(records, 1):
        effects = engine.apply(record, current)
        for key, state in effects.changes.items():
            if state is None:
                current.pop(key, None)
            else:
                current[key] = state
        changed.update(effects.changes)
        outputs += effects.outputs
        rejections += [(record, rejection) for rejection in effects.rejections]
        if transaction is not None and count % transaction == 0:
            outputs += engine.summarise(changed, current)
            changed = set()
    outputs += engine.summarise(changed, current)
    return Replay(current, tuple(outputs), tuple(rejections))

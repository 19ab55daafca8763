"""A partition on its way through its log, input by input, as its owner applied them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allywatch.engine import PARTITION_KEY, PartitionState, RegionEngine, State
from allywatch.engine.inspection import Inspection
from allywatch.errors import StopWorker
from allywatch.past.methods import Methods
from allywatch.records import Effects, Output, Record
from allywatch_schemas import MethodActivated
from allywatch_schemas.codec import decode


@dataclass(frozen=True, slots=True)
class Scene:
    """A partition as it stood after one input."""

    offset: int
    states: Mapping[bytes, State]
    engine: RegionEngine
    """Under the method then in force."""
    method: tuple[str, str]
    outputs: Sequence[Output] = ()
    """What that input caused, scores apart."""

    @property
    def clock(self) -> int | None:
        """The engine's clock, milliseconds; None before the first tick."""
        return _clock(self.states)

    def score(self, region: str) -> Output | None:
        """The region's score as it was, or would have been, published; None before the first tick."""
        return next(iter(self.engine.summarise({region.encode()}, self.states)), None)

    def inspect(self, region: str) -> Inspection:
        """All that was seen of the region."""
        return self.engine.inspect(region, self.states)


@dataclass(slots=True)
class Replaying:
    """Goes forward only. `scene` is where it stands."""

    methods: Methods
    method: tuple[str, str]
    never_applied: Mapping[int, bytes | None]
    """Inputs that their owner gave up on."""
    states: dict[bytes, State] = field(default_factory=dict)
    offset: int = -1
    _outputs: Sequence[Output] = ()

    @property
    def scene(self) -> Scene:
        """A picture of now, which later steps do not change."""
        engine = self.methods.engine(self.method)
        return Scene(self.offset, dict(self.states), engine, self.method, self._outputs)

    def look_ahead(self, record: Record) -> Effects[State]:
        """What an input would do. What failed unexpectedly then fails again: it does nothing.

        Raises:
            CannotRebuild: It puts a method in force that is not at hand.
        """
        if self.never_applied.get(record.offset, b"") == record.value:
            return Effects()
        try:
            return self.methods.engine(self.method).apply(record, self.states)
        except StopWorker:
            self._change_method(record)
            return self.methods.engine(self.method).apply(record, self.states)
        except Exception:
            return Effects()

    def take(self, record: Record, effects: Effects[State]) -> None:
        """Go on to an input, with what `look_ahead` said."""
        for key, state in effects.changes.items():
            if state is None:
                self.states.pop(key, None)
            else:
                self.states[key] = state
        self.offset, self._outputs = record.offset, effects.outputs

    def _change_method(self, record: Record) -> None:
        activated = decode(record.value, record.headers, (MethodActivated,))
        assert isinstance(activated, MethodActivated)  # nothing else stops an engine
        self.method = activated.version, activated.digest
        self.methods.engine(self.method)


def clock_after(effects: Effects[State]) -> int | None:
    """The clock that an input leaves, milliseconds; None: it changes nothing, or there is none yet."""
    return _clock(effects.changes)


def _clock(states: Mapping[bytes, State | None]) -> int | None:
    shared = states.get(PARTITION_KEY)
    return shared.clock if isinstance(shared, PartitionState) else None

"""What was published of one region, and whether the rebuilt past says the same, byte for byte. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from allywatch.records import Output, Record
from allywatch_schemas import Alert, RegionRisk
from allywatch_schemas.codec import header

Told = tuple[bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]
"""Key, value and headers."""


def told(record: Record | Output) -> Told:
    """What a subscriber gets of a record."""
    return record.key, record.value, record.headers


@dataclass(frozen=True, slots=True)
class Publication:
    """A published record and what it says of where it came from."""

    record: Record
    offset: int
    """Of the input after which it was true."""
    version: str
    """Of the method that made it."""

    @property
    def id(self) -> str:
        """The CloudEvents id."""
        return header(self.record.headers, "ce_id") or ""


def alerts_of(records: Iterable[Record]) -> list[Publication]:
    """Transitions; what cannot be read is passed over."""
    return [each for record in records if (each := _read(record, Alert))]


def scores_of(records: Iterable[Record]) -> list[Publication]:
    """Scores; what cannot be read is passed over."""
    return [each for record in records if (each := _read(record, RegionRisk))]


def _read(record: Record, message: type[Alert] | type[RegionRisk]) -> Publication | None:
    try:
        said = message.read(record.value or b"")
    except ValueError:
        return None
    return Publication(record, said.sequence.offset, said.method_version)


@dataclass(slots=True)
class Comparison:
    """Counts what came out the same."""

    same: int = 0
    different: list[str] = field(default_factory=list)
    """Ids of what differs, is missing on one side, or was published otherwise."""

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.different


class Published:
    """What was published of one region, by the input that caused it."""

    def __init__(self, alerts: Iterable[Publication], scores: Iterable[Publication]) -> None:
        """Nothing is compared yet."""
        self.alerts = list(alerts)
        self.scores: Mapping[int, Publication] = {each.offset: each for each in scores}
        self.comparison = Comparison()
        self._alerts_at: dict[int, list[Publication]] = {}
        for each in self.alerts:
            self._alerts_at.setdefault(each.offset, []).append(each)

    def version_at(self, offset: int) -> str | None:
        """The method that made what the input at `offset` caused; None: it caused nothing that is left."""
        found = self._alerts_at.get(offset) or ([self.scores[offset]] if offset in self.scores else [])
        return found[-1].version if found else None

    def compare_alerts(self, offset: int, rebuilt: Iterable[Output]) -> None:
        """Hold what an input causes against what was published. Repeats with the same bytes are one."""
        due = {header(each.headers, "ce_id") or "": told(each) for each in rebuilt}
        for each in self._alerts_at.get(offset, ()):
            self._note(each.id, told(each.record) == due.get(each.id))
        found = {each.id for each in self._alerts_at.get(offset, ())}
        for missing in due.keys() - found:
            self._note(missing, False)

    def compare_score(self, offset: int, rebuilt: Output | None) -> None:
        """Hold a score against the one published with that sequence."""
        each = self.scores[offset]
        self._note(each.id, rebuilt is not None and told(each.record) == told(rebuilt))

    def _note(self, id: str, same: bool) -> None:
        if same:
            self.comparison.same += 1
        else:
            self.comparison.different.append(id)

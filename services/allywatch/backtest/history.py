"""What a replay leaves behind: a sample per region and day, and every transition."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from allywatch_schemas import AlertState, Severity, TransitionReason


class Sample(NamedTuple):
    """A region at the end of a day."""

    region: str
    day: date
    z: int | None
    """Thousandths of a standard deviation above its usual; None while it is learning."""
    level: int | None
    """Slow pressure, micro-points; None: nobody asked for it."""
    confidence: int
    """Per mille."""


class Transition(NamedTuple):
    """One transition of one alert."""

    time: int
    """Milliseconds."""
    region: str
    rule: str
    episode: int
    revision: int
    state: AlertState
    previous: AlertState | None
    reason: TransitionReason
    severity: Severity
    value: float
    threshold: float
    notify: bool


class BadRow(NamedTuple):
    """A row that could not be used."""

    file: Path
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}"


@dataclass(slots=True)
class Tally:
    """What became of the rows."""

    rows: int = 0
    documents: int = 0
    """Those that say something about a region."""
    items: int = 0
    """Of evidence, derived ones included."""
    days: int = 0
    bad: int = 0
    first_bad: list[BadRow] = field(default_factory=list)

"""What the engine made of a decision, heard from what its owner writes. Pure.

The decision has an offset in its partition of `region-inputs`, and everything that comes of it names that
offset: a transition as its `sequence`, a dead letter in a header, a score as the same `sequence` or a later,
and the owner's position lies beyond it. All of that is one transaction.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from allywatch.errors import AllywatchError
from allywatch.records import DETAIL, OFFSET, Record
from allywatch.stream.position import POSITION_KEY, decode_position
from allywatch_schemas import Alert, RegionRisk
from allywatch_schemas.codec import header
from allywatch_schemas.topics import (
    REGION_ALERTS,
    REGION_INPUTS,
    REGION_RISK,
    REGION_STATE,
    dead_letters_of,
)

HEARD_ON = (REGION_ALERTS.name, REGION_RISK.name, REGION_STATE.name, dead_letters_of(REGION_INPUTS.name))


class Outcome(StrEnum):
    """What came of it; each says more than the one before."""

    UNHEARD = "unheard"
    """No score worker has come to it yet."""
    IGNORED = "ignored"
    """It was passed and nothing came of it: it named another episode than the one that is open."""
    APPLIED = "applied"
    """It changed the region's state without a transition: a mute."""
    REFUSED = "refused"
    """It makes no sense for the alert as it is."""
    CHANGED = "changed"
    """The alert went to another state."""


_RANKS = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome, with the transition or the reason."""

    outcome: Outcome
    alert: Alert | None = None
    detail: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing further can be heard of it."""
        return self.outcome in (Outcome.CHANGED, Outcome.REFUSED)


class Listener:
    """Takes records as they come, in any order between topics."""

    def __init__(self, offset: int, region: str) -> None:
        """Listen for what comes of the input at `offset`, about `region`."""
        self.answer = Answer(Outcome.UNHEARD)
        self._offset, self._region = offset, region

    def hear(self, record: Record) -> None:
        """Take up one record; what is about something else changes nothing."""
        with suppress(ValueError, AllywatchError):  # rubbish on a topic is not an answer
            heard = self._answer(record)
            if heard and _RANKS.index(heard.outcome) > _RANKS.index(self.answer.outcome):
                self.answer = heard

    def _answer(self, record: Record) -> Answer | None:
        match record.topic:
            case REGION_ALERTS.name:
                alert = Alert.read(record.value or b"")
                mine = alert.sequence.offset == self._offset and alert.region == self._region
                return Answer(Outcome.CHANGED, alert) if mine else None
            case REGION_RISK.name:
                risk = RegionRisk.read(record.value or b"")
                reached = risk.sequence.offset >= self._offset and risk.region == self._region
                return Answer(Outcome.APPLIED) if reached else None
            case REGION_STATE.name:
                return Answer(Outcome.IGNORED) if self._passed(record) else None
            case _:
                mine = header(record.headers, OFFSET) == str(self._offset)
                return Answer(Outcome.REFUSED, detail=header(record.headers, DETAIL) or "") if mine else None

    def _passed(self, record: Record) -> bool:
        if record.key != POSITION_KEY or record.value is None:
            return False
        return decode_position(record.value, record.partition).offset > self._offset

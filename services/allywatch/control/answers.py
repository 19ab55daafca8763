"""What the engine made of a decision, heard from what it publishes. Pure.

The decision has an offset in its partition of `region-inputs`, and everything that comes of it names that
offset: a transition as its `sequence`, a dead letter in a header, a score as the same `sequence` or a later.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from allywatch.records import DETAIL, OFFSET, Record
from allywatch_schemas import Alert, RegionRisk
from allywatch_schemas.codec import header
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS, REGION_RISK, dead_letters_of

HEARD_ON = (REGION_ALERTS.name, REGION_RISK.name, dead_letters_of(REGION_INPUTS.name))


class Outcome(StrEnum):
    """What came of it."""

    CHANGED = "changed"
    """The alert went to another state."""
    TAKEN_UP = "taken_up"
    """It was applied, and caused no transition: a mute, or a decision about another episode."""
    REFUSED = "refused"
    """It makes no sense for the alert as it is."""
    UNHEARD = "unheard"
    """No score worker has come to it yet."""


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
        if self.answer.final:
            return
        with suppress(ValueError):  # rubbish on a topic is not an answer
            self.answer = self._answer(record) or self.answer

    def _answer(self, record: Record) -> Answer | None:
        if record.topic == REGION_ALERTS.name:
            alert = Alert.read(record.value or b"")
            mine = alert.sequence.offset == self._offset and alert.region == self._region
            return Answer(Outcome.CHANGED, alert) if mine else None
        if record.topic == REGION_RISK.name:
            risk = RegionRisk.read(record.value or b"")
            reached = risk.sequence.offset >= self._offset and risk.region == self._region
            return Answer(Outcome.TAKEN_UP) if reached else None
        if header(record.headers, OFFSET) == str(self._offset):
            return Answer(Outcome.REFUSED, detail=header(record.headers, DETAIL) or "")
        return None

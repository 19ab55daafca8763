"""The story as it goes, one line for each thing that happens: pure functions from messages to text."""

from datetime import datetime

from rich.text import Text

from allywatch.stream.reasons import reason_of
from allywatch.stream.tail import LEVEL_STYLES, SEVERITY_STYLES, STATE_MARKS
from allywatch.terminal import printable
from allywatch_schemas import Alert, AlertState, TransitionReason

_VERBS = {
    TransitionReason.ACKNOWLEDGED_BY_PERSON: "acknowledged",
    TransitionReason.EVIDENCE_REVISED: "stands on less",
    TransitionReason.NEW_EVIDENCE: "told again, new evidence",
    TransitionReason.ESCALATED: "told again, escalated",
    TransitionReason.EVIDENCE_RETRACTED: "cancelled, taken back",
    TransitionReason.STAYED_BELOW: "resolved",
}
_WAITS = "not over, too little is heard"
_UNTOLD = frozenset({TransitionReason.ACKNOWLEDGED_BY_PERSON, TransitionReason.EVIDENCE_REVISED})
"""Worth a line although nobody is told of it."""


class Narrator:
    """Chooses the transitions that a reader needs: of a region one of a kind at a time, and its last end."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._open: dict[str, set[str]] = {}
        self._last: dict[str, tuple[datetime, AlertState]] = {}

    def worth_a_line(self, alert: Alert) -> bool:
        """Whether to show a transition; each is asked about once, in the order they come."""
        if not (alert.notify or alert.reason in _UNTOLD or _waits(alert)):
            return False
        told = self._open.setdefault(alert.region, set())
        known = alert.key in told
        if alert.open:
            told.add(alert.key)
        else:
            told.discard(alert.key)
        moment = (alert.changed_at, alert.state)
        again = self._last.get(alert.region) == moment
        if again or (not alert.open and not known) or (alert.state is AlertState.RESOLVED and told):
            return False
        self._last[alert.region] = moment
        return True


def news_line(at: datetime, headline: str) -> Text:
    """Something was published, said or decided."""
    return _line(Text.assemble((f"{at:%d %b %H:%M}  ", "dim"), printable(headline)))


def alert_line(alert: Alert) -> Text:
    """An alert changed: where, how high, which rule, how, and why if that is new."""
    mark, severity = STATE_MARKS[alert.state][0], SEVERITY_STYLES[alert.severity]
    verb = _WAITS if _waits(alert) else _VERBS.get(alert.reason, alert.state.value)
    line = Text.assemble(
        (f"{alert.changed_at:%d %b %H:%M}  ", "dim"),
        (f"  {mark} ", severity),
        (f"{printable(alert.region_name)} ", "bold"),
        (f"{alert.score:.0f} ", LEVEL_STYLES[alert.level]),
        (f"{printable(alert.rule)} ", "dim"),
        (verb, severity),
    )
    if alert.state is AlertState.FIRING and alert.notify and (reason := reason_of(alert.evidence)):
        line.append(f"  {reason}", "italic dim")
    return _line(line)


def _waits(alert: Alert) -> bool:
    return alert.reason is TransitionReason.UNHEARD and alert.state is AlertState.RECOVERING


def _line(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text

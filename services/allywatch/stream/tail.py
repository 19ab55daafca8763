"""Scores and alerts for a terminal: pure functions from messages to what rich can draw, or to plain lines."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from allywatch.alerts.inhibition import inhibited
from allywatch.stream.reasons import flip_of, reason_of, reasons_of
from allywatch.terminal import printable
from allywatch_schemas import (
    Alert,
    AlertState,
    Level,
    OpenAlert,
    RegionRisk,
    RegionState,
    Severity,
)

LEVEL_STYLES = {
    Level.LOW: "green",
    Level.GUARDED: "cyan",
    Level.ELEVATED: "yellow",
    Level.HIGH: "dark_orange",
    Level.CRITICAL: "bold red",
}
SEVERITY_STYLES = {Severity.INFO: "cyan", Severity.WARNING: "yellow", Severity.CRITICAL: "bold red"}
STATE_MARKS = {
    AlertState.PENDING: ("○", "dim"),
    AlertState.FIRING: ("●", "bold"),
    AlertState.ACKNOWLEDGED: ("◉", ""),
    AlertState.RECOVERING: ("◑", ""),
    AlertState.RESOLVED: ("✓", "green"),
    AlertState.CANCELLED: ("✗", "dim"),
}
CHANGE_OVER = timedelta(hours=24)
"""Of the engine's clock: what the change of a score is measured over."""

_BAR_CELLS = 20
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NOTICEABLE = 0.05


class ScoreBoard:
    """The latest scores, their change, and the last alerts; give it messages, then draw it.

    Args:
        regions: Only these regions, and members of these groups. Empty: all.
        rows: Scores to show, highest first.
        feed: Alerts to show, latest first.
        inhibit: Leave out alerts while another open alert tells the same cause.
    """

    def __init__(
        self, regions: Collection[str] = (), rows: int = 20, feed: int = 8, *, inhibit: bool = False
    ) -> None:
        self._regions = frozenset(regions)
        self._rows = rows
        self._inhibit = inhibit
        self._open: dict[str, Alert] = {}
        self._ended_unheard: frozenset[str] = frozenset()
        self.held: Mapping[str, str] = {}
        """Keys of open alerts that are left out → the alert that speaks for each."""
        self._history: dict[str, deque[tuple[datetime, float]]] = {}
        self.scores: dict[str, RegionRisk] = {}
        self.alerts: deque[Alert] = deque(maxlen=feed)

    def shows(self, region: str, groups: Iterable[str]) -> bool:
        """Whether a region is among those asked for."""
        return not self._regions or not self._regions.isdisjoint((region, *groups))

    def update(self, risk: RegionRisk) -> bool:
        """Take up a score. False: its region was not asked for."""
        if not self.shows(risk.region, risk.groups):
            return False
        self.scores[risk.region] = risk
        history = self._history.setdefault(risk.region, deque(maxlen=2_000))
        history.append((risk.time, risk.score))
        while len(history) > 1 and history[1][0] <= risk.time - CHANGE_OVER:
            history.popleft()
        return True

    def add(self, alert: Alert) -> bool:
        """Take up an alert's transition. False: its region was not asked for, or another speaks for it."""
        if alert.key in self.held or alert.key in self._ended_unheard:
            return False
        if not self.shows(alert.region, alert.groups):
            return False
        self.alerts.appendleft(alert)
        return True

    def hold_back(self, alerts: Collection[Alert]) -> None:
        """Work out whom others speak for, before `add`: all that came at once, so order does not matter.

        Every alert counts, its region asked for or not: a group may speak for a member that was.
        """
        if not self._inhibit:
            return
        before = self.held
        self._open |= {alert.key: alert for alert in alerts}
        self._open = {key: alert for key, alert in self._open.items() if alert.open}
        self.held = inhibited(self._open.values())
        self._ended_unheard = frozenset(each.key for each in alerts if not each.open and each.key in before)

    def change(self, region: str) -> float:
        """What the score rose by over the last day, as far as it was seen."""
        history = self._history[region]
        return history[-1][1] - history[0][1]

    def render(self) -> RenderableType:
        """The scores above, the alerts below."""
        lines = [line for at, alert in enumerate(self.alerts) for line in alert_lines(alert, full=at == 0)]
        feed = Group(*lines) if lines else Text("none yet", "dim")
        held = f"{len(self.held)} held back: another alert tells the same" if self.held else None
        panel = Panel(
            feed, title="alerts", title_align="left", subtitle=held, subtitle_align="left", border_style="dim"
        )
        return Group(self.table(), panel)

    def table(self) -> Table:
        """The scores, highest first."""
        table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
        table.add_column("region", no_wrap=True)
        table.add_column("score", no_wrap=True, min_width=_BAR_CELLS)
        for name in ("", "24 h"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("level", no_wrap=True)
        table.add_column("sure", justify="right", no_wrap=True)
        table.add_column("alerts", no_wrap=True)
        table.add_column("why", ratio=1, no_wrap=True, overflow="ellipsis")
        ranked = sorted(self.scores.values(), key=lambda risk: (-risk.score, risk.region))
        for risk in ranked[: self._rows]:
            table.add_row(*self._cells(risk))
        return table

    def _cells(self, risk: RegionRisk) -> list[Text]:
        style = LEVEL_STYLES[risk.level]
        return [
            Text(printable(risk.name), "bold" if risk.open_alerts else ""),
            bar(risk.score, style),
            Text(f"{risk.score:.0f}", style),
            change_text(self.change(risk.region)),
            level_text(risk),
            Text(f"{risk.confidence:.0%}", "dim"),
            alert_marks(risk.open_alerts),
            Text(reason_of(risk.contributions), "italic dim"),
        ]


def bar(score: float, style: str, cells: int = _BAR_CELLS) -> Text:
    """A bar of so many cells for a score of 0 to 100, exact to an eighth of a cell."""
    eighths = round(score / 100 * cells * 8)
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (_EIGHTHS[rest] if rest else "")
    return Text.assemble((drawn, style), ("·" * (cells - len(drawn)), "dim"))


def change_text(change: float) -> Text:
    """A change of the score, red when it rose."""
    if abs(change) < _NOTICEABLE:
        return Text("—", "dim")
    return Text(f"{'▲' if change > 0 else '▼'}{abs(change):.1f}", "red" if change > 0 else "green")


def level_text(risk: RegionRisk) -> Text:
    """The level, and what it must be taken with."""
    text = Text(risk.level.value, LEVEL_STYLES[risk.level])
    if risk.state is not RegionState.OK:
        text.append(f" {risk.state.value}", "dim italic")
    return text


def alert_marks(alerts: Iterable[OpenAlert]) -> Text:
    """One mark per open alert: its shape the state, its colour the severity."""
    return Text(" ").join(
        Text(STATE_MARKS[alert.state][0], SEVERITY_STYLES[alert.severity]) for alert in alerts
    )


def alert_line(alert: Alert) -> Text:
    """One transition, for the feed."""
    mark, style = STATE_MARKS[alert.state]
    severity = SEVERITY_STYLES[alert.severity]
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{alert.changed_at:%d %b %H:%M} ", "dim")
    line.append(f"{mark} ", severity)
    line.append(f"{printable(alert.region_name)} ", "bold")
    line.append(f"{alert.state.value} ", style or severity)
    line.append(f"{alert.severity.value} ", severity)
    line.append(f"{alert.score:.0f} ", LEVEL_STYLES[alert.level])
    line.append(f"{printable(alert.rule)} · {alert.origins} origins", "dim")
    if alert.flapping:
        line.append(" · flapping", "dim italic")
    if alert.exercise:
        line.append(" · exercise", "dim italic")
    if reason := reason_of(alert.evidence):
        line.append(f" · {reason}", "italic")
    return line


def alert_lines(alert: Alert, full: bool) -> list[Text]:
    """One transition; in full with each reason's share of the score, and what the level hangs on."""
    lines = [alert_line(alert)]
    if full:
        lines += [
            Text(f"  {reason}", "dim", no_wrap=True, overflow="ellipsis") for reason in reasons_of(alert)
        ]
        lines += [Text(f"  {printable(alert.note)}", "italic")] if alert.note else []
    return lines


def plain_alert(alert: Alert, encoding: str = "utf-8") -> str:
    """The same as one plain line, for logs and pipes; `encoding` is what the reader's end can show."""
    return _plain(
        f"{alert.changed_at:%Y-%m-%dT%H:%MZ} ALERT {alert.region} {alert.state.value} {alert.severity.value} "
        f"score={alert.score:.1f} rule={alert.rule} episode={alert.episode} revision={alert.revision} "
        f"reason={alert.reason.value} origins={alert.origins} {flip_of(alert)} "
        + " | ".join(filter(None, (*reasons_of(alert), " ".join(alert.note.split())))),
        encoding,
    )


def plain_score(risk: RegionRisk, encoding: str = "utf-8") -> str:
    """A score as one plain line."""
    return _plain(
        f"{risk.time:%Y-%m-%dT%H:%MZ} SCORE {risk.region} {risk.score:.1f} {risk.level.value} "
        f"state={risk.state.value} confidence={risk.confidence:.2f} open_alerts={len(risk.open_alerts)} "
        f"{reason_of(risk.contributions)}",
        encoding,
    )


def _plain(line: str, encoding: str) -> str:
    """The line with straight quotes; what `encoding` has no character for becomes `?`."""
    quotes = str.maketrans({"“": '"', "”": '"'})
    return printable(line).translate(quotes).encode(encoding, "replace").decode(encoding).rstrip()

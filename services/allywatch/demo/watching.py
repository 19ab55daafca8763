"""What comes out while the demonstration runs: a board for the eye, and what to say at the end."""

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from rich.table import Table
from rich.text import Text

from allywatch.client import AlertSubscriber, RiskReader
from allywatch.config import KafkaSettings
from allywatch.stream.reasons import reason_of
from allywatch.stream.tail import LEVEL_STYLES, ScoreBoard, bar
from allywatch.terminal import printable
from allywatch_schemas import Alert, AlertState, Level, RegionRisk

_WHY_CELLS = 58
"""So that the table fits 140 columns; the other columns need 80."""


class Summary:
    """The highest score of each region, and the alerts that fired."""

    def __init__(self) -> None:
        self.highest: dict[str, RegionRisk] = {}
        self.latest: dict[str, datetime] = {}
        self.fired: dict[str, set[str]] = {}
        self.cancelled: set[str] = set()

    def score(self, risk: RegionRisk) -> None:
        """Take up a score."""
        self.latest[risk.region] = risk.time
        known = self.highest.get(risk.region)
        if known is None or risk.score > known.score:
            self.highest[risk.region] = risk

    def alert(self, alert: Alert) -> None:
        """Take up a transition."""
        if alert.state is AlertState.FIRING:
            self.fired.setdefault(alert.region, set()).add(alert.episode)
        elif alert.state is AlertState.CANCELLED:
            self.cancelled.add(alert.episode)

    def table(self, least: Level = Level.GUARDED) -> Table:
        """Region, highest score, alerts and why; regions that reached `least`, highest first."""
        table = Table(box=None, header_style="dim", pad_edge=False)
        for name in ("region", "highest score", "", "level", "alerts"):
            table.add_column(name, no_wrap=True, justify="left" if name else "right")
        table.add_column("why", no_wrap=True)
        levels = list(Level)
        for risk in sorted(self.highest.values(), key=lambda r: (-r.score, r.region)):
            if levels.index(risk.level) < levels.index(least):
                continue
            style = LEVEL_STYLES[risk.level]
            table.add_row(
                Text(printable(risk.name), "bold"),
                bar(risk.score, style),
                Text(f"{risk.score:.0f}", style),
                Text(risk.level.value, style),
                self._alerts(risk.region),
                _shortened(reason_of(risk.contributions)),
            )
        return table

    def _alerts(self, region: str) -> Text:
        fired = self.fired.get(region, set())
        taken_back = len(fired & self.cancelled)
        return Text(f"{len(fired) or '–'}" + (f" ({taken_back} cancelled)" if taken_back else ""))


def _shortened(reason: str) -> Text:
    text = Text(reason, "italic")
    text.truncate(_WHY_CELLS, overflow="ellipsis")
    return text


class Watch:
    """Reads scores and alerts on a thread of its own, as any subscriber would.

    `lock` guards `board` and `summary`; `on_alert` is called on the thread.
    """

    def __init__(self, kafka: KafkaSettings, board: ScoreBoard, on_alert: Callable[[Alert], None]) -> None:
        self.board, self.summary, self.lock = board, Summary(), threading.Lock()
        self._kafka, self._on_alert = kafka, on_alert
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> "Watch":
        """Start reading."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading."""
        self._stop.set()
        self._thread.join(5)

    def has_reached(self, time: datetime) -> bool:
        """Whether every region seen has a score of that time or later."""
        with self.lock:
            return bool(self.summary.latest) and min(self.summary.latest.values()) >= time

    def _run(self) -> None:
        connection = self._kafka.for_kafka_python() | {"bootstrap_servers": self._kafka.servers}
        with (
            RiskReader(self._kafka.bootstrap, **connection) as scores,
            AlertSubscriber(self._kafka.bootstrap, start="earliest", **connection) as alerts,
        ):
            while not self._stop.is_set():
                for risk in scores.poll(0.1):
                    with self.lock:
                        self.board.update(risk)
                        self.summary.score(risk)
                while alert := alerts.poll(0.0):
                    with self.lock:
                        self.board.add(alert)
                        self.summary.alert(alert)
                    self._on_alert(alert)

"""Reads what comes out while the demonstration runs, on a thread of its own."""

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from allywatch.client import AlertSubscriber, RiskReader
from allywatch.config import KafkaSettings
from allywatch.demo.seen import Seen
from allywatch.stream.tail import ScoreBoard
from allywatch_schemas import Alert


class Watch:
    """Reads scores and alerts as any subscriber would.

    `lock` guards `board` and `seen`; `on_alert` is called on the thread, for alerts that the board shows and
    for those that a person decided about: somebody follows them.
    """

    def __init__(self, kafka: KafkaSettings, board: ScoreBoard, on_alert: Callable[[Alert], None]) -> None:
        self.board, self.seen, self.lock = board, Seen(), threading.Lock()
        self._kafka, self._on_alert = kafka, on_alert
        self._followed: set[str] = set()
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
            reached = self.seen.reached()
            return reached is not None and reached >= time

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
                        self.seen.score(risk)
                self._take(list(iter(lambda: alerts.poll(0.0), None)))

    def _take(self, came: list[Alert]) -> None:
        with self.lock:
            for alert in came:
                self.seen.alert(alert)
            self.board.hold_back(came)
            self._followed.update(alert.key for alert in came if alert.actor)
            shown = [alert for alert in came if self.board.add(alert) or alert.key in self._followed]
        for alert in shown:
            self._on_alert(alert)

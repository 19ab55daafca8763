"""An iterator of alert transitions, each once."""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from allywatch.client.connection import (
    OnUnreadable,
    connect,
    partitions,
    read_as,
    read_topic,
    warn,
)
from allywatch.client.scores import RiskReader
from allywatch.client.selection import Revisions, Wanted, open_now
from allywatch_schemas import Alert, OpenAlert
from allywatch_schemas.topics import REGION_ALERTS

Start = Literal["open", "latest", "earliest"]

_POLL_SECONDS = 1.0
_COMMIT_MS = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A record that was fetched; when it is done with, its partition is done up to `after`."""

    tp: Any
    after: int
    alert: Alert | None


@dataclass(slots=True)
class _Past:
    """A partition whose past is being read, to find what is open now."""

    until: int
    last: dict[str, Alert] = field(default_factory=dict)


class AlertSubscriber:
    """An iterator of alert transitions, each once.

    Args:
        bootstrap: Kafka's addresses, `host:port` with commas between.
        group: Consumer group: its members share the alerts, and go on where they stopped. None: all alerts
            come here, and nothing is remembered for the next time.
        states: Only these states, such as `("firing", "resolved")`. None: all.
        regions: Only these regions, and members of these groups. None: all.
        min_severity: Only rules of this severity and above. None: all.
        start: Where to begin when the group has no place yet: `open` (what is open now, then what comes),
            `latest` (what comes), `earliest` (all that Kafka still holds).
        on_unreadable: Called with each record that cannot be read; None: a warning is logged. They are
            counted in `unreadable` either way, and skipped.
        remember: Episodes whose last revision is kept, to drop repeats.
        consumer: In place of a `kafka.KafkaConsumer`, for tests.
        **kafka: Further settings of kafka-python: TLS, SASL, timeouts.

    Raises:
        RetryLater: No broker answers.
        AllywatchError: The topic does not exist.
    """

    def __init__(
        self,
        bootstrap: str = "127.0.0.1:9092",
        group: str | None = None,
        *,
        states: Collection[str] | None = None,
        regions: Collection[str] | None = None,
        min_severity: str | None = None,
        start: Start = "latest",
        on_unreadable: OnUnreadable | None = None,
        remember: int = 100_000,
        consumer: Any = None,
        **kafka: Any,
    ) -> None:
        self._wanted = Wanted.of(states, regions, min_severity)
        self._bootstrap, self._group, self._kafka = bootstrap, group, kafka
        self._start, self._on_unreadable = start, on_unreadable or warn
        self._revisions = Revisions(remember)
        self._waiting: deque[_Waiting] = deque()
        self._pasts: dict[Any, _Past] = {}
        self._known: set[Any] = set()
        self._done: dict[Any, int] = {}
        self._in_hand: _Waiting | None = None
        self._closed = False
        self.unreadable = 0
        """Records that could not be read."""
        self.duplicates = 0
        """Repeats that were dropped."""
        reset = "latest" if start == "latest" else "earliest"
        self._consumer = consumer or connect(bootstrap, group, reset, **kafka)
        self._join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._in_hand = None  # the work on it failed: it comes again
        self.close()

    def __iter__(self) -> Iterator[Alert]:
        """Alerts as they come, until `close`, or Ctrl-C while waiting for one."""
        while not self._closed:
            try:
                alert = self.poll(_POLL_SECONDS)
            except KeyboardInterrupt:
                self.close()
                return
            if alert:
                yield alert

    def poll(self, timeout: float = 0.0) -> Alert | None:
        """The next alert, or None if none comes within so many seconds.

        Asking for it says that the work on the one before is done: with a group, that is committed now.
        """
        until = time.monotonic() + timeout
        self._finish_in_hand()
        while True:
            if alert := self._next_waiting():
                return alert
            self._commit()
            left = max(0.0, until - time.monotonic())
            if not self._fetch(left) and not self._waiting and left == 0:
                return None

    def open_alerts(self) -> dict[str, Alert | OpenAlert]:
        """What is open now, by alert key, of the regions and severities asked for, in whatever state.

        Reads both topics from their beginnings by consumers of their own: the place in the stream stays. An
        alert that is older than Kafka's retention of alerts comes as the short `OpenAlert`.
        """
        with RiskReader(self._bootstrap, on_unreadable=self._on_unreadable, **self._kafka) as reader:
            scores = reader.catch_up()
        records = read_topic(self._bootstrap, REGION_ALERTS.name, **self._kafka)
        read = (read_as(record, Alert) for record in records)
        last = {alert.key: alert for alert in read if isinstance(alert, Alert)}
        return open_now(scores.values(), last, self._wanted)

    def close(self) -> None:
        """Commit what is done and leave. The alert last handed out counts as done."""
        if self._closed:
            return
        self._closed = True
        try:
            self._finish_in_hand()
        finally:
            self._consumer.close()

    def _join(self) -> None:
        if self._group is not None:
            self._consumer.subscribe([REGION_ALERTS.name], listener=_listener(self._let_go))
            return
        held = partitions(self._consumer, REGION_ALERTS.name)
        self._consumer.assign(held)
        self._take_up(held)
        for tp in held:
            self._consumer.position(tp)  # settled now, not at the first poll: what comes between counts

    def _let_go(self) -> None:
        """Others take over: what was fetched and not handed out will come to them."""
        self._commit()
        self._waiting.clear()
        self._known.clear()
        self._pasts.clear()

    def _take_up(self, held: Collection[Any]) -> set[Any]:
        """Partitions without a place begin where `start` says; returns those whose past is to be read."""
        new = set(held) - self._known
        self._known |= new
        if self._start != "open":
            return set()
        fresh = {tp for tp in new if self._group is None or self._consumer.committed(tp) is None}
        begins = self._consumer.beginning_offsets(list(fresh)) if fresh else {}
        ends = self._consumer.end_offsets(list(fresh)) if fresh else {}
        for tp in fresh:
            self._consumer.seek(tp, begins[tp])
            self._pasts[tp] = _Past(ends[tp])
        return fresh

    def _fetch(self, seconds: float) -> bool:
        """Ask Kafka once. While a past is being read its end must be noticed, so the wait is short."""
        wait = min(seconds, 0.1) if self._pasts else seconds
        fetched = self._consumer.poll(timeout_ms=round(wait * 1000))
        begun_anew = self._take_up(self._consumer.assignment())
        for tp, records in fetched.items():
            if tp not in begun_anew:
                for record in records:
                    self._sort(tp, record)
        for tp in list(self._pasts):
            self._end_past(tp)
        return bool(fetched)

    def _sort(self, tp: Any, record: Any) -> None:
        alert = self._read(record)
        past = self._pasts.get(tp)
        if past is None or record.offset >= past.until:
            self._waiting.append(_Waiting(tp, record.offset + 1, alert))
        elif alert is not None:
            past.last[alert.key] = alert

    def _end_past(self, tp: Any) -> None:
        """Once all of it was read: hand out what is open, and only with the last of it move the place on."""
        past = self._pasts[tp]
        if self._consumer.position(tp) < past.until:
            return
        del self._pasts[tp]
        still_open = [_Waiting(tp, 0, alert) for alert in past.last.values() if alert.open]
        self._waiting.extendleft([_Waiting(tp, past.until, None), *reversed(still_open)])

    def _read(self, record: Any) -> Alert | None:
        alert = read_as(record, Alert)
        if isinstance(alert, Alert):
            return alert
        self.unreadable += 1
        self._on_unreadable(alert)
        return None

    def _next_waiting(self) -> Alert | None:
        while self._waiting:
            one = self._waiting.popleft()
            if one.alert is not None and self._wanted.takes(one.alert):
                if self._revisions.is_new(one.alert):
                    self._in_hand = one
                    return one.alert
                self.duplicates += 1
            self._finish(one)
        return None

    def _finish_in_hand(self) -> None:
        if self._in_hand is not None:
            one, self._in_hand = self._in_hand, None
            self._finish(one)
        self._commit()

    def _finish(self, one: _Waiting) -> None:
        if one.after:
            self._done[one.tp] = one.after

    def _commit(self) -> None:
        if self._group is None or not self._done:
            return
        from kafka.errors import KafkaError
        from kafka.structs import OffsetAndMetadata

        try:
            offsets = {tp: OffsetAndMetadata(after, "", -1) for tp, after in self._done.items()}
            self._consumer.commit(offsets, timeout_ms=_COMMIT_MS)
        except KafkaError as exc:
            log.warning("not committed, so these alerts may come again: %s", exc)
        self._done = {}


def _listener(let_go: Callable[[], None]) -> Any:
    from kafka import ConsumerRebalanceListener

    class Listener(ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python is untyped
        def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
            let_go()

        def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
            pass

    return Listener()

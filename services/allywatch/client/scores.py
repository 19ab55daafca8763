"""The latest score of every region."""

from collections.abc import Iterable
from typing import Any, Self

from allywatch.client.connection import (
    OnUnreadable,
    Unreadable,
    connect,
    partitions,
    read_as,
    read_to_end,
    warn,
)
from allywatch_schemas import RegionRisk
from allywatch_schemas.topics import REGION_RISK


class RiskReader:
    """Reads `region-risk` from its beginning, and keeps the last score of each region in `scores`.

    Args:
        bootstrap: Kafka's addresses, `host:port` with commas between.
        on_unreadable: Called with each record that cannot be read; None: a warning is logged.
        consumer: In place of a `kafka.KafkaConsumer`, for tests.
        **kafka: Further settings of kafka-python.

    Raises:
        RetryLater: No broker answers.
        AllywatchError: The topic does not exist.
    """

    def __init__(
        self,
        bootstrap: str = "127.0.0.1:9092",
        *,
        on_unreadable: OnUnreadable | None = None,
        consumer: Any = None,
        **kafka: Any,
    ) -> None:
        self._consumer = consumer or connect(bootstrap, None, "earliest", **kafka)
        self._on_unreadable = on_unreadable or warn
        self._held = partitions(self._consumer, REGION_RISK.name)
        self._consumer.assign(self._held)
        self._consumer.seek_to_beginning(*self._held)
        self.scores: dict[str, RegionRisk] = {}
        """The last score of each region, as far as was read."""
        self.unreadable = 0
        """Records that could not be read."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def catch_up(self) -> dict[str, RegionRisk]:
        """Read all that is there now, and return the scores.

        Raises:
            RetryLater: Kafka stopped answering.
        """
        self._take(read_to_end(self._consumer, self._held))
        return self.scores

    def poll(self, timeout: float = 0.0) -> list[RegionRisk]:
        """Scores that came since, waiting so many seconds for the first."""
        fetched = self._consumer.poll(timeout_ms=round(timeout * 1000))
        return self._take(record for records in fetched.values() for record in records)

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _take(self, records: Iterable[Any]) -> list[RegionRisk]:
        new = []
        for record in records:
            if record.value is None:
                self.scores.pop((record.key or b"").decode(errors="replace"), None)
                continue
            risk = read_as(record, RegionRisk)
            if isinstance(risk, Unreadable):
                self.unreadable += 1
                self._on_unreadable(risk)
                continue
            self.scores[risk.region] = risk
            new.append(risk)
        return new

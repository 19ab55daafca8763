"""What owners report, as log lines beside the metrics."""

from collections.abc import Sequence

import structlog

from allywatch.metrics.score import ScoreMetrics
from allywatch.records import Output, Record, Rejection

_log = structlog.get_logger("allywatch.score")


class Reporter:
    """An observer that passes everything on to the metrics and writes what an operator wants to read."""

    def __init__(self, metrics: ScoreMetrics) -> None:
        self._metrics = metrics
        self.lags: dict[int, int] = {}
        """Log end minus position, as last measured, by partition."""

    def restoring(self, partition: int, done: int, total: int) -> None:
        """Recovery moves."""
        self._metrics.restoring(partition, done, total)

    def acquired(self, partition: int, seconds: float, records: int, states: int, position: int) -> None:
        """A partition was taken over."""
        self._metrics.acquired(partition, seconds, records, states, position)
        _log.info(
            "partition acquired",
            partition=partition,
            seconds=round(seconds, 2),
            records=records,
            states=states,
            position=position,
        )

    def released(self, partition: int) -> None:
        """A partition was let go."""
        self.lags.pop(partition, None)
        self._metrics.released(partition)

    def fenced(self, partition: int) -> None:
        """Another worker owns it now."""
        self._metrics.fenced(partition)
        _log.warning("partition taken over by another worker", partition=partition)

    def failed(self, partition: int, error: Exception) -> None:
        """It will be acquired again."""
        self._metrics.failed(partition, error)
        _log.warning("partition failed; it will be acquired again", partition=partition, error=repr(error))

    def applied(self, record: Record) -> None:
        """A record was applied."""
        self._metrics.applied(record)

    def rejected(self, record: Record, rejection: Rejection) -> None:
        """A record, or a region's share of it, is dead-lettered."""
        self._metrics.rejected(record, rejection)
        _log.warning(
            "dead letter",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=rejection.reason.value,
            detail=rejection.detail[:300],
            region=rejection.region,
        )

    def committed(self, partition: int, seconds: float, position: int, outputs: Sequence[Output]) -> None:
        """A transaction counts."""
        self._metrics.committed(partition, seconds, position, outputs)

    def measured(self, partition: int, end: int, position: int) -> None:
        """The lag, exactly."""
        self.lags[partition] = end - position
        self._metrics.measured(partition, end, position)

"""How workers log: structlog and the standard library in one format, on standard error."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Literal

import structlog

from allywatch.terminal import printable

_CHATTY = ("aiokafka", "faust", "kafka", "httpx", "mode")
_REPEAT_SECONDS = 30.0
_MOST_KINDS = 500


def configure_logs(level: str, form: Literal["console", "json"]) -> None:
    """Set up logging for this process; called by the command line alone.

    Args:
        level: Of our own records. Those of Kafka's clients start at WARNING: below, they cost throughput;
            and unless it is DEBUG, each kind of them comes twice a minute at most.
        form: For people (`console`) or for machines (`json`, one object a line).
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [without_control_codes, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        if form == "console"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    if level != "DEBUG":
        handler.addFilter(FewRepeats(_CHATTY, time.monotonic))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


class FewRepeats(logging.Filter):
    """Of one kind of record, the first at once, then one in 30 seconds that says how many it stands for.

    Without a broker, Kafka's clients would write a hundred lines a second, all the same.
    """

    def __init__(self, names: tuple[str, ...], clock: Callable[[], float]) -> None:
        """Watch these loggers and what is below them, by a clock in seconds."""
        super().__init__()
        self._names, self._clock = names, clock
        self._next: dict[tuple[str, str], float] = {}
        self._held: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        if record.name.partition(".")[0] not in self._names:
            return True
        kind, now = (record.name, str(record.msg)), self._clock()
        if now < self._next.get(kind, now):
            self._held[kind] = self._held.get(kind, 0) + 1
            return False
        if len(self._next) >= _MOST_KINDS:
            self._next.clear()
            self._held.clear()
        self._next[kind] = now + _REPEAT_SECONDS
        if held := self._held.pop(kind, 0):
            record.msg = f"{record.msg} (and {held} more like it)"
        return True


def without_control_codes(
    logger: object, method: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A processor for logs that people read: what came from outside cannot drive their terminal."""
    for key, value in record.items():
        if isinstance(value, str) and key not in ("exception", "stack"):
            record[key] = printable(value)
    return record

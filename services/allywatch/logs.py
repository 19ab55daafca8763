"""How workers log: structlog and the standard library in one format, on standard error."""

import logging
import sys
from typing import Literal

import structlog

from allywatch.terminal import printable

_CHATTY = ("aiokafka", "faust", "kafka", "httpx", "mode")


def configure_logs(level: str, form: Literal["console", "json"]) -> None:
    """Set up logging for this process; called by the command line alone.

    Args:
        level: Of our own records. Those of Kafka's clients start at WARNING: below, they cost throughput.
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
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


def without_control_codes(
    logger: object, method: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A processor for logs that people read: what came from outside cannot drive their terminal."""
    for key, value in record.items():
        if isinstance(value, str) and key not in ("exception", "stack"):
            record[key] = printable(value)
    return record

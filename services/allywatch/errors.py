"""Errors, split by what a loop must do with them."""

from enum import StrEnum
from pathlib import Path


class AllywatchError(Exception):
    """Something a person should know. The text ends with what to do next."""


class StopWorker(AllywatchError):
    """The worker must stop: going on would lose or falsify something. Says the remedy."""


class Refused(StopWorker):
    """Kafka is there and will not take us with these settings; trying again cannot help."""


class RetryLater(AllywatchError):
    """A passing fault outside (network, broker): the same call may succeed later."""


class ConfigError(AllywatchError):
    """A configuration file is wrong."""

    def __init__(self, message: str, *, file: Path | str, line: int | None = None, fix: str = "") -> None:
        where = f"{file}:{line}" if line is not None else str(file)
        super().__init__(f"{where}: {message}" + (f" Fix: {fix}" if fix else ""))
        self.message = message
        self.file = str(file)
        self.line = line
        self.fix = fix


class RejectReason(StrEnum):
    """Why a record was dead-lettered: a header of the dead letter and a metric label.

    The first six are those of `allywatch_schemas.codec.DecodeReason`.
    """

    NULL_VALUE = "null_value"
    WRONG_ENCODING = "wrong_encoding"
    NOT_JSON = "not_json"
    UNKNOWN_TYPE = "unknown_type"
    INVALID = "invalid"
    OVERSIZED = "oversized"
    BAD_ROW = "bad_row"
    """A row or item of a feed or file that could not be turned into a message."""
    UNKNOWN_REGION = "unknown_region"
    PROCESSING_FAILED = "processing_failed"
    """Our code raised: a defect. Too many of these stop the worker."""
    KILLED_WORKER = "killed_worker"
    """The process died with this record in hand, again and again."""
    CORRUPT_STATE = "corrupt_state"


class Reject(AllywatchError):
    """One record or row cannot be used: dead-letter it, count it, go on."""

    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

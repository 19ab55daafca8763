"""Why a moment of the past cannot be rebuilt."""

from enum import StrEnum

from allywatch.errors import AllywatchError


class Hindrance(StrEnum):
    """A closed set, for programs and for tests."""

    OLDER_THAN_RETENTION = "older_than_retention"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_THE_BEGINNING = "before_the_beginning"
    UNKNOWN_REGION = "unknown_region"
    UNKNOWN_ALERT = "unknown_alert"
    LOG_MADE_ANEW = "log_made_anew"
    METHOD_UNKNOWN = "method_unknown"


class CannotRebuild(AllywatchError):
    """One line: the reason, and what works instead."""

    def __init__(self, reason: Hindrance, text: str) -> None:
        super().__init__(text)
        self.reason = reason

"""Why a look into the past is refused."""

from enum import StrEnum

from allywatch.errors import AllywatchError


class RefusalReason(StrEnum):
    """A closed set, for people and for tests."""

    OLDER_THAN_RETENTION = "older_than_retention"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_THE_BEGINNING = "before_the_beginning"
    UNKNOWN_REGION = "unknown_region"
    UNKNOWN_ALERT = "unknown_alert"
    LOG_MADE_ANEW = "log_made_anew"
    METHOD_UNKNOWN = "method_unknown"


class Refused(AllywatchError):
    """The moment cannot be rebuilt. One line, with the reason and what works instead."""

    def __init__(self, reason: RefusalReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason

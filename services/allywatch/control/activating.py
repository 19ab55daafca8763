"""Putting the installed method in force."""

from datetime import datetime

from allywatch.config import KafkaSettings
from allywatch.control.orders import activation
from allywatch.control.sending import send
from allywatch.engine import Method, load_method
from allywatch.regions import load_registry


def activate_installed(kafka: KafkaSettings, now: datetime) -> tuple[Method, dict[int, int]]:
    """Tell every partition that from here on the method of this release is in force.

    Returns:
        The method, and from which input of each partition on.

    Raises:
        RetryLater: No broker answered, or not all partitions have it; doing it again is harmless.
        AllywatchError: The topic does not exist.
        ConfigError: A file of the method is wrong.
    """
    method = load_method(load_registry())
    return method, send(kafka, activation(method.version, method.digest, now))

"""Questions to Kafka's administration that workers and tools share (kafka-python)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from allywatch.client.access import check_access
from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError, RetryLater

_UNKNOWN_TOPIC = 3  # Kafka's error code


@contextmanager
def admin_client(kafka: KafkaSettings, timeout_seconds: float = 10.0) -> Iterator[Any]:
    """A connected `kafka.KafkaAdminClient`, closed at the end.

    Args:
        kafka: How to reach the brokers.
        timeout_seconds: How long to try.

    Raises:
        Refused: A broker is there and does not take us with these settings.
        RetryLater: No broker answered in that time.
    """
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaTimeoutError

    settings = kafka.for_kafka_python()
    check_access(**settings)
    try:
        client = KafkaAdminClient(**settings, bootstrap_timeout_ms=round(timeout_seconds * 1000))
    except KafkaTimeoutError:
        raise RetryLater(
            f"no Kafka broker answered at {kafka.bootstrap} within {timeout_seconds:g} s. Start one with "
            "`allywatch broker`, or set ALLYWATCH_KAFKA_BOOTSTRAP."
        ) from None
    try:
        yield client
    finally:
        client.close()


def topic_ids(kafka: KafkaSettings, topics: Iterable[str], timeout_seconds: float = 10.0) -> dict[str, str]:
    """Kafka's id of each topic: it changes when a topic is deleted and made again under its name.

    Blocking; call it from a thread when a loop runs.

    Returns:
        Topic → id, a UUID in its usual text form.

    Raises:
        AllywatchError: A topic does not exist, or cannot be described.
        Refused: A broker is there and does not take us with these settings.
        RetryLater: No broker answered.
    """
    wanted = list(topics)
    with admin_client(kafka, timeout_seconds) as client:
        described = {topic["name"]: topic for topic in client.describe_topics(wanted)}
    missing = [name for name in wanted if described.get(name, {}).get("error_code") == _UNKNOWN_TOPIC]
    if missing:
        raise AllywatchError(f"no such topic: {', '.join(missing)}. Run `allywatch topics`.")
    for name in wanted:
        if name not in described or described[name]["error_code"] != 0 or not described[name]["topic_id"]:
            code = described.get(name, {}).get("error_code")
            raise AllywatchError(
                f"Kafka does not describe topic {name} (code {code}). Grant this user Describe on it."
            )
    return {name: str(described[name]["topic_id"]) for name in wanted}

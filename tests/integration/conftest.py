"""A real Kafka for the tests. It is started once; a test that kills it or needs empty topics gets its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allywatch.broker.local import LocalBroker
from allywatch.broker.topics import ensure_topics
from allywatch.config import KafkaSettings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A soak goes round by round: so it says early how each drill does."""
    items.sort(key=_round_of)


def _round_of(item: pytest.Item) -> int:
    chosen = getattr(item, "callspec", None)
    return int(chosen.params.get("round_number", 0)) if chosen else 0


@pytest.fixture(scope="session")
def session_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """The broker that tests share, with all topics; never stop or kill it in a test."""
    with LocalBroker(tmp_path_factory.mktemp("kafka")) as broker:
        ensure_topics(KafkaSettings(bootstrap=broker.bootstrap))
        yield broker


@pytest.fixture
def kafka_bootstrap(session_broker: LocalBroker) -> str:
    """Address of the shared broker: its topics hold what other tests wrote."""
    return session_broker.bootstrap


@pytest.fixture
def kafka_settings(session_broker: LocalBroker) -> KafkaSettings:
    """How to reach the shared broker."""
    return KafkaSettings(bootstrap=session_broker.bootstrap)


@pytest.fixture
def empty_broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """A broker of the test's own without any topic; may be killed and restarted (≈ 2 s)."""
    with LocalBroker(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture
def clean_broker(empty_broker: LocalBroker) -> LocalBroker:
    """A broker of the test's own with all topics, empty; may be killed and restarted (≈ 2.5 s)."""
    ensure_topics(KafkaSettings(bootstrap=empty_broker.bootstrap))
    return empty_broker


@pytest.fixture
def clean_kafka(clean_broker: LocalBroker) -> KafkaSettings:
    """How to reach the test's own broker."""
    return KafkaSettings(bootstrap=clean_broker.bootstrap)


@pytest.fixture
def new_broker(tmp_path: Path) -> Iterator[Callable[..., LocalBroker]]:
    """Make brokers (not started) that are surely gone after the test."""
    made: list[LocalBroker] = []

    def make(name: str = "kafka", port: int | None = None) -> LocalBroker:
        made.append(LocalBroker(tmp_path / name, port))
        return made[-1]

    yield make
    for broker in made:
        broker.kill()

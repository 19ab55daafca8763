"""The score worker's Faust app, without a broker."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from allywatch.config import KafkaSettings
from allywatch.records import Record
from allywatch.stream.owners import Owners
from allywatch.stream.scoring import NEEDED, build_app, deliver


class NotedOwners:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.offered: list[Record] = []
        self.assigned: list[set[int]] = []
        self.closed = False

    def offer(self, record: Record) -> None:
        self.offered.append(record)

    def assign(self, partitions: set[int]) -> None:
        self.assigned.append(partitions)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def owners() -> NotedOwners:
    return NotedOwners()


def app_for(owners: NotedOwners, calls: list[str] | None = None) -> tuple[Any, Any]:
    app = build_app(KafkaSettings(), "tests")
    told = calls if calls is not None else []
    return app, deliver(app, cast("Owners[Any]", owners), lambda: told.append("assigned"))


async def test_delivered_events_reach_the_owners_with_bytes_and_headers(owners: NotedOwners) -> None:
    _, agent = app_for(owners)
    async with agent.test_context() as testing:
        await testing.put(b"not json \xff", key=b"POL", headers={"ce_type": b"x"}, partition=3)
    (record,) = owners.offered
    assert (record.key, record.value) == (b"POL", b"not json \xff")
    assert record.partition == 3
    assert record.headers == (("ce_type", b"x"),)


async def test_a_null_value_does_not_stop_the_agent(owners: NotedOwners) -> None:
    _, agent = app_for(owners)
    async with agent.test_context() as testing:
        await testing.put(None)
        await testing.put(b"next")
    assert [record.value for record in owners.offered] == [None, b"next"]


async def test_an_assignment_names_the_partitions_of_region_inputs_alone(owners: NotedOwners) -> None:
    calls: list[str] = []
    app, _ = app_for(owners, calls)
    assigned = [
        SimpleNamespace(topic="region-inputs", partition=1),
        SimpleNamespace(topic="region-inputs", partition=2),
        SimpleNamespace(topic="reply", partition=0),
    ]
    await app.on_partitions_assigned.send(assigned)
    assert owners.assigned == [{1, 2}]
    assert calls == ["assigned"]


async def test_owners_are_closed_before_faust_stops(owners: NotedOwners) -> None:
    app, _ = app_for(owners)
    await app.on_before_shutdown.send()
    assert owners.closed


def test_the_app_keeps_no_tables_serves_nothing_and_makes_no_topics() -> None:
    conf = build_app(KafkaSettings(bootstrap="a:1,b:2"), "tests").conf
    assert conf.id == "tests-score"
    assert not conf.web_enabled
    assert not conf.topic_allow_declare
    assert conf.topic_disable_leader
    assert [str(url) for url in conf.broker] == ["kafka://a:1", "kafka://b:2"]


def test_the_worker_waits_for_its_topics_and_their_dead_letters() -> None:
    assert set(NEEDED) == {
        f"{name}{suffix}"
        for name in ("region-inputs", "region-state", "region-snapshots", "region-risk", "region-alerts")
        for suffix in ("", "-dlq")
    }

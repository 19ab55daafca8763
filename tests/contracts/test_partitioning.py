"""Every writer of a topic must agree on the partition of a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as kafka_murmur2

from allywatch_schemas import PARTITIONS, murmur2, partition_of


@given(st.binary(max_size=64))
def test_hashes_as_kafka_python_does(key: bytes) -> None:
    assert murmur2(key) == kafka_murmur2(key)


@given(st.binary(max_size=64), st.integers(1, 200))
def test_partitions_as_kafka_python_does(key: bytes, partitions: int) -> None:
    assert partition_of(key, partitions) == (kafka_murmur2(key) & 0x7FFFFFFF) % partitions


# Figures of Kafka's own test of its Java client (UtilsTest), there as signed 32-bit numbers.
@pytest.mark.parametrize(
    ("key", "signed"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)],
)
def test_hashes_as_the_java_client_does(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


def test_some_region_lives_on_every_partition() -> None:
    regions = ("EST", "LVA", "LTU", "POL", "UKR", "TWN", "JPN", "KOR", "PHL", "VNM")
    assert {partition_of(region.encode(), PARTITIONS) for region in regions} == set(range(PARTITIONS))

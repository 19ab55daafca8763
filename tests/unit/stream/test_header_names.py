from typing import Any

import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchBuilderPy

from allywatch.stream.header_names import ForgivingRecords

GZIP = DefaultRecordBatch.CODEC_GZIP


class Name(str):
    """A header's name that is written as other bytes."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfename"


def a_batch(*names: str, compression: int = 0) -> bytes:
    builder = _DefaultRecordBatchBuilderPy(
        magic=2,
        compression_type=compression,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 20,
    )
    for offset, name in enumerate(names):
        builder.append(offset, 1_000, b"key", b"value %d" % offset, headers=[(name, b"\xff\x00")])
    return bytes(builder.build())


def read(data: bytes) -> list[Any]:
    records, out = ForgivingRecords(data), []
    assert records.size_in_bytes() == len(data)
    while records.has_next():
        batch = records.next_batch()
        assert batch.validate_crc()
        out += [(r.offset, r.value, r.headers) for r in batch]
    return out


@pytest.mark.parametrize("compression", [0, GZIP])
def test_a_name_that_is_no_utf8_is_escaped_and_the_records_around_it_are_read(compression: int) -> None:
    data = a_batch("ce_id", Name("x"), "ce_type", compression=compression)
    assert read(data + a_batch("ce_id")) == [
        (0, b"value 0", [("ce_id", b"\xff\x00")]),
        (1, b"value 1", [("\\xff\\xfename", b"\xff\x00")]),
        (2, b"value 2", [("ce_type", b"\xff\x00")]),
        (0, b"value 0", [("ce_id", b"\xff\x00")]),
    ]


def test_a_batch_that_is_really_damaged_still_fails() -> None:
    data = bytearray(a_batch("ce_id", "ce_type"))
    data[61] = 0x7F  # the length of the first record
    batch = ForgivingRecords(bytes(data)).next_batch()
    with pytest.raises(CorruptRecordException):
        list(batch)

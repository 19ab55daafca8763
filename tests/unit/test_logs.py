"""Kafka's clients repeat themselves; the log does not."""

import logging

import pytest

from allywatch.logs import FewRepeats


class Log:
    """What passes, by a clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.written: list[str] = []
        self._filter = FewRepeats(("aiokafka",), lambda: self.now)

    def write(self, text: str, *args: object, name: str = "aiokafka.client") -> None:
        record = logging.LogRecord(name, logging.ERROR, "file", 1, text, args, None)
        if self._filter.filter(record):
            self.written.append(record.getMessage())


def test_the_first_of_a_kind_is_written_at_once_and_the_next_counts_those_between() -> None:
    log = Log()
    for node in range(5):
        log.write("cannot connect to %s", node)
    assert log.written == ["cannot connect to 0"]
    log.now = 30
    log.write("cannot connect to %s", 9)
    assert log.written[1:] == ["cannot connect to 9 (and 4 more like it)"]


def test_another_kind_or_another_logger_is_not_held_back() -> None:
    log = Log()
    log.write("cannot connect")
    log.write("cannot fetch")
    log.write("cannot connect", name="aiokafka.producer")
    assert len(log.written) == 3


@pytest.mark.parametrize("name", ["allywatch.score", "aiokafkaesque"])
def test_our_own_records_are_all_written(name: str) -> None:
    log = Log()
    for _ in range(3):
        log.write("partition failed", name=name)
    assert len(log.written) == 3


def test_kinds_without_end_do_not_fill_the_memory() -> None:
    log = Log()
    for number in range(2_000):
        log.write(f"kind {number}")
    assert len(log.written) == 2_000
    assert len(log._filter._next) <= 500

"""Dead letters of a defect that was mended, put back: they pass the watermark and count once."""

from pathlib import Path

import pytest

from allywatch.broker.deadletters import Filter
from allywatch.broker.redrive import open_redrive
from allywatch.config import KafkaSettings
from allywatch.demo.supervisor import Supervisor
from allywatch.engine import RegionState
from allywatch.engine.encoding import decode
from allywatch.errors import RejectReason
from allywatch.records import Record, Rejection, dead_letter
from allywatch_schemas import EvidenceBatch
from allywatch_schemas.codec import encode
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE
from builders import a_batch, a_document, a_range, a_tick, an_evidence
from integration.drills import last_values, read_all, wait_until_applied

pytestmark = pytest.mark.kafka

HOME = partition_of(b"LVA", REGION_INPUTS.partitions)


def a_report(number: int) -> EvidenceBatch:
    """Of the source record at offset `number`."""
    item = an_evidence(id=f"evidence-{number}", doc_id=f"report/{number}")
    document = a_document(doc_id=item.doc_id, offset=number, fingerprint=f"text-{number}")
    return a_batch(
        id=f"batch-{number}",
        ranges=(a_range(start=number, end=number + 1),),
        documents=(document,),
        items=(item,),
    )


def a_record(offset: int, batch: EvidenceBatch) -> Record:
    value, headers = encode(batch, id=batch.id, source="/exercise")
    return Record(REGION_INPUTS.name, HOME, offset, None, value, headers)


def heard(kafka: KafkaSettings) -> set[str]:
    states = last_values(read_all(kafka, REGION_STATE.name)[HOME])
    latvia = decode(b"LVA", states[b"LVA"])
    assert isinstance(latvia, RegionState)
    assert all(len(origin.copies) == 1 and not origin.further for origin in latvia.ledger.origins.values())
    return set(latvia.ledger.origins)


def test_a_redriven_record_passes_the_watermark_and_counts_once(
    clean_kafka: KafkaSettings, tmp_path: Path
) -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(**clean_kafka.for_kafka_python())

    def write(topic: str, value: bytes | None, headers: object) -> None:
        producer.send(topic, value, None, headers, HOME).get(10)

    tick, headers = encode(a_tick(), id="tick", source="/exercise")
    write(REGION_INPUTS.name, tick, list(headers))
    for number in (0, 2):  # record 1 failed in code that is mended by now
        record = a_record(number, a_report(number))
        write(record.topic, record.value, list(record.headers))
    defect = Rejection(RejectReason.PROCESSING_FAILED, "KeyError: 'mended by now'")
    letter = dead_letter(a_record(1, a_report(1)), defect, "score")
    write(letter.topic, letter.value, list(letter.headers))
    producer.close()

    with Supervisor(clean_kafka.bootstrap, tmp_path) as workers:
        workers.start("score", ["score", "--ticks", "external"], 0)
        workers.wait_ready(60)
        wait_until_applied(clean_kafka, 30)
        assert heard(clean_kafka) == {"text-0", "text-2"}
        for again in (False, True):
            with open_redrive(clean_kafka, REGION_INPUTS.name, "test") as opened:
                assert opened.execute(opened.plan(Filter(), again=again)) == 1
            wait_until_applied(clean_kafka, 30)
            assert heard(clean_kafka) == {"text-0", "text-1", "text-2"}

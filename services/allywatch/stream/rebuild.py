"""Forgetting the stored state of a partition: the remedy where position and log no longer fit together."""

from contextlib import aclosing
from dataclasses import dataclass

from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError
from allywatch.kafkaadmin import topic_ids
from allywatch.records import Output
from allywatch.stream.kafka_log import KafkaLog
from allywatch.stream.log import Log, LogReader
from allywatch.stream.patience import in_own_thread
from allywatch.stream.position import POSITION_KEY, Position
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was done."""

    forgotten: int
    """States, position and attempt among them."""
    start: int
    """Where the next owner starts on the input log."""
    end: int
    """Where that log ends now."""


async def rebuild(kafka: KafkaSettings, app_id: str, partition: int, *, accept_loss: bool) -> Rebuilt:
    """Do it on Kafka, under the name of the partition's owner, so that a running one is fenced.

    Raises:
        AllywatchError: The log does not start at 0, and the loss was not accepted.
    """

    async def topic_id(topic: str) -> str:
        return (await in_own_thread(lambda: topic_ids(kafka, [topic])))[topic]

    log = KafkaLog(kafka.for_aiokafka(), topic_id)
    name = f"{app_id}-{REGION_INPUTS.name}-{partition}"
    return await forget(log, name, partition, accept_loss=accept_loss)


async def forget(log: Log, writer_name: str, partition: int, *, accept_loss: bool) -> Rebuilt:
    """Write a tombstone for every key of the partition's state, in one transaction.

    Raises:
        AllywatchError: The log does not start at 0, and the loss was not accepted.
    """
    reader, writer = log.reader(partition), log.writer(partition, writer_name)
    try:
        await writer.start()
        await reader.start()
        begin, end = await reader.begin(REGION_INPUTS.name), await reader.end(REGION_INPUTS.name)
        if begin > 0 and not accept_loss:
            raise AllywatchError(
                f"{REGION_INPUTS.name} partition {partition} starts at {begin}: what came before cannot be "
                "applied again. Add --accept-loss to go on without it."
            )
        keys = await _keys(reader)
        outputs = [Output(REGION_STATE.name, key, None) for key in keys]
        if begin > 0:
            position = Position(await log.topic_id(REGION_INPUTS.name), begin)
            outputs.append(Output(REGION_STATE.name, POSITION_KEY, position.encode()))
        await writer.commit(outputs)
        return Rebuilt(len(keys), begin, end)
    finally:
        await reader.stop()
        await writer.stop()


async def _keys(reader: LogReader) -> list[bytes]:
    keys: dict[bytes, None] = {}
    begin, end = await reader.begin(REGION_STATE.name), await reader.end(REGION_STATE.name)
    async with aclosing(reader.read(REGION_STATE.name, begin, end)) as chunks:
        async for records, _ in chunks:
            for record in records:
                if record.key is None:
                    continue
                if record.value is None:
                    keys.pop(record.key, None)
                else:
                    keys[record.key] = None
    return list(keys)

"""The commands as a person meets them: what they print, and how they exit."""

import time

import pytest
import typer
from typer.testing import CliRunner, Result

from allywatch.broker.command import redrive, topics
from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError, RejectReason
from allywatch.kafkaadmin import admin_client
from allywatch.records import Record, Rejection, dead_letter

pytestmark = pytest.mark.kafka

app = typer.Typer()
app.command()(topics)
app.command()(redrive)


def run(kafka: KafkaSettings, *arguments: str) -> Result:
    environment = {"ALLYWATCH_KAFKA_BOOTSTRAP": kafka.bootstrap, "COLUMNS": "250"}
    return CliRunner().invoke(app, arguments, env=environment)


def write_letter(kafka: KafkaSettings, value: bytes) -> None:
    from kafka import KafkaProducer

    letter = dead_letter(
        Record("news-articles", 0, 0, b"a1", value), Rejection(RejectReason.NOT_JSON, "[/bold] no"), "test"
    )
    producer = KafkaProducer(**kafka.for_kafka_python())
    producer.send(letter.topic, letter.value, letter.key, list(letter.headers), 0).get(10)
    producer.close()


def test_topics_says_what_it_did_and_shows_differences_in_a_table(clean_kafka: KafkaSettings) -> None:
    good = run(clean_kafka, "topics")
    assert (good.exit_code, good.output) == (0, "14 topics are as declared.\n")
    with admin_client(clean_kafka) as client:
        client.delete_topics(["region-risk-dlq"])
        client.create_partitions({"region-inputs": 6})
        while "region-risk-dlq" in client.list_topics():  # a broker learns of it a moment later
            time.sleep(0.05)
        while len(client.describe_topics(["region-inputs"])[0]["partitions"]) != 6:
            time.sleep(0.05)
    missing = run(clean_kafka, "topics", "--check-only")
    assert missing.exit_code == 1
    assert "region-risk-dlq" in missing.output
    pinned = run(clean_kafka, "topics", "--fix-config")
    assert pinned.exit_code == 1
    assert "created region-risk-dlq" in pinned.output
    assert "keyed state pins it" in pinned.output


def test_topics_cannot_check_only_and_fix(clean_kafka: KafkaSettings) -> None:
    result = run(clean_kafka, "topics", "--check-only", "--fix-config")
    assert isinstance(result.exception, AllywatchError)


def test_redrive_shows_then_puts_back_after_asking(clean_kafka: KafkaSettings) -> None:
    write_letter(clean_kafka, b"{broken [red]exercise\x1b[31m")
    shown = run(clean_kafka, "redrive", "news-articles")
    assert shown.exit_code == 0
    assert "0:0" in shown.output
    assert "not_json 1" in shown.output
    assert "{broken [red]exercise" in shown.output, "what came from outside is no markup"
    assert "\x1b[31m" not in shown.output, "nor a control sequence"

    declined = CliRunner().invoke(
        app,
        ["redrive", "news-articles", "--put-back"],
        env={"ALLYWATCH_KAFKA_BOOTSTRAP": clean_kafka.bootstrap},
        input="n\n",
    )
    assert declined.exit_code == 1
    done = run(clean_kafka, "redrive", "news-articles", "--put-back", "--yes", "--reason", "not_json")
    assert "Put 1 dead letters back as 1 records." in done.output
    assert (
        "Nothing to put back." in run(clean_kafka, "redrive", "news-articles", "--put-back", "--yes").output
    )
    assert "0 dead letters" in run(clean_kafka, "redrive", "news-articles").output
    assert "1 dead letters" in run(clean_kafka, "redrive", "news-articles", "--again").output

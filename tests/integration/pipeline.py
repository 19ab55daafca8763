"""What goes into the whole pipeline, and what comes out of it."""

import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from allywatch.client import AlertSubscriber
from allywatch.config import KafkaSettings
from allywatch.demo.supervisor import Supervisor
from allywatch_schemas import Alert

NOW = datetime.now(UTC).replace(microsecond=0)
COLUMNS = 61


def gdelt_row(number: int, source: str, target: str, cameo: str, goldstein: float) -> str:
    """A row of a GDELT 2 export, about an invented event of the last hour."""
    at = NOW - timedelta(minutes=30)
    row = [""] * COLUMNS
    row[0], row[1] = str(900_000_000 + number), f"{at:%Y%m%d}"
    row[5], row[6], row[7] = source, source, source
    row[15], row[16], row[17] = target, target, target
    row[26], row[27], row[28], row[29], row[30] = cameo, cameo[:3], cameo[:2], "4", str(goldstein)
    row[31], row[32], row[33], row[34] = "20", "5", "20", "-3.5"
    row[59], row[60] = f"{at:%Y%m%d%H%M%S}", f"https://outlet{number}.example/exercise/{number}"
    return "\t".join(row)


def write_export(path: Path) -> None:
    """80 events that raise Ukraine, and a row that is none."""
    rows = [gdelt_row(n, "USA", "UKR", "1622", -5.6) for n in range(40)]
    rows += [gdelt_row(100 + n, "RUS", "UKR", "190", -10.0) for n in range(40)]
    path.write_text("\n".join([*rows, "not\ta\trow"]) + "\n")


def wait_for_evidence(workers: Supervisor) -> None:
    """Until the score worker has applied evidence from every partition of the source topic."""
    score = next(worker for worker in workers.workers if worker.name == "score")
    extract = next(worker for worker in workers.workers if worker.name == "extract")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if total(extract.url, "allywatch_extract_records_total") >= 80:
            break
        time.sleep(0.1)
    time.sleep(1)
    score.check()


def total(url: str, name: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + "{"))


def received(kafka: KafkaSettings) -> list[Alert]:
    """All alerts there are, once nothing came for two seconds."""
    out: list[Alert] = []
    with AlertSubscriber(kafka.bootstrap, start="earliest", **kafka.for_kafka_python()) as subscriber:
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 2:
            if alert := subscriber.poll(0.2):
                out.append(alert)
                quiet_since = time.monotonic()
    return out

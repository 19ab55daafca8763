"""The subscriber's side: alerts and scores as typed values. Needs `allywatch[client]`, which is kafka-python.

    from allywatch.client import AlertSubscriber

    with AlertSubscriber("127.0.0.1:9092", "my-service", min_severity="warning") as alerts:
        for alert in alerts:
            print(alert.region, alert.state, alert.severity, alert.evidence[0].quote)

Each transition of an alert comes once. With a group it is committed when the next one is asked for, so
after a crash in the middle of your work it comes again: at least once across a crash of yours. Make your
work idempotent in (`alert.episode`, `alert.revision`), which never change.
"""

from allywatch.client.connection import Unreadable
from allywatch.client.scores import RiskReader
from allywatch.client.selection import Wanted
from allywatch.client.subscriber import AlertSubscriber

__all__ = ["AlertSubscriber", "RiskReader", "Unreadable", "Wanted"]

"""Messages of people as records of `region-inputs`. Pure: who, when and what go in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allywatch.errors import AllywatchError
from allywatch_schemas import (
    PARTITIONS,
    AlertAction,
    AlertCommand,
    MethodActivated,
    Retraction,
)
from allywatch_schemas.codec import Headers, encode
from allywatch_schemas.identity import identity_of
from allywatch_schemas.partitioning import partition_of

SOURCE = "/allywatch/control"


@dataclass(frozen=True, slots=True)
class Order:
    """One record, to be written to each of these partitions."""

    key: bytes | None
    value: bytes
    headers: Headers
    partitions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AlertName:
    """Which alert a person means."""

    key: str
    region: str
    episode: str | None = None

    @classmethod
    def parse(cls, text: str, regions: Collection[str]) -> "AlertName":
        """Read `rule:REGION`, or `rule:REGION:7`, which also names the episode.

        Raises:
            AllywatchError: It is neither, or there is no such region.
        """
        parts = text.split(":")
        named = len(parts) == 3 and parts[2].isdigit()
        if not parts[0] or (len(parts) != 2 and not named):
            raise AllywatchError(
                f"{text!r} is no alert. Write its key (rule:REGION) or its episode (rule:REGION:7); "
                "`allywatch alerts` lists what is open."
            )
        if parts[1] not in regions:
            raise AllywatchError(f"{parts[1]!r} is no region. `allywatch alerts` lists what is open.")
        return cls(":".join(parts[:2]), parts[1], text if named else None)


def decision(
    alert: AlertName,
    action: AlertAction,
    actor: str,
    now: datetime,
    reason: str = "",
    until: datetime | None = None,
) -> Order:
    """A person's decision about one alert, to the partition of its region.

    Given twice at different times it is two decisions: its id holds the time.
    """
    id = identity_of("alert-command", alert.key, alert.episode or "", action, actor, now.isoformat())
    message = AlertCommand(
        id=id,
        region=alert.region,
        alert_key=alert.key,
        episode=alert.episode,
        action=action,
        actor=actor,
        reason=reason,
        issued_at=now,
        until=until,
    )
    value, headers = encode(
        message, id=id, source=SOURCE, time=now, subject=alert.region, partition_key=alert.region
    )
    key = alert.region.encode()
    return Order(key, value, headers, (partition_of(key, PARTITIONS),))


def withdrawal(doc_id: str, reason: str, now: datetime) -> Order:
    """A document no longer stands; to every partition, as nobody knows which regions it touched.

    The same document has the same id again, and counts as withdrawn once.
    """
    id = identity_of("retraction", doc_id)
    message = Retraction(id=id, doc_id=doc_id, reason=reason, issued_at=now)
    value, headers = encode(message, id=id, source=SOURCE, time=now)
    return Order(None, value, headers, tuple(range(PARTITIONS)))


def activation(version: str, digest: str, now: datetime) -> Order:
    """From here on this method is in force; to every partition."""
    id = identity_of("method-activated", version, digest, now.isoformat())
    message = MethodActivated(id=id, version=version, digest=digest, activated_at=now)
    value, headers = encode(message, id=id, source=SOURCE, time=now)
    return Order(None, value, headers, tuple(range(PARTITIONS)))

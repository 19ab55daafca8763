"""What must be true against what is: every difference by name, with the line that stated it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from allywatch.alerts.inhibition import inhibited
from allywatch.alerts.rules import alert_key
from allywatch.ruletests.script import Expected, ExpectedScore, written
from allywatch_schemas import Alert, RegionRisk

NOBODY, NONE = "nobody", "none"


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that was not met."""

    file: str
    line: int | None
    test: str
    at: timedelta
    what: str
    """The alert or score it is about."""
    differences: tuple[str, ...]

    def __str__(self) -> str:
        """Where, which story, and what differs."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return "\n".join([f"{where}: {self.test}, at {written(self.at)}: {self.what}", *self.differences])


@dataclass(slots=True)
class Seen:
    """What the engine has said so far."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    """The last transition by key."""
    told: dict[str, int] = field(default_factory=dict)
    """How often people were told, by key."""
    scores: dict[str, RegionRisk] = field(default_factory=dict)
    rejections: list[str] = field(default_factory=list)

    def hear(self, message: Alert | RegionRisk) -> None:
        """Take up one message."""
        if isinstance(message, RegionRisk):
            self.scores[message.region] = message
            return
        self.alerts[message.key] = message
        self.told[message.key] = self.told.get(message.key, 0) + message.notify


def compare(expected: Expected, region: str, seen: Seen) -> tuple[str, tuple[str, ...]]:
    """The alert's key, and how its last transition differs from what is expected."""
    key = alert_key(expected.rule, expected.region or region)
    is_now = _facts(key, seen)
    stated = {name: value for name, value in expected.model_dump(mode="json").items() if value is not None}
    return key, tuple(_differences({name: stated[name] for name in stated if name in is_now}, is_now))


def _facts(key: str, seen: Seen) -> Mapping[str, object]:
    alert = seen.alerts.get(key)
    told = {"told": seen.told.get(key, 0)}
    if alert is None:
        absent = dict.fromkeys(Expected.model_fields.keys() - {"rule", "region"}, NONE)
        return absent | told
    return {
        "state": alert.state.value,
        "reason": alert.reason.value,
        "severity": alert.severity.value,
        "level": alert.level.value,
        "notify": alert.notify,
        "flapping": alert.flapping,
        "muted": alert.muted,
        "episode": int(alert.episode.rpartition(":")[2]),
        "revision": alert.revision,
        "inhibited_by": inhibited(seen.alerts.values()).get(key, NOBODY),
        **told,
    }


def compare_score(expected: ExpectedScore, region: str, seen: Seen) -> tuple[str, tuple[str, ...]]:
    """The region, and how its last score differs from what is expected."""
    name = expected.region or region
    risk = seen.scores.get(name)
    if risk is None:
        return f"score of {name}", ("  it has no score",)
    stated = {"level": expected.level, "state": expected.state}
    found = list(
        _differences(
            {each: value.value for each, value in stated.items() if value},
            {"level": risk.level.value, "state": risk.state.value},
        )
    )
    if expected.at_least is not None and risk.score < expected.at_least:
        found.append(f"  score: expected at least {expected.at_least:g}, got {risk.score:g}")
    if expected.at_most is not None and risk.score > expected.at_most:
        found.append(f"  score: expected at most {expected.at_most:g}, got {risk.score:g}")
    return f"score of {name}", tuple(found)


def _differences(expected: Mapping[str, object], got: Mapping[str, object]) -> Iterator[str]:
    for name, value in expected.items():
        if got[name] != value:
            yield f"  {name}: expected {value}, got {got[name]}"

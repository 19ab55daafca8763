"""The alerts that are open, as a table or as lines. Pure."""

import json
from collections.abc import Collection, Iterable, Sequence

from rich.table import Table
from rich.text import Text

from allywatch.terminal import escaped_json, printable
from allywatch_schemas import OpenAlert, RegionRisk, Severity

_ORDER = tuple(Severity)


def open_alerts(
    scores: Iterable[RegionRisk], regions: Collection[str] = ()
) -> list[tuple[RegionRisk, OpenAlert]]:
    """What is open, the most severe first, then the oldest.

    Args:
        scores: The last of each region.
        regions: Only these, and members of these groups; empty: all.
    """
    found = [
        (risk, alert)
        for risk in scores
        if not regions or not set(regions).isdisjoint((risk.region, *risk.groups))
        for alert in risk.open_alerts
    ]
    return sorted(found, key=lambda pair: (-_ORDER.index(pair[1].severity), pair[1].since, pair[1].key))


def plain(found: tuple[RegionRisk, OpenAlert]) -> str:
    """One alert as JSON: its fields, and the region's."""
    risk, alert = found
    about = {"region": risk.region, "name": risk.name, "score": risk.score, "level": risk.level.value}
    return escaped_json(json.dumps(alert.model_dump(mode="json") | about, ensure_ascii=False))


def table(found: Sequence[tuple[RegionRisk, OpenAlert]]) -> Table:
    """All of them, for people; `episode` is what the commands take."""
    drawn = Table("episode", "state", "severity", "since (UTC)", "region", "score", "level", box=None)
    for risk, alert in found:
        cells = (
            alert.episode,
            alert.state.value,
            alert.severity.value,
            f"{alert.since:%Y-%m-%d %H:%M}",
            risk.name,
            f"{risk.score:.0f}",
            risk.level.value,
        )
        drawn.add_row(*(Text(printable(cell)) for cell in cells))
    return drawn

"""The list of metrics as a page: `python -m allywatch.metrics.page`."""

from allywatch.metrics import extract, health, ingest, score
from allywatch.metrics.definition import Metric

COMPONENTS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("every worker", health.METRICS),
    ("allywatch ingest", ingest.METRICS),
    ("allywatch extract", extract.METRICS),
    ("allywatch score", score.METRICS),
)

_HEAD = """# Metrics

Written by `make docs` from the definitions in `allywatch.metrics`. Every label has a closed set of values,
each of which exists at 0 from the start; labels without values listed are bounded by the partitions
held, or by the alert rules.
"""


def render() -> str:
    """The page in Markdown."""
    parts = [_HEAD]
    for worker, metrics in COMPONENTS:
        rows = "\n".join(_row(metric) for metric in metrics)
        parts.append(f"\n## `{worker}`\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n{rows}\n")
    return "".join(parts)


def _row(metric: Metric) -> str:
    labels = "; ".join(
        f"`{name}`" + (": " + ", ".join(str(value) for value in values) if values else "")
        for name, values in metric.labels.items()
    )
    return f"| `{metric.name}` | {metric.kind} | {labels or '–'} | {metric.meaning} |"


if __name__ == "__main__":
    print(render(), end="")

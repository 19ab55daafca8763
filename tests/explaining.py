"""Origins for tests of confidence, explanation and the counterfactual."""

from typing import Any

from hypothesis import strategies as st

from allywatch.configfile import parse
from allywatch.engine.method import method_files
from allywatch.risk.baseline import Baseline
from allywatch.risk.ledger import Copy, Origin
from allywatch.risk.weights import Weights
from allywatch_schemas import Modality

WEIGHTS, _ = parse(method_files()["risk/weights.yaml"], Weights, "risk/weights.yaml")
LEARNING = Baseline(day=20_000, mean=0, spread=0, days=10)
KNOWN = Baseline(day=20_000, mean=1_760_681, spread=227_800, days=200)
"""Three points are usual, and five are two standard deviations above."""

UNSURE = (Modality.CONDITIONAL, Modality.SPECULATIVE, Modality.DENIED, Modality.HISTORIC)


def an_origin(name: str, points: int = 1_000_000, **changes: Any) -> Origin:
    """One asserted word of its own source, read right in eight cases of ten."""
    given: dict[str, Any] = {
        "key": name,
        "version": 1,
        "entries": ((0, 0, points),) if points else (),
        "certainty": 800,
        "voice": f"{name}.example",
        "modality": "asserted",
    }
    return Origin((Copy(**given | changes),))


def some_origins(count: int, **changes: Any) -> list[Origin]:
    return [an_origin(f"doc{n:05}", **changes) for n in range(count)]


@st.composite
def origins(
    draw: st.DrawFn,
    modalities: tuple[Modality, ...] = tuple(Modality),
    roots: int = 6,
    most: int = 16,
) -> dict[str, Origin]:
    """By fingerprint: origins of a few sources, some of which calm."""
    sizes = st.integers(-3_000_000, 9_000_000) | st.sampled_from([0, 1, 1_000_000])
    return {
        f"text {n:02}": an_origin(
            f"doc{n:02}",
            draw(sizes),
            certainty=draw(st.integers(0, 1000)),
            voice=f"source{draw(st.integers(1, roots))}",
            modality=draw(st.sampled_from(modalities)).value,
        )
        for n in range(draw(st.integers(0, most)))
    }

"""The built wheel, not the tree: its light installs stay light and work."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]
HEAVY = (
    "faust", "aiokafka", "kafka", "httpx", "prometheus_client", "pydantic_settings", "typer",
    "numpy", "trafilatura", "py3langid", "ahocorasick_rs", "yaml",
)  # fmt: skip


def uv(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    uv("build", "-q", "--wheel", "-o", str(out))
    return next(out.glob("*.whl"))


def environment(folder: Path, requirement: str) -> Path:
    uv("venv", "-q", "--python", sys.executable, str(folder))
    python = folder / "bin" / "python"
    uv("pip", "install", "-q", "--python", str(python), requirement)
    return python


def run(python: Path, code: str) -> str:
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_wheel_alone_gives_the_contracts_with_pydantic_and_nothing_heavy(
    wheel: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / "contracts", str(wheel))
    for module in HEAVY:
        run(python, f"import importlib.util as u; assert u.find_spec({module!r}) is None")
    code = "import allywatch_schemas as s; print(len(s.MESSAGES), len(s.TOPICS))"
    assert run(python, code) == "10 14"


def test_the_client_extra_alone_runs_the_subscriber(
    wheel: Path, tmp_path: Path, kafka_bootstrap: str
) -> None:
    python = environment(tmp_path / "client", f"allywatch[client] @ {wheel.as_uri()}")
    for module in ("faust", "aiokafka", "httpx", "prometheus_client", "numpy", "trafilatura", "yaml"):
        run(python, f"import importlib.util as u; assert u.find_spec({module!r}) is None")
    run(python, "import crc32c")
    code = f"""
from allywatch.client import AlertSubscriber
with AlertSubscriber({kafka_bootstrap!r}, start="open") as alerts:
    alerts.open_alerts()
    alerts.poll(0.5)
print("read")
"""
    assert run(python, code) == "read"


def test_the_wheel_holds_the_data_that_workers_need(wheel: Path, tmp_path: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True
    ).stdout
    for name in (
        "pom.xml",
        "server.properties",
        "asyncapi.json",
        "weights.yaml",
        "rules.yaml",
        "scenario.yaml",
        "classes.npz",
        "verbs.yaml",
        "bearing.npz",
        "modality.model.json",
        "grammar.yaml",
        "names_uk.yaml",
        "reading/template.html",
    ):
        assert name in listed, name


def test_the_wheel_holds_nothing_that_models_are_learned_with(wheel: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True
    ).stdout
    assert not [line for line in listed.splitlines() if line.startswith(("training/", "bench/", "tests/"))]

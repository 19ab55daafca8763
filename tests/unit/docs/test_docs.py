"""The documentation says what there is: every command, setting, topic and metric."""

import re
from pathlib import Path

import pytest
import typer

from allywatch.cli import app
from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.metrics import page
from allywatch.metrics.definition import Metric
from allywatch_schemas import TOPICS

ROOT = Path(__file__).parents[3]
TEXTS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
TEXTS["README.md"] = (ROOT / "README.md").read_text("utf-8")
ALL = "\n".join(TEXTS.values())


def test_every_command_is_documented() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if f"allywatch {name}" not in ALL]
    assert not missing


@pytest.mark.parametrize("settings", [KafkaSettings, WorkerSettings])
def test_every_setting_is_on_the_operations_page(settings: type[KafkaSettings | WorkerSettings]) -> None:
    prefix = settings.model_config["env_prefix"]
    names = [f"{prefix}{name}".upper() for name in settings.model_fields]
    missing = [name for name in names if f"`{name}`" not in TEXTS["operations.md"]]
    assert not missing


def test_every_topic_is_on_the_messages_page() -> None:
    missing = [name for name in TOPICS if name not in TEXTS["messages.md"] and not name.endswith("-dlq")]
    assert not missing


def test_the_metrics_page_is_what_the_definitions_say() -> None:
    assert TEXTS["metrics.md"] == page.render(), "run: make docs"


@pytest.mark.parametrize("component", page.COMPONENTS, ids=lambda c: c[0])
def test_metric_names_follow_the_convention(component: tuple[str, tuple[Metric, ...]]) -> None:
    for metric in component[1]:
        assert re.fullmatch(r"allywatch_[a-z0-9_]+", metric.name), metric.name
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert metric.meaning.endswith("."), metric.name


def test_links_between_pages_lead_somewhere() -> None:
    for name, text in TEXTS.items():
        base = ROOT if name == "README.md" else ROOT / "docs"
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text):
            assert (base / target).exists(), f"{name} links to {target}"

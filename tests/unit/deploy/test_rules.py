"""The alert rules, checked without Prometheus: form, and every metric and label value that they name."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from allywatch.metrics.definition import Metric
from allywatch.metrics.page import COMPONENTS

ROOT = Path(__file__).parents[3]
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
METRICS: dict[str, Metric] = {metric.name: metric for _, metrics in COMPONENTS for metric in metrics}
GIVEN = {"up", "process_start_time_seconds", "process_resident_memory_bytes"}
"""By Prometheus itself, and by prometheus-client's process collector."""
TARGET_LABELS = {"job", "instance"}
WORDS = {"absent", "and", "by", "changes", "deriv", "increase", "max", "or", "rate", "sum", "time", "without"}
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
DURATION = re.compile(r"(\d+(ms|s|m|h|d))+")


def rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load(RULES.read_text("utf-8"))
    return [rule for group in loaded["groups"] for rule in group["rules"]]


each_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])


def bare(expression: str) -> str:
    """Without the labels after `by`, the ranges in brackets, and numbers."""
    text = re.sub(r"\b(by|without)\s*\([^)]*\)", "", expression)
    text = re.sub(r"\[[^\]]*\]", "", text)
    return re.sub(r"\b\d[\w.]*", "", text)


def selectors(expression: str) -> list[tuple[str, str]]:
    return [(name, labels) for name, labels in SELECTOR.findall(bare(expression)) if name not in WORDS]


def family(name: str) -> str:
    return name if name in METRICS else re.sub(r"_(bucket|sum|count)$", "", name)


@each_rule
def test_names_only_metrics_that_exist(rule: dict[str, Any]) -> None:
    named = {name for name, _ in selectors(rule["expr"])}
    assert named
    assert {name for name in named if name not in GIVEN and family(name) not in METRICS} == set()


@each_rule
def test_matches_only_labels_and_values_that_can_occur(rule: dict[str, Any]) -> None:
    for name, labels in selectors(rule["expr"]):
        known = {} if name in GIVEN else METRICS[family(name)].labels
        for label, how, value in MATCHER.findall(labels):
            assert label in TARGET_LABELS or label in known, f"{name}{{{label}}}"
            if known.get(label):
                values = [
                    v for v in known[label] if re.fullmatch(value if "~" in how else re.escape(value), v)
                ]
                assert values, f"{name}{{{label}{how}{value}}}"


@each_rule
def test_groups_only_by_labels_that_the_metrics_have(rule: dict[str, Any]) -> None:
    available = set(TARGET_LABELS)
    for name, _ in selectors(rule["expr"]):
        available |= set() if name in GIVEN else set(METRICS[family(name)].labels)
    for group in re.findall(r"\b(?:by|without)\s*\(([^)]*)\)", rule["expr"]):
        assert {label.strip() for label in group.split(",")} <= available


@each_rule
def test_counters_are_read_through_a_rate(rule: dict[str, Any]) -> None:
    for name, _ in selectors(rule["expr"]):
        if name in METRICS and METRICS[name].kind == "counter":
            assert re.search(rf"\b(increase|rate)\({name}\b", rule["expr"]), name


@each_rule
def test_is_well_formed(rule: dict[str, Any]) -> None:
    expression = rule["expr"]
    for opening, closing in ("()", "[]", "{}"):
        assert expression.count(opening) == expression.count(closing)
    for span in re.findall(r"\[([^\]]*)\]", expression):
        assert all(DURATION.fullmatch(part) for part in span.split(":"))
    assert "for" not in rule or DURATION.fullmatch(rule["for"])
    assert rule["labels"]["severity"] in ("critical", "warning")


@each_rule
def test_says_what_happens_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule["annotations"]) == {"summary", "action"}
    aggregated = re.findall(r"\bby\s*\(([^)]*)\)", rule["expr"])
    kept = {label.strip() for group in aggregated for label in group.split(",")}
    for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
        if aggregated:
            assert label in kept, f"{label} is gone after the aggregation"


def test_alerts_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    assert all(name.startswith("Allywatch") for name in names)


def test_jobs_in_rules_are_jobs_that_are_scraped() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    jobs = {job["job_name"] for job in config["scrape_configs"]}
    named = {value for rule in rules() for value in re.findall(r'job="([^"]+)"', rule["expr"])}
    assert named == jobs

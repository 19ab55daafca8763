"""Rule tests: what ships passes and covers every rule; what fails says where and how."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allywatch.cli import app
from allywatch.configfile import parse
from allywatch.engine import load_method
from allywatch.errors import ConfigError
from allywatch.regions import load_registry
from allywatch.ruletests import Failure, check_rules, shipped_tests
from allywatch.ruletests.script import Script, duration, written
from allywatch_schemas import AlertState, TransitionReason

REGISTRY = load_registry()
METHOD = load_method(REGISTRY)

STORY = """
tests:
  - name: doubt that holds fires
    region: LVA
    steps:
      - at: 0m
        evidence: {origin: leak, points: 9, mechanism: patron_disengagement}
        expect: {rule: patron-doubt, state: pending}
      - at: 30m
        expect:
          - {rule: patron-doubt, state: firing, reason: held_for}
          - {rule: opportunity, state: none}
        expect_score: {state: learning, at_least: 10}
"""


def played(text: str) -> Sequence[Failure]:
    return check_rules(text, "story.yaml", METHOD, REGISTRY)[1]


def test_the_tests_that_ship_pass() -> None:
    count, failures = check_rules(shipped_tests(), "shipped", METHOD, REGISTRY)
    assert [str(each) for each in failures] == []
    assert count >= 15


def test_the_tests_that_ship_cover_every_rule_and_every_state() -> None:
    script, _ = parse(shipped_tests(), Script, "shipped")
    expected = [each for test in script.tests for step in test.steps for each in step.expect]
    opened = {each.rule for each in expected if each.state == AlertState.FIRING}
    assert {rule.name for rule in METHOD.rules.rules} <= opened
    assert {each.state for each in expected} >= set(AlertState)
    told = {each.reason for each in expected if each.reason}
    assert told >= {
        TransitionReason.NEW_EVIDENCE,
        TransitionReason.EVIDENCE_RETRACTED,
        TransitionReason.EVIDENCE_REVISED,
        TransitionReason.UNHEARD,
    }


def test_a_story_that_ends_as_it_should_says_nothing() -> None:
    assert played(STORY) == ()


def test_the_example_in_the_documentation_passes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text("utf-8")
    assert played(page.split("```yaml\n")[1].split("```")[0]) == ()


def test_a_difference_names_file_line_time_and_what_was_seen() -> None:
    [failure] = played(STORY.replace("reason: held_for", "severity: critical, told: 2"))
    assert str(failure).splitlines() == [
        "story.yaml:11: doubt that holds fires, at 30m: patron-doubt:LVA",
        "  severity: expected critical, got info",
        "  told: expected 2, got 1",
    ]


def test_a_deed_counts_in_full_if_an_adversary_did_it() -> None:
    by_anybody = STORY.replace("mechanism: patron_disengagement", "event: ASSAULT")
    by_adversary = by_anybody.replace("event: ASSAULT", "event: ASSAULT, adversary: RUS")
    scores = [_score(text) for text in (by_anybody, by_adversary)]
    assert scores == sorted(set(scores))


def _score(text: str) -> float:
    """As a difference tells it."""
    failures = played(text.replace("at_least: 10", "at_most: 1"))
    [told] = [str(each) for each in failures if "score of LVA" in str(each)]
    return float(told.rsplit("got ", 1)[1])


def test_a_score_out_of_bounds_is_a_difference() -> None:
    [failure] = played(STORY.replace("at_least: 10", "at_least: 99, at_most: 100"))
    assert "score: expected at least 99, got" in str(failure)


def test_what_the_engine_refuses_is_a_failure() -> None:
    [failure] = played(
        STORY.replace("expect: {rule", "command: {rule: opportunity, action: cancel}\n        expect: {rule")
    )
    assert "no alert is open" in str(failure)


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("region: LVA", "region: ATLANTIS", "no region ATLANTIS"),
        ("rule: opportunity", "rule: opportunism", "no rule opportunism"),
        ("at: 30m", "at: soon", "give a time like"),
        ("at: 30m", "at: 0m", "in the order of their times"),
        ("at: 30m", "at: 61d", "60 days"),
        ("reason: held_for", "reason: hunch", "no such reason"),
        ("points: 9", "point: 9", "Extra inputs"),
    ],
)
def test_a_file_that_makes_no_sense_is_named_with_its_line(before: str, after: str, error: str) -> None:
    with pytest.raises((ConfigError, ExceptionGroup)) as caught:
        played(STORY.replace(before, after))
    errors = caught.value.exceptions if isinstance(caught.value, ExceptionGroup) else [caught.value]
    assert any(error in str(each) and "story.yaml:" in str(each) for each in errors)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0m", timedelta(0)),
        ("2d3h", timedelta(days=2, hours=3)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_times_are_written_as_days_hours_and_minutes(text: str, span: timedelta) -> None:
    assert duration(text) == span
    assert duration(written(span)) == span


def test_the_command_exits_with_one_where_a_test_fails(tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(STORY.replace("state: pending", "state: firing"))
    result = CliRunner().invoke(app, ["test-rules", str(story)])
    assert result.exit_code == 1
    assert f"{story}:8: " in result.output
    story.write_text(STORY)
    assert CliRunner().invoke(app, ["test-rules", str(story)]).exit_code == 0

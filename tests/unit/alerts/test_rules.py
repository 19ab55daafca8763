from typing import Any

import pytest
from pydantic import ValidationError

from alert_story import a_rule
from allywatch.alerts.budget import UNIT
from allywatch.alerts.episode import Slot
from allywatch.alerts.rules import Rules, Selector, alert_key, episode_id
from allywatch.alerts.terms import thresholds_of
from allywatch.alerts.thresholds import Thresholds
from allywatch.configfile import parse
from allywatch.engine.method import RULES_FILE, method_files
from allywatch_schemas import Severity

RULES, _ = parse(method_files()[RULES_FILE], Rules, RULES_FILE)

A_BUDGET = {"measure": "z", "budget": 6, "enter": None, "exit": None, "while_learning": False}


def test_keys_and_episodes_are_told_by_rule_region_and_number() -> None:
    assert episode_id(alert_key("risk-high", "LVA"), 3) == "risk-high:LVA:3"


def test_a_selector_takes_regions_by_id_or_group() -> None:
    assert Selector().matches("TWN", ())
    assert Selector(ids=("TWN",)).matches("TWN", ())
    assert Selector(groups=("BALTIC_STATES",)).matches("LVA", ("BALTIC_STATES", "NATO"))
    assert not Selector(ids=("TWN",), groups=("BALTIC_STATES",)).matches("JPN", ("QUAD",))


def test_the_rules_of_a_region_are_those_that_select_it() -> None:
    rules = RULES.model_copy(
        update={"rules": (a_rule(), a_rule(name="only-taiwan", regions={"ids": ["TWN"]}))}
    )
    assert [rule.name for rule in rules.of("LVA", ())] == ["risk-high"]
    assert [rule.name for rule in rules.of("TWN", ())] == ["risk-high", "only-taiwan"]


def test_a_capped_region_gives_no_critical_alert() -> None:
    critical = next(rule for rule in RULES.rules if rule.severity is Severity.CRITICAL)
    info = next(rule for rule in RULES.rules if rule.severity is Severity.INFO)
    assert RULES.severity(critical, capped=True) is RULES.capped_severity
    assert RULES.severity(critical, capped=False) is Severity.CRITICAL
    assert RULES.severity(info, capped=True) is Severity.INFO


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"exit": 60}, "exit .60.0. must be below enter"),
        ({"direction": "below", "enter": -3, "exit": -4}, "must be above enter"),
        ({"exit": None}, "give enter and exit, or a budget"),
        ({"budget": 6}, "either a budget or enter and exit"),
        (A_BUDGET | {"while_learning": True}, "a budget needs history"),
        (A_BUDGET | {"measure": "score"}, "kept on measure z"),
        ({"measure": "z"}, "no z without history"),
        ({"measure": "mechanism"}, "names a mechanism"),
        ({"mechanism": "military_threat"}, "names a mechanism"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: dict[str, Any], error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        a_rule(**changes)


def test_stated_thresholds_are_turned_so_that_more_is_nearer_to_an_alert() -> None:
    assert thresholds_of(a_rule(), Slot(), 0, RULES) == Thresholds(60_000, 50_000)
    calm = a_rule(measure="de_escalation", direction="below", enter=-3, exit=-1.5)
    assert thresholds_of(calm, Slot(), 0, RULES) == Thresholds(3_000, 1_500)


def test_a_rule_with_a_budget_waits_for_its_bar() -> None:
    rule = a_rule(**A_BUDGET)
    assert thresholds_of(rule, Slot(), 0, RULES) is None
    lines = thresholds_of(rule, Slot(bar=4 * UNIT), 0, RULES)
    assert lines is not None
    assert lines.exit < lines.enter == 4_000


@pytest.mark.parametrize(
    ("given", "learning", "known"), [(True, True, True), (False, False, True), ("only", True, False)]
)
def test_a_rule_says_whether_it_runs_while_a_region_learns(given: Any, learning: bool, known: bool) -> None:
    rule = a_rule(while_learning=given)
    assert (rule.runs(learning=True), rule.runs(learning=False)) == (learning, known)

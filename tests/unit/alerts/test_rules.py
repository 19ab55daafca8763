from allywatch.alerts.rules import Rules, Selector, alert_key, episode_id
from allywatch.configfile import parse
from allywatch.engine.method import RULES_FILE, method_files
from allywatch_schemas import Severity

RULES, _ = parse(method_files()[RULES_FILE], Rules, RULES_FILE)


def test_keys_and_episodes_are_told_by_rule_region_and_number() -> None:
    assert episode_id(alert_key("risk-high", "LVA"), 3) == "risk-high:LVA:3"


def test_a_selector_takes_regions_by_id_or_group() -> None:
    assert Selector().matches("TWN", ())
    assert Selector(ids=("TWN",)).matches("TWN", ())
    assert Selector(groups=("BALTIC_STATES",)).matches("LVA", ("BALTIC_STATES", "NATO"))
    assert not Selector(ids=("TWN",), groups=("BALTIC_STATES",)).matches("JPN", ("QUAD",))


def test_a_capped_region_gives_no_critical_alert() -> None:
    critical = next(rule for rule in RULES.rules if rule.severity is Severity.CRITICAL)
    info = next(rule for rule in RULES.rules if rule.severity is Severity.INFO)
    assert RULES.severity(critical, capped=True) is RULES.capped_severity
    assert RULES.severity(critical, capped=False) is Severity.CRITICAL
    assert RULES.severity(info, capped=True) is Severity.INFO

"""Tests of alert rules as data: evidence at times, and the alerts that must come of it."""

from allywatch.ruletests.comparing import Failure
from allywatch.ruletests.running import RULES_TEST_FILE, check_rules, shipped_tests

__all__ = ["RULES_TEST_FILE", "Failure", "check_rules", "shipped_tests"]

"""check-config: one finding a subject, errors with file, line and fix."""

from pathlib import Path

from typer.testing import CliRunner

from allywatch.checks.configuration import Replaced, check_all
from allywatch.cli import app
from allywatch.engine.method import RULES_FILE, method_files
from allywatch.regions import registry_files


def test_what_ships_is_right() -> None:
    findings = list(check_all(Replaced()))
    assert [finding.errors for finding in findings] == [()] * len(findings)
    assert len(findings) >= 6


def test_a_wrong_rule_is_named_with_file_line_and_fix(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(method_files()[RULES_FILE].replace("severity: info", "severity: loud", 1))
    line = next(n for n, text in enumerate(rules.read_text().splitlines(), 1) if "loud" in text)
    result = CliRunner().invoke(app, ["check-config", "--rules", str(rules)])
    assert result.exit_code == 1
    assert f":{line}: " in result.output
    assert "Fix: " in result.output


def test_an_error_in_the_registry_does_not_hide_the_other_subjects(tmp_path: Path) -> None:
    for name, text in registry_files().items():
        (tmp_path / name).write_text(text, "utf-8")
    broken = tmp_path / "exposures.yaml"
    broken.write_text("exposures: 7\n")
    findings = {finding.subject: finding for finding in check_all(Replaced(registry=tmp_path))}
    assert findings["regions"].errors
    assert str(broken) in str(findings["regions"].errors[0])
    assert not findings["feeds"].errors


def test_a_folder_without_files_says_what_to_give(tmp_path: Path) -> None:
    findings = {finding.subject: finding for finding in check_all(Replaced(registry=tmp_path))}
    assert "Give the folder of a registry" in str(findings["regions"].errors[0])

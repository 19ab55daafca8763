"""`allywatch test-rules`."""

from pathlib import Path

import typer

from allywatch.errors import AllywatchError

_FOLDER = "Folder of a registry instead of the shipped one."


def run_rule_tests(
    files: list[Path] | None = typer.Argument(
        None, exists=True, dir_okay=False, help="Test files; without any, those that ship with the rules."
    ),
    rules: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Alert rules to test instead."),
    weights: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Weights instead."),
    registry: Path | None = typer.Option(None, exists=True, file_okay=False, help=_FOLDER),
) -> None:
    """Play evidence on the real engine and compare the alerts with what a test file expects."""
    from allywatch.engine.method import RULES_FILE, WEIGHTS_FILE, method_files, parse_method
    from allywatch.regions import parse_registry, registry_files
    from allywatch.ruletests import RULES_TEST_FILE, check_rules, shipped_tests

    folder = sorted(registry.glob("*.yaml")) if registry else []
    places = parse_registry({str(path): _read(path) for path in folder} or registry_files())
    replaced = {WEIGHTS_FILE: weights, RULES_FILE: rules}
    texts = method_files() | {name: _read(path) for name, path in replaced.items() if path}
    method = parse_method(texts, places)
    scripts = {str(path): _read(path) for path in files or ()} or {RULES_TEST_FILE: shipped_tests()}
    wrong = 0
    for name, text in scripts.items():
        count, failures = check_rules(text, name, method, places)
        wrong += len(failures)
        for failure in failures:
            typer.secho("✗ ", fg="red", nl=False)
            typer.echo(str(failure))
        passed = count - len({failure.test for failure in failures})
        typer.echo(f"{name}: {passed} of {count} tests passed, method {method.version}")
    if wrong:
        raise typer.Exit(1)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise AllywatchError(f"cannot read {path}: {exc}. Give a YAML file in UTF-8.") from None

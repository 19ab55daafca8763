"""Which method to replay: the shipped one, or a folder that replaces some of its files."""

from pathlib import Path

import yaml

from allywatch.engine import Method, method_files, parse_method
from allywatch.engine.method import RULES_FILE, WEIGHTS_FILE
from allywatch.errors import AllywatchError
from allywatch.regions import Registry, load_registry, parse_registry


def load(folder: Path | None, budget: float | None = None) -> tuple[Registry, Method]:
    """A registry and a method.

    Args:
        folder: May hold weights.yaml, rules.yaml and a folder `registry`; what it lacks is as shipped.
            None: all is as shipped.
        budget: Alerts per region and year, for the rules that have a budget: the largest becomes this, the
            others keep their proportion to it. None: as the method says.

    Raises:
        ConfigError: A file is wrong (or an ExceptionGroup of several).
        AllywatchError: The folder holds none of them.
    """
    texts, places = _texts(folder) if folder is not None else (method_files(), {})
    registry = parse_registry(places) if places else load_registry()
    method = parse_method(texts, registry)
    largest = max((rule.budget or 0.0 for rule in method.rules.rules), default=0.0)
    if budget is None or not largest or largest == budget:
        return registry, method
    texts = {**texts, RULES_FILE: _with_budget(texts[RULES_FILE], budget / largest)}
    return registry, parse_method(texts, registry)


def _with_budget(rules: str, factor: float) -> str:
    content = yaml.safe_load(rules)
    content["version"] = f"{content['version']}*{factor:.3g}"
    for rule in content["rules"]:
        if rule.get("budget") is not None:
            rule["budget"] = round(rule["budget"] * factor, 6)
    return yaml.safe_dump(content, sort_keys=False)


def _texts(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    texts, own = dict(method_files()), 0
    for name in (WEIGHTS_FILE, RULES_FILE):
        path = folder / Path(name).name
        if path.is_file():
            texts[name], own = _read(path), own + 1
    places = {str(path): _read(path) for path in sorted((folder / "registry").glob("*.yaml"))}
    if not own and not places:
        raise AllywatchError(
            f"{folder}: no method. It must hold weights.yaml, rules.yaml or a folder registry."
        )
    return texts, places


def counted_rules(method: Method) -> frozenset[str]:
    """The rules whose openings a budget is held against: those that have one; if none has, all."""
    budgeted = frozenset(rule.name for rule in method.rules.rules if rule.budget is not None)
    return budgeted or frozenset(rule.name for rule in method.rules.rules)


def budget_of(method: Method) -> float:
    """Alerts per region and year that the method itself aims at; 6 if no rule has a budget."""
    return max((rule.budget for rule in method.rules.rules if rule.budget is not None), default=6.0)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise AllywatchError(f"cannot read {path}: {exc}. Give a YAML file in UTF-8.") from None

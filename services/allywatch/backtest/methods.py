"""Which method to replay: the shipped one, or a folder that replaces some of its files."""

from pathlib import Path

from allywatch.engine import Method, load_method, method_files, parse_method
from allywatch.engine.method import RULES_FILE, WEIGHTS_FILE
from allywatch.errors import AllywatchError
from allywatch.regions import Registry, load_registry, parse_registry


def load(folder: Path | None, budget: float | None = None) -> tuple[Registry, Method]:
    """A registry and a method.

    Args:
        folder: May hold weights.yaml, rules.yaml and a folder `registry`; what it lacks is as shipped.
            None: all is as shipped.
        budget: Alerts per region and year; None: as the method says.

    Raises:
        ConfigError: A file is wrong (or an ExceptionGroup of several).
        AllywatchError: The folder holds none of them.
    """
    if folder is None:
        registry = load_registry()
        return registry, load_method(registry)
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
    registry = parse_registry(places) if places else load_registry()
    return registry, parse_method(texts, registry)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise AllywatchError(f"cannot read {path}: {exc}. Give a YAML file in UTF-8.") from None

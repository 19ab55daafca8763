"""The method in force: weights, rules and registry, with one version and one digest over all of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from pydantic import BaseModel

from allywatch.alerts.rules import Rules
from allywatch.configfile import parse
from allywatch.risk.decay import Decay
from allywatch.risk.weighing import Scale
from allywatch.risk.weights import TRACKS, Weights

WEIGHTS_FILE, RULES_FILE = "risk/weights.yaml", "alerts/rules.yaml"


class Named(Protocol):
    """Something with a name for people."""

    @property
    def name(self) -> str:
        """The name."""
        ...


class Places(Protocol):
    """What the engine needs of the registry."""

    @property
    def digest(self) -> str:
        """SHA-256 over the registry's data."""
        ...

    @property
    def regions(self) -> Mapping[str, Named]:
        """All regions by id."""
        ...

    def groups_of(self, region: str) -> tuple[str, ...]:
        """Groups and theatres a region belongs to."""
        ...


@dataclass(frozen=True, slots=True)
class Method:
    """How scores and alerts are made. Equal digests: equal results."""

    version: str
    digest: str
    weights: Weights
    rules: Rules
    decay: Decay
    slow: Decay
    """Of the slow pressure: how tense the times are."""
    scale: Scale


def method_files() -> dict[str, str]:
    """The texts of the method's own files, by name."""
    package = files("allywatch")
    return {name: package.joinpath(name).read_text(encoding="utf-8") for name in (WEIGHTS_FILE, RULES_FILE)}


def load_method(registry: Places) -> Method:
    """The method that this version of allywatch ships.

    Raises:
        ConfigError: A file is wrong (or an ExceptionGroup of several).
    """
    return parse_method(method_files(), registry)


def parse_method(texts: Mapping[str, str], registry: Places) -> Method:
    """A method from texts by file name: `risk/weights.yaml` and `alerts/rules.yaml`.

    Raises:
        ConfigError: A file is wrong (or an ExceptionGroup of several).
    """
    weights, _ = parse(texts[WEIGHTS_FILE], Weights, WEIGHTS_FILE)
    rules, _ = parse(texts[RULES_FILE], Rules, RULES_FILE)
    half_lives = weights.half_life_hours
    return Method(
        version=f"{weights.version}+rules.{rules.version}",
        digest=_digest(weights, rules, registry.digest),
        weights=weights,
        rules=rules,
        decay=Decay.of((half_lives.words, half_lives.acts, half_lives.de_escalation)),
        slow=Decay.of((half_lives.slow,) * len(TRACKS)),
        scale=Scale.of(weights),
    )


def _digest(weights: BaseModel, rules: BaseModel, registry_digest: str) -> str:
    content = {
        "weights": weights.model_dump(mode="json"),
        "rules": rules.model_dump(mode="json"),
        "registry": registry_digest,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

"""The methods at hand, by version and digest: the installed one, and those whose files a person names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from allywatch.engine import Method, RegionEngine, load_method, method_files, parse_method
from allywatch.errors import AllywatchError
from allywatch.past.hindrance import CannotRebuild, Hindrance
from allywatch.regions import Registry, load_registry, parse_registry
from allywatch.stream.engines import regions_of

REGISTRY_FOLDERS = ("registry", "regions/data")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A method together with its registry: all that an engine needs."""

    method: Method
    registry: Registry

    @property
    def name(self) -> tuple[str, str]:
        """Version and digest."""
        return self.method.version, self.method.digest

    def engine(self, partition: int) -> RegionEngine:
        """The engine of a partition under this method."""
        return RegionEngine(self.method, self.registry, regions_of(partition, self.registry), partition)


def installed() -> Rulebook:
    """What this release of allywatch ships.

    Raises:
        ConfigError: One of its files is wrong.
    """
    registry = load_registry()
    return Rulebook(load_method(registry), registry)


def from_folder(folder: Path) -> Rulebook:
    """The method whose files lie in a folder, as `allywatch backtest` takes them or as a release holds them.

    Args:
        folder: Holds weights.yaml, rules.yaml and a folder `registry`, or the same under the names that they
            have in the package. What it lacks is as installed; the digest will tell whether that is right.

    Raises:
        AllywatchError: It holds none of them.
        ConfigError: A file is wrong (or an ExceptionGroup of several).
    """
    texts = dict(method_files())
    own = {name: path for name in texts if (path := _found(folder, name, Path(name).name))}
    registry_folder = _found(folder, *REGISTRY_FOLDERS)
    places = sorted(registry_folder.glob("*.yaml")) if registry_folder else []
    if not own and not places:
        raise AllywatchError(
            f"{folder}: no method. It must hold weights.yaml, rules.yaml or a folder registry."
        )
    texts |= {name: path.read_text("utf-8") for name, path in own.items()}
    registry = parse_registry({p.name: p.read_text("utf-8") for p in places}) if places else load_registry()
    return Rulebook(parse_method(texts, registry), registry)


def _found(folder: Path, *names: str) -> Path | None:
    return next((folder / name for name in names if (folder / name).exists()), None)


class Methods:
    """The rulebooks at hand, and the engines of one partition under them."""

    def __init__(self, partition: int, at_hand: Sequence[Rulebook]) -> None:
        """The first of `at_hand` is taken where the log does not say which was in force."""
        self._engines: Mapping[tuple[str, str], RegionEngine] = {
            book.name: book.engine(partition) for book in at_hand
        }
        self.first = at_hand[0].name

    def engine(self, name: tuple[str, str]) -> RegionEngine:
        """The engine under the method of this version and digest.

        Raises:
            CannotRebuild: It is not at hand.
        """
        if engine := self._engines.get(name):
            return engine
        version, digest = name
        raise CannotRebuild(
            Hindrance.METHOD_UNKNOWN,
            f"method {version} (digest {digest[:12]}) was in force then, and at hand is {self._at_hand()}. "
            "Name the folder of the release that holds it: --method DIR.",
        )

    def other_version(self, version: str) -> CannotRebuild:
        """What to say when the outputs of the time name another method than the log."""
        return CannotRebuild(
            Hindrance.METHOD_UNKNOWN,
            f"method {version} made what was published then, without having been activated, and at hand is "
            f"{self._at_hand()}. Name the folder of the release that holds it: --method DIR.",
        )

    def _at_hand(self) -> str:
        return " and ".join(f"{version} ({digest[:12]})" for version, digest in self._engines)

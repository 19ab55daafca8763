"""The registry: countries, groups, theatres and exposures."""

from allywatch.regions.contagion import derive
from allywatch.regions.model import (
    ActorEntry,
    ActorKind,
    Exposure,
    Name,
    NameKind,
    Patron,
    Region,
    RegionKind,
)
from allywatch.regions.registry import Registry, load_registry, parse_registry, registry_files

__all__ = [
    "ActorEntry",
    "ActorKind",
    "Exposure",
    "Name",
    "NameKind",
    "Patron",
    "Region",
    "RegionKind",
    "Registry",
    "derive",
    "load_registry",
    "parse_registry",
    "registry_files",
]

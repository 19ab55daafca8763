"""The part that a region plays in what a cue says."""

from dataclasses import dataclass

from allywatch_schemas import Role

IN_CLAUSE, IN_SENTENCE, CARRIED = 1.0, 0.85, 0.75
"""How surely a name belongs to a cue by where it was found."""
BY_EXPANSION = 0.9
"""How surely a group's name means its member."""


@dataclass(frozen=True, slots=True)
class Part:
    """A region that a cue concerns. `certainty` (0, 1]: how surely the roles are as given."""

    region: str
    role: Role
    certainty: float
    actor: str | None
    patron: str | None = None
    adversary: str | None = None
    carried: bool = False
    """Whether the region or the other party stands only in another sentence."""

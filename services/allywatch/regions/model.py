"""What the registry holds: frozen values, and the models of its files."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from allywatch_schemas import Mechanism

ActorId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{2,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Weight = Annotated[float, Field(gt=0, le=1)]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
Sentence = Annotated[str, StringConstraints(min_length=10, max_length=400)]


class RegionKind(StrEnum):
    """What a region is."""

    COUNTRY = "country"
    GROUP = "group"
    """Countries that share a fate, such as the Baltic states."""
    THEATRE = "theatre"
    """A place where a crisis would be fought out, such as the Taiwan Strait."""


class ActorKind(StrEnum):
    """Who may act or be named."""

    COUNTRY = "country"
    BODY = "body"
    """An organisation of states, such as NATO."""
    PLACE = "place"
    """A group or theatre: it can be named, and it does not act."""


class NameKind(StrEnum):
    """What a name stands for."""

    COUNTRY = "country"
    DEMONYM = "demonym"
    """The people, or the adjective."""
    CAPITAL = "capital"
    """A capital or seat of government that stands for the government."""
    CITY = "city"
    """A city or part of the country: says where, not who."""
    LEADER = "leader"
    GROUP = "group"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Name:
    """One way to write one actor in one language.

    `since` and `until` (exclusive) bound when it stands for the actor; None: always. `ambiguous` says
    what else it may mean; such a name counts only where its context agrees.
    """

    text: str
    language: str
    actor: str
    kind: NameKind
    since: date | None = None
    until: date | None = None
    ambiguous: str | None = None

    @property
    def needs_context(self) -> bool:
        """Whether the name alone does not decide."""
        return self.ambiguous is not None

    def holds_on(self, day: date) -> bool:
        """Whether the name stands for the actor on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Patron:
    """Who a region's safety rests on; `weight` (0, 1]: how much of it; `basis`: treaty or public document."""

    actor: str
    weight: float
    basis: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """If the guarantee of `guarantee` is in doubt, `region` moves by `weight` (0, 1], through `mechanism`.

    It acts only where the doubt is about one of `patrons`, on whom `region` rests.
    """

    guarantee: str
    region: str
    weight: float
    mechanism: Mechanism
    patrons: frozenset[str]
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What gets a score. `members`: (region, share) pairs; share scales what a member's items count here."""

    id: str
    name: str
    kind: RegionKind
    members: tuple[tuple[str, float], ...]
    patrons: tuple[Patron, ...]
    adversaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """Who may act or be named, with every name."""

    id: str
    name: str
    kind: ActorKind
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ContagionSettings:
    """How derived evidence is discounted.

    `inference` (0, 1] multiplies the probability of what follows through an exposure: it is our
    conclusion, not the source's. `adversary_act_share` (0, 1] multiplies the intensity where the origin is
    an adversary's act, which says less about a guarantee than the guarantor's own. What would have less
    than `minimum_intensity` is not derived at all.
    """

    inference: float
    adversary_act_share: float
    minimum_intensity: float


class Strict(BaseModel):
    """A part of a file. An unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PatronEntry(Strict):
    """`weight` of a patron and its `basis`, an id of `documents`."""

    weight: Weight
    basis: DocumentId


class RegionEntry(Strict):
    """One region of a file."""

    name: str
    kind: RegionKind = RegionKind.COUNTRY
    members: dict[ActorId, Weight] = {}
    patrons: dict[ActorId, PatronEntry] = {}
    adversaries: tuple[ActorId, ...] = ()


class ExposureEntry(Strict):
    """One exposed region under the region whose guarantee is in doubt."""

    weight: Weight
    mechanism: Mechanism
    reason: Sentence
    sources: tuple[DocumentId, ...] = Field(min_length=1)


class ActorFileEntry(Strict):
    """An actor that is not a region."""

    name: str
    kind: ActorKind = ActorKind.COUNTRY


Forms = dict[Language, tuple[str, ...]]
"""Names by language. `Pol{ska,ski}` is short for Polska and Polski, `pol{ski}` for the endings called ski."""
Endings = dict[Language, dict[str, tuple[str, ...]]]
"""By language, endings that many of its words share, by a name: that of a word's first form."""


class NamesEntry(Strict):
    """The names of one actor. `ambiguous`: a name as expanded, and what else it may mean."""

    country: Forms = {}
    demonym: Forms = {}
    capital: Forms = {}
    city: Forms = {}
    group: Forms = {}
    body: Forms = {}
    ambiguous: dict[str, str] = {}


class SpokenEntry(Strict):
    """What one language calls one actor; the keys are those of `NamesEntry`."""

    country: tuple[str, ...] = ()
    demonym: tuple[str, ...] = ()
    capital: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    leader: dict[str, tuple[str, ...]] = {}
    """Names of people in `leaders:`, by the key of the entry there."""
    ambiguous: dict[str, str] = {}


class TermEntry(Strict):
    """One term of office; `until` is the first day after it, left out while it lasts."""

    office: str
    since: date
    until: date | None = None


class LeaderEntry(Strict):
    """One person: the terms, and the names beside the key of the entry (which is English)."""

    terms: tuple[TermEntry, ...] = Field(min_length=1)
    names: Forms = {}
    ambiguous: dict[str, str] = {}


class ContagionEntry(Strict):
    """See `ContagionSettings`."""

    inference: Weight
    adversary_act_share: Weight
    minimum_intensity: float = Field(ge=0, le=0.2)


class RegistryFile(Strict):
    """One file of the registry. Every section may be spread over files; `version` stands in one."""

    version: str | None = None
    contagion: ContagionEntry | None = None
    documents: dict[DocumentId, str] = {}
    """Treaties and other public documents that patrons and exposures cite."""
    regions: dict[ActorId, RegionEntry] = {}
    actors: dict[ActorId, ActorFileEntry] = {}
    names: dict[ActorId, NamesEntry] = {}
    languages: dict[Language, dict[ActorId, SpokenEntry]] = {}
    """Further names, language by language; of one actor, the other way round in `names`."""
    endings: Endings = {}
    leaders: dict[ActorId, dict[str, LeaderEntry]] = {}
    exposures: dict[ActorId, dict[ActorId, ExposureEntry]] = {}
    countries: dict[ActorId, tuple[str, ...]] = {}
    """Which actors of coded events are countries; the names are for people who read the file."""

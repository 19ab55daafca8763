"""Countries and CAMEO codes as providers write them, from tables that ship with the package."""

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files

from allywatch.events import load_codebook

_SPACES = re.compile(r"[\s\-]+")


def _rows(name: str) -> list[list[str]]:
    text = files("allywatch.ingest").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def _plain(name: str) -> str:
    return _SPACES.sub(" ", name).strip().casefold()


@cache
def country_codes() -> dict[str, str]:
    """Three-letter codes as providers write them → ISO 3166-1 alpha-3. Not listed: not a country."""
    return {code: alpha3 for code, alpha3 in _rows("country_codes.csv")}


@cache
def country_names() -> dict[str, str]:
    """English country names, in small letters → ISO 3166-1 alpha-3."""
    return {_plain(name): alpha3 for name, alpha3 in _rows("country_names.csv")}


@cache
def cameo_codes() -> frozenset[str]:
    """Every CAMEO code of the codebook, with leading zero."""
    return frozenset(load_codebook())


@cache
def _cameo_names() -> dict[str, str]:
    # A root and its first member share a name (`04` and `040` are both "Consult"): the member is meant.
    by_length = sorted(load_codebook().values(), key=lambda entry: len(entry.code))
    return {_plain(entry.name): entry.code for entry in by_length}


def country_of_name(name: str) -> str | None:
    """The alpha-3 code of an English country name, or None. Case and hyphens do not matter."""
    return country_names().get(_plain(name))


def cameo_of_name(name: str) -> str | None:
    """The CAMEO code of a relation in words, or None. Case and hyphens do not matter."""
    return _cameo_names().get(_plain(name))


@lru_cache(maxsize=4096)
def cameo_of_code(code: str) -> str | None:
    """A code of the table from one that may have lost its leading zero in a spreadsheet, or None.

    Never ambiguous: coders write members (three digits and more), and no member becomes another one
    by losing its zero; a test holds this against the table.
    """
    if len(code) >= 3 and code in cameo_codes():
        return code
    padded = f"0{code}"
    return padded if padded in cameo_codes() else code if code in cameo_codes() else None

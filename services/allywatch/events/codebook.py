"""The CAMEO codebook: what each code means, its Goldstein value, its PLOVER type and quad class."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from allywatch.errors import ConfigError
from allywatch_schemas import PloverRoot, QuadClass


@dataclass(frozen=True, slots=True)
class CameoCode:
    """One code. `goldstein`: -10 (conflict) to +10 (cooperation). `plover` None: it gives no evidence."""

    code: str
    name: str
    goldstein: float
    plover: PloverRoot | None
    quad: QuadClass


def quad_of(code: str) -> QuadClass:
    """The quad class of a CAMEO code, by its root as CAMEO defines it.

    Raises:
        ValueError: The root is not 01 to 20.
    """
    root = int(code[:2])
    if not 1 <= root <= 20:
        raise ValueError(f"{code} has no CAMEO root")
    if root <= 5:
        return QuadClass.VERBAL_COOPERATION
    if root <= 8:
        return QuadClass.MATERIAL_COOPERATION
    return QuadClass.VERBAL_CONFLICT if root <= 13 else QuadClass.MATERIAL_CONFLICT


def find(codebook: Mapping[str, CameoCode], code: str) -> CameoCode | None:
    """The entry of a code, or of the nearest parent that the codebook knows; None: not even its root."""
    while len(code) >= 2:
        entry = codebook.get(code)
        if entry is not None:
            return entry
        code = code[:-1]
    return None


def parse_codebook(text: str, file: str = "cameo.csv") -> dict[str, CameoCode]:
    """The codebook of a CSV file with the columns code, name, goldstein, plover; `#` begins a comment line.

    Raises:
        ConfigError: A row is wrong; with its line.
    """
    codebook: dict[str, CameoCode] = {}
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    for (number, _), row in zip(lines[1:], csv.DictReader(line for _, line in lines), strict=True):
        try:
            entry = _entry(row)
        except (KeyError, TypeError, ValueError) as exc:
            fix = "write it as code,name,goldstein,PLOVER type."
            raise ConfigError(f"wrong row: {exc}.", file=file, line=number, fix=fix) from None
        if entry.code in codebook:
            fix = "remove one of the two."
            raise ConfigError(f"{entry.code} is given twice.", file=file, line=number, fix=fix)
        codebook[entry.code] = entry
    return codebook


def _entry(row: Mapping[str, str]) -> CameoCode:
    goldstein = float(row["goldstein"])
    if not -10 <= goldstein <= 10:
        raise ValueError(f"Goldstein value {goldstein} is not within -10..10")
    plover = None if row["plover"] == "" else PloverRoot(row["plover"])
    return CameoCode(row["code"], row["name"], goldstein, plover, quad_of(row["code"]))

"""The CAMEO codebook: complete, and never at a loss for a child code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.errors import ConfigError
from allywatch.events import find, load_codebook, parse_codebook, quad_of
from allywatch_schemas import PloverRoot, QuadClass

CODEBOOK = load_codebook()


def test_every_code_but_public_statements_has_a_plover_type() -> None:
    assert len(CODEBOOK) > 300
    without = {code for code, entry in CODEBOOK.items() if entry.plover is None}
    assert without == {code for code in CODEBOOK if code.startswith("01")}
    assert {entry.plover for entry in CODEBOOK.values()} - {None} == set(PloverRoot)


@pytest.mark.parametrize(
    ("code", "plover"),
    [
        ("023", PloverRoot.REQUEST),
        ("036", PloverRoot.AGREE),
        ("081", PloverRoot.CONCEDE),
        ("0813", PloverRoot.RETREAT),
        ("0874", PloverRoot.RETREAT),
        ("090", PloverRoot.ACCUSE),
        ("138", PloverRoot.THREATEN),
        ("163", PloverRoot.COERCE),
        ("1712", PloverRoot.ASSAULT),
        ("175", PloverRoot.ASSAULT),
        ("182", PloverRoot.ASSAULT),
        ("192", PloverRoot.COERCE),
        ("2042", PloverRoot.ASSAULT),
    ],
)
def test_codes_cross_over_to_plover_as_its_table_says(code: str, plover: PloverRoot) -> None:
    assert CODEBOOK[code].plover is plover


@pytest.mark.parametrize(
    ("code", "quad"),
    [
        ("01", QuadClass.VERBAL_COOPERATION),
        ("057", QuadClass.VERBAL_COOPERATION),
        ("060", QuadClass.MATERIAL_COOPERATION),
        ("0874", QuadClass.MATERIAL_COOPERATION),
        ("090", QuadClass.VERBAL_CONFLICT),
        ("139", QuadClass.VERBAL_CONFLICT),
        ("140", QuadClass.MATERIAL_CONFLICT),
        ("2042", QuadClass.MATERIAL_CONFLICT),
    ],
)
def test_the_quad_class_is_that_of_the_cameo_root(code: str, quad: QuadClass) -> None:
    assert quad_of(code) is CODEBOOK[code].quad is quad


def test_an_unknown_child_is_read_as_its_parent() -> None:
    assert find(CODEBOOK, "1949") == CODEBOOK["194"]
    assert find(CODEBOOK, "1999") == CODEBOOK["19"]
    assert find(CODEBOOK, "99") is None
    assert find(CODEBOOK, "00") is None


@given(st.text("0123456789", min_size=2, max_size=4))
def test_every_code_under_a_known_root_is_found(code: str) -> None:
    found = find(CODEBOOK, code)
    assert (found is not None) == (1 <= int(code[:2]) <= 20)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("10,Demand,-50,REQUEST", 3),
        ("10,Demand,-5,DEMAND", 3),
        ("10,Demand,-5", 3),
        ("77,What,-5,REQUEST", 3),
        ("09,Investigate,-2,ACCUSE\n09,Investigate,-2,ACCUSE", 4),
    ],
)
def test_a_wrong_row_is_named_with_its_line(row: str, line: int) -> None:
    with pytest.raises(ConfigError, match=f"own.csv:{line}.*Fix:"):
        parse_codebook(f"# where it comes from\ncode,name,goldstein,plover\n{row}\n", "own.csv")

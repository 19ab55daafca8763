import pytest

from allywatch.ingest.tables import (
    cameo_codes,
    cameo_of_code,
    cameo_of_name,
    country_codes,
    country_of_name,
)


@pytest.mark.parametrize("code", ["EUR", "AFR", "WST", "MEA", "SEA", "SAF", "LAM", ""])
def test_a_region_is_no_country(code: str) -> None:
    assert code not in country_codes()


@pytest.mark.parametrize(
    ("code", "alpha3"), [("TWN", "TWN"), ("PSE", "PSE"), ("ROM", "ROU"), ("KSV", "XKX"), ("SGP", "SGP")]
)
def test_a_providers_code_becomes_todays_alpha3(code: str, alpha3: str) -> None:
    assert country_codes()[code] == alpha3


@pytest.mark.parametrize(
    ("name", "alpha3"),
    [
        ("South Korea", "KOR"),
        ("Russian Federation", "RUS"),
        ("Guinea Bissau", "GNB"),
        ("the former Yugoslav Republic of Macedonia", "MKD"),
        ("Cote d'Ivoire", "CIV"),
        ("Scotland", "GBR"),
        ("Angela Merkel", None),
        ("", None),
    ],
)
def test_english_names_give_countries(name: str, alpha3: str | None) -> None:
    assert country_of_name(name) == alpha3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Make statement", "010"),
        ("Consult", "040"),
        ("Threaten non force", "131"),
        ("conduct suicide, car, or other non-military bombing", "183"),
        ("Sing in the rain", None),
    ],
)
def test_relations_in_words_give_codes(words: str, code: str | None) -> None:
    assert cameo_of_name(words) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("040", "040"),
        ("40", "040"),
        ("10", "010"),
        ("211", "0211"),
        ("1121", "1121"),
        ("999", None),
        ("", None),
    ],
)
def test_a_lost_leading_zero_is_put_back(written: str, code: str | None) -> None:
    assert cameo_of_code(written) == code


def test_no_code_becomes_another_one_by_losing_its_zero() -> None:
    members = {code for code in cameo_codes() if len(code) >= 3}
    for code in members:
        assert cameo_of_code(code.removeprefix("0")) == code
    assert all(code in country_codes().values() for code in ("POL", "EST", "LVA", "LTU", "TWN"))

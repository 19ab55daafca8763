import pytest

from allywatch.ingest.actors import country_of_actor
from allywatch.ingest.spelling import first_and_last, normal


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Poland", "POL"),
        ("Citizen (Poland)", "POL"),
        ("Militant (Taliban)", "AFG"),
        ("Israeli Defense Forces", "ISR"),
        ("Bank of Japan", "JPN"),
        ("South Korean Coast Guard", "KOR"),
        ("North Korean Navy", "PRK"),
        ("Bharatiya Janata", "IND"),
        ("Janata Dal (United)", "IND"),
        ("Barack Obama", "USA"),
        ("Angela Merkel", "DEU"),
    ],
)
def test_a_name_says_whose_actor_it_is(name: str, country: str) -> None:
    assert country_of_actor(name) == country


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Sergey Viktorovich Lavrov", "RUS"),
        ("Sergei Lavrov", "RUS"),
        ("Dmitry Anatolyevich Medvedev", "RUS"),
        ("Mevlüt Çavuşoğlu", "TUR"),
        ("Jarosław Aleksander Kaczyński", "POL"),
        ("KIM JONG-UN", "PRK"),
        ("Ma Ying Jeou", "TWN"),
        ("Mohammad bin Salman", "SAU"),
    ],
)
def test_long_forms_marks_hyphens_and_transliterations_do_not_matter(name: str, country: str) -> None:
    assert country_of_actor(name) == country


@pytest.mark.parametrize(
    "name",
    [
        "United Nations",
        "UN Security Council",
        "European Commission",
        "International Committee of the Red Cross",
        "Reuters",
        "Latin America",
        "Citizen (International)",
        "Unspecified Actor",
        "China-Japan Friendship Society",
        "Zyx Qwertz",
        "",
    ],
)
def test_bodies_agencies_two_countries_and_strangers_have_none(name: str) -> None:
    assert country_of_actor(name) is None


def test_a_family_name_that_is_a_country_is_not_one() -> None:
    assert country_of_actor("Xyzzy Jordan") is None
    assert country_of_actor("Bank of Jordan") == "JOR"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("Recep Tayyip Erdoğan", "recep tayyip erdogan"),
        ("Kim  Jong-Un", "kim jong un"),
        ("Yar'Adua", "yaradua"),
    ],
)
def test_the_normal_form_keeps_letters_only(written: str, form: str) -> None:
    assert normal(written) == form


def test_first_names_are_compared_by_their_sound() -> None:
    assert first_and_last("mohammed bin salman") == first_and_last("muhammad salman")
    assert first_and_last("sergei lavrov") != first_and_last("igor lavrov")
    assert first_and_last("hamas") is None

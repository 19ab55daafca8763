import pytest

from allywatch.ingest.actors import country_of_actor, our_rows, their_rows
from allywatch.ingest.spelling import first_and_last, normal
from allywatch.ingest.tables import country_codes
from allywatch.regions import NameKind, load_registry


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


@pytest.mark.parametrize("name", ["Sir Jan Petersen", "Gen Jan Petersen", "Jan Petersen Jr."])
def test_titles_before_and_generations_behind_a_name_do_not_matter(name: str) -> None:
    assert country_of_actor(name) == "NOR"


def test_courts_that_sit_in_a_country_are_not_its_own() -> None:
    assert country_of_actor("The Hague") is None
    assert country_of_actor("William Hague") == "GBR"


def test_no_name_of_ours_has_two_countries() -> None:
    countries: dict[str, set[str]] = {}
    for alpha3, _, name in our_rows():
        countries.setdefault(name, set()).add(alpha3)

    assert {name: codes for name, codes in countries.items() if len(codes) > 1} == {}
    assert "" not in countries


def test_every_actor_has_a_known_country_and_kind() -> None:
    rows = [*our_rows(), *their_rows()]

    assert {alpha3 for alpha3, _, _ in rows} - {""} <= set(country_codes().values())
    assert {kind for _, kind, _ in rows} == {"person", "group", "other"}


def test_the_names_from_elsewhere_are_in_the_normal_form_and_once_each() -> None:
    names = [name for _, _, name in their_rows()]

    assert [name for name in names if normal(name) != name] == []
    assert len(names) == len(set(names))


def test_a_country_s_leaders_in_the_registry_are_its_actors_here() -> None:
    countries = set(country_codes().values())
    leaders = {
        (name.text, entry_id)
        for entry_id, entry in load_registry().actors.items()
        for name in entry.names
        if name.kind is NameKind.LEADER
        and name.language == "en"
        and " " in name.text
        and entry_id in countries
    }
    went_to_brussels = {"Jens Stoltenberg", "Donald Tusk"}

    assert {name for name, of in leaders if country_of_actor(name) != of} == went_to_brussels
